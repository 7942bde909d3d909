from __future__ import annotations

from datetime import date

import pytest

from tests.portal.door_for_tests import AREAS, FIRST, LAST
from virtaama.metrics.question import Grain
from virtaama.portal.steering.filters import Filters, read_filters
from virtaama.problems import NotAllowed, NotReady


def read(**address: str) -> Filters:
    return read_filters(address, AREAS, (FIRST, LAST))


def test_without_filters_the_newest_month_of_the_widest_area_is_shown() -> None:
    filters = read()
    assert (filters.area.code, filters.grain, filters.period) == ("07", Grain.MONTH, LAST)
    assert (filters.carried, filters.problems) == ({}, ())


def test_what_the_reader_chose_is_carried_on() -> None:
    address = {"area": "398", "grain": "quarter", "period": "2026Q2"}
    assert read(**address).carried == address


def test_choosing_the_default_is_no_choice() -> None:
    assert read(area="07", grain="month").carried == {}


def test_unknown_keys_are_ignored() -> None:
    assert read(colour="red") == read()


@pytest.mark.parametrize(
    ("name", "value"), [("area", "999"), ("grain", "week"), ("period", "soon"), ("period", "2031-01")]
)
def test_a_bad_value_gets_a_message_at_its_filter_and_the_default(name: str, value: str) -> None:
    filters = read(**{name: value})
    assert filters.problem_of(name)
    assert (filters.area, filters.grain, filters.period) == (read().area, Grain.MONTH, LAST)
    assert filters.carried == {}


@pytest.mark.parametrize(
    ("grain", "period", "shown"),
    [
        ("quarter", "2026-05", date(2026, 4, 1)),
        ("quarter", "2026-10", date(2026, 7, 1)),
        ("year", "2026-05", date(2025, 1, 1)),
        ("month", "2025Q2", date(2025, 6, 1)),
        ("month", "2025", date(2025, 12, 1)),
    ],
)
def test_changing_the_length_keeps_the_time_one_looks_at(grain: str, period: str, shown: date) -> None:
    filters = read(grain=grain, period=period)
    assert (filters.period, filters.problems) == (shown, ())


def test_periods_before_and_after_are_offered_where_there_are_any() -> None:
    assert (read().earlier, read().later) == ("2026-09", "")
    assert (read(period="2023-11").earlier, read(period="2023-11").later) == ("", "2023-12")


def test_the_areas_above_a_unit_are_its_municipality_and_county() -> None:
    assert [area.code for area in read(area="U3981").above] == ["07", "398"]


def test_nobody_without_areas_gets_figures() -> None:
    with pytest.raises(NotAllowed):
        read_filters({}, (), (FIRST, LAST))


def test_less_than_a_month_of_data_is_not_enough() -> None:
    with pytest.raises(NotReady):
        read_filters({}, AREAS, (date(2026, 10, 15), date(2026, 9, 30)))


def test_a_year_that_is_not_whole_falls_back_to_months_with_a_message() -> None:
    filters = read_filters({"grain": "year"}, AREAS, (date(2026, 3, 1), date(2026, 6, 1)))
    assert filters.grain is Grain.MONTH
    assert filters.grain_problem
