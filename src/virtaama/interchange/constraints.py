"""What is expected without exception of the values of an attribute, as constraints of SHACL, and back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from virtaama.model.concepts import Concept, Type
from virtaama.model.expectations import Check, Expectation, Pattern, Range, Required

_NUMBERS = (Type.INTEGER, Type.DECIMAL)
_MIDNIGHT = "T00:00:00"
_SAYING = ("required", "matches", "least", "most")
_WRITTEN = re.compile(r"^\^\(\?:(?P<within>.*)\)\$$", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraints:
    """What SHACL says of the values at one path; nothing where it is empty."""

    required: bool = False
    pattern: str = ""
    least: str = ""
    most: str = ""


def constraints_of(concept: Concept, name: str, expected: Iterable[Expectation]) -> Constraints:
    """The constraints on an attribute or relationship: keys, and whatever is to hold in every row."""
    checks = [each.check for each in expected if _holds_always(each)]
    attribute = concept.attribute(name)
    ranges = [
        check
        for check in checks
        if isinstance(check, Range) and check.field == name and attribute is not None
    ]
    patterns = [check.matches for check in checks if isinstance(check, Pattern) and check.field == name]
    return Constraints(
        required=name in concept.key
        or any(isinstance(check, Required) and check.field == name for check in checks),
        pattern=f"^(?:{patterns[0]})$" if patterns else "",
        least=_bound((each.least for each in ranges), attribute.type) if attribute else "",
        most=_bound((each.most for each in ranges), attribute.type) if attribute else "",
    )


def checks_of(name: str, told: Constraints, known: Constraints) -> dict[str, dict[str, str]]:
    """Expectations that say what is told of an attribute and not known of it yet, by a name for each."""
    found: dict[str, dict[str, str]] = {}
    if told.required and not known.required:
        found[f"{name}_is_known"] = {"required": name}
    if told.pattern and told.pattern != known.pattern:
        whole = _WRITTEN.match(told.pattern)
        # SHACL looks anywhere in a text, an expectation at the whole of it.
        matches = whole["within"] if whole else f".*({told.pattern}).*"
        found[f"{name}_has_its_form"] = {"pattern": name, "matches": matches}
    both = (("least", told.least, known.least), ("most", told.most, known.most))
    bounds = {member: _day(said) for member, said, before in both if said and not _same(said, before)}
    if bounds:
        found[f"{name}_in_range"] = {"range": name, **bounds}
    return found


def known_of(name: str, written: Iterable[Mapping[str, object]], *, is_key: bool) -> Constraints:
    """What expectations, as they are written in a file, say of one attribute without exception."""
    own = [
        each
        for each in written
        if name in (each.get("required"), each.get("range"), each.get("pattern"))
        and not each.get("at_most")
        and not each.get("where")
    ]
    first = {member: str(each[member]) for each in reversed(own) for member in _SAYING if member in each}
    return Constraints(
        required=is_key or "required" in first,
        pattern=f"^(?:{first['matches']})$" if "matches" in first else "",
        least=first.get("least", ""),
        most=first.get("most", ""),
    )


def _same(one: str, other: str) -> bool:
    """Whether two bounds are one: 400 and 400.0, a day and its first moment."""
    try:
        return Decimal(one) == Decimal(other)
    except InvalidOperation:
        return _day(one) == _day(other)


def _day(bound: str) -> str:
    """A moment at the beginning of a day as that day."""
    return bound.removesuffix(_MIDNIGHT)


def _holds_always(expectation: Expectation) -> bool:
    return not expectation.at_most and not expectation.where and _is_of_one_value(expectation.check)


def _is_of_one_value(check: Check) -> bool:
    return isinstance(check, Required | Pattern | Range)


def _bound(bounds: Iterable[str], kind: Type) -> str:
    """The first bound that is a number, or a day, as the attribute's values are."""
    for bound in bounds:
        if kind in _NUMBERS and re.fullmatch(r"-?\d+(\.\d+)?", bound):
            return bound
        if kind in (Type.DATE, Type.TIMESTAMP) and _is_day(bound):
            return bound if kind is Type.DATE else f"{bound}{_MIDNIGHT}"
    return ""


def _is_day(written: str) -> bool:
    try:
        date.fromisoformat(written)
    except ValueError:
        return False
    return True
