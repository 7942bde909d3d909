"""Sets of descriptions on disk: reproducible, whole, and compared with what would be said now."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from tests.unit.descriptions.county import DAY, county
from virtaama.cli.main import run
from virtaama.descriptions.every import describe
from virtaama.problems import Damaged
from virtaama.project.create import create_from_extract
from virtaama.project.describe import known_of, write_descriptions
from virtaama.project.described import made_sets, newest, revised
from virtaama.project.document_pdf import as_pdf
from virtaama.project.extract import read_extract
from virtaama.project.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    path = tmp_path / "visits.csv"
    path.write_text("ID;STARTED\n1;02.10.2026 08:15\n", encoding="utf-8")
    return create_from_extract(tmp_path / "clinic", path, read_extract(path), date(2026, 10, 31))


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_project_on_the_same_day_gives_the_same_bytes(project: Project, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_descriptions(project, DAY, ("sv",), tmp_path / name)
    first, second = contents(tmp_path / "one"), contents(tmp_path / "two")
    assert first == second
    assert {Path(name).suffix for name in first} == {".md", ".pdf", ".json", ".jsonld"}
    assert made_sets(project.settings.descriptions) == ()


def test_pdfs_are_tagged_and_say_their_language() -> None:
    for document in describe(county(), "sv"):
        content = as_pdf(document)
        assert b"/StructTreeRoot" in content
        assert re.search(rb"/Lang\s*\(sv", content)


def test_a_set_knows_what_is_said_otherwise_now(project: Project) -> None:
    write_descriptions(project, DAY, ("fi",))
    last = newest(project.settings.descriptions)
    assert last is not None
    later = date(2026, 12, 1)
    assert revised(last, describe(known_of(project, later), "fi")) == ()

    file = project.settings.folder / "access.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("minimum_group: 10\n", "minimum_group: 20\n"), encoding="utf-8")
    changed = Project.open(project.settings.folder)
    (found,) = revised(last, describe(known_of(changed, later), "fi"))
    assert found.name == "records-of-processing"
    assert "vähintään 10 henkilöstä" in found.gone[0]
    assert "vähintään 20 henkilöstä" in found.new[0]


def test_the_next_set_assesses_the_change_since_the_last(project: Project) -> None:
    write_descriptions(project, DAY, ("fi",))
    file = project.settings.folder / "access.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("minimum_group: 10\n", "minimum_group: 20\n"), encoding="utf-8")
    write_descriptions(Project.open(project.settings.folder), DAY, ("fi",))
    last = newest(project.settings.descriptions)
    assert last is not None
    assert last.number == 2
    assert (
        "| municipality_contact | pienin ryhmä | 10 | 20 |" in last.read("fi/change-assessment.md").decode()
    )


def test_a_file_that_was_changed_is_not_given(project: Project) -> None:
    told, _ = write_descriptions(project, DAY, ("fi",))
    (told.folder / "fi" / "data-sets.md").write_text("other", encoding="utf-8")
    with pytest.raises(Damaged):
        told.read("fi/data-sets.md")


def test_a_set_that_was_not_finished_is_no_set(project: Project) -> None:
    (project.settings.descriptions / "1.unfinished" / "fi").mkdir(parents=True)
    told, _ = write_descriptions(project, DAY, ("fi",))
    assert [each.number for each in made_sets(project.settings.descriptions)] == [1] == [told.number]
    assert not list(project.settings.descriptions.glob("*.unfinished"))


def test_the_command_says_what_is_left_for_people(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    folder = str(project.settings.folder)
    assert (
        run(["describe", "--out", str(out), "--language", "en", "--date", "2026-11-26", "--project", folder])
        == 0
    )
    said = capsys.readouterr().err
    assert "7 descriptions" in said
    assert "questions for people" in said
    assert (out / "en" / "information-management-model.md").is_file()
    assert not (out / "fi").exists()
