"""`verify` finds whatever is not as it was kept, and nothing where all is well."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copytree

import pytest

from tests.unit.project.loaded import flip, hashes, loaded_project
from virtaama.cli.main import run
from virtaama.loading.inbox import Inbox
from virtaama.problems import Damaged, ProblemsFound
from virtaama.project.project import Project
from virtaama.project.verify import Checked
from virtaama.project.watch import Rhythm
from virtaama.project.watch import _Watch as Watching


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = loaded_project(tmp_path_factory.mktemp("verified"))
    for number in (1, 2):
        project.audit.append(
            moment=datetime(2026, 11, number),
            asker="test",
            role="analyst",
            purpose="steering",
            question="{}",
            decision="allowed",
            snapshot=1,
            rows=1,
        )
    return project.settings.folder


@pytest.fixture
def project(loaded: Path, tmp_path: Path) -> Project:
    return Project.open(copytree(loaded, tmp_path / "clinic"))


def the(pattern: str) -> Callable[[Project], Path]:
    return lambda project: next(iter(sorted(project.settings.data.glob(pattern))))


def deleted(pattern: str) -> Callable[[Project], None]:
    return lambda project: the(pattern)(project).unlink()


def renamed(pattern: str) -> Callable[[Project], object]:
    return lambda project: the(pattern)(project).rename(project.settings.published / "elsewhere")


def flipped(pattern: str) -> Callable[[Project], None]:
    return lambda project: flip(the(pattern)(project))


def told_otherwise(pattern: str, statement: str) -> Callable[[Project], None]:
    def change(project: Project) -> None:
        with closing(sqlite3.connect(the(pattern)(project))) as connection:
            connection.execute(statement)
            connection.commit()

    return change


def test_all_is_well_and_the_command_says_so(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", "--project", str(project.settings.folder)]) == 0
    seen = capsys.readouterr()
    assert [line.split()[0] for line in seen.out.splitlines()] == [
        "part",
        "ledger",
        "identities",
        "lake",
        "warehouse",
        "snapshots",
        "audit",
        "audit",  # a remark
    ]
    assert "audit log: not anchored outside" in seen.out
    assert seen.out.count("as it should be") == 6
    assert "Everything is as it should be." in seen.err


@pytest.mark.parametrize(
    ("damage", "part", "said"),
    [
        (flipped("lake/*/*.parquet"), "lake", "is not the file that was landed"),
        (deleted("lake/*/*.parquet"), "lake", "its file is missing"),
        (flipped("warehouse/warehouse.duckdb"), "warehouse", "a block of it has changed"),
        (flipped("published/snapshot-*/star/*.parquet"), "snapshots", "is not the file that was written"),
        (deleted("published/snapshot-*/star/*.parquet"), "snapshots", "is missing"),
        (deleted("published/CURRENT"), "snapshots", "CURRENT is missing"),
        (renamed("published/snapshot-*"), "snapshots", "which is not there"),
        (
            told_otherwise("audit.sqlite", "UPDATE record SET rows = 9 WHERE number = 1"),
            "audit log",
            "was changed",
        ),
        (told_otherwise("audit.sqlite", "DELETE FROM record WHERE number = 1"), "audit log", "is missing"),
        (told_otherwise("lake/ledger.sqlite", "UPDATE batch SET number = 2"), "ledger", "gaps"),
        (
            told_otherwise("lake/ledger.sqlite", "UPDATE batch SET parquet_sha256 = 'x'"),
            "warehouse",
            "another than the ledger's",
        ),
    ],
)
def test_what_is_wrong_is_found_and_said(
    project: Project,
    damage: Callable[[Project], None],
    part: str,
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    damage(project)
    assert run(["verify", "--project", str(project.settings.folder)]) == 6
    seen = capsys.readouterr()
    assert [line for line in seen.out.splitlines() if line.startswith(f"{part}: ") and said in line]
    assert part in seen.err


def test_nothing_is_mended_and_what_waits_is_remarked_on(project: Project) -> None:
    project.settings.warehouse.unlink()
    the("lake/*/*.parquet")(project).with_name("left.parquet").write_bytes(b"over")
    parts = {part.part: part for part in project.verify()}
    assert parts["warehouse"].seen == "none yet"
    assert "1 files no batch tells of" in parts["lake"].remarks[0]
    assert not any(part.wrong for part in parts.values())
    assert not project.settings.warehouse.exists()


def test_a_damaged_warehouse_is_made_again_by_the_next_load(project: Project) -> None:
    before = hashes(project)
    flip(project.settings.warehouse)
    [warehouse] = [part for part in project.verify() if part.part == "warehouse"]
    assert "moved aside as warehouse.damaged-1.duckdb" in warehouse.wrong[0]
    assert project.load().batches == 1
    assert hashes(project) == before
    [warehouse] = [part for part in project.verify() if part.part == "warehouse"]
    assert warehouse.wrong == ()
    assert "delete it when it has been looked into" in warehouse.remarks[0]


def anchored(project: Project, hours_ago: int) -> Project:
    """The same project with its log anchored outside, so many hours ago."""
    outside = project.settings.folder.parent / "outside"
    outside.mkdir()
    with (project.settings.folder / "virtaama.yaml").open("a", encoding="utf-8") as settings:
        settings.write(f"audit: {{anchor: {outside}}}\n")
    again = Project.open(project.settings.folder)
    assert again.anchors is not None
    again.anchors.add(again.audit, datetime.now().astimezone() - timedelta(hours=hours_ago))
    return again


def of_the_log(project: Project) -> Checked:
    return next(part for part in project.verify() if part.part == "audit log")


def test_a_log_that_is_anchored_is_as_it_should_be(project: Project) -> None:
    part = of_the_log(anchored(project, hours_ago=0))
    assert (part.wrong, part.remarks) == ((), ())


def test_an_anchor_that_is_too_old_is_remarked_on(project: Project) -> None:
    part = of_the_log(anchored(project, hours_ago=5))
    assert (part.wrong, part.remarks) == ((), ("the last anchor is 5 hours old; it should be hourly",))


def test_a_cut_end_is_found_by_the_anchor(project: Project) -> None:
    again = anchored(project, hours_ago=0)
    told_otherwise("audit.sqlite", "DELETE FROM record WHERE number = 2")(again)
    assert "the log ends with entry 1" in of_the_log(again).wrong[0]
    with pytest.raises(Damaged, match="Nothing was anchored"):
        again.anchor()


def test_a_log_that_is_gone_is_found_by_the_anchor(project: Project) -> None:
    again = anchored(project, hours_ago=0)
    again.settings.audit.unlink()
    assert of_the_log(again).wrong == ("it is gone; anchors tell of it",)


def test_an_anchor_is_due_once_an_hour(project: Project) -> None:
    assert project.anchor_if_due() is None  # no place is named
    again = anchored(project, hours_ago=1)
    assert again.anchor_if_due() is not None
    assert again.anchor_if_due() is None


def test_a_watch_anchors_and_says_what_hinders_it(project: Project) -> None:
    again = anchored(project, hours_ago=1)
    said: list[str] = []
    at_hand = Watching(again, Rhythm(), Inbox(again.settings.deliveries, 0, False), said.append)
    at_hand.keep_anchored()
    at_hand.keep_anchored()
    assert again.anchors is not None
    assert len(again.anchors.all()) == 2
    again.anchors.folder.rename(again.anchors.folder.with_name("not mounted"))
    at_hand.anchored = None
    at_hand.keep_anchored()
    assert "The audit log was not anchored" in said[0]


@pytest.mark.parametrize("inside", ["data/anchors", "data"])
def test_anchors_inside_the_data_are_refused(project: Project, inside: str) -> None:
    with (project.settings.folder / "virtaama.yaml").open("a", encoding="utf-8") as settings:
        settings.write(f"audit: {{anchor: {inside}}}\n")
    with pytest.raises(ProblemsFound, match="lie inside the data folder"):
        Project.open(project.settings.folder)
