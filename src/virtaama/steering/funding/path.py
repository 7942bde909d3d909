"""The way from a year whose prices are decreed to years whose prices are not: the level, the prices, the funding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from virtaama.problems import Place, Problem, ProblemsFound
from virtaama.statutes.funding_items import PRICED
from virtaama.steering.funding.allocate import allocate
from virtaama.steering.funding.changes import Change, changed, fits
from virtaama.steering.funding.inputs import (
    Assumption,
    FundingLaw,
    Given,
    Inputs,
    assumption,
    of_law,
    price,
)
from virtaama.steering.funding.level import Level, level, prices_of
from virtaama.steering.funding.reading import input_part
from virtaama.steering.funding.scenario import Scenario, projected
from virtaama.steering.funding.terms import Absent, Allocation, Part, Reason

Determinants = Mapping[int, Mapping[str, Given]]
"""What was imported, by year and name of the input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PathYear:
    """A year on the way. `level` is None where prices are decreed; `absent` tells why a year cannot be computed."""

    year: int
    inputs: Inputs
    allocation: Allocation
    level: Level | None = None
    absent: Absent | None = None


def inputs_of(
    law: FundingLaw, year: int, determinants: Determinants, scenario: Scenario | None = None
) -> Inputs:
    """All that is known of a year: what the packs say, what was imported, what a scenario assumes."""
    assumed = scenario.values(year) if scenario else {}
    return of_law(law, year).but({**determinants.get(year, {}), **assumed})


def path(
    law: FundingLaw,
    determinants: Determinants,
    scenario: Scenario,
    first: int,
    last: int,
    changes: Sequence[Change] = (),
    place: Place | None = None,
) -> tuple[PathYear, ...]:
    """The years from `first`, whose prices are decreed, to `last`.

    A year's determinants are what was imported of it, else those of the year before as the scenario lets them grow.
    Changes apply to each year after that, as far as the year has what they change. Raises ProblemsFound for a change
    that no year has.
    """
    where = place or Place("changes")
    years: list[PathYear] = []
    carried: Part | Absent | None = None
    unchanged: Inputs | None = None
    for year in range(first, last + 1):
        known = inputs_of(law, year, determinants, scenario)
        if unchanged is not None:
            known = known.but({**projected(unchanged, year, scenario), **known.values})
        unchanged = known
        years.append(_year(known, carried, changes, where))
        carried = _underlying(years[-1])
    _refuse_those_of_no_year(changes, years, where)
    return tuple(years)


def _year(known: Inputs, before: Part | Absent | None, changes: Sequence[Change], place: Place) -> PathYear:
    """A year with its prices. What-ifs on prices come last: a coming year's prices follow from all else."""
    on_prices = [change for change in changes if change.name.startswith("price.")]
    inputs = _changed(known, [change for change in changes if change not in on_prices], place)
    if before is None or all(price(item) in inputs.values for item in PRICED if item in inputs.items):
        decreed = _changed(inputs, on_prices, place)
        return PathYear(year=inputs.year, inputs=decreed, allocation=allocate(decreed))
    of_year = before if isinstance(before, Absent) else level(inputs, before)
    prices = of_year if isinstance(of_year, Absent) else prices_of(inputs, of_year)
    if isinstance(of_year, Absent):
        return PathYear(year=inputs.year, inputs=inputs, allocation=allocate(inputs), absent=of_year)
    if isinstance(prices, Absent):
        return PathYear(year=inputs.year, inputs=inputs, allocation=allocate(inputs), absent=prices)
    priced = _changed(inputs.but(prices), on_prices, place)
    return PathYear(year=inputs.year, inputs=priced, allocation=allocate(priced), level=of_year)


def _changed(inputs: Inputs, changes: Sequence[Change], place: Place) -> Inputs:
    return changed(inputs, [change for change in changes if fits(change, inputs)], place)


def _refuse_those_of_no_year(changes: Sequence[Change], years: Sequence[PathYear], place: Place) -> None:
    for change in changes:
        if any(fits(change, year.inputs) for year in years):
            continue
        if change.year is not None and change.year not in (year.year for year in years):
            what = f"'{change.written}' is of {change.year}, which is no year of the path."
            advice = f"It goes from {years[0].year} to {years[-1].year}."
            raise ProblemsFound((Problem(place, what, advice),))
        of_year = next((year for year in years if change.year == year.year), years[0])
        changed(of_year.inputs, (change,), place)  # says what is wrong with it


def _underlying(year: PathYear) -> Part | Absent:
    """What the next year begins from: the level of the year without what it puts right of earlier years."""
    if year.level is not None:
        return year.level.underlying
    if year.absent is not None:
        return year.absent
    cents = year.allocation.imputed_cents
    if cents is None:
        lacking = tuple(
            dict.fromkeys(
                name
                for funding in year.allocation.fundings
                for term in funding.absences
                if term.absent and term.item in PRICED
                for name in term.absent.lacking
            )
        )
        return Absent(reason=Reason.NOT_ALL_GIVEN, lacking=lacking)
    included = input_part(year.inputs, assumption(Assumption.EXPOST_INCLUDED))
    if isinstance(included, Absent):
        return included
    paid = Part(name=f"imputed.{year.year}", value=Fraction(cents, 100))
    return Part(name=f"underlying.{year.year}", value=paid.value - included.value, of=(paid, included))
