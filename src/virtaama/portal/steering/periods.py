"""Months, quarters and years: what lies before, what a text in an address means."""

from __future__ import annotations

from datetime import date

from virtaama.metrics.question import Grain

MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}


def first_day(day: date, grain: Grain) -> date:
    """The first day of the period of this grain the day lies in."""
    months = MONTHS[grain]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def shifted(first: date, grain: Grain, periods: int) -> date:
    """The first day of the period so many periods later; earlier when negative."""
    months = first.year * 12 + first.month - 1 + periods * MONTHS[grain]
    return date(months // 12, months % 12 + 1, 1)


def year_before(first: date) -> date:
    return first.replace(year=first.year - 1)


def whole_periods(first: date, last: date, grain: Grain) -> tuple[date, ...]:
    """Every period that lies wholly within the months from `first` to `last`, oldest first."""
    period = first_day(first, grain)
    if period < first_day(first, Grain.MONTH):
        period = shifted(period, grain, 1)
    end = shifted(first_day(last, Grain.MONTH), Grain.MONTH, 1)
    periods = []
    while shifted(period, grain, 1) <= end:
        periods.append(period)
        period = shifted(period, grain, 1)
    return tuple(periods)
