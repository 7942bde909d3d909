"""What is expected of a delivery: rows in, what is measured and whether it holds out."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.expecting import expecting
from tests.small_warehouse import Warehouse
from virtaama.loading.quality import check_deliveries
from virtaama.quality.results import Result, newest

MARCH, APRIL, MAY = datetime(2025, 4, 1), datetime(2025, 5, 1), datetime(2025, 6, 1)
NOW = datetime(2025, 5, 10)

Checked = tuple[float | None, bool, int, int]  # measured, passed, rows that do not fit, rows looked at


def visit(number: int, **more: Any) -> dict[str, Any]:
    usual = {
        "ID": str(number),
        "PERSON": f"p{number}",
        "UNIT": "U1",
        "FORM": "R10",
        "STARTED": datetime(2025, 3, 3),
        "WEIGHT": 70,
    }
    return usual | more


def check(warehouse: Warehouse, *, now: datetime = NOW, again: frozenset[int] = frozenset()) -> list[Result]:
    return list(
        check_deliveries(
            warehouse.model, warehouse.ledger, warehouse.lake, warehouse.engine, run=1, now=now, again=again
        )
    )


def told(result: Result) -> Checked:
    return result.measured, result.passed, result.rows, result.of


SPEC = [
    (
        "a value is required",
        "unit: {required: UNIT, at_most: 0.25, owner: o}",
        [visit(1), visit(2), visit(3), visit(4, UNIT=None)],
        (0.25, True, 1, 4),
    ),
    (
        "one more is too many",
        "unit: {required: UNIT, at_most: 0.25, owner: o}",
        [visit(1), visit(2, UNIT=None), visit(3, UNIT=None)],
        (0.666667, False, 2, 3),
    ),
    (
        "only some rows are looked at",
        "unit: {required: UNIT, where: FORM = 'R10', owner: o}",
        [visit(1), visit(2, UNIT=None, FORM="R52"), visit(3, UNIT=None, FORM=None)],
        (0.0, True, 0, 1),
    ),
    (
        "whether a name is there can be asked, not what it is",
        "name: {required: NAME, at_most: 0.5, owner: o}",
        [visit(1), visit(2, NAME="…")],
        (0.5, True, 1, 2),
    ),
    (
        "rows beyond one for each combination of values are counted",
        "once: {unique: [ID, UNIT], unit: count, owner: o}",
        [visit(1), visit(1), visit(1), visit(1, UNIT="U2"), visit(2), visit(2, UNIT=None)],
        (2.0, False, 2, 5),
    ),
    (
        "a number lies within its bounds, both allowed",
        "weight: {range: WEIGHT, least: 0.5, most: 350, owner: o}",
        [visit(1, WEIGHT=Decimal("0.5")), visit(2, WEIGHT=350), visit(3, WEIGHT=351), visit(4, WEIGHT=None)],
        (0.333333, False, 1, 3),
    ),
    (
        "nothing has happened after the moment the delivery describes",
        "past: {range: STARTED, least: 2020-01-01, most: extracted, unit: count, owner: o}",
        [visit(1), visit(2, STARTED=datetime(2025, 4, 2)), visit(3, STARTED=datetime(1925, 1, 1))],
        (2.0, False, 2, 3),
    ),
    (
        "a text matches as a whole",
        "id: {pattern: ID, matches: '[0-9]{1,2}', owner: o}",
        [visit(1), visit(22), visit(333), visit(4, ID=None)],
        (0.333333, False, 1, 3),
    ),
    (
        "a code is one of its list",
        "form: {codes: FORM, list: form, at_most: 1, unit: count, owner: o}",
        [visit(1), visit(2, FORM="R99"), visit(3, FORM=None)],
        (1.0, True, 1, 2),
    ),
    (
        "a condition holds where it can be told",
        "order: {holds: ENDED >= STARTED, owner: o}",
        [visit(1), visit(2, ENDED=datetime(2025, 3, 4)), visit(3, ENDED=datetime(2025, 3, 2))],
        (0.5, False, 1, 2),
    ),
    (
        "a delivery has a number of rows",
        "rows: {volume: {least: 2, most: 3}, owner: o}",
        [visit(1)],
        (1.0, False, 1, 1),
    ),
    (
        "where there is nothing to look at, it holds",
        "unit: {required: UNIT, where: FORM = 'R52', owner: o}",
        [visit(1)],
        (None, True, 0, 0),
    ),
]


@pytest.mark.parametrize(("expected", "rows", "wanted"), [s[1:] for s in SPEC], ids=[s[0] for s in SPEC])
def test_a_delivery_is_held_against_what_is_expected(
    tmp_path: Path, expected: str, rows: list[dict[str, Any]], wanted: Checked
) -> None:
    warehouse = Warehouse(expecting(of_feed=expected), tmp_path, in_memory=True)
    batch = warehouse.deliver("care.visits", MARCH, *rows)
    (result,) = check(warehouse)
    assert told(result) == wanted
    assert (result.batch, result.subject, result.owner) == (batch.number, "care.visits", "o")
    assert warehouse.ledger.results() == (result,)


def test_volume_is_held_against_the_median_of_the_deliveries_before(tmp_path: Path) -> None:
    rule = "rows: {volume: {of_median: [0.5, 2], against: 3}, owner: o}"
    warehouse = Warehouse(expecting(of_feed=rule), tmp_path, in_memory=True)
    sizes = [100, 1, 10, 12, 14, 5]
    for month, size in enumerate(sizes, start=1):
        warehouse.deliver("care.visits", datetime(2025, month, 1), *(visit(n) for n in range(size)))
    assert [(r.measured, r.least, r.most, r.passed) for r in check(warehouse)] == [
        (None, None, None, True),  # nothing came before
        (1, 50, 200, False),
        (10, 25.25, 101, False),
        (12, 5, 20, True),
        (14, 5, 20, True),
        (5, 6, 24, False),
    ]


def test_categories_drift_when_their_shares_change(tmp_path: Path) -> None:
    warehouse = Warehouse(expecting(of_feed="mix: {drift: FORM, owner: o}"), tmp_path, in_memory=True)
    usual = [visit(n, FORM="R10" if n % 5 else "R52") for n in range(500)]
    other = [visit(n, FORM="R10" if n % 5 > 2 else "R52") for n in range(500)]
    for month, rows in enumerate([usual, usual, other], start=1):
        warehouse.deliver("care.visits", datetime(2025, month, 1), *rows)
    first, same, changed = check(warehouse)
    assert (first.measured, first.passed) == (None, True)
    assert (same.measured, same.passed) == (0, True)
    # Shares 0.6 and 0.4 after 0.2 and 0.8: 0.4 ln 3 + 0.4 ln 2, smoothed a little.
    assert changed.measured == pytest.approx(0.716, abs=0.01)
    assert (changed.passed, changed.most, changed.rows) == (False, 0.25, 500)


def test_numbers_drift_when_their_deciles_change(tmp_path: Path) -> None:
    warehouse = Warehouse(expecting(of_feed="mix: {drift: WEIGHT, owner: o}"), tmp_path, in_memory=True)
    usual = [visit(n, WEIGHT=40 + n % 60) for n in range(600)]
    in_grams = [visit(n, WEIGHT=(40 + n % 60) * 1000) for n in range(600)]
    for month, rows in enumerate([usual, usual[::-1], in_grams], start=1):
        warehouse.deliver("care.visits", datetime(2025, month, 1), *rows)
    assert [(r.measured is not None and r.measured > 1, r.passed) for r in check(warehouse)] == [
        (False, True),
        (False, True),
        (True, False),
    ]


def test_a_few_rows_do_not_drift_by_chance(tmp_path: Path) -> None:
    warehouse = Warehouse(expecting(of_feed="mix: {drift: FORM, owner: o}"), tmp_path, in_memory=True)
    warehouse.deliver("care.visits", MARCH, *(visit(n, FORM="R10" if n % 2 else "R52") for n in range(8)))
    warehouse.deliver("care.visits", APRIL, *(visit(n, FORM="R10" if n else "R52") for n in range(8)))
    _, second = check(warehouse)
    assert second.measured is not None
    assert second.most is not None
    assert 0.25 < second.measured <= second.most
    assert second.passed


@pytest.mark.parametrize(
    ("rule", "now", "wanted"),
    [
        ("{fresh: month, within: 5, owner: o}", datetime(2025, 5, 5), (0, True)),
        ("{fresh: month, within: 5, owner: o}", datetime(2025, 5, 6), (1, False)),
        ("{fresh: month, owner: o}", datetime(2025, 4, 30), (0, True)),
        ("{fresh: day, owner: o}", datetime(2025, 4, 1), (0, True)),
        ("{fresh: day, owner: o}", datetime(2025, 4, 3), (2, False)),
        ("{fresh: week, owner: o}", datetime(2025, 4, 7), (1, False)),
        ("{fresh: quarter, within: 30, owner: o}", datetime(2025, 7, 30), (0, True)),
        ("{fresh: year, owner: o}", datetime(2026, 1, 2), (2, False)),
    ],
)
def test_a_delivery_is_missed_from_the_day_it_was_due(
    tmp_path: Path, rule: str, now: datetime, wanted: tuple[int, bool]
) -> None:
    warehouse = Warehouse(expecting(of_feed=f"arrives: {rule}"), tmp_path, in_memory=True)
    warehouse.deliver("care.visits", MARCH, visit(1))
    (result,) = check(warehouse, now=now)
    assert (result.measured, result.passed) == wanted


def test_what_was_checked_is_not_checked_again_unless_it_is_loaded_again(tmp_path: Path) -> None:
    rules = "unit: {required: UNIT, owner: o}\nmix: {drift: FORM, owner: o}"
    warehouse = Warehouse(expecting(of_feed=rules), tmp_path, in_memory=True)
    first = warehouse.deliver("care.visits", MARCH, visit(1, UNIT=None))
    before = check(warehouse)
    assert check(warehouse) == []
    warehouse.deliver("care.visits", APRIL, visit(2))
    assert [r.batch for r in check(warehouse)] == [2, 2]
    assert check(warehouse, again=frozenset({first.number})) == before
    assert [r.batch for r in warehouse.ledger.results() if r.expectation == "unit"] == [1, 1, 2]


def test_another_order_of_arrival_gives_the_same_verdicts_when_checked_again(tmp_path: Path) -> None:
    rules = "rows: {volume: {of_median: [0.5, 2]}, owner: o}\nmix: {drift: FORM, owner: o}"
    warehouse = Warehouse(expecting(of_feed=rules), tmp_path, in_memory=True)
    seen: list[Result] = []
    for month, size in ((1, 10), (3, 12), (2, 90)):  # the second month comes late
        warehouse.deliver("care.visits", datetime(2025, month, 1), *(visit(n) for n in range(size)))
        seen += check(warehouse)
    again = check(warehouse, again=frozenset({1, 2, 3}))
    assert sorted(again, key=repr) == sorted(seen, key=repr)


def test_a_changed_rule_is_held_against_every_delivery(tmp_path: Path) -> None:
    warehouse = Warehouse(expecting(of_feed="unit: {required: UNIT, owner: o}"), tmp_path, in_memory=True)
    warehouse.deliver("care.visits", MARCH, visit(1), visit(2, UNIT=None))
    warehouse.deliver("care.visits", APRIL, visit(3), visit(4, UNIT=None))
    assert [r.passed for r in check(warehouse)] == [False, False]
    warehouse.model = expecting(of_feed="unit: {required: UNIT, at_most: 0.5, owner: o}")
    assert [r.passed for r in check(warehouse)] == [True, True]
    assert [r.passed for r in newest(warehouse.ledger.results())] == [True]


def test_a_field_that_older_deliveries_did_not_have_is_null_there(tmp_path: Path) -> None:
    warehouse = Warehouse(expecting(), tmp_path, in_memory=True)
    old = expecting()
    feed = old.feed("care.visits")
    fewer = tuple(f for f in feed.fields if f.name not in ("WEIGHT", "FORM"))
    system = old.systems[0]
    warehouse.model = replace(
        old, systems=(replace(system, feeds=(replace(feed, fields=fewer),)), *old.systems[1:])
    )
    warehouse.deliver("care.visits", MARCH, {"ID": "1"})
    warehouse.model = expecting(
        of_feed="w: {required: WEIGHT, owner: o}\nmix: {drift: FORM, owner: o}\nd: {drift: WEIGHT, owner: o}"
    )
    assert [(r.expectation, r.measured) for r in check(warehouse)] == [("w", 1.0), ("mix", None), ("d", None)]
    warehouse.deliver("care.visits", APRIL, visit(2))
    assert [(r.expectation, r.measured) for r in check(warehouse)] == [("w", 0.0), ("mix", None), ("d", None)]


def test_results_are_never_changed(tmp_path: Path) -> None:
    warehouse = Warehouse(expecting(of_feed="unit: {required: UNIT, owner: o}"), tmp_path, in_memory=True)
    warehouse.deliver("care.visits", MARCH, visit(1))
    check(warehouse)
    for statement in ("UPDATE result SET passed = 1", "DELETE FROM result"):
        with pytest.raises(sqlite3.IntegrityError, match="appended, never changed"):
            warehouse.ledger._connection.execute(statement)
