"""Each aggregate: rows in, number out."""

from __future__ import annotations

from datetime import date

import pytest

from tests.spec.metrics.small_county import SmallCounty

JANUARY = (date(2024, 1, 1), date(2024, 1, 1))


@pytest.fixture
def visits(county: SmallCounty) -> SmallCounty:
    county.add(
        "visit",
        "1, 'a', '2024-01-05 10:00', 2, true, 'R10', 50, 1, 1",
        "2, 'b', '2024-01-06 10:00', 4, false, 'R10', 70.5, 1, 1",
        "3, 'c', '2024-01-31 23:59', 9, false, 'R52', 30, 2, 2",
        "4, 'd', NULL, 100, true, 'R10', 1000, 3, 2",
    )
    return county


@pytest.mark.parametrize(
    ("aggregate", "value"),
    [
        ("count", 3),
        ("persons", 2),
        ("sum(cost)", 150.5),
        ("mean(days)", 5),
        ("median(days)", 4),
        ("p90(days)", 8),
        ("sum(CASE WHEN urgent THEN 1 ELSE 0 END)", 1),
        ("sum(age_years(resident.birth_date, at))", 73 + 73 + 34),
    ],
)
def test_aggregate_gives_the_number_counted_by_hand(
    visits: SmallCounty, aggregate: str, value: float
) -> None:
    body = f'numerator: {{fact: visit, aggregate: "{aggregate}"}}\nlevels: [county]'
    assert visits.values(body, months=JANUARY) == [value]


def test_where_keeps_only_the_rows_that_satisfy_it(visits: SmallCounty) -> None:
    body = """
numerator: {fact: visit, aggregate: count, where: "NOT urgent AND resident.sex = 'male'"}
levels: [county]
"""
    assert visits.values(body, months=JANUARY) == [1]


def test_rate_is_numerator_over_denominator_times_scale(visits: SmallCounty) -> None:
    visits.add(
        "residence",
        "1, 'r1', '2000-01-01', NULL, 1, 1",
        "2, 'r2', '2000-01-01', NULL, 2, 1",
    )
    visits.add(
        "residence",
        "3, 'r3', '2000-01-01', NULL, 3, 2",
        "4, 'r4', '2000-01-01', '2023-12-31', 3, 1",
    )
    body = """
numerator: {fact: visit, aggregate: count}
denominator: {fact: residence, aggregate: persons, window: month_ends}
scale: 1000
levels: [county]
"""
    [cell] = visits.ask(body, months=JANUARY)
    assert (cell.numerator, cell.denominator, cell.value) == (3, 3, 1000)


def test_rows_and_persons_say_how_many_stand_behind_a_value(
    visits: SmallCounty,
) -> None:
    body = "numerator: {fact: visit, aggregate: mean(days)}\nlevels: [county]"
    [cell] = visits.ask(body, months=JANUARY)
    assert (cell.rows, cell.persons) == (3, 2)


def test_row_about_an_unknown_person_counts_as_a_person_of_its_own(
    county: SmallCounty,
) -> None:
    county.add(
        "visit",
        "1, 'a', '2024-01-05 10:00', 2, true, 'R10', 50, NULL, 1",
        "2, 'b', '2024-01-06 10:00', 4, false, 'R10', 70.5, NULL, 1",
        "3, 'c', '2024-01-06 10:00', 4, false, 'R10', 70.5, 1, 1",
    )
    [cell] = county.ask("numerator: {fact: visit, aggregate: count}\nlevels: [county]", months=JANUARY)
    assert cell.persons == 3
    assert county.values(
        "numerator: {fact: visit, aggregate: persons}\nlevels: [county]", months=JANUARY
    ) == [1]
