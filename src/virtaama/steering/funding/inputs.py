"""Everything a year's funding is computed from, by name: prices, rules, entitlements, determinants, assumptions.

One table of numbers, each with where it is from. A what-if is another number in the table; an explanation is the
numbers a term was made of. A number that is not there is not there: nothing stands for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction

from virtaama.statutes.funding_items import ENTITLED, PRICED, Item
from virtaama.statutes.funding_organisers import Organiser, Organisers
from virtaama.statutes.funding_parameters import FundingParameters, Rule
from virtaama.statutes.funding_prices import BasePrices
from virtaama.statutes.hyte_coefficient import HyteIndicators
from virtaama.steering.funding.determinants import Determinant


class Assumption(StrEnum):
    """What nobody knows of a coming year, and a path needs."""

    EARNINGS = "earnings"  # % a year
    CONSUMER_PRICES = "consumer_prices"  # % a year
    CONTRIBUTIONS = "contributions"  # % a year: what employers pay for social security
    TASK_CHANGES = "task_changes"  # euros, up or down, that stay
    EXPOST_DIFFERENCE = (
        "expost_difference"  # euros: actual less imputed costs of two years before, at the year's prices
    )
    EXPOST_INCLUDED = (
        "expost_included"  # euros of correction that are in the prices of the year a path begins with
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A number and where it is from. `before` is what it was where a what-if has changed it."""

    value: Fraction
    basis: str
    invented: bool = False
    before: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingLaw:
    """What the packs say."""

    prices: BasePrices
    parameters: FundingParameters
    organisers: Organisers
    hyte: HyteIndicators


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """The numbers of a year by name, the organisers in their order, and the items in force with their sections."""

    year: int
    values: Mapping[str, Given]
    organisers: tuple[Organiser, ...]
    items: Mapping[Item, str]
    payments: tuple[Fraction, ...]
    indicators: HyteIndicators

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(organiser.code for organiser in self.organisers)

    @property
    def invented(self) -> bool:
        """Whether any of the numbers is invented: then nothing made of them is anybody's funding."""
        return any(given.invented for given in self.values.values())

    def get(self, name: str) -> Given | None:
        return self.values.get(name)

    def but(self, values: Mapping[str, Given]) -> Inputs:
        """The same with other numbers for some names."""
        return replace(self, values={**self.values, **values})


def price(item: Item) -> str:
    return f"price.{item}"


def rule(name: Rule) -> str:
    return f"rule.{name}"


def assumption(name: Assumption) -> str:
    return f"assumption.{name}"


def entitled(item: Item, organiser: str) -> str:
    return f"entitled.{organiser}.{item}"


def determinant(organiser: str, name: Determinant) -> str:
    return f"determinant.{organiser}.{name}"


def score(organiser: str, indicator: str) -> str:
    """The score of an indicator of HYTE."""
    return f"score.{organiser}.{indicator}"


def of_law(law: FundingLaw, year: int) -> Inputs:
    """What the packs say of a year; determinants are yet to come."""
    day = date(year, 1, 1)
    organisers = law.organisers.on(day)
    return Inputs(
        year=year,
        values={
            **dict(_prices(law.prices, day)),
            **dict(_rules(law.parameters, day)),
            **dict(_entitlements(law.organisers, organisers, day)),
        },
        organisers=organisers,
        items={each.item: each.basis for each in law.parameters.items_on(day)},
        payments=tuple(each.share for each in law.parameters.payments_on(day)),
        indicators=law.hyte,
    )


def _prices(prices: BasePrices, day: date) -> Iterable[tuple[str, Given]]:
    for item in PRICED:
        if found := prices.price(item, day):
            yield price(item), Given(value=found.euros, basis=found.basis)


def _rules(parameters: FundingParameters, day: date) -> Iterable[tuple[str, Given]]:
    for name in Rule:
        if found := parameters.rule(name, day):
            yield rule(name), Given(value=found.value, basis=found.basis)


def _entitlements(
    entitlements: Organisers, organisers: tuple[Organiser, ...], day: date
) -> Iterable[tuple[str, Given]]:
    """One where an organiser gets an item, zero where it does not: a what-if may turn either."""
    for item in ENTITLED:
        for organiser in organisers:
            found = entitlements.entitlement(item, organiser.code, day)
            yield (
                entitled(item, organiser.code),
                Given(value=Fraction(1), basis=found.basis) if found else Given(value=Fraction(0), basis=""),
            )
