"""How often persons may be looked up: dated numbers, of each asker and over the house, each with its reason. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from virtaama.privacy.quotas import Quota

HOUR, DAY = 3_600, 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUpLimits:
    """So many look-ups in any hour and in any 24 hours, from a day on, and why so many."""

    since: date
    hour: int
    day: int
    house_hour: int
    house_day: int
    why: str

    @property
    def of_asker(self) -> tuple[Quota, ...]:
        return (
            Quota(name="look-ups-hour", most=self.hour, seconds=HOUR),
            Quota(name="look-ups-day", most=self.day, seconds=DAY),
        )

    @property
    def of_house(self) -> tuple[Quota, ...]:
        return (
            Quota(name="house-look-ups-hour", most=self.house_hour, seconds=HOUR),
            Quota(name="house-look-ups-day", most=self.house_day, seconds=DAY),
        )


SHIPPED: Final = LookUpLimits(
    since=date(2026, 11, 26),
    hour=120,
    day=600,
    house_hour=10_000,
    house_day=50_000,
    why=(
        "The busiest work we know of, booking by telephone and reviewing links, takes a minute for each person: 60 in "
        "an hour, 300 in a day with pauses. Twice that is let through, because records are opened again; a program "
        "that tries numbers reaches it in seconds. Over the house: 200 000 residents have some 8 000 contacts on a "
        "working day, each opened by three people: 24 000 look-ups, 4 000 in the busiest hour. About twice that."
    ),
)
"""What holds where a project says nothing."""


def in_force(said: Iterable[LookUpLimits], today: date) -> LookUpLimits:
    """The newest that has begun; the shipped one before the first of a project's own."""
    begun = [each for each in said if each.since <= today]
    return max(begun, key=lambda each: each.since, default=SHIPPED)
