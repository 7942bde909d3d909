"""How long a person may have to wait for care: the limits of terveydenhuoltolaki 51–53 §, dated.

Every limit holds between two days and for an age, because the law changed in 2023, 2024 and 2025. Callers look
a limit up by what is waited for, age and day; no limit exists as a constant. Source: terveydenhuoltolaki 1326/2010
as amended by 116/2023 (in force 1.9.2023), 848/2024 (1.1.2025) and 1107/2024 (1.5.2025). The seven days that 116/2023
promised for 51 a § from 1.11.2024 were repealed before they came into force (HE 55/2023). Not legal advice.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class WaitUnit(StrEnum):
    """What the length of a limit is counted in."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitLimit:
    """The longest wait under one section, for an age at the start of the wait and the days it is in force.

    `from_age` is included, `below_age` is not; None is open. Both days of validity are included.
    `section` names the section and, where it sets several limits, what is waited for:

    - 51 contact made → need of care assessed
    - 51a, 51b, 51c need assessed → care begun; 51a_doctor another professional's visit → the doctor's part
    - 52, 53 referral arrived → care begun; 53_method need assessed → psychosocial method begun
    - 51c_assessment, 52_assessment, 53_assessment referral arrived → assessment begun
    - 52_examinations, 53_examinations referral arrived → assessment and the examinations it needs done
    """

    section: str
    amount: int
    unit: WaitUnit
    valid_from: date
    source: str  # the act, and the act that amended it
    valid_until: date | None = None
    from_age: int = 0
    below_age: int | None = None

    def holds(self, age: int, on: date) -> bool:
        """Whether the limit is about a person of `age` whose wait begins `on` that day."""
        return (
            self.valid_from <= on
            and (self.valid_until is None or on <= self.valid_until)
            and self.from_age <= age
            and (self.below_age is None or age < self.below_age)
        )


_ACT = "Terveydenhuoltolaki 1326/2010"
_IN_FORCE = date(2011, 5, 1)
_UNTIL_2023 = date(2023, 8, 31)
_FROM_2023 = date(2023, 9, 1)
_UNTIL_2025 = date(2024, 12, 31)
_FROM_2025 = date(2025, 1, 1)

