"""Whose a name is: what is enciphered is enciphered for one person, so each row must tell for whom."""

from __future__ import annotations

from collections.abc import Iterator

from virtaama.model.concepts import Concept, Sensitivity, Type
from virtaama.model.documents import did_you_mean
from virtaama.model.feeds import Feed, Field
from virtaama.model.written import WrittenMapping
from virtaama.problems import Problem
from virtaama.sql.expressions import NotAnExpression, read_expression

_NUMBERS = (Type.IDENTITY, Type.TEXT, Type.INTEGER)


def owner_problems(field: Field, feed: Feed) -> Iterator[Problem]:
    """Whether every row tells whose a direct field is."""
    said, place = f"field '{field.name}' of feed '{feed.id}'", field.place
    owners = feed.owners(field)
    codes = [each.name for each in feed.fields if each.type is Type.IDENTITY]
    if not owners and codes:
        what = f"{said} names a person, and a row holds several: {', '.join(codes)}."
        yield Problem(
            place, what, "Say which: `whose: " + codes[0] + "`, at the field or for the whole feed."
        )
    elif not owners:
        what = f"{said} names a person, and nothing tells whom."
        advice = "Name in `whose` the field that does: the number the system knows the person by."
        yield Problem(place, what, advice)
    wrong = [problem for name in owners for problem in _owner(name, said, field, feed)]
    yield from wrong
    filled = any(each.required for each in feed.fields if each.name in owners)
    if owners and not wrong and not filled:
        what = f"{said} names a person, and a row may be without {' and '.join(owners)}."
        advice = (
            f"Write `required: true` at {owners[-1]}; or add to `whose` a field that is always filled: "
            f"`whose: [{', '.join(owners)}, NUMBER]`."
        )
        yield Problem(place, what, advice)


def _owner(name: str, said: str, field: Field, feed: Feed) -> Iterator[Problem]:
    """Whether a field can tell whose another is."""
    owner = feed.field(name)
    if owner is None:
        what = f"{said} is that of '{name}', which is not a field of the feed."
        yield Problem(field.place, what, did_you_mean(name, [each.name for each in feed.fields]))
    elif owner.type not in _NUMBERS or (owner.direct and owner.type is not Type.IDENTITY):
        what = f"{said} is that of '{name}', which is no number of a person."
        yield Problem(field.place, what, "Name a field of type identity, text or integer that is not direct.")


def mapped_owner_problems(mapping: WrittenMapping, feed: Feed, concept: Concept) -> Iterator[Problem]:
    """Whether what names a person is closed for that person: else nobody who may read it can open it."""
    if len(mapping.key) != 1 or not _is_identity(concept, mapping.key[0][0]):
        return
    person = _alone(mapping.key[0][1].sql, feed)
    if person is None or person.type is not Type.IDENTITY:
        return
    for name, expression in mapping.attributes:
        attribute, field = concept.attribute(name), _alone(expression.sql, feed)
        if not (attribute and attribute.sensitivity is Sensitivity.DIRECT and field and field.direct):
            continue
        owner = next(iter(map(feed.field, feed.owners(field))), None)
        if owner and not owner.direct and owner != person:
            what = (
                f"'{name}' of '{concept.name}' is closed for whom '{owner.name}' names, "
                f"and '{concept.name}' is whom '{person.name}' names."
            )
            yield Problem(
                expression.place, what, f"Write '{person.name}' first in `whose` of '{field.name}'."
            )


def _is_identity(concept: Concept, name: str) -> bool:
    attribute = concept.attribute(name)
    return attribute is not None and attribute.type is Type.IDENTITY


def _alone(sql: str, feed: Feed) -> Field | None:
    """The field an expression gives as it is; None for any other expression."""
    try:
        read = read_expression(sql)
    except NotAnExpression:
        return None
    names = {field.name.lower(): field for field in feed.fields}
    return names.get(read.values[0].lower()) if read.alone and read.values else None
