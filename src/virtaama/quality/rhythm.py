"""When a delivery is due, and which one is missing. The moment is passed in; no clock is read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from virtaama.model.expectations import Fresh, Rhythm

_MONTHS = {Rhythm.MONTH: 1, Rhythm.QUARTER: 3, Rhythm.YEAR: 12}


def days_overdue(fresh: Fresh, delivered: Iterable[datetime], now: datetime) -> int | None:
    """Days since the first missing period was due; 0 while none is. None where nothing was ever delivered.

    `delivered` are the moments deliveries describe, in local time: a period is delivered when one describes
    its end or a later moment, so a gap that a later delivery has closed is no longer missed.
    """
    moments = list(delivered)
    if not moments:
        return None
    # A delivery of the first moment of a month tells of the month before.
    covered = max(moments) - timedelta(microseconds=1)
    due = _end_of_next(fresh.every, covered.date(), max(moments)) + timedelta(days=fresh.within)
    return max(0, (now.date() - due).days)


def _end_of_next(every: Rhythm, covered: date, newest: datetime) -> date:
    """The last day of the first period that is not delivered to its end."""
    first = first_day(every, covered)
    after = following(every, first)
    is_whole = datetime.combine(after, datetime.min.time()) <= newest.replace(tzinfo=None)
    return (following(every, after) if is_whole else after) - timedelta(days=1)


def first_day(every: Rhythm, day: date) -> date:
    match every:
        case Rhythm.DAY:
            return day
        case Rhythm.WEEK:
            return day - timedelta(days=day.weekday())
        case _:
            months = _MONTHS[every]
            return date(day.year, (day.month - 1) // months * months + 1, 1)


def following(every: Rhythm, first: date) -> date:
    """The first day of the period after the one that begins on a day."""
    match every:
        case Rhythm.DAY:
            return first + timedelta(days=1)
        case Rhythm.WEEK:
            return first + timedelta(days=7)
        case _:
            months = first.year * 12 + first.month - 1 + _MONTHS[every]
            return date(months // 12, months % 12 + 1, 1)
