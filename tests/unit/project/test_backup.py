"""Backup, destruction, restore: everything is back and is what it was, or nothing is said to be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from shutil import copytree, rmtree

import pytest

from tests.unit.project.loaded import flip, hashes, loaded_project
from virtaama.access.audit_entries import Persons
from virtaama.problems import Damaged, NotReady
from virtaama.project.copies import files_below
from virtaama.project.manifest import FILE
from virtaama.project.project import Project
from virtaama.project.restore import restore

CODE = "010190-900P"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a project, `clinic`, its backup, `backups`, and its keys, `safe`."""
    folder = tmp_path_factory.mktemp("made")
    project = loaded_project(folder)
    record_a_question(project)
    project.identities.persons([CODE])
    project.back_up(folder / "backups", folder / "safe")
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return copytree(made, tmp_path / "made")


def record_a_question(project: Project) -> None:
    project.audit.append(
        moment=datetime(2026, 11, 1),
        asker="test",
        role="analyst",
        purpose="steering",
        question="{}",
        decision="allowed",
        snapshot=1,
        rows=1,
    )


def brought_back(folder: Path, **options: object) -> Project:
    given = {"number": None, "keys": folder / "safe", "progress": lambda *step: None, **options}
    restore(folder / "backups", folder / "again", **given)  # type: ignore[arg-type]
    return Project.open(folder / "again")


def contents(folder: Path, suffix: str = ".parquet") -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in files_below(folder)
        if path.suffix == suffix
    }


def test_after_destruction_everything_is_back_and_the_same(folder: Path) -> None:
    original = Project.open(folder / "clinic")
    lake, tables, identity = contents(original.settings.lake), hashes(original), original.ledger.identity
    keys = contents(original.settings.keys, ".key")
    known = original.identities.find(CODE)
    rmtree(folder / "clinic")
    again = brought_back(folder)
    assert contents(again.settings.lake) == lake
    assert again.ledger.identity == identity
    assert contents(again.settings.keys, ".key") == keys
    assert again.identities.find(CODE) == known
    assert again.settings.identities.stat().st_mode & 0o777 == 0o700
    assert again.settings.keys.stat().st_mode & 0o777 == 0o700
    again.check()
    again.load()
    assert hashes(again) == tables
    again.publish()
    assert [part.part for part in again.verify() if part.wrong] == []
    assert again.audit.verify_chain() == 1


def test_a_backup_holds_no_key_and_no_warehouse(folder: Path) -> None:
    names = {path.name for path in files_below(folder / "backups")}
    assert {FILE, "ledger.sqlite", "audit.sqlite", "virtaama.yaml", "access.yaml"} <= names
    assert not [name for name in names if name.endswith((".key", ".duckdb", ".unfinished"))]
    original = Project.open(folder / "clinic")
    held = b"".join(path.read_bytes() for path in files_below(folder / "backups"))
    keys = contents(original.settings.keys, ".key")
    assert len(keys) == 7
    assert not [name for name, key in keys.items() if key in held]


def test_a_restore_without_keys_says_where_they_belong(folder: Path) -> None:
    again = brought_back(folder, keys=None)
    with pytest.raises(NotReady, match=r"no key root\.key"):
        again.land()


def test_a_later_backup_copies_only_what_is_new_and_each_can_be_brought_back(folder: Path) -> None:
    project = Project.open(folder / "clinic")
    second = project.settings.deliveries / "visits" / "2026-11-30" / "visits.csv"
    second.parent.mkdir()
    second.write_text("ID;STARTED\n7;09.11.2026 10:15\n", encoding="utf-8")
    project.land()
    made = project.back_up(folder / "backups")
    assert (made.number, made.batches, made.new) == (2, 2, 1)
    assert len(brought_back(folder).ledger.batches()) == 2
    rmtree(folder / "again")
    assert len(brought_back(folder, number=1).ledger.batches()) == 1
    with pytest.raises(NotReady, match="There are: 1, 2"):
        restore(folder / "backups", folder / "third", number=3, keys=None, progress=lambda *step: None)


