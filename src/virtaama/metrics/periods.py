"""Months, quarters and years, each known by its first day."""

from __future__ import annotations

from datetime import date, timedelta

from virtaama.metrics.definitions import Window
from virtaama.metrics.question import Grain

MONTHS_IN = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}


def period_of(day: date, grain: Grain) -> date:
    """The first day of the period that contains `day`."""
    length = MONTHS_IN[grain]
    return date(day.year, (day.month - 1) // length * length + 1, 1)


def following(first_day: date, grain: Grain) -> date:
    """The first day of the next period."""
    month = first_day.year * 12 + first_day.month - 1 + MONTHS_IN[grain]
    return date(month // 12, month % 12 + 1, 1)


def last_day(first_day: date, grain: Grain) -> date:
    return following(first_day, grain) - timedelta(days=1)


def periods(first: date, last: date, grain: Grain) -> tuple[date, ...]:
    """The periods from the one that contains `first` to the one that contains `last`."""
    found: list[date] = []
    here = period_of(first, grain)
    while here <= last:
        found.append(here)
        here = following(here, grain)
    return tuple(found)


def window_months(window: Window, grain: Grain, period: date) -> tuple[date, ...]:
    """The months whose rows a measure sees for a period, in order."""
    end = last_day(period, grain)
    january = date(period.year, 1, 1)
    match window:
        case Window.PERIOD_END:
            return (period_of(end, Grain.MONTH),)
        case Window.YEAR_TO_DATE:
            return periods(january, end, Grain.MONTH)
        case Window.WHOLE_YEAR:
            return periods(january, date(period.year, 12, 1), Grain.MONTH)
        case _:
            return periods(period, end, Grain.MONTH)


def needs_whole_year(window: Window) -> bool:
    """Whether a period of this window needs data from the January of its year."""
    return window in (Window.YEAR_TO_DATE, Window.WHOLE_YEAR)
