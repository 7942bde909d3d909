"""How units record, and what is expected of a concept as it is known now: deliveries in, counts out."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.expecting import expecting
from tests.small_warehouse import Warehouse
from virtaama.loading.recording import RECORDED, Counting
from virtaama.metrics.render.trees import Stars
from virtaama.quality.judge import Occasion
from virtaama.quality.reading import recording
from virtaama.quality.results import Result
from virtaama.sql.build import parsed, table
from virtaama.vault.derive import star
from virtaama.vault.design import design

MARCH, APRIL = datetime(2025, 4, 1), datetime(2025, 5, 1)
IN_MARCH = datetime(2025, 3, 3, 10)


def visit(number: int, **more: Any) -> dict[str, Any]:
    usual = {"ID": str(number), "PERSON": f"p{number}", "UNIT": "U1", "FORM": "R10", "STARTED": IN_MARCH}
    return usual | more


class Recorded:
    """The concept visit after these deliveries: what came of its expectations, and the rows of its mart."""

    def __init__(self, folder: Path, expected: str, *visits: dict[str, Any]) -> None:
        warehouse = Warehouse(expecting(of_concept=expected), folder, in_memory=True)
        warehouse.deliver("register.units", MARCH, {"CODE": "U1"}, {"CODE": "U2"})
        warehouse.deliver("care.visits", MARCH, *visits)
        warehouse.load()
        engine, model = warehouse.engine, warehouse.model
        engine.run(parsed("CREATE SCHEMA star"))
        for concept in model.concepts:
            rows = star(model, design(model), concept.name)
            engine.run(parsed(f"CREATE TABLE star.{concept.name} AS {rows.sql(dialect='duckdb')}"))
        counted = recording(
            model,
            design(model),
            model.concept("visit"),
            unit="unit",
            months=(date(2025, 1, 1), date(2025, 3, 1)),
            newest=APRIL.isoformat(sep=" "),
            stars=Stars(model),
        )
        assert counted is not None
        self.results = Counting(engine, Stars(model), Occasion(APRIL, 1)).count(counted)
        self.lines: list[dict[str, Any]] = engine.read(counted.mart(table(RECORDED))).to_pylist()

    def of(self, field: str, rule: str = "") -> dict[tuple[str | None, date | None], tuple[int, int, int]]:
        """By unit and month: rows looked at, missing, wrong."""
        return {
            (line["unit"], line["month"]): (line["rows"], line["missing"], line["wrong"])
            for line in self.lines
            if (line["field"], line["rule"]) == (field, rule)
        }


def told(result: Result) -> tuple[float | None, bool, int, int]:
    return result.measured, result.passed, result.rows, result.of


M = date(2025, 3, 1)

SPEC = [
    (
        "a relationship has a value",
        "x: {required: unit, at_most: 0.5, owner: o}",
        [visit(1), visit(2, UNIT=None)],
        (0.5, True, 1, 2),
    ),
    (
        "what is referred to is described by some source",
        "x: {reference: unit, owner: o}",
        [visit(1), visit(2, UNIT="U2"), visit(3, UNIT="U9"), visit(4, UNIT=None)],
        (0.333333, False, 1, 3),
    ),
    (
        "no two instances have the same values",
        "x: {unique: [started, unit], unit: count, owner: o}",
        [visit(1), visit(2), visit(3, UNIT="U2"), visit(4, UNIT=None), visit(5, UNIT=None)],
        (1.0, False, 1, 3),
    ),
    (
        "codes are those of the attribute's list",
        "x: {codes: form, owner: o}",
        [visit(1), visit(2, FORM="R99"), visit(3, FORM=None)],
        (0.5, False, 1, 2),
    ),
    (
        "a time lies before the newest delivery",
        "x: {range: started, most: extracted, owner: o}",
        [visit(1), visit(2, STARTED=datetime(2025, 6, 1))],
        (0.5, False, 1, 2),
    ),
    (
        "a condition names attributes and relationships",
        "x: {holds: 'unit IS NOT NULL OR ended IS NULL', owner: o}",
        [visit(1), visit(2, UNIT=None, ENDED=IN_MARCH)],
        (0.5, False, 1, 2),
    ),
]


@pytest.mark.parametrize(("expected", "visits", "wanted"), [s[1:] for s in SPEC], ids=[s[0] for s in SPEC])
def test_a_concept_is_held_against_what_is_expected(
    tmp_path: Path,
    expected: str,
    visits: list[dict[str, Any]],
    wanted: tuple[float | None, bool, int, int],
) -> None:
    (result,) = Recorded(tmp_path, expected, *visits).results
    assert told(result) == wanted
    assert (result.subject, result.batch, result.run) == ("visit", 0, 1)


def test_fields_are_counted_by_unit_and_month(tmp_path: Path) -> None:
    found = Recorded(
        tmp_path,
        "x: {required: weight, where: FORM = 'R10', owner: o}",
        visit(1, WEIGHT=70),
        visit(2),
        visit(3, FORM="R52"),
        visit(4, FORM="R99", UNIT="U2"),
        visit(5, UNIT=None, STARTED=None),
        visit(
            6, UNIT="U9", STARTED=datetime(2035, 1, 1)
        ),  # no unit anybody knows, no month that was delivered
        visit(7, UNIT="U2", STARTED=datetime(2025, 1, 31, 23, 59), FORM=None),
    )
    january = date(2025, 1, 1)
    assert found.of("form") == {
        ("U1", M): (3, 0, 0),
        ("U2", M): (1, 0, 1),
        ("U2", january): (1, 1, 0),
        (None, None): (2, 0, 0),
    }
    assert found.of("weight") == {("U1", M): (2, 1, 0), (None, None): (2, 2, 0)}
    assert {(line["field"], line["expected"]) for line in found.lines} == {
        ("started", False),
        ("ended", False),
        ("form", False),
        ("weight", True),
        ("resident", False),
        ("unit", False),
    }
    assert {line["feed"] for line in found.lines} == {"care.visits"}


def test_a_value_out_of_its_bounds_and_a_target_nobody_knows_are_wrong(tmp_path: Path) -> None:
    rules = """
heavy: {range: weight, least: 1, owner: o}
known: {reference: unit, owner: o}
order: {holds: ended >= started, owner: o}
"""
    found = Recorded(
        tmp_path,
        rules,
        visit(1, WEIGHT=0, ENDED=datetime(2025, 3, 1)),
        visit(2, UNIT="U9"),
        visit(3, WEIGHT=2),
    )
    assert found.of("weight") == {("U1", M): (2, 0, 1), (None, M): (1, 1, 0)}
    assert found.of("unit") == {("U1", M): (2, 0, 0), (None, M): (1, 0, 1)}
    assert found.of("", "order") == {("U1", M): (1, 0, 1)}


def test_the_guard_is_how_many_persons_stand_behind_the_rows(tmp_path: Path) -> None:
    found = Recorded(
        tmp_path,
        "x: {required: unit, owner: o}",
        visit(1, PERSON="a"),
        visit(2, PERSON="a"),
        visit(3, PERSON="b"),
        visit(4, PERSON=None),
        visit(5, PERSON=None),
        visit(6, UNIT="U2"),
    )
    assert {(line["unit"], line["guard"]) for line in found.lines} == {("U1", 3), ("U2", 1)}
