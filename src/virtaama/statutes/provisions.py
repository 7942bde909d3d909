"""What the law says from one day to another, and the one way to look it up: by day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypedDict, TypeVar

from virtaama.problems import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a pack has something from: an act, a decree, open data. `taken` is the day it was read."""

    key: str
    title: str
    taken: date
    url: str = ""
    licence: str = ""  # with the credit it asks for; empty where there is none to give, as for acts


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """Something that holds between two days, both included, and where that is said. Kinds of provisions add to it."""

    valid_from: date
    valid_until: date | None = None
    source: Source
    section: str = ""
    place: Place = field(compare=False, repr=False)

    @property
    def basis(self) -> str:
        """The source and the section in it, as one cites it."""
        return f"{self.source.title}, {self.section}" if self.section else self.source.title

    def holds(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)

    @property
    def day_after(self) -> date | None:
        """The first day on which it no longer holds; None where there is none."""
        last = self.valid_until
        return last + timedelta(days=1) if last and last < date.max else None

    def meets(self, other: Provision) -> bool:
        """Whether there is a day on which both hold."""
        last, others_last = self.valid_until or date.max, other.valid_until or date.max
        return self.valid_from <= others_last and other.valid_from <= last


class Standing(TypedDict):
    """The members every provision has, to be handed on: `WaitLimit(…, **standing)`."""

    valid_from: date
    valid_until: date | None
    source: Source
    section: str
    place: Place


AProvision = TypeVar("AProvision", bound=Provision)


def in_force(provisions: Iterable[AProvision], on: date) -> tuple[AProvision, ...]:
    """Those that hold on a day, in their order."""
    return tuple(each for each in provisions if each.holds(on))


def at(provisions: Iterable[AProvision], on: date) -> AProvision | None:
    """The one of provisions about the same thing that holds on a day; None where the law says nothing then.

    Packs are read so that there is never a second: two of the same key may not hold at once.
    """
    return next((each for each in provisions if each.holds(on)), None)


def days_of_change(provisions: Iterable[Provision]) -> tuple[date, ...]:
    """The first days of provisions: all days on which something begins to hold."""
    return tuple(sorted({each.valid_from for each in provisions}))
