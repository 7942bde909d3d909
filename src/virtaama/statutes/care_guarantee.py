"""How long a person may have to wait for non-urgent care: limits that change in time and with age."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class WaitUnit(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitLimit:
    """The longest wait under one section, for an age at the start of the wait and the days it is in force.

    `from_age` is included, `below_age` is not; None is open. Both days of validity are included.
    """

    section: str  # "51a": Terveydenhuoltolaki 1326/2010 51 a §
    amount: int
    unit: WaitUnit
    valid_from: date
    source: str  # the amending act
    valid_until: date | None = None
    from_age: int = 0
    below_age: int | None = None


_EARLIER = "Terveydenhuoltolaki 1326/2010"
_FOURTEEN_DAYS = "116/2023"
_AGE_LIMITS = "848/2024"
_THREE_MONTHS_UNTIL = date(2023, 8, 31)
_FOURTEEN_DAYS_UNTIL = date(2024, 12, 31)

WAIT_LIMITS: tuple[WaitLimit, ...] = (
    WaitLimit(
        section="51a",
        amount=3,
        unit=WaitUnit.MONTH,
        valid_from=date(2011, 5, 1),
        valid_until=_THREE_MONTHS_UNTIL,
        source=_EARLIER,
    ),
    WaitLimit(
        section="51a",
        amount=14,
        unit=WaitUnit.DAY,
        valid_from=date(2023, 9, 1),
        valid_until=_FOURTEEN_DAYS_UNTIL,
        source=_FOURTEEN_DAYS,
    ),
    WaitLimit(
        section="51a",
        amount=3,
        unit=WaitUnit.MONTH,
        from_age=23,
        valid_from=date(2025, 1, 1),
        source=_AGE_LIMITS,
    ),
    WaitLimit(
        section="51a",
        amount=14,
        unit=WaitUnit.DAY,
        below_age=23,
        valid_from=date(2025, 1, 1),
        source=_AGE_LIMITS,
    ),
)
