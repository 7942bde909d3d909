"""Days that are no working days: holidays that stand still, go with Easter or fall on a weekday; and two eves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

from virtaama.model.concepts import Text
from virtaama.model.documents import Entry
from virtaama.model.schema import LABELS
from virtaama.model.shape import NAME, one_of, text
from virtaama.problems import Problem
from virtaama.statutes.lengths import read_whole, whole
from virtaama.statutes.packs import WHOLE_FILE, Kind, Table
from virtaama.statutes.provisions import Provision, Standing

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SATURDAY: Final = 5


class DayOffKind(StrEnum):
    HOLIDAY = "holiday"
    EVE = "eve"  # offices need not be dealt with, and nothing is celebrated by law


@dataclass(frozen=True, slots=True)
class Fixed:
    """The same day each year."""

    month: int
    day: int


@dataclass(frozen=True, slots=True)
class FromEaster:
    """So many days after Easter Sunday, or before it."""

    days: int


@dataclass(frozen=True, slots=True)
class WeekdayAfter:
    """The first of a weekday (0 is Monday) after a day of the year."""

    weekday: int
    after: Fixed


When = Fixed | FromEaster | WeekdayAfter


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOff(Provision):
    """A day of each year that is no working day."""

    name: str
    labels: Text
    kind: DayOffKind
    when: When

    def of_year(self, year: int) -> date:
        match self.when:
            case Fixed(month=month, day=day):
                return date(year, month, day)
            case FromEaster(days=days):
                return easter_sunday(year) + timedelta(days=days)
            case WeekdayAfter(weekday=weekday, after=after):
                first = date(year, after.month, after.day) + timedelta(days=1)
                return first + timedelta(days=(weekday - first.weekday()) % 7)


@dataclass(frozen=True, slots=True)
class Holidays:
    """The days off of every year that is recorded."""

    every: tuple[DayOff, ...]

    @property
    def recorded_from(self) -> date:
        return min(each.valid_from for each in self.every)

    def of_year(self, year: int) -> tuple[tuple[date, DayOff], ...]:
        """Every day off of a year, in order; LookupError before the first year that is recorded."""
        if date(year, 12, 31) < self.recorded_from:
            raise LookupError(f"days off are recorded from {self.recorded_from} on, not of {year}")
        return _of_year(self, year)

    def day_off(self, day: date) -> DayOff | None:
        """What a day is off as; None for an ordinary day, Sundays too."""
        return next((each for on, each in self.of_year(day.year) if on == day), None)

    def is_working_day(self, day: date) -> bool:
        """Whether it is Monday to Friday, no holiday and no eve: what 150/1930 5 § leaves."""
        return day.weekday() < _SATURDAY and self.day_off(day) is None

    def working_day_from(self, day: date) -> date:
        """The day or the first working day after it: until when a time that ends on it may be kept (150/1930 5 §)."""
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def working_day_after(self, start: date, days: int) -> date:
        """The last of so many working days after a day, which is not counted itself (150/1930 2 §)."""
        day = start
        for _ in range(days):
            day = self.working_day_from(day + timedelta(days=1))
        return day


@lru_cache(maxsize=64)
def _of_year(holidays: Holidays, year: int) -> tuple[tuple[date, DayOff], ...]:
    found = ((each.of_year(year), each) for each in holidays.every)
    return tuple(sorted(((on, each) for on, each in found if each.holds(on)), key=lambda pair: pair[0]))


def easter_sunday(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by the anonymous algorithm of 1876."""
    golden = year % 19
    century, of_century = divmod(year, 100)
    skipped, rest = divmod(century, 4)
    moon = (19 * golden + century - skipped - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    to_sunday = (32 + 2 * rest + 2 * (of_century // 4) - moon - of_century % 4) % 7
    late = (golden + 11 * moon + 22 * to_sunday) // 451
    month, day = divmod(moon + to_sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


_DAY: Final = r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"


def _fixed(written: str) -> Fixed:
    month, day = map(int, written.split("-"))
    date(2001, month, day)  # ValueError for a day that is not in every year
    return Fixed(month, day)


def _when(entry: Entry) -> When:
    said = {name for name in ("day", "easter", "weekday", "after") if entry.member(name)}
    if said == {"day"}:
        return _fixed(entry.text("day"))
    if said == {"easter"}:
        return FromEaster(read_whole(entry.text("easter")))
    if said == {"weekday", "after"}:
        return WeekdayAfter(WEEKDAYS.index(entry.text("weekday")), _fixed(entry.text("after")))
    raise ValueError("when it is, is told by day; or by easter; or by weekday and after")


def _day_off(entry: Entry, standing: Standing) -> DayOff:
    return DayOff(
        name=entry.text("day_off"),
        labels=entry.words("labels"),
        kind=DayOffKind(entry.text("kind", DayOffKind.HOLIDAY)),
        when=_when(entry),
        **standing,
    )


def _check(found: Holidays) -> Iterator[Problem]:
    if not found.every:
        yield Problem(WHOLE_FILE, "there are no days off.", "Write the days of the law.")


HOLIDAYS: Final = Kind(
    name="holidays",
    about="Days that are no working days: holidays, and eves on which times set by law do not end.",
    tables=(
        Table(
            name="holidays",
            about="Each day off, and when in a year it is.",
            members={
                "day_off": text("Its name.", pattern=NAME),
                "labels": LABELS,
                "kind": one_of(
                    [kind.value for kind in DayOffKind], "A holiday, as where nothing is said, or an eve."
                ),
                "day": text("The same day each year, as 12-06.", pattern=_DAY),
                "easter": whole("Days after Easter Sunday, or before it.", minimum=-100, maximum=300),
                "weekday": one_of(WEEKDAYS, "The first of these after `after`."),
                "after": text("The day of the year before the first it can be, as 06-19.", pattern=_DAY),
            },
            required=("day_off", "labels"),
            read=_day_off,
            key=lambda each: each.name,
        ),
    ),
    make=lambda rows: Holidays(rows["holidays"]),
    check=_check,
)