def test_every_changed_file_of_a_backup_is_found_before_anything_is_written(folder: Path) -> None:
    found = 0
    for path in files_below(folder / "backups"):
        whole = path.read_bytes()
        flip(path)
        with pytest.raises((Damaged, NotReady)):
            brought_back(folder)
        assert not (folder / "again").exists()
        path.write_bytes(whole)
        found += 1
    assert found >= 8
    assert brought_back(folder).ledger.batches()


def test_a_missing_file_of_a_backup_is_named(folder: Path) -> None:
    (gone,) = [path for path in files_below(folder / "backups") if path.suffix == ".parquet"]
    gone.unlink()
    with pytest.raises(Damaged, match=f"{gone.name}: is missing"):
        brought_back(folder)


def test_a_restore_that_was_broken_off_is_no_project_and_can_be_done_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop_late(done: int, total: int, what: str) -> None:
        if done == 3 and not what.startswith("checking"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        brought_back(folder, progress=stop_late)
    with pytest.raises(NotReady, match="no project here"):
        Project.open(folder / "again")
    assert len(brought_back(folder).ledger.batches()) == 1


def test_nothing_is_restored_over_a_project(folder: Path) -> None:
    before = {path: path.read_bytes() for path in files_below(folder / "clinic")}
    with pytest.raises(NotReady, match="a project is here already"):
        restore(folder / "backups", folder / "clinic", number=None, keys=None, progress=lambda *step: None)
    assert {path: path.read_bytes() for path in files_below(folder / "clinic")} == before


def test_a_damaged_lake_is_not_backed_up(folder: Path) -> None:
    project = Project.open(folder / "clinic")
    (parquet,) = project.settings.lake.rglob("*.parquet")
    flip(parquet)
    with pytest.raises(Damaged, match="is not the file that was landed"):
        project.back_up(folder / "other")
    assert not list((folder / "other").glob("backup-?"))
    # An earlier backup still has the file as it landed, and needs no copy of the damaged one.
    assert project.back_up(folder / "backups").new == 0
    rmtree(folder / "clinic")
    assert len(brought_back(folder).ledger.batches()) == 1


@pytest.mark.parametrize(
    ("backups", "keys", "said"),
    [
        (lambda folder: folder / "clinic" / "data" / "b", lambda folder: None, "Keep backups outside"),
        (lambda folder: folder / "clinic" / "b", lambda folder: None, "Keep backups outside"),
        (
            lambda folder: folder / "b",
            lambda folder: folder / "b" / "keys",
            "lies in the folder of the backups",
        ),
        (lambda folder: folder / "b", lambda folder: folder / "others", "another key is kept here"),
    ],
)
def test_backups_and_keys_are_kept_apart(
    folder: Path, backups: Callable[[Path], Path], keys: Callable[[Path], Path | None], said: str
) -> None:
    (folder / "others").mkdir()
    (folder / "others" / "identity-1.key").write_bytes(bytes(32))
    with pytest.raises(NotReady, match=said):
        Project.open(folder / "clinic").back_up(backups(folder), keys(folder))
    assert (folder / "others" / "identity-1.key").read_bytes() == bytes(32)


def test_other_keys_do_not_open_a_backup(folder: Path) -> None:
    (folder / "safe" / "wrapping-1.key").write_bytes(bytes(32))
    with pytest.raises(NotReady, match="not the keys this backup was made with"):
        brought_back(folder)
    assert not (folder / "again").exists()


def test_the_rosters_of_the_audit_log_come_back_with_it(tmp_path: Path) -> None:
    project = loaded_project(tmp_path)
    keys = [bytes([n]) * 16 for n in range(3)]
    project.audit.append(
        moment=datetime(2026, 11, 1),
        asker="test",
        role="analyst",
        purpose="planning",
        question="{}",
        decision="allowed",
        snapshot=1,
        rows=3,
        about=Persons.of(keys),
    )
    project.back_up(tmp_path / "backups", tmp_path / "safe")
    again = brought_back(tmp_path)
    assert again.audit.verify_chain() == 1
    (entry,) = again.audit.entries()
    assert entry.roster is not None
    assert again.audit.rosters.holds(entry.roster, keys[1])
    assert not again.settings.audit.with_suffix(".turns").exists()  # nobody has written here yet
