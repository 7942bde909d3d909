"""Inputs read as the parts of a computation, or as the reason why one is missing."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from virtaama.steering.funding.determinants import COUNTRY, Determinant
from virtaama.steering.funding.inputs import Given, Inputs, determinant
from virtaama.steering.funding.terms import Absent, Part, Reason


def input_part(inputs: Inputs, name: str) -> Part | Absent:
    found = inputs.get(name)
    if found is None:
        return Absent(reason=Reason.NOT_GIVEN, lacking=(name,))
    return Part(name=name, value=found.value, basis=found.basis, before=found.before)


def all_or_absent(found: Sequence[Part | Absent]) -> tuple[Part, ...] | Absent:
    """The parts where every one is there; else the first reason, with everything that is lacking."""
    missing = [each for each in found if isinstance(each, Absent)]
    if missing:
        lacking = tuple(dict.fromkeys(name for each in missing for name in each.lacking))
        return Absent(reason=missing[0].reason, lacking=lacking)
    return tuple(each for each in found if isinstance(each, Part))


def summed(inputs: Inputs) -> Inputs:
    """The same with the sums over the whole country worked out once, where every organiser's number is there.

    For computing with, not for changing: a what-if on an organiser would not reach the sums.
    """
    sums = {
        determinant(COUNTRY, name): Given(value=found.value, basis=found.basis, before=found.before)
        for name in (Determinant.RESIDENTS, Determinant.LAND_AREA, Determinant.TOTAL_AREA)
        if isinstance(found := whole_country(inputs, name), Part)
    }
    return inputs.but(sums)


def whole_country(inputs: Inputs, name: Determinant) -> Part | Absent:
    """A determinant of the whole country: as it was given, else the sum of all organisers."""
    given = input_part(inputs, determinant(COUNTRY, name))
    if isinstance(given, Part):
        return given
    found = all_or_absent([input_part(inputs, determinant(code, name)) for code in inputs.codes])
    if isinstance(found, Absent):
        return Absent(reason=Reason.NOT_ALL_GIVEN, lacking=found.lacking)
    return Part(name=determinant(COUNTRY, name), value=sum((each.value for each in found), Fraction(0)))
