"""A model that changes in a project: followed, backed out of, and the same as made anew from the lake."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from shutil import copytree

import duckdb
import pytest

from tests.unit.project.loaded import hashes, loaded_project
from virtaama.cli.main import STOPPED, run
from virtaama.problems import NotReady, WouldLose
from virtaama.project.project import Project
from virtaama.project.rebuild import beside, swap


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return loaded_project(tmp_path_factory.mktemp("loaded")).settings.folder


@pytest.fixture
def folder(loaded: Path, tmp_path: Path) -> Path:
    return copytree(loaded, tmp_path / "clinic")


def change(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def add_hour(folder: Path) -> None:
    labels = "labels: {fi: Tunti, sv: Timme, en: Hour}"
    change(
        folder,
        "concepts/visits.yaml",
        "      started: {type",
        f"      hour: {{type: integer, sensitivity: open, {labels}}}\n      started: {{type",
    )
    change(
        folder,
        "mappings/visits.yaml",
        '      started: "STARTED"',
        "      started: STARTED\n      hour: hour(STARTED)",
    )


def rename_started(folder: Path) -> None:
    change(folder, "concepts/visits.yaml", "started: {type", "began: {was: started, type")
    change(folder, "mappings/visits.yaml", "started:", "began:")
    change(folder, "metrics/visits.yaml", "time: started", "time: began")


def said(*command: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert run([*command, "--project", str(folder)]) == 0
    seen = capsys.readouterr()
    return seen.out + seen.err


def test_a_new_attribute_is_planned_in_words_and_answers_over_the_whole_history(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_hour(folder)
    plan = said("plan", folder=folder, capsys=capsys)
    assert plan.splitlines()[:3] == [
        "What changed in the model:",
        "  concepts/visits.yaml:11: attribute 'hour' of visits is new",
        "What is done for it:",
    ]
    # How long that takes is known from the load before, which may have been on a slow machine.
    assert re.search(
        r"read visits again from visits\.rows: 1 delivery, 3 000 rows, about \d+(\.\d)? (s|min|h)\n", plan
    )
    assert "What leaves the warehouse: nothing" in plan
    assert "3 000 rows were read again from the lake" in said("load", folder=folder, capsys=capsys)
    assert "All 3 tables are the same" in said("rebuild", "--check", folder=folder, capsys=capsys)


def test_what_is_only_renamed_is_not_read_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rename_started(folder)
    plan = json.loads(said("plan", "--json", folder=folder, capsys=capsys))
    assert [change["words"] for change in plan["changes"]] == [
        "attribute 'started' of visits is called 'began' now"
    ]
    assert [step["step"] for step in plan["steps"]] == ["RenameColumn", "RenameColumn"]
    assert (plan["refills"], plan["losses"], plan["rows"]) == ([], [], 0)
    loaded = said("load", folder=folder, capsys=capsys)
    assert "read again" not in loaded
    assert "Snapshot 2 is published." in loaded
    assert "All 3 tables are the same" in said("rebuild", "--check", folder=folder, capsys=capsys)


def test_what_would_leave_the_warehouse_is_asked_for_by_name(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_hour(folder)
    Project.open(folder).load()
    before = hashes(Project.open(folder))
    change(folder, "mappings/visits.yaml", "\n      hour: hour(STARTED)", "")
    with pytest.raises(WouldLose, match="virtaama load --accept-loss visits.rows/visits.hour"):
        Project.open(folder).load()
    assert hashes(Project.open(folder)) == before
    assert run(["load", "--project", str(folder)]) == WouldLose.exit_code
    assert "3 000 values of sat_visits__visits__rows__open since 2026-11-01" in capsys.readouterr().err
    said("load", "--accept-loss", "visits.rows/visits.hour", folder=folder, capsys=capsys)
    assert Project.open(folder).losses() == ()


class Terminal(io.StringIO):
    """Somebody who answers."""

    def isatty(self) -> bool:
        return True


def test_at_a_terminal_one_is_asked_and_may_say_no(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_hour(folder)
    Project.open(folder).load()
    change(folder, "mappings/visits.yaml", "\n      hour: hour(STARTED)", "")
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    assert run(["load", "--no-publish", "--project", str(folder)]) == STOPPED
    assert len(Project.open(folder).losses()) == 1
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    assert run(["load", "--no-publish", "--project", str(folder)]) == 0
    assert Project.open(folder).losses() == ()


def test_nothing_is_published_that_is_not_what_the_model_says(folder: Path) -> None:
    add_hour(folder)
    with pytest.raises(NotReady, match="does not hold yet what the model says"):
        Project.open(folder).publish()


def test_one_backs_out_to_the_model_before_and_forth_again(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = Project.open(folder)
    first, before = dict(project.ledger.deployments()[0].files), hashes(project)
    rename_started(folder)
    Project.open(folder).load()
    second = hashes(Project.open(folder))
    assert "lie in" in said("back-out", folder=folder, capsys=capsys)
    assert {name: (folder / name).read_text(encoding="utf-8") for name in first} == first
    assert "began: {was" in (folder / "data/models/1/concepts/visits.yaml").read_text(encoding="utf-8")
    # What was declared on the way forth is known on the way back.
    plan = Project.open(folder).plan().model
    assert (plan.losses, plan.refills) == ((), ())
    Project.open(folder).load()
    assert hashes(Project.open(folder)) == before
    said("back-out", folder=folder, capsys=capsys)
    Project.open(folder).load()
    assert hashes(Project.open(folder)) == second
    assert len(said("back-out", "--list", folder=folder, capsys=capsys).splitlines()) == 5
    version = Project.open(folder).ledger.deployments()[0].version
    said("back-out", "--version", version, "--to", str(tmp_path / "copy"), folder=folder, capsys=capsys)
    assert (tmp_path / "copy/concepts/visits.yaml").read_text(encoding="utf-8") == first[
        "concepts/visits.yaml"
    ]


def test_there_is_no_way_back_from_the_first_model(folder: Path) -> None:
    with pytest.raises(NotReady, match="no earlier model"):
        Project.open(folder).back_out()


def test_a_warehouse_made_anew_takes_the_place_of_the_old(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = hashes(Project.open(folder))
    made = said("rebuild", folder=folder, capsys=capsys)
    assert "All 3 tables are the same, by their hashes." in made
    assert "kept as warehouse.old-1.duckdb" in made
    assert hashes(Project.open(folder)) == before
    assert sorted(path.name for path in (folder / "data/warehouse").glob("*.duckdb*")) == [
        "warehouse.duckdb",
        "warehouse.old-1.duckdb",
    ]


def test_a_rebuild_says_which_tables_were_not_as_the_lake_has_them(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with duckdb.connect(str(folder / "data/warehouse/warehouse.duckdb")) as connection:
        connection.execute("DELETE FROM hub_visits WHERE id = 7")
    assert "1 of 3 tables differ: hub_visits." in said("rebuild", folder=folder, capsys=capsys)
    assert "All 3 tables are the same" in said("rebuild", "--check", folder=folder, capsys=capsys)


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_the_old_warehouse_keeps_its_rows_under_another_name(tmp_path: Path, kind: str) -> None:
    new, old = tmp_path / "warehouse.rebuilding.x", tmp_path / "warehouse.x"
    for path in (new, old):
        if kind == "folder":
            path.mkdir()
        (path / "rows" if kind == "folder" else path).write_text(path.name, encoding="utf-8")
    aside = swap(new, old)
    assert aside == tmp_path / "warehouse.old-1.x"
    for path, rows in ((old, "warehouse.rebuilding.x"), (aside, "warehouse.x")):
        assert (path / "rows" if kind == "folder" else path).read_text(encoding="utf-8") == rows
    assert sorted(path.name for path in tmp_path.iterdir()) == ["warehouse.old-1.x", "warehouse.x"]
    with beside(old) as file:
        if kind == "folder":
            file.mkdir()
        (file / "rows" if kind == "folder" else file).write_text("begun", encoding="utf-8")
    assert not file.exists()
