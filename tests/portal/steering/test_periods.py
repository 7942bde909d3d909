from __future__ import annotations

from datetime import date

import pytest

from virtaama.metrics.question import Grain
from virtaama.portal.steering.periods import first_day, shifted, whole_periods
from virtaama.portal.ui.formats import period_written, read_period


@pytest.mark.parametrize(
    ("grain", "text", "day"),
    [
        (Grain.MONTH, "2026-09", date(2026, 9, 1)),
        (Grain.QUARTER, "2026Q3", date(2026, 7, 1)),
        (Grain.YEAR, "2026", date(2026, 1, 1)),
    ],
)
def test_a_period_reads_as_it_was_written(grain: Grain, text: str, day: date) -> None:
    assert read_period(text) == (day, grain)
    assert period_written(day, grain) == text


@pytest.mark.parametrize(
    "text", ["", "2026-13", "2026-00", "2026Q5", "26-09", "syyskuu", "0001-01", "2026-09-01"]
)
def test_other_texts_are_no_periods(text: str) -> None:
    assert read_period(text) is None


def test_periods_follow_one_another_over_the_year() -> None:
    assert shifted(date(2026, 11, 1), Grain.MONTH, 3) == date(2027, 2, 1)
    assert shifted(date(2026, 1, 1), Grain.QUARTER, -1) == date(2025, 10, 1)
    assert first_day(date(2026, 12, 31), Grain.QUARTER) == date(2026, 10, 1)


@pytest.mark.parametrize(
    ("grain", "first", "last", "count"),
    [
        (Grain.MONTH, date(2023, 11, 1), date(2026, 10, 1), 36),
        (Grain.QUARTER, date(2024, 1, 1), date(2026, 7, 1), 11),
        (Grain.YEAR, date(2024, 1, 1), date(2025, 1, 1), 2),
    ],
)
def test_only_whole_periods_are_offered(grain: Grain, first: date, last: date, count: int) -> None:
    periods = whole_periods(date(2023, 11, 1), date(2026, 10, 31), grain)
    assert (periods[0], periods[-1], len(periods)) == (first, last, count)
    assert periods == whole_periods(date(2023, 11, 1), date(2026, 10, 1), grain)
