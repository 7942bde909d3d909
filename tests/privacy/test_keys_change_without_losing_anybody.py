"""Property: keys of the identity store are changed, and whenever that is interrupted, nobody is lost or doubled."""

from __future__ import annotations

import random
from datetime import datetime
from pathlib import Path
from shutil import copytree

import pytest

from attack.rotation import killed_rotations
from torture import clinic
from virtaama.cli.main import run
from virtaama.identities.checking import damage
from virtaama.identities.rotation import key_states, rotate
from virtaama.identities.store import Identities
from virtaama.keyring import Keyring
from virtaama.problems import NotReady
from virtaama.project.project import Project
from virtaama.vault.keys import key_of

NOW = datetime(2026, 11, 26)
NAMES = [f"{number}" for number in range(500)]
CODE = "010190-900P"
CODES = [clinic.identity(person) for person in range(200)]


def opened(folder: Path) -> Identities:
    return Identities(folder / "identities", Keyring.create(folder / "keys"), lambda: NOW)


@pytest.fixture
def store(tmp_path: Path) -> Identities:
    return opened(tmp_path)


class Stopped(Exception):
    pass


def stopped_after(pieces: int) -> object:
    left = pieces

    def tell(done: int, total: int) -> None:
        nonlocal left
        if not left:
            raise Stopped
        left -= 1

    return tell


def test_everybody_is_who_they_were_and_every_row_is_under_the_new_keys(store: Identities) -> None:
    persons = store.subjects("n", NAMES)
    closed = store.encipher(persons[0], "NAME", ["Aho"])
    [gone] = store.persons([CODE])
    store.forget(gone)
    done = rotate(store.store, at_once=100)
    assert (done.persons, done.no_longer_used) == (500, ("identity-1", "wrapping-1"))
    assert [(state.kind, state.number) for state in key_states(store.store)] == [
        ("identity", 2),
        ("wrapping", 2),
    ]
    assert store.subjects("n", NAMES) == persons
    assert store.encipher(persons[0], "NAME", ["Aho"]) == closed
    assert store.forgotten(CODE) == (key_of(gone).bytes,)
    assert damage(store.store) == ()


def test_the_old_keys_open_nothing_of_it_any_more(store: Identities, tmp_path: Path) -> None:
    persons = store.subjects("n", NAMES)
    before = {row for table in ("person", "alias") for row in rows(store, table)}
    rotate(store.store)
    assert not before & {row for table in ("person", "alias") for row in rows(store, table)}
    for name in ("identity-1", "wrapping-1"):
        (tmp_path / "keys" / f"{name}.key").unlink()
    assert opened(tmp_path).subjects("n", NAMES) == persons


def rows(store: Identities, table: str) -> list[object]:
    columns = "handle, closed" if table == "person" else "alias, closed"
    found = store.store.connection.execute(f"SELECT {columns} FROM {table}").fetchall()
    return [part for row in found for part in row]


def test_while_it_is_under_way_both_keys_are_read_and_others_go_on(store: Identities, tmp_path: Path) -> None:
    other = opened(tmp_path)  # a process that read the keys before there were next ones
    persons = store.subjects("n", NAMES)
    with pytest.raises(Stopped):
        rotate(store.store, progress=stopped_after(2), at_once=100)  # type: ignore[arg-type]
    counts = {(state.kind, state.number): state.rows for state in key_states(store.store)}
    assert counts == {("identity", 2): 400, ("identity", 1): 600, ("wrapping", 2): 400, ("wrapping", 1): 600}
    for each in (store, other, opened(tmp_path)):
        assert each.subjects("n", NAMES) == persons
        keys = each.data_keys(persons)
        assert all(person in keys for person in persons)
    [new] = other.persons([CODE])
    assert store.find(CODE) == new
    assert other.forget(persons[0])
    assert other.forget(persons[499])
    done = rotate(store.store)
    assert (done.gone_on, done.no_longer_used) == (True, ("identity-1", "wrapping-1"))
    assert other.subjects("n", NAMES[1:499]) == persons[1:499]
    assert store.find(CODE) == new
    assert damage(other.store) == ()


def test_without_the_old_key_an_interrupted_change_is_refused(store: Identities, tmp_path: Path) -> None:
    store.subjects("n", NAMES)
    with pytest.raises(Stopped):
        rotate(store.store, progress=stopped_after(1), at_once=100)  # type: ignore[arg-type]
    (tmp_path / "keys" / "identity-1.key").unlink()
    with pytest.raises(NotReady, match=r"identity-1\.key is missing"):
        opened(tmp_path)


def test_a_key_that_was_made_and_not_taken_is_taken_by_the_next_call(
    store: Identities, tmp_path: Path
) -> None:
    Keyring.open(tmp_path / "keys").with_next("identity")
    rotate(store.store, ("identity",))
    assert Keyring.open(tmp_path / "keys").numbers("identity") == (1, 2)
    assert [(state.kind, state.number) for state in key_states(store.store)] == [
        ("identity", 2),
        ("wrapping", 1),
    ]


def test_killed_at_any_moment_nobody_is_lost_or_doubled(tmp_path: Path) -> None:
    opened(tmp_path).persons(CODES)
    outcome = killed_rotations(tmp_path, CODES, 3, random.Random(7))
    assert (outcome.persons, outcome.orphans) == (len(CODES), 0)


def test_lake_and_warehouse_know_nothing_of_a_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "clinic"
    clinic.make(folder)
    clinic.deliver(folder, dict(list(clinic.waves()[0].items())[:2]))
    project = Project.open(folder)
    project.land()
    lake = {path: path.read_bytes() for path in project.settings.lake.rglob("*.parquet")}
    assert (
        run(["backup", str(tmp_path / "backups"), "--keys", str(tmp_path / "safe"), "--project", str(folder)])
        == 0
    )
    assert run(["identity", "rotate", "--project", str(folder)]) == 0
    assert "identity-1.key, wrapping-1.key: used by nothing now" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in project.settings.lake.rglob("*.parquet")} == lake
    assert run(["identity", "status", "--project", str(folder)]) == 0
    said = capsys.readouterr().out
    assert [line.split()[0] for line in said.splitlines()[1:-1]] == [
        "identity-1",
        "identity-2",
        "wrapping-1",
        "wrapping-2",
        "domain-1",
    ]
    assert "50 persons" in said
    assert Project.open(folder).land().landed == ()
    assert not [part for part in Project.open(folder).verify() if part.wrong]
    # A backup made before is brought back with the keys of now, and its change is done again.
    copytree(folder / "keys", tmp_path / "later")
    restored = tmp_path / "again"
    given = ["restore", str(tmp_path / "backups"), "--to", str(restored), "--keys", str(tmp_path / "later")]
    assert run(given) == 0
    assert run(["identity", "rotate", "--project", str(restored)]) == 0
    assert Keyring.open(restored / "keys").numbers("identity") == (1, 2)
    again = Project.open(restored)
    assert again.identities.count() == 50
    assert not [part for part in again.verify() if part.wrong]
