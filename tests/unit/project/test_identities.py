"""A project opens the identity store its lake was landed with, and no other; and finds people in its audit log."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from shutil import copytree, rmtree

import pytest

from tests.unit.project.loaded import flip
from torture import clinic
from virtaama.access.audit_entries import Act, Persons
from virtaama.access.persons import person_key
from virtaama.identities.tables import FILE
from virtaama.privacy.policy import Asker
from virtaama.problems import NoRoom, NotReady
from virtaama.project.identities import rotate_keys
from virtaama.project.oversight import person_of, referred_to
from virtaama.project.project import Project

CODE = clinic.identity(1)
NEW = clinic.identity(clinic.PEOPLE * 2)  # nobody of the clinic
OFFICER = Asker(id="tietosuoja", role="data_protection_officer")


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("landed") / "clinic"
    clinic.make(folder)
    clinic.deliver(folder, dict(list(clinic.waves()[0].items())[:2]))
    Project.open(folder).land()
    return folder


@pytest.fixture
def folder(landed: Path, tmp_path: Path) -> Path:
    return copytree(landed, tmp_path / "clinic")


def test_a_store_that_is_gone_is_not_begun_anew(folder: Path) -> None:
    rmtree(folder / "identities")
    project = Project.open(folder)
    with pytest.raises(NotReady, match="the identity store of this project is gone"):
        project.land()
    [identities] = [part for part in project.verify() if part.part == "identities"]
    assert "is gone" in identities.wrong[0]
    assert not (folder / "identities").exists()


def test_another_store_and_an_older_one_are_refused(folder: Path) -> None:
    older = copytree(folder / "identities", folder.parent / "older")
    Project.open(folder).identities.persons([NEW])
    clinic.deliver(folder, {"care/2025-03/visits.csv": clinic.small_delivery(3)})
    Project.open(folder).land()
    rmtree(folder / "identities")
    copytree(older, folder / "identities")
    with pytest.raises(NotReady, match="is older than the lake: it ends at person 50 and the lake names 51"):
        Project.open(folder).land()
    with closing(sqlite3.connect(folder / "identities" / FILE)) as connection, connection:
        connection.execute("UPDATE about SET value = 'x'")
    with pytest.raises(NotReady, match="is not the identity store this lake was landed with"):
        Project.open(folder).land()


def test_a_lake_of_computed_pseudonyms_is_refused_with_what_to_do(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "data" / "lake" / "ledger.sqlite")) as connection, connection:
        connection.execute("DELETE FROM about WHERE name = 'identities'")
    with pytest.raises(NotReady, match="before persons had random surrogates") as refused:
        Project.open(folder).land()
    assert "virtaama new" in str(refused.value)


def test_a_damaged_row_of_the_store_is_found(folder: Path) -> None:
    assert not [part for part in Project.open(folder).verify() if part.wrong]
    with closing(sqlite3.connect(folder / "identities" / FILE)) as connection, connection:
        connection.execute("UPDATE person SET closed = zeroblob(76) WHERE number = 3")
    [wrong] = [part for part in Project.open(folder).verify() if part.wrong]
    assert (wrong.part, wrong.wrong) == ("identities", ("1 rows: cannot be opened",))


def test_a_damaged_file_of_the_store_is_found(folder: Path) -> None:
    flip(folder / "identities" / FILE, 0.0)
    [wrong] = [part for part in Project.open(folder).verify() if part.wrong]
    assert wrong.part == "identities"
    assert "cannot be read" in wrong.wrong[0]


# In the audit log ---------------------------------------------------------------------------------------


def shown(project: Project, key: bytes) -> int:
    return project.audit.append(
        moment=datetime.now().astimezone(),
        asker="analyytikko",
        role="analyst",
        purpose="planning",
        question="{}",
        decision="allowed",
        snapshot=None,
        rows=1,
        act=Act.OPEN,
        about=Persons.of([key]),
    )


def reported(project: Project, code: str) -> set[int]:
    return {entry.number for entry in project.log_report(code, OFFICER).seen.entries}


def test_a_person_is_told_what_was_seen_of_them_before_they_were_erased_and_after_they_came_back(
    folder: Path,
) -> None:
    project = Project.open(folder)
    before = project.identities.find(CODE)
    assert before is not None
    seen = {shown(project, person_key(before))}
    assert reported(project, CODE) == seen
    asked = project.audit.head()[0]
    project.identities.forget(before)
    assert reported(project, CODE) == {*seen, asked}
    asked_again = project.audit.head()[0]
    [after] = project.identities.persons([CODE])
    seen.add(shown(project, person_key(after)))
    assert reported(project, CODE) == {*seen, asked, asked_again}


def test_somebody_nobody_knows_can_ask_and_comes_into_no_store(folder: Path) -> None:
    project = Project.open(folder)
    count = project.identities.count()
    assert reported(project, NEW) == set()
    first = project.audit.head()[0]
    assert reported(project, NEW) == {first}
    assert project.identities.count() == count
    project.identities.persons([NEW])
    assert first in reported(project, NEW)


def test_a_person_is_referred_to_by_code_surrogate_or_key(folder: Path) -> None:
    identities = Project.open(folder).identities
    person = identities.find(CODE)
    assert person is not None
    key = person_key(person)
    assert {referred_to(each, identities) for each in (CODE.lower(), person, key.hex())} == {key}
    assert person_of(CODE, identities).key == key
    with pytest.raises(ValueError, match="shape, day or check character"):
        referred_to("1-" + "0" * 32, identities)


def test_who_was_erased_is_found_by_the_code_as_long_as_the_log_is_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for year in (2010, 2020):
        monkeypatch.setattr("virtaama.project.identities.now", lambda year=year: datetime(year, 5, 1))
        identities = Project.open(folder).identities
        identities.forget(*identities.persons([CODE]))
    assert len(identities.forgotten(CODE)) == 2
    monkeypatch.setattr("virtaama.project.identities.now", lambda: datetime(2026, 11, 26))
    rotate_keys(Project.open(folder), ("wrapping",))
    assert len(identities.forgotten(CODE)) == 1


def test_a_next_key_for_extracts_leaves_the_store_as_it_is(folder: Path) -> None:
    done = rotate_keys(Project.open(folder), ("domain",))
    project = Project.open(folder)
    assert (done.persons, project.keyring.numbers("domain")) == (0, (1, 2))
    assert project.keyring.numbers("identity") == (1,)
    assert next(iter(project.ledger.runs())).kind == "rotate"


def test_a_full_disk_is_said_and_loses_nobody(folder: Path) -> None:
    project = Project.open(folder)
    store = project.identities.store.connection
    [(pages,)] = store.execute("PRAGMA page_count").fetchall()
    store.execute(f"PRAGMA max_page_count = {pages}")
    lines = [f"{number};{clinic.identity(100 + number)};U1;01.04.2025 08:15;1,5" for number in range(200)]
    delivery = "\n".join(["VISIT;ID;UNIT;STARTED;COST", *lines]).encode()
    clinic.deliver(folder, {"care/2025-04/visits.csv": delivery})
    batches = len(project.ledger.batches())
    with pytest.raises(NoRoom, match="the disk is full"):
        project.land()
    assert (len(project.ledger.batches()), project.identities.count()) == (batches, 50)
    store.execute("PRAGMA max_page_count = 1000000")
    assert [batch.rows for batch in project.land().landed] == [200]
    assert project.identities.count() == 250
    assert not [part for part in project.verify() if part.wrong]
