"""What a sum of money was made of: a term with its parts, or why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from virtaama.statutes.funding_items import PRICED, Item


class Reason(StrEnum):
    """Why a number is not there."""

    NOT_GIVEN = "not_given"  # nobody has imported it, or no decree has set it
    NOT_ALL_GIVEN = (
        "not_all_given"  # it is counted over the whole country, and an organiser's number is missing
    )
    NOTHING_COUNTED = "nothing_counted"  # it would be a share of nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """That a number is not there, why, and the names of the inputs that would make it."""

    reason: Reason
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A number in a computation: an input by its name, or what was made `of` other parts."""

    name: str
    value: Fraction
    basis: str = ""
    of: tuple[Part, ...] = ()
    before: Fraction | None = None

    def all(self) -> Iterator[Part]:
        """This part and everything under it."""
        yield self
        for part in self.of:
            yield from part.all()


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One item of one organiser: its parts multiplied are its euros.

    `cents` is None exactly where `absent` tells why. `entitled` is False where the act gives the item to others only.
    """

    organiser: str
    item: Item
    basis: str
    parts: tuple[Part, ...] = ()
    cents: int | None = None
    absent: Absent | None = None
    entitled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Funding:
    """What one organiser gets in a year."""

    organiser: str
    terms: tuple[Term, ...]

    def term(self, item: Item) -> Term | None:
        return next((term for term in self.terms if term.item is item), None)

    @property
    def cents(self) -> int | None:
        """All of it; None where any item is missing, since a part is no sum."""
        return _sum(self.terms)

    @property
    def imputed_cents(self) -> int | None:
        """By the formula alone, before equalisation and what a decision adds."""
        return _sum(tuple(term for term in self.terms if term.item in PRICED))

    @property
    def absences(self) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if term.absent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """The funding of a year, of every organiser."""

    year: int
    fundings: tuple[Funding, ...]
    items: tuple[Item, ...]
    invented: bool

    def of(self, organiser: str) -> Funding:
        """KeyError where there is no such organiser."""
        for funding in self.fundings:
            if funding.organiser == organiser:
                return funding
        raise KeyError(organiser)

    def item_cents(self, item: Item) -> int | None:
        """An item over the whole country; None where an organiser's is missing."""
        return _sum(tuple(term for funding in self.fundings for term in funding.terms if term.item is item))

    @property
    def cents(self) -> int | None:
        return _sum(tuple(term for funding in self.fundings for term in funding.terms))

    @property
    def imputed_cents(self) -> int | None:
        return _sum(tuple(term for funding in self.fundings for term in funding.terms if term.item in PRICED))


def _sum(terms: tuple[Term, ...]) -> int | None:
    total = 0
    for term in terms:
        if term.cents is None:
            return None
        total += term.cents
    return total
