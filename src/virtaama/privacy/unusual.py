"""What stands out in a record of accesses: volumes against the asker's own days, and hours nobody works. Pure.

Nothing here says that somebody did wrong. It says what a data protection officer might ask about, and why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import Final

WORKDAY: Final = range(6, 21)  # hours
OWN_DAYS: Final = 7  # fewer days of one's own are compared with those of others in the role
LEAST: Final = 20  # fewer on a day never stand out
TIMES: Final = 3.0  # so many times a usual day
SPREADS: Final = 6.0  # and so many spreads above it


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What one asker did on one day."""

    asker: str
    role: str
    day: date
    entries: int
    persons: int  # opened, each as often as they were


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A day that stands out: how many, and what is usual. `own` is False where others of the role are what is usual."""

    day: Day
    of_persons: bool  # else of entries
    count: int
    usual: float  # the median of the days compared with
    most: int  # the most on one of these days
    compared: int  # how many days these are
    own: bool


def unusual_volumes(days: Iterable[Day], since: date) -> tuple[Volume, ...]:
    """The days from `since` on that stand out among all, the furthest from usual first.

    Medians and the median distance from them are what is usual: a few wild days do not make wild days usual.
    """
    of_asker: dict[str, list[Day]] = {}
    of_role: dict[str, list[Day]] = {}
    for day in days:
        of_asker.setdefault(day.asker, []).append(day)
        of_role.setdefault(day.role, []).append(day)
    found = [
        volume
        for own in of_asker.values()
        for day in own
        if day.day >= since
        for of_persons in (True, False)
        if _count(day, of_persons) >= LEAST
        and (volume := _judged(day, own, of_role[day.role], of_persons)) is not None
    ]
    return tuple(sorted(found, key=lambda v: (v.usual - v.count, v.day.day, v.day.asker)))


def _judged(day: Day, of_asker: list[Day], of_role: list[Day], of_persons: bool) -> Volume | None:
    count = _count(day, of_persons)
    others = [each for each in of_asker if each.day != day.day]
    own = len(others) >= OWN_DAYS
    if not own:
        others = [each for each in of_role if each.asker != day.asker]
    if len(others) < OWN_DAYS:
        return None
    counts = [_count(each, of_persons) for each in others]
    usual = median(counts)
    spread = 1.4826 * median(
        abs(each - usual) for each in counts
    )  # as a standard deviation, were they normal
    if count < max(TIMES * usual, usual + SPREADS * spread):
        return None
    return Volume(
        day=day,
        of_persons=of_persons,
        count=count,
        usual=usual,
        most=max(counts),
        compared=len(counts),
        own=own,
    )


def _count(day: Day, of_persons: bool) -> int:
    return day.persons if of_persons else day.entries


def is_out_of_hours(moment: datetime, holidays: Mapping[date, str] | frozenset[date] = frozenset()) -> bool:
    """Whether it was night, a weekend or a holiday where the moment was taken."""
    return moment.hour not in WORKDAY or moment.weekday() >= 5 or moment.date() in holidays
