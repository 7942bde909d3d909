"""Months and days of an invented county. A day is a number since 1970-01-01, a minute likewise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]

DAY = 1440
FAR = 10**6  # a day that never comes

_EPOCH = date(1970, 1, 1)

# Use of services by calendar month: influenza in January and February, holidays in July.
_SEASON = (1.16, 1.18, 1.10, 1.03, 1.00, 0.88, 0.66, 0.90, 1.03, 1.05, 1.06, 0.95)
_INFLUENZA = (2.6, 3.0, 2.0, 1.0, 0.6, 0.3, 0.2, 0.4, 0.8, 1.0, 1.2, 1.9)


@dataclass(frozen=True, slots=True)
class Month:
    """A month of deliveries; `number` counts from 0 at the first one."""

    number: int
    year: int
    month: int

    @property
    def code(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    @property
    def first_day(self) -> int:
        return day_number(date(self.year, self.month, 1))

    @property
    def days(self) -> int:
        return self.next_first_day - self.first_day

    @property
    def next_first_day(self) -> int:
        year, month = divmod(self.year * 12 + self.month, 12)
        return day_number(date(year, month + 1, 1))

    @property
    def season(self) -> float:
        return _SEASON[self.month - 1]

    @property
    def influenza(self) -> float:
        return _INFLUENZA[self.month - 1]


def day_number(day: date) -> int:
    return (day - _EPOCH).days


def months_until(until: tuple[int, int], count: int) -> tuple[Month, ...]:
    """`count` months, the last of them `until` (year, month)."""
    last = until[0] * 12 + until[1] - 1
    return tuple(Month(number, *_year_and_month(last - count + 1 + number)) for number in range(count))


def _year_and_month(ordinal: int) -> tuple[int, int]:
    return ordinal // 12, ordinal % 12 + 1


def weekday(days: npt.NDArray[Any]) -> Integers:
    """Monday is 0."""
    return np.asarray((days + 3) % 7, dtype=np.int64)


def weekday_weights(month: Month, weights: tuple[float, ...]) -> Numbers:
    """The chance of each day of the month, given the weights of Monday to Sunday."""
    days = np.arange(month.first_day, month.next_first_day)
    chances = np.asarray(weights)[weekday(days)]
    return np.asarray(chances / chances.sum(), dtype=np.float64)


def random_days(rng: np.random.Generator, month: Month, weights: tuple[float, ...], size: int) -> Integers:
    """Days of the month, drawn with the weights of Monday to Sunday."""
    chances = np.cumsum(weekday_weights(month, weights))
    drawn = np.minimum(np.searchsorted(chances, rng.random(size)), month.days - 1)
    return np.asarray(month.first_day + drawn, dtype=np.int64)


def random_minutes(rng: np.random.Generator, hours: tuple[float, ...], size: int) -> Integers:
    """Minutes of a day in steps of five, drawn with a weight for each of the 24 hours."""
    chances = np.cumsum(np.asarray(hours) / sum(hours))
    hour = np.minimum(np.searchsorted(chances, rng.random(size)), 23)
    return np.asarray(hour * 60 + rng.integers(0, 12, size) * 5, dtype=np.int64)
