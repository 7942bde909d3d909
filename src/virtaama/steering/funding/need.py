"""The index of need from the factors of the annex: section 14. What a county can say of its own need beforehand.

An index is the sum of the factors' coefficients times the shares of residents who have each; a coefficient of need is
an organiser's index to that of the country.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from virtaama.model.documents import did_you_mean
from virtaama.problems import Place, Problem, ProblemsFound
from virtaama.statutes.funding_items import Item
from virtaama.statutes.need_factors import NeedFactor
from virtaama.steering.funding.table import Row, number_of

SECTORS: Final[Mapping[str, Item]] = {
    "health": Item.HEALTH,
    "terveydenhuolto": Item.HEALTH,
    "hälso- och sjukvård": Item.HEALTH,
    "elderly": Item.ELDERLY,
    "vanhustenhuolto": Item.ELDERLY,
    "äldreomsorg": Item.ELDERLY,
    "social": Item.SOCIAL,
    "sosiaalihuolto": Item.SOCIAL,
    "socialvård": Item.SOCIAL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorMeans:
    """The mean of a factor over residents, an organiser's own and that of the country; mostly a share of one."""

    own: Fraction | None
    country: Fraction | None


Means = Mapping[tuple[Item, str], FactorMeans]
"""By sector and name of the factor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorNeed:
    """What a factor does to the coefficient: above zero where it makes an organiser need more than the country."""

    factor: NeedFactor
    own: Fraction
    country: Fraction
    effect: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class SectorNeed:
    """A sector's indices, coefficient, and factors by how much they do; `lacking` are factors without a mean.

    Indices and coefficient are None where any factor lacks one: its share is not zero, it is not known.
    """

    sector: Item
    own: Fraction | None
    country: Fraction | None
    coefficient: Fraction | None
    factors: tuple[FactorNeed, ...]
    lacking: tuple[str, ...]


def sector_need(sector: Item, factors: Sequence[NeedFactor], means: Means) -> SectorNeed:
    """The need of a sector by the factors of the annex."""
    found = [(factor, means.get((sector, factor.name))) for factor in factors]
    known = [
        (factor, each.own, each.country)
        for factor, each in found
        if each is not None and each.own is not None and each.country is not None
    ]
    lacking = tuple(
        factor.name for factor, each in found if each is None or each.own is None or each.country is None
    )
    own = sum((factor.coefficient * mean for factor, mean, _ in known), Fraction(0))
    country = sum((factor.coefficient * mean for factor, _, mean in known), Fraction(0))
    if lacking or country == 0:
        return SectorNeed(
            sector=sector, own=None, country=None, coefficient=None, factors=(), lacking=lacking
        )
    effects = (
        FactorNeed(
            factor=factor,
            own=mine,
            country=theirs,
            effect=factor.coefficient * (mine - theirs) / country,
        )
        for factor, mine, theirs in known
    )
    return SectorNeed(
        sector=sector,
        own=own,
        country=country,
        coefficient=own / country,
        factors=tuple(sorted(effects, key=lambda each: -abs(each.effect))),
        lacking=(),
    )


def parse_means(file: str, rows: Sequence[Row], factors: Sequence[NeedFactor]) -> Means:
    """Means from a table: sector, factor as in the annex, own, country; its first row heads the columns.

    Raises ProblemsFound with every problem, each with its line. An empty cell is a mean nobody has given.
    """
    known = {(factor.sector, factor.name) for factor in factors}
    problems: list[Problem] = []
    means: dict[tuple[Item, str], FactorMeans] = {}
    for line, cells in rows[1:]:
        place = Place(file, line)
        if len(cells) < 4:
            problems.append(Problem(place, "this row has fewer than four cells.", _COLUMNS))
            continue
        written, name = cells[0].strip().casefold(), " ".join(cells[1].split())
        sector = SECTORS.get(written)
        if sector is None:
            problems.append(
                Problem(place, f"'{cells[0]}' is no sector.", did_you_mean(written, tuple(SECTORS)))
            )
        elif (sector, name) not in known:
            names = tuple(each for of, each in known if of is sector)
            problems.append(Problem(place, f"'{name}' is no factor of {sector}.", did_you_mean(name, names)))
        elif (sector, name) in means:
            problems.append(
                Problem(place, f"'{name}' of {sector} stands here twice.", "Take one of them out.")
            )
        else:
            try:
                means[sector, name] = FactorMeans(own=number_of(cells[2]), country=number_of(cells[3]))
            except ValueError as error:
                problems.append(Problem(place, f"'{error}' is no number.", "Write it as 0,1234."))
    if not means and not problems:
        problems.append(Problem(Place(file), "the table has no rows.", _COLUMNS))
    if problems:
        raise ProblemsFound(tuple(problems))
    return means


_COLUMNS: Final = "Four columns: sector, factor as in the annex, own mean, mean of the country."
