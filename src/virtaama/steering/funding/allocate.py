"""The formula: what each organiser gets by act 617/2021, term by term, each with the numbers it was made of.

Every item with a price is a product: the base price times what the item is counted by. `COUNTED_BY` says that for
each item and is the formula; the sections stand in the pack. Products are exact and rounded once, to cents.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import prod
from typing import Final

from virtaama.statutes.funding_items import ENTITLED, PRICED, Item
from virtaama.statutes.funding_parameters import Rule
from virtaama.steering.funding.cents import to_cents
from virtaama.steering.funding.determinants import Determinant
from virtaama.steering.funding.hyte import hyte_coefficient
from virtaama.steering.funding.inputs import Inputs, determinant, entitled, price, rule
from virtaama.steering.funding.reading import all_or_absent, input_part, summed, whole_country
from virtaama.steering.funding.terms import Absent, Allocation, Funding, Part, Reason, Term
from virtaama.steering.funding.transition import transition_terms

Counted = Callable[[Inputs, str], Part | Absent | None]
"""A number an organiser's item is counted by; None where there is nothing to multiply with."""


def allocate(inputs: Inputs) -> Allocation:
    """The funding of the year of every organiser. What cannot be computed is absent, with the reason."""
    ready, transition = summed(inputs), transition_terms(inputs)
    fundings = tuple(_funding(ready, code, transition) for code in inputs.codes)
    present = {term.item for funding in fundings for term in funding.terms}
    return Allocation(
        year=inputs.year,
        fundings=fundings,
        items=tuple(item for item in Item if item in present),
        invented=inputs.invented,
    )


def allocate_one(inputs: Inputs, organiser: str) -> Funding:
    """The funding of one organiser, as `allocate` has it."""
    return _funding(summed(inputs), organiser, transition_terms(inputs))


def _funding(ready: Inputs, organiser: str, transition: Mapping[str, tuple[Term, ...]]) -> Funding:
    priced = (_term(ready, item, organiser) for item in PRICED if item in ready.items)
    others = (*transition.get(organiser, ()), *_adjustment(ready, organiser))
    return Funding(organiser=organiser, terms=(*priced, *others))


def counted(inputs: Inputs, item: Item, organiser: str) -> tuple[Part, ...] | Absent:
    """What an item is counted by, without its price."""
    found = [counting(inputs, organiser) for counting in COUNTED_BY[item]]
    return all_or_absent([each for each in found if each is not None])


def gets(inputs: Inputs, item: Item, organiser: str) -> bool:
    """Whether the act gives the item to the organiser."""
    if item not in ENTITLED:
        return True
    found = inputs.get(entitled(item, organiser))
    return found is not None and found.value != 0


def _term(inputs: Inputs, item: Item, organiser: str) -> Term:
    basis = inputs.items[item]
    if not gets(inputs, item, organiser):
        return Term(organiser=organiser, item=item, basis=basis, cents=0, entitled=False)
    found = [counting(inputs, organiser) for counting in (_price(item), *COUNTED_BY[item])]
    parts = all_or_absent([each for each in found if each is not None])
    if isinstance(parts, Absent):
        return Term(organiser=organiser, item=item, basis=basis, absent=parts)
    euros = prod((part.value for part in parts), start=Fraction(1))
    return Term(organiser=organiser, item=item, basis=basis, parts=parts, cents=to_cents(euros))


def _adjustment(inputs: Inputs, organiser: str) -> tuple[Term, ...]:
    """What a decision adds or takes besides the formula, for those of whom it says something."""
    found = input_part(inputs, determinant(organiser, Determinant.ADJUSTMENT))
    if isinstance(found, Absent):
        return ()
    return (
        Term(
            organiser=organiser,
            item=Item.ADJUSTMENT,
            basis=found.basis,
            parts=(found,),
            cents=to_cents(found.value),
        ),
    )


def _price(item: Item) -> Counted:
    return lambda inputs, _: input_part(inputs, price(item))


def _of(name: Determinant) -> Counted:
    return lambda inputs, organiser: input_part(inputs, determinant(organiser, name))


def _sparser_by(area: Determinant) -> Counted:
    """Density of the country to that of the organiser: above one where people live farther apart."""

    def ratio(inputs: Inputs, organiser: str) -> Part | Absent:
        found = all_or_absent(
            (
                whole_country(inputs, Determinant.RESIDENTS),
                whole_country(inputs, area),
                input_part(inputs, determinant(organiser, Determinant.RESIDENTS)),
                input_part(inputs, determinant(organiser, area)),
            )
        )
        if isinstance(found, Absent):
            return found
        people, country, residents, own = found
        below = country.value * residents.value
        if below == 0:
            return Absent(reason=Reason.NOTHING_COUNTED, lacking=(country.name, residents.name))
        return Part(
            name=f"density_ratio.{organiser}.{area}",
            value=people.value * own.value / below,
            of=(people, country, residents, own),
        )

    return ratio


def _hyte(inputs: Inputs, organiser: str) -> Part | Absent | None:
    """The coefficient of HYTE from the year it is paid by; before that it is paid by head."""
    by_coefficient = input_part(inputs, rule(Rule.HYTE_BY_COEFFICIENT))
    if isinstance(by_coefficient, Absent):
        return by_coefficient
    return hyte_coefficient(inputs, organiser) if by_coefficient.value else None


_RESIDENTS: Final = _of(Determinant.RESIDENTS)

COUNTED_BY: Final[Mapping[Item, tuple[Counted, ...]]] = {
    Item.HEALTH: (_RESIDENTS, _of(Determinant.HEALTH_NEED)),
    Item.ELDERLY: (_RESIDENTS, _of(Determinant.ELDERLY_NEED)),
    Item.SOCIAL: (_RESIDENTS, _of(Determinant.SOCIAL_NEED)),
    Item.RESIDENTS: (_RESIDENTS,),
    Item.DENSITY: (_RESIDENTS, _sparser_by(Determinant.LAND_AREA)),
    Item.FOREIGN_LANGUAGE: (_of(Determinant.FOREIGN_LANGUAGE_RESIDENTS),),
    Item.BILINGUAL: (_of(Determinant.SWEDISH_SPEAKING_RESIDENTS),),
    Item.ARCHIPELAGO: (_of(Determinant.ARCHIPELAGO_RESIDENTS),),
    Item.SAMI: (_of(Determinant.SAMI_SPEAKING_RESIDENTS),),
    Item.UNIVERSITY_HOSPITAL: (_RESIDENTS,),
    Item.HYTE: (_RESIDENTS, _hyte),
    Item.RESCUE_RESIDENTS: (_RESIDENTS,),
    Item.RESCUE_DENSITY: (_RESIDENTS, _sparser_by(Determinant.TOTAL_AREA)),
    Item.RESCUE_RISK: (_RESIDENTS, _of(Determinant.RISK)),
}
