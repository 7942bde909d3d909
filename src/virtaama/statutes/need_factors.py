"""The factors by which the need for services is estimated, with their coefficients: annex of act 617/2021."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from virtaama.model.documents import Entry
from virtaama.model.shape import number, one_of, text
from virtaama.statutes.funding_items import NEED, Item
from virtaama.statutes.packs import Kind, Rows, Table
from virtaama.statutes.provisions import Provision, Standing, in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedFactor(Provision):
    """How much a trait of residents adds to the index of need of a sector. `name` is in Finnish, as in the annex."""

    sector: Item
    name: str
    coefficient: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedFactors:
    """Every factor there is."""

    factors: tuple[NeedFactor, ...]

    def of(self, sector: Item, on: date) -> tuple[NeedFactor, ...]:
        """The factors of a sector in the order of the annex."""
        return in_force((each for each in self.factors if each.sector is sector), on)


def _factor(entry: Entry, standing: Standing) -> NeedFactor:
    return NeedFactor(
        sector=Item(entry.text("sector")),
        name=entry.text("factor"),
        coefficient=Fraction(entry.text("coefficient")),
        **standing,
    )


def _make(rows: Rows) -> NeedFactors:
    return NeedFactors(factors=rows["factors"])


NEED_FACTORS: Final = Kind(
    name="need_factors",
    about="Factors of the need for services and their coefficients, as in the annex of 617/2021.",
    tables=(
        Table(
            name="factors",
            about="A trait of residents, and what it adds.",
            members={
                "sector": one_of(
                    [each.value for each in NEED], "Health care, care of the elderly, social welfare."
                ),
                "factor": text("The trait, in the words of the annex."),
                "coefficient": number("What it adds to the index where every resident has it."),
            },
            required=("sector", "factor", "coefficient"),
            read=_factor,
            key=lambda each: (each.sector, each.name),
        ),
    ),
    make=_make,
)
