"""Each window: which rows a measure sees for a period."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from attack.row_policy import Made, filled
from tests.privacy.county_of_rows import publish
from tests.spec.metrics.small_county import SmallCounty
from virtaama.metrics.question import Grain, Level, Missing, Question
from virtaama.privacy.policy import Asker, Purpose, Role

YEAR = (date(2024, 1, 1), date(2024, 12, 1))
FIRST_QUARTER = (date(2024, 1, 1), date(2024, 3, 1))
SEES_ALL = Role(
    name="manager",
    purposes=frozenset({Purpose.STEERING}),
    levels=frozenset({"county"}),
    pages=frozenset(),
)
ASKER = Asker(id="johanna", role="manager")


def measure(fact: str, aggregate: str, window: str, levels: str = "county") -> str:
    return f'numerator: {{fact: {fact}, aggregate: "{aggregate}", window: {window}}}\nlevels: [{levels}]'


def test_period_sees_what_happened_in_it(county: SmallCounty) -> None:
    county.add("posting", "1, 'a', '2024-01-31', 10, 'x'", "2, 'b', '2024-02-01', 5, 'x'")
    body = measure("posting", "sum(euros)", "period")
    assert county.values(body, months=FIRST_QUARTER) == [10, 5, 0]
    assert county.values(body, grain=Grain.QUARTER, months=FIRST_QUARTER) == [15]


def test_period_sees_a_stay_once_however_many_months_it_touches(
    county: SmallCounty,
) -> None:
    county.add(
        "stay",
        "1, 'a', '2024-01-30', '2024-03-02', 1, 1",
        "2, 'b', '2024-02-10', '2024-02-10', 2, 1",
    )
    body = measure("stay", "count", "period")
    assert county.values(body, months=FIRST_QUARTER) == [1, 2, 1]
    assert county.values(body, grain=Grain.QUARTER, months=FIRST_QUARTER) == [2]


def test_period_end_sees_what_holds_on_the_last_day(county: SmallCounty) -> None:
    county.add(
        "stay",
        "1, 'a', '2024-01-30', '2024-02-29', 1, 1",
        "2, 'b', '2024-02-10', '2024-02-28', 2, 1",
        "3, 'c', '2024-03-31', NULL, 3, 1",
    )
    body = measure("stay", "count", "period_end")
    assert county.values(body, months=FIRST_QUARTER) == [1, 1, 1]
    assert county.values(body, grain=Grain.QUARTER, months=FIRST_QUARTER) == [1]


def test_month_ends_is_the_mean_over_the_month_ends(county: SmallCounty) -> None:
    county.add(
        "residence",
        "1, 'a', '2000-01-01', NULL, 1, 1",
        "2, 'b', '2024-02-01', NULL, 2, 1",
        "3, 'c', '2024-03-02', '2024-03-30', 3, 1",
    )
    body = measure("residence", "persons", "month_ends")
    assert county.values(body, months=FIRST_QUARTER) == [1, 2, 2]
    assert county.values(body, grain=Grain.QUARTER, months=FIRST_QUARTER) == [5 / 3]


def test_person_living_at_two_addresses_of_a_month_end_is_one_person(
    county: SmallCounty,
) -> None:
    county.add(
        "residence",
        "1, 'a', '2000-01-01', NULL, 1, 1",
        "2, 'b', '2024-01-31', NULL, 1, 1",
    )
    body = measure("residence", "persons", "month_ends")
    assert county.values(body, months=(date(2024, 1, 1), date(2024, 1, 1))) == [1]


def test_age_is_the_age_on_the_day_looked_at(county: SmallCounty) -> None:
    county.add("residence", "1, 'a', '2000-01-01', NULL, 1, 1")  # born 15.6.1950
    body = measure("residence", "persons", "month_ends") + "\nby: [age_group]"
    cells = county.ask(body, by="age_group", months=(date(2025, 5, 1), date(2025, 6, 1)))
    assert [(c.period.month, c.member) for c in cells if c.value] == [
        (5, "65-74"),
        (6, "75-84"),
    ]


def test_days_counts_both_ends_of_a_stay_within_the_period(county: SmallCounty) -> None:
    county.add(
        "stay",
        "1, 'a', '2024-01-30', '2024-03-02', 1, 1",
        "2, 'b', '2024-02-10', '2024-02-10', 2, 1",
    )
    body = measure("stay", "count", "days")
    assert county.values(body, months=FIRST_QUARTER) == [2, 30, 2]
    [quarter] = county.ask(body, grain=Grain.QUARTER, months=FIRST_QUARTER)
    assert (quarter.value, quarter.rows, quarter.persons) == (34, 2, 2)


def test_sum_over_days_weighs_each_row_by_its_days(county: SmallCounty) -> None:
    county.add("stay", "1, 'a', '2024-01-30', '2024-02-01', 1, 1")
    assert county.values(measure("stay", "sum(0.5)", "days"), months=FIRST_QUARTER) == [
        1,
        0.5,
        0,
    ]


def test_stay_that_ends_before_it_begins_has_no_days(county: SmallCounty) -> None:
    county.add(
        "stay",
        "1, 'a', '2024-02-10', '2024-02-01', 1, 1",
        "2, 'b', '2024-02-10', '2024-02-10', 2, 1",
    )
    assert county.values(measure("stay", "count", "days"), months=FIRST_QUARTER) == [
        0,
        1,
        0,
    ]


def test_year_to_date_runs_from_january_to_the_end_of_the_period(
    county: SmallCounty,
) -> None:
    for month in range(1, 13):
        county.add("posting", f"{month}, 'p{month}', '2024-{month:02}-10', {month}, 'x'")
    county.add("posting", "13, 'old', '2023-12-31', 1000, 'x'")
    body = measure("posting", "sum(euros)", "year_to_date")
    assert county.values(body, months=YEAR) == [
        1,
        3,
        6,
        10,
        15,
        21,
        28,
        36,
        45,
        55,
        66,
        78,
    ]
    assert county.values(body, grain=Grain.QUARTER, months=YEAR) == [6, 21, 45, 78]
    assert county.values(body, grain=Grain.YEAR, months=YEAR) == [78]


def test_budget_use_divides_the_year_to_date_by_the_whole_year(
    county: SmallCounty,
) -> None:
    county.add("posting", "1, 'a', '2024-01-10', 30, 'x'", "2, 'b', '2024-02-10', 20, 'x'")
    for month in range(1, 13):
        county.add("budget", f"{month}, 'b{month}', '2024-{month:02}-01', 10")
    body = """
