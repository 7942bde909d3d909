"""What is missing says why, and what is zero says zero."""

from __future__ import annotations

from datetime import date

from tests.spec.metrics.small_county import SmallCounty
from virtaama.metrics.question import Grain, Level

TWO_MONTHS = (date(2024, 1, 1), date(2024, 2, 1))
PER_RESIDENT = """
numerator: {fact: visit, aggregate: count}
denominator: {fact: residence, aggregate: persons, window: month_ends}
scale: 1000
levels: [county, municipality]
by: [sex, form]
"""


def test_nothing_happened_among_residents_is_zero(county: SmallCounty) -> None:
    county.add("residence", "1, 'a', '2000-01-01', NULL, 1, 1")
    cells = county.ask(PER_RESIDENT, months=TWO_MONTHS)
    assert [(c.value, c.missing) for c in cells] == [(0, None), (0, None)]


def test_nothing_to_divide_by_is_not_zero(county: SmallCounty) -> None:
    county.add("visit", "1, 'a', '2024-01-05', 2, true, 'R10', 40, 1, 1")
    body = """
numerator: {fact: visit, aggregate: count, where: urgent}
denominator: {fact: visit, aggregate: "sum(CASE WHEN form = 'R52' THEN 1 ELSE 0 END)"}
levels: [county]
"""
    [cell] = county.ask(body, months=TWO_MONTHS)
    assert (cell.value, cell.missing) == (None, "no_denominator")


def test_no_wait_was_measured_is_not_zero(county: SmallCounty) -> None:
    county.add("visit", "1, 'a', '2024-01-05', NULL, true, 'R10', 40, 1, 1")
    body = "numerator: {fact: visit, aggregate: median(days)}\nlevels: [county]"
    cells = county.ask(body, months=TWO_MONTHS)
    assert [(c.period.month, c.value, c.missing) for c in cells] == [
        (1, None, "no_data"),
        (2, None, "no_data"),
    ]


def test_dimension_the_denominator_lacks_divides_the_numerator_alone(
    county: SmallCounty,
) -> None:
    county.add(
        "residence",
        "1, 'a', '2000-01-01', NULL, 1, 1",
        "2, 'b', '2000-01-01', NULL, 2, 1",
    )
    county.add(
        "visit",
        "1, 'a', '2024-01-05', 2, true, 'R10', 40, 1, 1",
        "2, 'b', '2024-02-05', 2, true, 'R52', 40, 1, 1",
    )
    cells = county.ask(PER_RESIDENT, by="form", months=TWO_MONTHS)
    assert [(c.period.month, c.member, c.value) for c in cells] == [
        (1, "R10", 500),
        (1, "R52", 0),
        (2, "R10", 0),
        (2, "R52", 500),
    ]


def test_dimension_both_have_divides_both(county: SmallCounty) -> None:
    county.add(
        "residence",
        "1, 'a', '2000-01-01', NULL, 1, 1",
        "2, 'b', '2000-01-01', NULL, 2, 1",
    )
    county.add("visit", "1, 'a', '2024-01-05', 2, true, 'R10', 40, 1, 1")
    cells = county.ask(PER_RESIDENT, by="sex", months=(date(2024, 1, 1), date(2024, 1, 1)))
    assert [(c.member, c.value) for c in cells] == [("female", 1000), ("male", 0)]


def test_unit_is_silent_before_it_opens_and_zero_between_its_visits(
    county: SmallCounty,
) -> None:
    county.add(
        "visit",
        "1, 'a', '2024-02-05', 2, true, 'R10', 40, 1, 1",
        "2, 'b', '2024-04-05', 2, true, 'R10', 40, 1, 1",
    )
    body = "numerator: {fact: visit, aggregate: count}\nlevels: [unit]"
    cells = county.ask(body, level=Level.UNIT, months=(date(2024, 1, 1), date(2024, 6, 1)))
    assert [(c.period.month, c.value) for c in cells] == [(2, 1), (3, 0), (4, 1)]


def test_rows_outside_the_delivered_months_are_not_shown(county: SmallCounty) -> None:
    county.add(
        "visit",
        "1, 'a', '2019-02-05', 2, true, 'R10', 40, 1, 1",
        "2, 'b', '2031-04-05', 2, true, 'R10', 40, 1, 1",
        "3, 'c', '2024-01-05', 2, true, 'R10', 40, 1, 1",
    )
    body = "numerator: {fact: visit, aggregate: count}\nlevels: [county]"
    assert [c.period for c in county.ask(body, months=TWO_MONTHS)] == [
        date(2024, 1, 1),
        date(2024, 2, 1),
    ]
    assert county.ask(body, grain=Grain.YEAR, months=TWO_MONTHS) == []
