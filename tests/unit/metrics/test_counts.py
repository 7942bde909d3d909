"""What a count is known by: the same for all metrics and windows that see the same rows."""

from __future__ import annotations

from datetime import date

import pytest

from virtaama.metrics.counts import Wanted, grain_of, key_of, longer
from virtaama.metrics.definitions import Measure, Window
from virtaama.metrics.question import Grain, Level

JANUARY, MARCH, DECEMBER = (date(2024, month, 1) for month in (1, 3, 12))


def key(window: Window, grain: Grain, period: date, **more: str) -> tuple[str, ...]:
    measure = Measure(fact="visit", aggregate="count", window=window, **more)
    return key_of(Wanted(measure, Level.COUNTY, "", grain), "07", "", period)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((Window.YEAR_TO_DATE, Grain.MONTH, JANUARY), (Window.PERIOD, Grain.MONTH, JANUARY)),
        ((Window.YEAR_TO_DATE, Grain.MONTH, MARCH), (Window.PERIOD, Grain.QUARTER, JANUARY)),
        ((Window.YEAR_TO_DATE, Grain.QUARTER, JANUARY), (Window.PERIOD, Grain.QUARTER, JANUARY)),
        ((Window.YEAR_TO_DATE, Grain.MONTH, DECEMBER), (Window.PERIOD, Grain.YEAR, JANUARY)),
        ((Window.WHOLE_YEAR, Grain.MONTH, MARCH), (Window.PERIOD, Grain.YEAR, JANUARY)),
        ((Window.PERIOD_END, Grain.QUARTER, JANUARY), (Window.MONTH_ENDS, Grain.MONTH, MARCH)),
        ((Window.PERIOD_END, Grain.YEAR, JANUARY), (Window.MONTH_ENDS, Grain.MONTH, DECEMBER)),
    ],
)
def test_windows_that_see_the_same_rows_count_the_same(
    one: tuple[Window, Grain, date], other: tuple[Window, Grain, date]
) -> None:
    assert key(*one) == key(*other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((Window.YEAR_TO_DATE, Grain.MONTH, MARCH), (Window.PERIOD, Grain.MONTH, MARCH)),
        ((Window.MONTH_ENDS, Grain.QUARTER, JANUARY), (Window.MONTH_ENDS, Grain.MONTH, MARCH)),
        ((Window.PERIOD, Grain.MONTH, JANUARY), (Window.PERIOD, Grain.QUARTER, JANUARY)),
        ((Window.DAYS, Grain.MONTH, JANUARY), (Window.PERIOD, Grain.MONTH, JANUARY)),
    ],
)
def test_other_counts_are_known_by_other_names(
    one: tuple[Window, Grain, date], other: tuple[Window, Grain, date]
) -> None:
    assert key(*one) != key(*other)


def test_what_narrows_a_measure_makes_it_another_count() -> None:
    assert key(Window.PERIOD, Grain.MONTH, JANUARY) != key(
        Window.PERIOD, Grain.MONTH, JANUARY, where="urgent"
    )


def test_months_lead_to_quarters_where_there_are_any() -> None:
    names = frozenset({"2024", "2024-Q1", "2024-02", "2024-05"})
    assert [longer(name, names) for name in sorted(names)] == [None, "2024-Q1", "2024", "2024"]
    assert [grain_of(name) for name in sorted(names)] == [Grain.YEAR, Grain.MONTH, Grain.MONTH, Grain.QUARTER]
