"""The meaning of expressions: whether they read what is there, give what is asked, and show nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from virtaama.model.concepts import Attribute, Sensitivity, Type
from virtaama.model.documents import did_you_mean
from virtaama.model.feeds import Feed, Field
from virtaama.model.mappings import Expression
from virtaama.problems import Place, Problem
from virtaama.sql import expressions
from virtaama.sql.expressions import NotAnExpression, read_expression

# What a field of a type may be given to without a conversion being written down.
_WIDER = {
    Type.INTEGER: (Type.DECIMAL, Type.TEXT),
    Type.DECIMAL: (Type.TEXT,),
    Type.DATE: (Type.TIMESTAMP, Type.TEXT),
    Type.TIMESTAMP: (Type.DATE, Type.TEXT),
    Type.BOOLEAN: (Type.TEXT,),
}


def condition_problems(expression: Expression, said: str, feed: Feed) -> Iterator[Problem]:
    reading = read_over(expression, said, feed)
    yield from reading.problems
    for field in reading.shown:
        if field.direct:
            what = f"{said} reckons with '{field.name}', which is kept enciphered."
            yield Problem(reading.place, what, "Only whether it is null can be asked.")


@dataclass(frozen=True, slots=True)
class Reading:
    """An expression held against the fields of a feed; not found where it cannot be judged further."""

    said: str
    place: Place
    problems: tuple[Problem, ...] = ()
    found: expressions.Expression | None = None
    shown: tuple[Field, ...] = ()  # the fields whose value can show in the result


def read_over(expression: Expression, said: str, feed: Feed) -> Reading:
    place = expression.place
    try:
        read = read_expression(expression.sql)
    except NotAnExpression as error:
        return Reading(said, place, (Problem(place, f"{said}: {error}.", error.advice),))
    fields = {field.name.lower(): field for field in feed.fields}
    names = tuple(field.name for field in feed.fields)
    unknown = tuple(
        Problem(
            place, f"{said} uses '{name}', which is not a field of '{feed.id}'.", did_you_mean(name, names)
        )
        for name in read.columns
        if name.lower() not in fields
    )
    if unknown:
        return Reading(said, place, unknown)
    return Reading(said, place, (), read, tuple(fields[name.lower()] for name in read.values))


def privacy_problems(
    reading: Reading, read: expressions.Expression, attribute: Attribute
) -> Iterator[Problem]:
    """A person's name never reaches an attribute that is not kept enciphered, a pseudonym never a plain one."""
    said, place = reading.said, reading.place
    identities = [field.name for field in reading.shown if field.type is Type.IDENTITY]
    direct = [field.name for field in reading.shown if field.direct and field.name not in identities]
    if attribute.sensitivity is Sensitivity.DIRECT:
        if not read.alone or not direct:
            yield Problem(
                place,
                f"{said} names a person and must be given one field marked `direct: true`, as it is.",
                "Mark the field in systems/; what is enciphered cannot be reckoned with.",
            )
        return
    for name in direct:
        yield Problem(
            place,
            f"{said} would show '{name}', which names a person.",
            f"Give attribute '{attribute.name}' `sensitivity: direct`, or take the field out.",
        )
    if attribute.type is Type.IDENTITY and not identities:
        yield Problem(
            place,
            f"{said} is an identity, and none of the fields it is given is.",
            "Mark the field of the identity code `type: identity` in systems/.",
        )
    if attribute.type is not Type.IDENTITY:
        for name in identities:
            yield Problem(
                place,
                f"{said} would hold the pseudonym in '{name}' and is of type {attribute.type}.",
                f"Give attribute '{attribute.name}' `type: identity`, or take the field out.",
            )


def conversion_problems(
    reading: Reading, read: expressions.Expression, attribute: Attribute
) -> Iterator[Problem]:
    if not read.alone:
        return
    (field,) = reading.shown
    if Type.IDENTITY in (field.type, attribute.type):
        return
    if attribute.type is not field.type and attribute.type not in _WIDER.get(field.type, ()):
        yield Problem(
            reading.place,
            f"{reading.said} is of type {attribute.type}, and field '{field.name}' of type {field.type}.",
            f"Change one of them, or write how one becomes the other: try_cast({field.name} AS …).",
        )
