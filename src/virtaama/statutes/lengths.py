"""Lengths of time as the law counts them: from a day to the last day in time (150/1930)."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, assert_never

from virtaama.model.shape import Schema, number, text


class LengthUnit(StrEnum):
    """What a length is counted in."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Length:
    """So many days, weeks or months."""

    amount: int
    unit: LengthUnit

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}{'' if self.amount == 1 else 's'}"

    def last_day(self, start: date) -> date:
        """The last day in time where the length begins with the day after `start`."""
        match self.unit:
            case LengthUnit.DAY:
                return start + timedelta(days=self.amount)
            case LengthUnit.WEEK:
                return start + timedelta(weeks=self.amount)
            case LengthUnit.MONTH:
                return months_later(start, self.amount)
            case _:
                assert_never(self.unit)


_WRITTEN: Final = r"^(\d{1,4}) (day|week|month)s?$"


def whole(description: str, minimum: int = 1, maximum: int = 1_000) -> Schema:
    """The shape of a whole number in a pack: so many years, days, months, hours."""
    return number(description, minimum=minimum, maximum=maximum, multipleOf=1)


def read_whole(written: str) -> int:
    """A whole number of the right shape."""
    return int(float(written))


def length(description: str) -> Schema:
    """The shape of a length in a pack."""
    return text(f"{description} As 14 days, 3 weeks or 6 months.", pattern=_WRITTEN)


def read_length(written: str) -> Length:
    """A length of the right shape."""
    found = re.match(_WRITTEN, written)
    assert found, written
    return Length(int(found[1]), LengthUnit(found[2]))


def months_later(start: date, months: int) -> date:
    """The day of the same number so many months later, or the last of a month that lacks it (150/1930 3 §)."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))
