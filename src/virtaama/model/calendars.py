"""Snapshot calendars: the days at which states are taken, as data in the model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from virtaama.model.concepts import Text
from virtaama.problems import Place


class Every(StrEnum):
    """How often a calendar has a day: the last of each of these."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_MONTHS = {Every.MONTH: 1, Every.QUARTER: 3, Every.YEAR: 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Days at which states are taken: the last days of periods, days that come every year, days by name.

    A state is taken when its day is over. `keep` is how many of the newest days are kept; None is all.
    """

    name: str
    labels: Text
    definition: Text
    place: Place
    every: Every | None = None
    yearly: tuple[tuple[int, int], ...] = ()  # (month, day)
    dates: tuple[date, ...] = ()
    begins: date | None = None
    ends: date | None = None
    keep: int | None = None

    def days(self, first: date, last: date) -> tuple[date, ...]:
        """The days from `first` to `last`, both included, that are kept as seen from `last`; in order."""
        begins = max(first, self.begins) if self.begins else first
        ends = min(last, self.ends) if self.ends else last
        found = sorted({day for day in self._all(begins, ends) if begins <= day <= ends})
        return tuple(found[-self.keep :] if self.keep else found)

    def _all(self, first: date, last: date) -> Iterator[date]:
        yield from self.dates
        for year in range(first.year, last.year + 1):
            for month, day in self.yearly:
                yield _day_of(year, month, day)
            if self.every:
                for month in range(_MONTHS[self.every], 13, _MONTHS[self.every]):
                    yield _month_end(year, month)


def _month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _day_of(year: int, month: int, day: int) -> date:
    """The day of a year; the last of its month where it has none of that number."""
    return min(_month_end(year, month), date(year, month, 1) + timedelta(days=day - 1))
