"""The county every system tells about: its size, its months, its people, units and staff."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from virtaama.synthetic.calendar import Integers, Month, Numbers, months_until
from virtaama.synthetic.manifest import Flaw, Manifest
from virtaama.synthetic.people import People, invent_people
from virtaama.synthetic.planting import Share, Sowing
from virtaama.synthetic.staff_members import StaffMembers, invent_staff
from virtaama.synthetic.units import Units, invent_units


@dataclass(frozen=True, slots=True, kw_only=True)
class CountySize:
    """How much to invent. The same size and seed give the same bytes."""

    residents: int = 20_000
    seed: int = 1
    months: int = 36
    until: tuple[int, int] = (2026, 10)


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A delivered file: its path below the deliveries folder, and its bytes."""

    path: str
    data: bytes


# A system's deliveries: one tuple of files for each month, in order.
Deliveries = Iterator[tuple[WrittenFile, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class County:
    """What does not change from month to month. Every system draws from chance of its own."""

    size: CountySize
    months: tuple[Month, ...]
    people: People
    units: Units
    staff: StaffMembers
    manifest: Manifest

    def chance(self, *subject: str | int) -> np.random.Generator:
        """A random generator for a subject: the same for the same seed, independent of all others."""
        name = crc32(" ".join(map(str, subject)).encode())
        return np.random.default_rng([self.size.seed, name])

    def sowing(self, feed: str, shares: Mapping[Flaw, Share]) -> Sowing:
        return Sowing(feed, shares, self.manifest, self.chance("flaws", feed), len(self.months))

    def progress(self, month: Month) -> float:
        """How far along the whole time a month is, from 0 to 1; trends follow it."""
        return month.number / max(1, len(self.months) - 1)

    def who_needs(
        self,
        rng: np.random.Generator,
        month: Month,
        yearly: Numbers,
        weight: Numbers,
        season: float = 1.0,
    ) -> Integers:
        """Persons, each as many times as services are used this month.

        `yearly` is the use by each person a year before the person's own need, `weight` that need.
        """
        here = np.flatnonzero(self.people.present(month.first_day + month.days // 2))
        expected = yearly[here] * weight[here] * (month.days / 365.25 * season)
        return np.repeat(here, rng.poisson(expected))


def settle(size: CountySize, manifest: Manifest) -> County:
    """The county before anything happens in it."""
    months = months_until(size.until, size.months)
    people = invent_people(np.random.default_rng([size.seed, 1]), size.residents, months)
    units = invent_units(months)
    staff = invent_staff(np.random.default_rng([size.seed, 2]), people, units, months)
    return County(
        size=size,
        months=months,
        people=people,
        units=units,
        staff=staff,
        manifest=manifest,
    )


def by_age(ages: Integers, *steps: tuple[int, float]) -> Numbers:
    """A rate for each age: that of the last step (from age, rate) reached."""
    starts = np.array([start for start, _ in steps])
    rates = np.array([rate for _, rate in steps])
    return np.asarray(rates[np.searchsorted(starts, ages, side="right") - 1], dtype=np.float64)
