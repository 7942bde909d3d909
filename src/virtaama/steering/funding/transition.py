"""Transition equalisation, section 35: what an organiser bears of the difference the formula made in 2022.

The difference is imputed less actual costs of 2022, with the effects of two later changes of the formula from the year
the act adds them. Of it an organiser bears so many euros for a resident by itself, more each year; the rest is
equalised: taken from those who gain by the formula, given to those who lose. Where more is taken than given, the
surplus goes back evenly for each resident; what the university hospital item adds does not count in it.

Two readings are ours: euros for a resident are counted over the residents of 2022, so that difference and limit have
the same base, and the surplus is shared by the residents of the year.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from virtaama.statutes.funding_items import Item
from virtaama.statutes.funding_parameters import Rule
from virtaama.steering.funding.cents import split, to_cents
from virtaama.steering.funding.determinants import COUNTRY, Determinant
from virtaama.steering.funding.inputs import Inputs, determinant, rule
from virtaama.steering.funding.reading import all_or_absent, input_part
from virtaama.steering.funding.terms import Absent, Part, Reason, Term

_EFFECTS = (
    (Rule.TRANSITION_WITH_UNIVERSITY, Determinant.UNIVERSITY_EFFECT_2022),
    (Rule.TRANSITION_WITH_HYTE, Determinant.HYTE_EFFECT_2022),
)


def transition_terms(inputs: Inputs) -> Mapping[str, tuple[Term, ...]]:
    """The terms of section 35 by organiser; none where the year has no equalisation."""
    if Item.TRANSITION not in inputs.items:
        return {}
    equalised = {code: _term(inputs, code) for code in inputs.codes}
    if Item.TRANSITION_RETURN not in inputs.items:
        return {code: (term,) for code, term in equalised.items()}
    returned = _returned(inputs)
    return {code: (equalised[code], returned[code]) for code in inputs.codes}


def _term(inputs: Inputs, organiser: str) -> Term:
    basis = inputs.items[Item.TRANSITION]
    found = all_or_absent(
        (
            _for_a_resident(inputs, organiser, _effects(inputs)),
            input_part(inputs, determinant(organiser, Determinant.RESIDENTS_2022)),
        )
    )
    if isinstance(found, Absent):
        return Term(organiser=organiser, item=Item.TRANSITION, basis=basis, absent=found)
    cents = to_cents(found[0].value * found[1].value)
    return Term(organiser=organiser, item=Item.TRANSITION, basis=basis, parts=found, cents=cents)


def _effects(inputs: Inputs) -> tuple[Determinant, ...]:
    """The later changes whose effect belongs to the difference this year."""
    counted = ((inputs.get(rule(switch)), effect) for switch, effect in _EFFECTS)
    return tuple(effect for given, effect in counted if given is not None and given.value)


def _for_a_resident(inputs: Inputs, organiser: str, effects: tuple[Determinant, ...]) -> Part | Absent:
    """What is equalised, in euros for a resident of 2022: taken where it is negative."""
    found = all_or_absent(
        [
            input_part(inputs, determinant(organiser, name))
            for name in (
                Determinant.RESIDENTS_2022,
                Determinant.IMPUTED_2022,
                Determinant.ACTUAL_2022,
                *effects,
            )
        ]
    )
    if isinstance(found, Absent):
        return found
    residents, imputed, actual, *added = found
    if residents.value == 0:
        return Absent(reason=Reason.NOTHING_COUNTED, lacking=(residents.name,))
    difference = imputed.value - actual.value + sum((each.value for each in added), Fraction(0))
    gains = difference > 0
    limit = input_part(inputs, rule(Rule.TRANSITION_GAIN if gains else Rule.TRANSITION_LOSS))
    if isinstance(limit, Absent):
        return limit
    beyond = max(abs(difference) / residents.value - limit.value, Fraction(0))
    return Part(
        name=f"equalised.{organiser}",
        value=-beyond if gains else beyond,
        of=(imputed, actual, *added, residents, limit),
    )


def _returned(inputs: Inputs) -> Mapping[str, Term]:
    """The surplus of what is taken, back to each organiser by its residents."""
    published = input_part(inputs, determinant(COUNTRY, Determinant.TRANSITION_RETURN))
    if isinstance(published, Part):
        return {code: _at_rate(inputs, code, published) for code in inputs.codes}
    surplus, residents = surplus_cents(inputs), _residents(inputs)
    basis = inputs.items[Item.TRANSITION_RETURN]
    absent = next((each for each in (surplus, residents) if isinstance(each, Absent)), None)
    if absent or isinstance(surplus, Absent) or isinstance(residents, Absent):
        return {
            code: Term(organiser=code, item=Item.TRANSITION_RETURN, basis=basis, absent=absent)
            for code in inputs.codes
        }
    whole = Part(name="transition_surplus.FI", value=Fraction(surplus, 100))
    people = sum((each.value for each in residents), Fraction(0))
    cents = split(surplus, [each.value for each in residents])
    return {
        code: Term(
            organiser=code,
            item=Item.TRANSITION_RETURN,
            basis=basis,
            parts=(
                whole,
                Part(name=f"share_of_residents.{code}", value=each.value / people, of=(each,)),
            ),
            cents=part,
        )
        for code, each, part in zip(inputs.codes, residents, cents, strict=True)
    }


def _at_rate(inputs: Inputs, organiser: str, rate: Part) -> Term:
    basis = inputs.items[Item.TRANSITION_RETURN]
    residents = input_part(inputs, determinant(organiser, Determinant.RESIDENTS))
    if isinstance(residents, Absent):
        return Term(organiser=organiser, item=Item.TRANSITION_RETURN, basis=basis, absent=residents)
    cents = to_cents(rate.value * residents.value)
    return Term(
        organiser=organiser, item=Item.TRANSITION_RETURN, basis=basis, parts=(rate, residents), cents=cents
    )


def surplus_cents(inputs: Inputs) -> int | Absent:
    """How much more is taken than given over all organisers, without what the university hospital item adds."""
    effects = tuple(each for each in _effects(inputs) if each is not Determinant.UNIVERSITY_EFFECT_2022)
    found = [_for_a_resident(inputs, code, effects) for code in inputs.codes]
    rates = all_or_absent(found)
    residents = all_or_absent(
        [input_part(inputs, determinant(code, Determinant.RESIDENTS_2022)) for code in inputs.codes]
    )
    if isinstance(rates, Absent) or isinstance(residents, Absent):
        lacking = all_or_absent([each for each in (rates, residents) if isinstance(each, Absent)])
        assert isinstance(lacking, Absent)
        return Absent(reason=Reason.NOT_ALL_GIVEN, lacking=lacking.lacking)
    given = sum(to_cents(rate.value * people.value) for rate, people in zip(rates, residents, strict=True))
    return max(-given, 0)


def _residents(inputs: Inputs) -> tuple[Part, ...] | Absent:
    found = all_or_absent(
        [input_part(inputs, determinant(code, Determinant.RESIDENTS)) for code in inputs.codes]
    )
    if isinstance(found, Absent):
        return Absent(reason=Reason.NOT_ALL_GIVEN, lacking=found.lacking)
    if not any(each.value for each in found):
        return Absent(reason=Reason.NOTHING_COUNTED, lacking=tuple(each.name for each in found))
    return found
