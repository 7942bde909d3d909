"""The county's own crosswalk: whole, and a row for each of its classes."""

from __future__ import annotations

from datetime import date
from importlib.resources import files

import pytest
from click.testing import CliRunner

from tests.unit.content.county import shipped_model
from virtaama.cli.main import virtaama
from virtaama.project.create import create_county, create_empty
from virtaama.statutes.crosswalk import parse_crosswalk

TEXT = (files("virtaama") / "content" / "county" / "crosswalk.yaml").read_text(encoding="utf-8")
FOUND = parse_crosswalk("crosswalk.yaml", TEXT, shipped_model())


@pytest.mark.parametrize(
    ("classification", "code", "of"),
    [
        ("service_form", "T11", "PTH_VASTAANOTTO"),
        ("service_form", "T26", "PTH_NEUVOLA"),
        ("service_form", "T43", "KOTIHOITO"),
        ("service_form", "T51", "PTH_KUNTOUTUS"),
        ("service_form", "T60", "PTH_SUUN"),
        ("service_form", "T73", "MIELI_PAIHDE"),
        ("service_form", "T30", ""),
        ("service_area", "31", "SOSIAALI"),
        ("service_area", "5", "MIELI_PAIHDE"),
        ("service_area", "1", ""),  # ended in 2018
        ("service_task", "lastensuojelu", "SOSIAALI"),
        ("service_task", "paihdehuolto", "MIELI_PAIHDE"),
    ],
)
def test_codes_lead_to_classes_of_the_county(classification: str, code: str, of: str) -> None:
    assert FOUND.class_of(classification, code, date(2026, 11, 26)) == of


def test_it_is_listed_on_the_terminal(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("crosswalk")
    create_county(folder / "county")
    asked = ["crosswalk", "--class", "KOTIHOITO", "--on", "2026-01-01", "--project", str(folder / "county")]
    told = CliRunner().invoke(virtaama, asked)
    assert [line.split()[1] for line in told.stdout.splitlines()[1:]] == ["T40", "T41", "T42", "T43"]
    assert "4 codes of 3 classifications on 2026-01-01; kept by Tietohallinto." in told.stderr


def test_a_project_without_one_is_told_how_to_write_one(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("none")
    create_empty(folder / "empty")
    told = CliRunner().invoke(virtaama, ["crosswalk", "--project", str(folder / "empty")])
    assert "docs/how-to/crosswalk.md" in str(told.exception)
