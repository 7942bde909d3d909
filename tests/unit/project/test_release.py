"""Data sets that leave a project: made by command, whole or not at all."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from jsonstat_validator import validate_jsonstat

from tests.unit.project.loaded import loaded_project
from virtaama.cli.main import run
from virtaama.privacy.policy import Asker, Purpose
from virtaama.problems import NotAllowed, NotReady
from virtaama.project import data_set
from virtaama.project.create import create_county
from virtaama.project.project import Project

RELEASE = """
releases:
  visits:
    labels: {{fi: Käynnit, sv: Besök, en: Visits}}
    definition: {{fi: Käynnit., sv: Besök., en: Visits.}}
    metrics: [{metric}]
    levels: [county]
    grains: [month]
    first_year: 2026
    audience: everybody
    legal_basis: 552/2019 41 §
    owner: tests
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with a release, which analysts may make."""
    project = loaded_project(tmp_path)
    folder = project.settings.folder
    (folder / "releases").mkdir()
    (folder / "releases" / "public.yaml").write_text(
        RELEASE.format(metric=project.catalogue.metrics[0].name), encoding="utf-8"
    )
    access = folder / "access.yaml"
    text = access.read_text(encoding="utf-8")
    assert "  analyst:\n" in text
    access.write_text(text.replace("  analyst:\n", "  analyst:\n    releases: [visits]\n"), encoding="utf-8")
    return folder


def test_a_release_is_written_with_its_description(folder: Path) -> None:
    assert run(["release", "make", "visits", "--project", str(folder)]) == 0
    project = Project.open(folder)
    place = project.settings.releases / "visits" / "1"
    described = json.loads((place / "description.json").read_text(encoding="utf-8"))
    for name, digest in described["files"].items():
        assert hashlib.sha256((place / name).read_bytes()).hexdigest() == digest
    with (place / "visits.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows == [
        {name: "" if cell is None else str(cell) for name, cell in row.items()}
        for row in pq.read_table(place / "visits.parquet").to_pylist()
    ]
    (october,) = (row for row in rows if row["period"] == "2026-10-01")
    assert october["area_name"] == project.settings.county.fi
    assert (october["status"], float(october["value"])) == ("given", 3000)
    assert (described["figures"], described["hidden_figures"]) == (len(rows), 0)
    assert described["protection"]["threshold"] == described["protection"]["rounding"] == 5


def test_a_release_is_written_as_json_stat_with_the_same_figures(folder: Path) -> None:
    assert run(["release", "make", "visits", "--project", str(folder)]) == 0
    project = Project.open(folder)
    place = project.settings.releases / "visits" / "1"
    assert (
        "visits-month.json-stat.json" in json.loads((place / "description.json").read_text("utf-8"))["files"]
    )
    (table,) = data_set.json_stat_tables(project.settings.releases, "visits", 1)
    document = data_set.read_json_stat(project.settings.releases, "visits", 1, table)
    assert document is not None
    assert validate_jsonstat(document)
    rows = pq.read_table(place / "visits.parquet").to_pylist()
    periods = document["dimension"]["period"]["category"]["index"]
    assert dict(zip(periods, document["value"], strict=True)) == {
        f"{row['period']:%Y-%m}": row["value"] for row in rows
    }
    assert document["source"] == project.settings.county.fi
    assert document["extension"]["snapshot"]["number"] == 1
    assert data_set.read_json_stat(project.settings.releases, "visits", 2, table) is None


def test_what_was_made_is_listed_and_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert run(["release", "make", "visits", "--project", str(folder)]) == 0
    capsys.readouterr()
    assert run(["release", "list", "--project", str(folder)]) == 0
    assert "everybody" in capsys.readouterr().out
    assert run(["release", "show", "visits", "--project", str(folder)]) == 0
    assert json.loads(capsys.readouterr().out)["number"] == 2


def test_a_release_nobody_describes_is_not_known(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["release", "make", "visit", "--project", str(folder)]) == 64
    assert "Did you mean 'visits'?" in capsys.readouterr().err


def test_what_was_never_made_cannot_be_shown(folder: Path) -> None:
    project = Project.open(folder)
    with pytest.raises(NotReady, match="virtaama release make visits"):
        project.data_set(project.releases[0], 1)


def test_who_may_not_make_it_writes_nothing(folder: Path) -> None:
    assert (
        run(["release", "make", "visits", "--as-role", "manager", "--project", str(folder)])
        == NotAllowed.exit_code
    )
    assert not (folder / "data" / "releases").exists()
    assert not (folder / "data" / "released").exists()


def test_a_data_set_is_whole_or_not_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It counts as released all the same: more on record than was given, never less."""
    project = Project.open(folder)
    write = data_set.describe

    def full(*arguments: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(data_set, "describe", full)
    with pytest.raises(OSError, match="full"):
        project.make_release(project.releases[0], Asker(id="x", role="analyst"), Purpose.PLANNING)
    assert project.data_sets(project.releases[0]) == ()
    monkeypatch.setattr(data_set, "describe", write)
    made, place = project.make_release(project.releases[0], Asker(id="x", role="analyst"), Purpose.PLANNING)
    assert (made.number, place.name) == (2, "2")
    assert project.data_sets(project.releases[0]) == (2,)


@pytest.mark.parametrize(
    ("name", "written"), [("=1+1", "'=1+1"), ("@x", "'@x"), ("Lahti", "Lahti"), (None, "")]
)
def test_a_name_is_no_formula(name: str | None, written: str) -> None:
    assert data_set._cell(name) == written
    assert data_set._cell(-5.0) == -5.0


def test_the_county_describes_two_releases(tmp_path: Path) -> None:
    project = create_county(tmp_path / "county")
    project.check()
    assert [release.name for release in project.releases] == ["emergency_care", "access_to_care"]
    roles = {role.name: role for role in project.roles}
    assert roles["analyst"].releases == {"emergency_care", "access_to_care"}
    assert roles["municipality_contact"].rounding == 5
