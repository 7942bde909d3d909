"""The funding on the terminal: shown, asked what if, followed to 2030, imported."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.spec.funding.shared import inputs, shipped
from virtaama.cli.main import NOT_UNDERSTOOD, run
from virtaama.project.create import create_empty
from virtaama.project.statutes import shipped_statutes
from virtaama.statutes.funding_items import Item
from virtaama.statutes.need_factors import NEED_FACTORS
from virtaama.steering.funding.allocate import allocate
from virtaama.steering.funding.cents import written


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty project that knows the invented determinants and scenarios."""
    made = tmp_path_factory.mktemp("county") / "county"
    create_empty(made)
    (made / "funding").mkdir()
    for file in ("funding/determinants-2025.csv", "funding/scenarios.yaml"):
        (made / file).write_text(shipped(file), encoding="utf-8")
    return made


def _rows(capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    return list(csv.DictReader(capsys.readouterr().out.splitlines()))


def _json(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(capsys.readouterr().out)
    return read


def test_every_organiser_and_the_country_are_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["funding", "show", "--project", str(folder)]) == 0
    shown = capsys.readouterr()
    assert "Lapland wellbeing services county" in shown.out
    assert "1 015 620 317" in shown.out
    assert "nobody's funding" in shown.err
    assert run(["funding", "show", "--project", str(folder), "--format", "csv", "--language", "sv"]) == 0
    rows = _rows(capsys)
    assert len(rows) == 23
    assert rows[20]["organiser"] == "Lapplands välfärdsområde"
    assert rows[20]["funding"] == written(allocate(inputs()).of("21").cents or 0)
    assert {row["invented"] for row in rows} == {"yes"}


def test_an_organiser_is_shown_item_by_item_with_what_it_is_made_of(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["funding", "show", "--project", str(folder), "--organiser", "Lapin hyvinvointialue"]
    assert run(asked) == 0
    assert "68.79 × 175530 × 9.718414" in capsys.readouterr().out
    assert run([*asked, "--item", "density", "--format", "json"]) == 0
    shown = _json(capsys)
    assert shown["invented"] is True
    assert [row["name"] for row in shown["rows"]][:3] == [
        "price.density",
        "determinant.21.residents",
        "density_ratio.21.land_area",
    ]
    assert "873/2024" in shown["rows"][0]["from"]


def test_payments_are_twelve_and_the_year_together(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["funding", "payments", "--organiser", "09", "--format", "csv", "--project", str(folder)]) == 0
    paid = _rows(capsys)
    assert [row["paid by"] for row in paid][:2] == ["2025-01-01", "2025-02-01"]
    cents = sum(int(row["euros"].replace(".", "")) for row in paid)
    assert cents == allocate(inputs()).of("09").cents


def test_what_if_lists_what_differs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change = ["--change", "determinant.09.elderly_need=+3%", "--format", "csv", "--project", str(folder)]
    assert run(["funding", "what-if", *change, "--organiser", "09"]) == 0
    rows = _rows(capsys)
    assert [row["item"] for row in rows] == ["Need of care of the elderly", "Funding"]
    elderly = allocate(inputs()).of("09").term(Item.ELDERLY)
    assert elderly is not None
    assert elderly.cents is not None
    assert rows[0]["difference"] == rows[1]["difference"] == written(round(elderly.cents * 0.03))
    assert run(["funding", "what-if", *change, "--hold-level"]) == 0
    held = _rows(capsys)
    assert held[-1]["organiser"] == "whole country"
    assert abs(float(held[-1]["difference"])) < 1
    assert run(["funding", "what-if", "--change", "price.helth=1", "--project", str(folder)]) == 2
    assert "Did you mean 'price.health'?" in capsys.readouterr().err


def test_weights_name_what_can_be_changed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["funding", "weights", "--organiser", "21", "--format", "json", "--project", str(folder)]) == 0
    heaviest = _json(capsys)["rows"][0]
    assert heaviest["name"] == "determinant.21.residents"


def test_path_goes_to_2030_by_a_scenario(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["funding", "path", "--format", "csv", "--project", str(folder)]
    assert run(asked) == 0
    rows = _rows(capsys)
    assert [row["year"] for row in rows] == ["2025", "2026", "2027", "2028", "2029", "2030"]
    assert [row["need %"] for row in rows] == ["", "0.976", "0.96", "0.96", "0.88", "0.72"]
    assert run([*asked, "--scenario", "slow_prices", "--until", "2026", "--organiser", "21"]) == 0
    slower = _rows(capsys)
    assert float(slower[1]["level"]) < float(rows[1]["level"])
    assert run([*asked, "--scenario", "none"]) == 7
    assert "basic, slow_prices" in capsys.readouterr().err


def test_a_path_tells_what_it_lacks(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["funding", "path", "--until", "2031", "--project", str(folder)]) == 0
    assert "2031 – not imported: estimated growth of need, %" in capsys.readouterr().err


def test_an_import_tells_what_is_missing_and_what_was_not_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = tmp_path / "county"
    create_empty(made)
    table = tmp_path / "vm-2025.csv"
    lines = shipped("funding/determinants-2025.csv").replace("riskikerroin", "riskikrroin").splitlines()
    table.write_text("\n".join(line for line in lines if not line.startswith("2025;20")), encoding="utf-8")
    assert run(["funding", "import", str(table), "--project", str(made)]) == 0
    told = capsys.readouterr().err
    assert "nobody knows these columns: riskikrroin" in told
    assert "2025: risk coefficient of rescue services is missing of every organiser." in told
    assert "2025: residents is missing of 20." in told
    assert run(["funding", "payments", "--organiser", "21", "--project", str(made)]) == NOT_UNDERSTOOD
    assert "The funding of 2025 is not known" in capsys.readouterr().err
    assert run(["funding", "import", str(table), "--project", str(made)]) == 7
    assert "--replace" in capsys.readouterr().err


def test_names_that_are_none_are_answered_with_the_nearest(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["funding", "show", "--organiser", "Lapin alue", "--project", str(folder)]) == NOT_UNDERSTOOD
    assert "Lapin hyvinvointialue" in capsys.readouterr().err
    assert run(["funding", "show", "--year", "2019", "--project", str(folder)]) == 7
    assert "There are those of 2025." in capsys.readouterr().err


def test_need_is_estimated_from_the_factors_of_the_annex(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    factors = shipped_statutes().content(NEED_FACTORS).of(Item.ELDERLY, date(2025, 1, 1))
    rows = [f'elderly;"{each.name}";0,11;0,1' for each in factors]
    table = tmp_path / "need.csv"
    table.write_text("\n".join(("sector;factor;own;country", *rows)), encoding="utf-8")
    assert run(["funding", "need", str(table), "--format", "csv", "--project", str(folder)]) == 0
    shown = capsys.readouterr()
    assert len(shown.out.splitlines()) == 11
    assert "elderly: coefficient of need 1.1." in shown.err
    assert "health: not computed, 189 factors without a mean" in shown.err
