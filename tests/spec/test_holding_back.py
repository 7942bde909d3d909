"""A failed `stop` keeps the previous publication of what it concerns, and only of that."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.expecting_county import County, visit
from virtaama.metrics.question import Grain, Missing, Question
from virtaama.privacy.policy import Asker, Purpose, Role

MANAGER = Role(
    name="manager",
    purposes=frozenset({Purpose.STEERING}),
    levels=frozenset({"county"}),
    pages=frozenset({"steering"}),
)
KNOWN = "unit: {required: unit, severity: stop, owner: Reception}"
OF_FEED = "rows: {volume: {least: 2}, severity: stop, owner: Reception}"


@pytest.fixture(params=["of a concept", "of a feed"])
def rule(request: pytest.FixtureRequest) -> dict[str, str]:
    return {"of_concept": KNOWN} if request.param == "of a concept" else {"of_feed": OF_FEED}


def good(month: int) -> list[dict[str, Any]]:
    return [visit(1, month), visit(2, month)]


def bad(month: int) -> list[dict[str, Any]]:
    return [visit(1, month, unit=None)]


def test_what_it_concerns_stays_as_it_was_and_the_rest_goes_on(tmp_path: Path, rule: dict[str, str]) -> None:
    county = County(tmp_path, **rule)
    for month in (1, 2, 3):
        county.month(month, *good(month))
    assert county.publish().held == ()
    county.month(4, *bad(4))
    publication = county.publish()
    assert publication.held == ("visits",)
    assert county.figures("visits") == {1: 2, 2: 2, 3: 2}
    assert county.figures("contacts") == {1: 1, 2: 1, 3: 1, 4: 1}
    assert county.count("star/visit") == 6
    assert county.count("star/contact") == 4


def test_its_past_is_no_younger_than_its_figures(tmp_path: Path, rule: dict[str, str]) -> None:
    county = County(tmp_path, **rule)
    for month in (1, 2, 3):
        county.month(month, *good(month))
    county.publish()
    county.month(4, *bad(4))
    county.publish()
    asked = Question(
        metrics=("visits",),
        grain=Grain.MONTH,
        first=date(2025, 1, 1),
        last=date(2025, 4, 1),
        as_of=date(2025, 11, 30),
    )
    answer = county.door(MANAGER).ask(asked, Asker(id="x", role="manager"), Purpose.STEERING)
    told = {figure.period.month: (figure.value, figure.missing) for figure in answer.figures}
    assert told == {
        1: (2, None), 2: (2, None), 3: (2, None), 4: (None, Missing.NOT_DELIVERED),
    }  # fmt: skip


def test_it_goes_on_when_the_next_delivery_is_as_expected(tmp_path: Path) -> None:
    county = County(tmp_path, of_feed=OF_FEED)
    for month in (1, 2, 3):
        county.month(month, *good(month))
    county.publish()
    county.month(4, *bad(4))
    county.publish()
    county.month(5, *good(5))
    assert county.publish().held == ()
    assert county.figures("visits") == {1: 2, 2: 2, 3: 2, 4: 1, 5: 2}


def test_it_goes_on_when_the_data_is_put_right(tmp_path: Path) -> None:
    county = County(tmp_path, of_concept=KNOWN)
    for month in (1, 2, 3):
        county.month(month, *good(month))
    county.publish()
    county.month(4, *bad(4))
    county.publish()
    assert county.publish().held == ("visits",)  # again: nothing has changed
    county.warehouse.deliver("care.visits", datetime(2025, 5, 2), visit(1, 4))
    assert county.publish().held == ()
    assert county.figures("visits")[4] == 1


def test_it_goes_on_when_more_is_allowed(tmp_path: Path) -> None:
    county = County(tmp_path, of_concept=KNOWN)
    for month in (1, 2, 3):
        county.month(month, *good(month))
    county.publish()
    county.month(4, *bad(4))
    county.publish()
    county.expect(of_concept=KNOWN.replace("owner", "at_most: 0.5, owner"))
    assert county.publish().held == ()
    assert county.figures("visits")[4] == 1


def test_what_was_never_published_is_not_there(tmp_path: Path, rule: dict[str, str]) -> None:
    county = County(tmp_path, **rule)
    for month in (1, 2, 3):
        county.month(month, *bad(month))
    assert county.publish().held == ("visits",)
    assert county.figures("visits") == {}
    assert county.count("star/visit") == 0
    assert county.figures("contacts") == {1: 1, 2: 1, 3: 1}


def test_readers_are_told_why(tmp_path: Path) -> None:
    county = County(tmp_path, of_feed=OF_FEED)
    for month in (1, 2, 3):
        county.month(month, *good(month))
    county.month(4, *bad(4))
    county.publish()
    rows = duckdb.sql(f"SELECT * FROM '{county.published / 'meta' / 'held'}.parquet'").fetchall()
    message = (
        "Toimituksessa on poikkeava määrä rivejä",
        "Leveransen har ett avvikande antal rader",
        "The delivery has an unusual number of rows",
    )
    assert rows == [("visits", "care.visits.rows", "Reception", *message, "2025-05-01T00:00:00")]


def test_how_units_record_is_published_though_the_figures_are_held(tmp_path: Path) -> None:
    county = County(tmp_path, of_concept=KNOWN)
    for month in (1, 2, 3):
        county.month(month, *good(month))
    county.month(4, *bad(4))
    county.publish()
    rows = duckdb.sql(
        f"SELECT month(month), sum(rows), sum(missing) FROM '{county.published}/recording/visit.parquet' "
        "WHERE field = 'unit' GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    assert rows == [(1, 2, 0), (2, 2, 0), (3, 2, 0), (4, 1, 1)]


def test_what_has_not_changed_is_not_counted_again(tmp_path: Path) -> None:
    county = County(tmp_path, of_concept=KNOWN)
    for month in (1, 2, 3):
        county.month(month, *good(month))
    county.publish()
    before = county.warehouse.ledger.results()
    assert "recording/visit" in county.publish().taken_over
    assert county.warehouse.ledger.results() == before
