"""The coefficient of promoting health and wellbeing: section 15 of the act, section 3 of decree 1392/2022."""

from __future__ import annotations

from fractions import Fraction

from virtaama.statutes.hyte_coefficient import HyteIndicator
from virtaama.steering.funding.determinants import Determinant
from virtaama.steering.funding.inputs import Inputs, determinant, score
from virtaama.steering.funding.reading import all_or_absent, input_part
from virtaama.steering.funding.terms import Absent, Part, Reason


def hyte_coefficient(inputs: Inputs, organiser: str) -> Part | Absent:
    """As it was published; where scores of its indicators were imported instead, as it is computed from them.

    Computed: the weighted scores of the organiser to those of the country. An indicator an organiser lacks counts by
    the lowest score anybody has. The mean of the country is weighted by residents, so that the item pays out what its
    price says for each resident (our reading). An organiser without any score is one nobody has imported.
    """
    published = input_part(inputs, determinant(organiser, Determinant.HYTE))
    if isinstance(published, Part) or not _scores_of(inputs, organiser):
        return published
    own = _weighted(inputs, organiser)
    mean = _country(inputs)
    found = all_or_absent((own, mean))
    if isinstance(found, Absent):
        return found
    if found[1].value == 0:
        return Absent(reason=Reason.NOTHING_COUNTED, lacking=(found[1].name,))
    return Part(name=f"hyte.{organiser}", value=found[0].value / found[1].value, of=found)


def _scores_of(inputs: Inputs, organiser: str) -> tuple[str, ...]:
    return tuple(
        each.indicator
        for each in inputs.indicators.indicators
        if inputs.get(score(organiser, each.indicator)) is not None
    )


def _weighted(inputs: Inputs, organiser: str) -> Part | Absent:
    if not _scores_of(inputs, organiser):
        lacking = tuple(score(organiser, each.indicator) for each in inputs.indicators.indicators)
        return Absent(reason=Reason.NOT_GIVEN, lacking=lacking)
    parts = all_or_absent([_scored(inputs, organiser, each) for each in inputs.indicators.indicators])
    if isinstance(parts, Absent):
        return parts
    weights = (each.weight for each in inputs.indicators.indicators)
    value = sum((part.value * weight for part, weight in zip(parts, weights, strict=True)), Fraction(0))
    return Part(name=f"hyte_score.{organiser}", value=value, of=parts)


def _scored(inputs: Inputs, organiser: str, indicator: HyteIndicator) -> Part | Absent:
    """An organiser's own score; else the lowest there is, as section 15 wants it."""
    own = input_part(inputs, score(organiser, indicator.indicator))
    if isinstance(own, Part):
        return own
    others = [input_part(inputs, score(code, indicator.indicator)) for code in inputs.codes]
    known = [each for each in others if isinstance(each, Part)]
    if not known:
        return own
    lowest = min(known, key=lambda part: part.value)
    return Part(
        name=f"lowest_score.{organiser}.{indicator.indicator}",
        value=lowest.value,
        basis=indicator.basis,
        of=(lowest,),
    )


def _country(inputs: Inputs) -> Part | Absent:
    residents = all_or_absent(
        [input_part(inputs, determinant(code, Determinant.RESIDENTS)) for code in inputs.codes]
    )
    weighted = all_or_absent([_weighted(inputs, code) for code in inputs.codes])
    if isinstance(residents, Absent) or isinstance(weighted, Absent):
        found = all_or_absent([each for each in (residents, weighted) if isinstance(each, Absent)])
        assert isinstance(found, Absent)
        return Absent(reason=Reason.NOT_ALL_GIVEN, lacking=found.lacking)
    people = sum((each.value for each in residents), Fraction(0))
    if people == 0:
        return Absent(reason=Reason.NOTHING_COUNTED, lacking=tuple(each.name for each in residents))
    pairs = zip(residents, weighted, strict=True)
    mean = sum((head.value * each.value for head, each in pairs), Fraction(0)) / people
    return Part(name="hyte_score.FI", value=mean)
