"""A scenario: what is assumed of coming years, and how determinants grow on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Final

from virtaama.model.concepts import Text
from virtaama.steering.funding.changes import EVERYBODY
from virtaama.steering.funding.determinants import ABOUT, COUNTRY, Determinant, Measure
from virtaama.steering.funding.inputs import Given, Inputs, determinant

FIXED: Final = (
    Determinant.LAND_AREA,
    Determinant.TOTAL_AREA,
    Determinant.RESIDENTS_2022,
    Determinant.IMPUTED_2022,
    Determinant.ACTUAL_2022,
    Determinant.UNIVERSITY_EFFECT_2022,
    Determinant.HYTE_EFFECT_2022,
)
"""What is the same every year."""
OF_ITS_YEAR: Final = (Determinant.ADJUSTMENT, Determinant.TRANSITION_RETURN)
"""What a decision says of one year, and nobody knows of the next."""
GROWING: Final = tuple(each for each in Determinant if each not in (*FIXED, *OF_ITS_YEAR))


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """A determinant grows by so many percent a year, in the years from `first` to `last`, both included.

    `organiser` is a code, or `all` for those of whom nothing else is said.
    """

    of: Determinant
    organiser: str
    percent: Fraction
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Assumptions by year and name of the input, and how determinants grow where no table has them."""

    name: str
    labels: Text
    years: Mapping[int, Mapping[str, Given]]
    growths: tuple[Growth, ...] = ()

    def values(self, year: int) -> Mapping[str, Given]:
        return self.years.get(year, {})

    def growth(self, of: Determinant, organiser: str, year: int) -> Fraction:
        """Percent in a year: what is said of the organiser itself, else of all, else none."""
        for code in (organiser, EVERYBODY):
            for each in self.growths:
                if (each.of, each.organiser) == (of, code) and each.first <= year <= each.last:
                    return each.percent
        return Fraction(0)


def projected(before: Inputs, year: int, scenario: Scenario) -> Mapping[str, Given]:
    """The determinants of a year from those of the year before. Persons are whole ones."""
    found: dict[str, Given] = {}
    for code in (*before.codes, COUNTRY):
        for name in Determinant:
            given = before.get(determinant(code, name))
            if given is None or name in OF_ITS_YEAR or (code == COUNTRY and name in GROWING):
                continue
            found[determinant(code, name)] = _grown(given, name, code, year, scenario)
    scores = {name: given for name, given in before.values.items() if name.startswith("score.")}
    return {**found, **scores}


def _grown(given: Given, name: Determinant, organiser: str, year: int, scenario: Scenario) -> Given:
    percent = scenario.growth(name, organiser, year) if name in GROWING else Fraction(0)
    if not percent:
        return given
    value = given.value * (1 + percent / 100)
    if ABOUT[name].measure is Measure.PERSONS:
        value = Fraction(floor(value + Fraction(1, 2)))
    return Given(value=value, basis=f"{scenario.name}: {float(percent):+g} %", invented=given.invented)
