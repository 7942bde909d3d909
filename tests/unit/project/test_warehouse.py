"""The warehouse is disposable, the lake is not: whatever becomes of the file, the same tables come back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import duckdb
import pytest

from tests.unit.project.loaded import flip, hashes, loaded_project
from virtaama.loading.reconcile import FORMAT
from virtaama.problems import Damaged, NotReady
from virtaama.project.project import Project
from virtaama.project.warehouse import set_aside


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return loaded_project(tmp_path_factory.mktemp("loaded")).settings.folder


@pytest.fixture
def project(loaded: Path, tmp_path: Path, told: list[str]) -> Project:
    return Project.open(copytree(loaded, tmp_path / "clinic"), told.append)


def not_a_warehouse(path: Path) -> None:
    path.write_bytes(b"PK" * 10_000)


def cut_short(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def changed(*statements: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        with duckdb.connect(str(path)) as connection:
            for statement in statements:
                connection.execute(statement)

    return change


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda path: flip(path, 0.0001), "a block of it has changed"),
        (not_a_warehouse, "it is no warehouse file"),
        (cut_short, "it was cut off"),
        (changed("DROP TABLE about"), "an earlier version of Virtaama made it"),
        (changed("UPDATE about SET format = 1"), "an earlier version of Virtaama made it"),
        (changed("UPDATE about SET ledger = 'x'"), "it belongs to another project"),
        (changed("INSERT INTO applied (batch) VALUES (7)"), "batches the ledger does not know: 7"),
        (changed("UPDATE applied SET parquet_sha256 = 'x'"), "its batch 1 is another than the ledger's"),
    ],
)
def test_a_warehouse_not_to_be_trusted_is_moved_aside_and_made_again(
    project: Project, told: list[str], damage: Callable[[Path], None], reason: str
) -> None:
    before = hashes(project)
    damage(project.settings.warehouse)
    with pytest.raises(Damaged, match=reason):
        project.plan()
    assert project.load().batches == 1
    assert hashes(project) == before
    [notice] = told
    assert reason in notice
    assert "warehouse.damaged-1.duckdb" in notice
    runs = [(run.kind, run.ok) for run in project.ledger.runs() if run.kind != "quality"]
    assert runs[:2] == [("load", True), ("set_aside", True)]
    assert (project.settings.warehouse.parent / "warehouse.damaged-1.duckdb").exists()


def test_a_plan_moves_nothing(project: Project) -> None:
    not_a_warehouse(project.settings.warehouse)
    with pytest.raises(Damaged, match="`virtaama load` moves it aside"):
        project.plan()
    assert [path.name for path in project.settings.warehouse.parent.glob("*.duckdb")] == ["warehouse.duckdb"]


def test_what_a_warehouse_lost_without_a_word_is_loaded_again(project: Project, told: list[str]) -> None:
    before = project.settings.warehouse.read_bytes()
    second = project.settings.deliveries / "visits" / "2026-11-30" / "visits.csv"
    second.parent.mkdir()
    second.write_text("ID;STARTED\n7;09.11.2026 10:15\n", encoding="utf-8")
    project.land()
    project.load()
    whole = hashes(project)
    project.settings.warehouse.write_bytes(before)  # as a log that was cut short leaves it
    assert [a.number for load in project.plan().batches for a in load.arrivals] == [2]
    assert project.load().batches == 1
    assert hashes(project) == whole
    assert told == []


def test_damage_that_is_met_while_publishing_is_mended_too(project: Project, told: list[str]) -> None:
    before = hashes(project)
    flip(project.settings.warehouse, 0.5)
    project.publish()
    assert "a block of it has changed" in "".join(told)
    assert hashes(project) == before


def test_a_warehouse_of_a_newer_version_is_left_alone(project: Project) -> None:
    changed(f"UPDATE about SET format = {FORMAT + 1}")(project.settings.warehouse)
    with pytest.raises(NotReady, match="newer version"):
        project.load()
    assert project.settings.warehouse.exists()


def test_what_was_moved_aside_before_stays(tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    for content in ("one", "two"):
        warehouse.write_text(content)
        warehouse.with_name("warehouse.duckdb.wal").write_text(f"log of {content}")
        set_aside(warehouse, "reason")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "warehouse.damaged-1.duckdb": "one",
        "warehouse.damaged-1.duckdb.wal": "log of one",
        "warehouse.damaged-2.duckdb": "two",
        "warehouse.damaged-2.duckdb.wal": "log of two",
    }


def test_nothing_lands_under_other_keys(project: Project) -> None:
    key = project.settings.keys / "identity-1.key"
    key.write_bytes(bytes(32))
    with pytest.raises(NotReady, match=r"identity-1\.key: not the keys this lake was made with"):
        Project.open(project.settings.folder).land()