WAIT_LIMITS: tuple[WaitLimit, ...] = (
    # Before 2023 the limit was counted in working days; it is not recorded here.
    WaitLimit(
        section="51",
        amount=0,
        unit=WaitUnit.DAY,
        valid_from=_FROM_2023,
        source=f"{_ACT} 51 §, 116/2023",
    ),
    # Primary care: 3 months; 14 days for all; 14 days for those under 23 only.
    WaitLimit(
        section="51a",
        amount=3,
        unit=WaitUnit.MONTH,
        valid_from=_IN_FORCE,
        valid_until=_UNTIL_2023,
        source=f"{_ACT} 51 §",
    ),
    WaitLimit(
        section="51a",
        amount=14,
        unit=WaitUnit.DAY,
        valid_from=_FROM_2023,
        valid_until=_UNTIL_2025,
        source=f"{_ACT} 51 a §, 116/2023",
    ),
    WaitLimit(
        section="51a",
        amount=14,
        unit=WaitUnit.DAY,
        below_age=23,
        valid_from=_FROM_2025,
        source=f"{_ACT} 51 a §, 848/2024",
    ),
    WaitLimit(
        section="51a",
        amount=3,
        unit=WaitUnit.MONTH,
        from_age=23,
        valid_from=_FROM_2025,
        source=f"{_ACT} 51 a §, 848/2024",
    ),
    WaitLimit(
        section="51a_doctor",
        amount=7,
        unit=WaitUnit.DAY,
        below_age=23,
        valid_from=_FROM_2025,
        source=f"{_ACT} 51 a §, 848/2024",
    ),
    # Oral health: 6 months; 4 months; 3 months for the last two of 2024; 3 or 6 by age.
    WaitLimit(
        section="51b",
        amount=6,
        unit=WaitUnit.MONTH,
        valid_from=_IN_FORCE,
        valid_until=_UNTIL_2023,
        source=f"{_ACT} 51 §",
    ),
    WaitLimit(
        section="51b",
        amount=4,
        unit=WaitUnit.MONTH,
        valid_from=_FROM_2023,
        valid_until=date(2024, 10, 31),
        source=f"{_ACT} 51 b §, 116/2023",
    ),
    WaitLimit(
        section="51b",
        amount=3,
        unit=WaitUnit.MONTH,
        valid_from=date(2024, 11, 1),
        valid_until=_UNTIL_2025,
        source=f"{_ACT} 51 b §, 116/2023",
    ),
    WaitLimit(
        section="51b",
        amount=3,
        unit=WaitUnit.MONTH,
        below_age=23,
        valid_from=_FROM_2025,
        source=f"{_ACT} 51 b §, 848/2024",
    ),
    WaitLimit(
        section="51b",
        amount=6,
        unit=WaitUnit.MONTH,
        from_age=23,
        valid_from=_FROM_2025,
        source=f"{_ACT} 51 b §, 848/2024",
    ),
    WaitLimit(
        section="51c_assessment",
        amount=3,
        unit=WaitUnit.WEEK,
        valid_from=_FROM_2023,
        source=f"{_ACT} 51 c §, 116/2023",
    ),
    WaitLimit(
        section="51c",
        amount=3,
        unit=WaitUnit.MONTH,
        valid_from=_FROM_2023,
        source=f"{_ACT} 51 c §, 116/2023",
    ),
    WaitLimit(
        section="52_assessment",
        amount=3,
        unit=WaitUnit.WEEK,
        valid_from=_IN_FORCE,
        source=f"{_ACT} 52 §",
    ),
    WaitLimit(
        section="52_examinations",
        amount=3,
        unit=WaitUnit.MONTH,
        valid_from=_IN_FORCE,
        source=f"{_ACT} 52 §",
    ),
    WaitLimit(
        section="52",
        amount=6,
        unit=WaitUnit.MONTH,
        valid_from=_IN_FORCE,
        source=f"{_ACT} 52 §",
    ),
    # Mental health of the young: a psychosocial method in primary care; specialised care.
    WaitLimit(
        section="53_method",
        amount=28,
        unit=WaitUnit.DAY,
        below_age=23,
        valid_from=date(2025, 5, 1),
        source=f"{_ACT} 53 §, 1107/2024",
    ),
    WaitLimit(
        section="53_assessment",
        amount=3,
        unit=WaitUnit.WEEK,
        below_age=23,
        valid_from=_IN_FORCE,
        source=f"{_ACT} 53 §",
    ),
    WaitLimit(
        section="53_examinations",
        amount=6,
        unit=WaitUnit.WEEK,
        below_age=23,
        valid_from=_IN_FORCE,
        source=f"{_ACT} 53 §",
    ),
    WaitLimit(
        section="53",
        amount=3,
        unit=WaitUnit.MONTH,
        below_age=23,
        valid_from=_IN_FORCE,
        source=f"{_ACT} 53 §",
    ),
)


def wait_limits(section: str) -> tuple[WaitLimit, ...]:
    """Every limit of a section, oldest first; at most one holds for an age and a day."""
    found = (limit for limit in WAIT_LIMITS if limit.section == section)
    return tuple(sorted(found, key=lambda limit: (limit.valid_from, limit.from_age)))


def wait_limit(section: str, age: int, on: date) -> WaitLimit | None:
    """The limit for a person of `age` whose wait begins `on` that day; None where the law sets none."""
    return next((limit for limit in wait_limits(section) if limit.holds(age, on)), None)


def care_guarantee_deadline(section: str, born: date, on: date) -> date | None:
    """The last day in time for what someone `born` then began to wait for `on` that day; None without a limit."""
    limit = wait_limit(section, age_in_years(born, on), on)
    return None if limit is None else last_day(limit, on)


def last_day(limit: WaitLimit, start: date) -> date:
    """The last day of a wait that began on `start`."""
    match limit.unit:
        case WaitUnit.DAY:
            return start + timedelta(days=limit.amount)
        case WaitUnit.WEEK:
            return start + timedelta(weeks=limit.amount)
        case WaitUnit.MONTH:
            return _months_later(start, limit.amount)


def age_in_years(born: date, on: date) -> int:
    """Whole years lived; someone born on 29 February has a birthday on 1 March in other years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _months_later(start: date, months: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    # A month that lacks the day ends the wait on its own last day (150/1930 3 §).
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))
