"""What feature tables promise: what was known and true when a day was over, and nothing that came later."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.spec.care import Care
from tests.spec.features import column, hospital, rows_on, table_text
from virtaama.metrics.definitions import Catalogue

# Deliveries of stays and visits are extracted in the first moment of the month after.
MONTHS = ("2-1", "3-1", "4-1", "5-1")


@pytest.fixture
def warehouse(tmp_path: Path) -> tuple[Care, Catalogue]:
    model, catalogue = hospital()
    found = Care(model, tmp_path, in_memory=True)
    found.people(("ann", "1950-5-1"), ("bo", "2000-1-1"), on="1-1")
    found.stays("s1 ann 1-28 - surgery", on="2-1")
    found.stays("s1 ann 1-28 2-3 surgery", on="3-1")
    found.stays("s2 bo 3-10 3-12 tests", on="4-1")
    found.stays("s3 ann 4-30 - surgery", on="5-1")
    found.visits("v1 ann 1-5", "v2 ann 1-20", on="2-1")
    found.visits("v3 ann 2-28", "v4 bo 2-1", on="3-1")
    found.visits("v5 ann 3-1", on="4-1")
    found.visits("v6 bo 4-2", on="5-1")
    found.load()
    return found, catalogue


# The column, and its values for ann and bo at the end of January, February, March and April.
COLUMNS = [
    (column("n", fact="visit", aggregate="count", last="1 month"), [2, 1, 1, 0], [0, 1, 0, 1]),
    (column("n", fact="visit", aggregate="count", last="2 months"), [None, 3, 2, 1], [None, 1, 1, 1]),
    (column("n", fact="visit", aggregate="count", last="1 day"), [0, 1, 0, 0], [0, 0, 0, 0]),
    (column("n", fact="ward_day", aggregate="days", last="1 month"), [4, 3, 0, 1], [0, 0, 3, 0]),
    (column("n", fact="ward_day", aggregate="count", last="1 month"), [1, 1, 0, 1], [0, 0, 1, 0]),
    (column("n", fact="stay", aggregate="mean(length)", last="2 months"), [None, 6, None, None], [None, None, 2, 2]),
    (column("n", fact="stay", aggregate="sum(length)", last="1 month"), [0, 0, 0, 0], [0, 0, 2, 0]),
    (
        column("n", fact="stay", aggregate="count", where="\"ward = 'surgery'\"", last="1 month"),
        [1, 0, 0, 1],
        [0, 0, 0, 0],
    ),
    (column("n", fact="contact", aggregate="count", last="1 month"), [3, 1, 1, 1], [0, 1, 1, 1]),
    (column("n", value="\"age_years(birth_date, at)\""), [74, 74, 74, 74], [25, 25, 25, 25]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "ann", "bo"), COLUMNS, ids=[written.strip() for written, _, _ in COLUMNS]
)
def test_a_column_looks_at_the_day_and_back(
    written: str, ann: list[object], bo: list[object], warehouse: tuple[Care, Catalogue]
) -> None:
    found = [rows_on(*warehouse, table_text(written), on) for on in ("1-31", "2-28", "3-31", "4-30")]
    assert [rows["ann"]["n"] for rows in found] == ann
    assert [rows["bo"]["n"] for rows in found] == bo


def test_a_stay_that_ended_later_is_open_on_the_day(warehouse: tuple[Care, Catalogue]) -> None:
    text = table_text(
        column("ended", fact="stay", aggregate="count", where="length IS NOT NULL", last="1 month")
    )
    assert rows_on(*warehouse, text, "1-31")["ann"]["ended"] == 0


def test_an_outcome_looks_ahead_and_is_missing_where_nothing_was_delivered(
    warehouse: tuple[Care, Catalogue],
) -> None:
    outcome = column("visited", fact="visit", aggregate="count", next="1 month").strip()
    text = table_text(column("n", fact="visit", aggregate="count", last="1 month"), outcome)
    found = [rows_on(*warehouse, text, on)["ann"] for on in ("1-31", "2-28", "3-31", "4-30")]
    assert [(row["visited"], row["missing"]) for row in found] == [
        (1, ""),
        (1, ""),
        (0, ""),
        (None, "visited: not_delivered"),
    ]


def test_what_is_missing_says_why(warehouse: tuple[Care, Catalogue]) -> None:
    text = table_text(
        column("home", value="home")
        + column("visits", fact="visit", aggregate="count", last="3 months")
        + column("length", fact="stay", aggregate="median(length)", last="1 month")
    )
    assert rows_on(*warehouse, text, "2-28")["bo"]["missing"] == (
        "home: unknown; visits: no_data; length: no_rows"
    )


def test_only_those_known_on_the_day_have_a_row(tmp_path: Path) -> None:
    model, catalogue = hospital()
    warehouse = Care(model, tmp_path, in_memory=True)
    warehouse.people(("ann", "1950-5-1"), on="1-1")
    warehouse.people(("bo", "2000-1-1"), on="2-15")
    warehouse.load()
    text = table_text(column("n", value="birth_date"))
    assert [sorted(rows_on(warehouse, catalogue, text, on)) for on in ("1-31", "2-28")] == [
        ["ann"],
        ["ann", "bo"],
    ]
    young = table_text(column("n", value="birth_date"), more="where: age_years(birth_date, at) < 30")
    assert sorted(rows_on(warehouse, catalogue, young, "2-28")) == ["bo"]