numerator: {fact: posting, aggregate: sum(euros), window: year_to_date}
denominator: {fact: budget, aggregate: sum(euros), window: whole_year}
scale: 100
levels: [county]
minimum_group: 0
"""
    assert county.values(body, months=(date(2024, 1, 1), date(2024, 2, 1))) == [
        25,
        50 / 120 * 100,
    ]


def test_year_to_date_has_no_value_in_a_year_whose_beginning_was_not_delivered(
    county: SmallCounty,
) -> None:
    county.add("posting", "1, 'a', '2023-11-10', 30, 'x'", "2, 'b', '2024-01-10', 20, 'x'")
    cells = county.ask(
        measure("posting", "sum(euros)", "year_to_date"),
        months=(date(2023, 11, 1), date(2024, 1, 1)),
    )
    assert [(c.period, c.value) for c in cells] == [(date(2024, 1, 1), 20)]


def test_quarter_that_is_not_whole_has_no_figure(county: SmallCounty) -> None:
    county.add("posting", "1, 'a', '2024-04-10', 30, 'x'")
    cells = county.ask(
        measure("posting", "sum(euros)", "period"),
        grain=Grain.QUARTER,
        months=(date(2024, 2, 1), date(2024, 8, 1)),
    )
    assert [c.period for c in cells] == [date(2024, 4, 1)]


def test_areas_are_those_of_the_level(county: SmallCounty) -> None:
    county.add(
        "stay",
        "1, 'a', '2024-01-30', '2024-01-30', 1, 1",
        "2, 'b', '2024-01-10', '2024-01-10', 3, 1",
    )
    january = (date(2024, 1, 1), date(2024, 1, 1))
    body = measure("stay", "count", "period", "municipality, unit")
    by_municipality = county.ask(body, level=Level.MUNICIPALITY, months=january)
    assert [(c.area, c.value) for c in by_municipality] == [("098", 1), ("398", 1)]
    assert [(c.area, c.value) for c in county.ask(body, level=Level.UNIT, months=january)] == [("U1", 2)]


def test_without_a_whole_period_there_is_no_figure_and_the_others_are_published(tmp_path: Path) -> None:
    """Deliveries that begin in July hold no January, from which the year to date would be counted."""
    made = Made(
        municipalities=1, units=(1, 0, 0, 0, 0, 0), first_month=7, months=3, persons=9, visits=20, seed=1
    )
    published = publish(filled(made), tmp_path)
    asked = {"grain": Grain.MONTH, "first": date(2023, 7, 1), "last": date(2023, 9, 1)}
    question = Question(metrics=("visits_so_far", "spent"), **asked)  # type: ignore[arg-type]
    figures = published.door_for(SEES_ALL).ask(question, ASKER, Purpose.STEERING).figures
    assert {f.metric for f in figures if f.missing is Missing.NO_DATA} == {"visits_so_far"}
    assert {f.metric for f in figures if f.value is not None} == {"spent"}
    published.connection.close()
