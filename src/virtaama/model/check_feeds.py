"""The meaning of feeds: whether what is delivered can be read and collected as it is described."""

from __future__ import annotations

from collections.abc import Iterator

from virtaama.model.check_expressions import condition_problems
from virtaama.model.check_owners import owner_problems
from virtaama.model.collect import FromDatabase, FromFhirBulk, format_problem
from virtaama.model.concepts import Type
from virtaama.model.documents import did_you_mean
from virtaama.model.feeds import Delivery, Feed, Field, Format
from virtaama.model.mappings import Expression
from virtaama.problems import Problem
from virtaama.sql.expressions import NotAnExpression, read_expression

JSON_FORMATS = (Format.FHIR, Format.JSON_LINES)


def feed_problems(feed: Feed) -> Iterator[Problem]:
    said, place = f"feed '{feed.id}'", feed.place
    if feed.files.startswith("/") or ".." in feed.files.split("/"):
        what = f"{said} reads '{feed.files}', which is outside the deliveries."
        yield Problem(place, what, "Write a path below the deliveries folder.")
    if feed.format is Format.SQL and not feed.query:
        yield Problem(place, f"{said} comes from an SQL database and has no `query`.", "Write its SELECT.")
    if feed.format is Format.FHIR and not feed.resource:
        what = f"{said} holds FHIR resources and does not say which."
        yield Problem(place, what, "Add `resource:`, such as Encounter.")
    for member, value, formats in (
        ("query", feed.query, (Format.SQL,)),
        ("resource", feed.resource, (Format.FHIR,)),
    ):
        if value and feed.format not in formats:
            yield Problem(
                place, f"{said} is of format {feed.format} and has no use for `{member}`.", "Take it out."
            )
    if feed.collect is not None:
        yield from format_problem(feed.collect, feed.format, feed.id, place)
        yield from _collected(feed)
    if feed.row_order:
        yield from condition_problems(Expression(feed.row_order, place), f"row_order of {said}", feed)
    taken: dict[str, str] = {}
    for field in feed.fields:
        yield from _field(field, feed)
        for name in (field.name, *field.also):
            if name.lower() in taken:
                what = f"{said} has two fields '{name}', if capitals do not count: they do not in SQL."
                if taken[name.lower()] != field.name:
                    what = f"'{name}' is a name of both '{taken[name.lower()]}' and '{field.name}' in {said}."
                yield Problem(field.place, what, "Every name, also a former one, belongs to one field.")
            taken.setdefault(name.lower(), field.name)


def _collected(feed: Feed) -> Iterator[Problem]:
    """Whether the fields a collection needs are there."""
    names = tuple(field.name for field in feed.fields)
    match feed.collect:
        case FromDatabase(compare=compare, removed=removed, mark=mark):
            for name in compare:
                if name not in names:
                    what = f"feed '{feed.id}' is compared by '{name}', which is not one of its fields."
                    yield Problem(feed.place, what, did_you_mean(name, names))
            held = feed.field(removed)
            if removed and (held is None or held.type is not Type.BOOLEAN or not held.optional):
                what = f"feed '{feed.id}' needs the field '{removed}' for rows that are gone."
                yield Problem(feed.place, what, f"Write {removed}: {{type: boolean, optional: true}}.")
            if (mark or compare) and feed.delivery is Delivery.FULL:
                what = f"feed '{feed.id}' is `full`, and only what is new is collected."
                yield Problem(feed.place, what, "Write `delivery: changes`.")
        case FromFhirBulk():
            held = feed.field("deleted")
            if held is None or held.type is not Type.BOOLEAN or held.path:
                what = f"feed '{feed.id}' needs the field 'deleted' for resources that were deleted."
                yield Problem(
                    feed.place, what, "Write deleted: {type: boolean}, and deleted: deleted in its mapping."
                )
            if feed.delivery is Delivery.FULL:
                what = f"feed '{feed.id}' is `full`, and only what is new is collected."
                yield Problem(feed.place, what, "Write `delivery: changes`.")
        case _:
            pass


def _field(field: Field, feed: Feed) -> Iterator[Problem]:
    said, place = f"field '{field.name}' of feed '{feed.id}'", field.place
    if field.direct and field.type is not Type.TEXT:
        what = f"{said} names a person and is of type {field.type}."
        advice = "Write `type: text`; what is enciphered is text."
        if field.type is Type.IDENTITY:
            advice = "Take `direct` out: an identity code becomes a pseudonym."
        yield Problem(place, what, advice)
    elif field.direct:
        yield from owner_problems(field, feed)
    elif field.whose:
        yield Problem(place, f"{said} says whose it is and names nobody.", "Take `whose` out.")
    if field.required and field.optional:
        what = f"{said} is both required and optional."
        yield Problem(
            place, what, "Where the column is absent every row would be set aside: keep one of the two."
        )
    if field.format and field.type not in (Type.DATE, Type.TIMESTAMP):
        yield Problem(
            place, f"{said} has a format and is of type {field.type}.", "Only days and moments have one."
        )
    if field.path and feed.format not in JSON_FORMATS:
        yield Problem(
            place, f"{said} has a path, and {feed.format} has none.", "Name the field as the source does."
        )
    elif field.path:
        try:
            read = read_expression(field.path)
        except NotAnExpression as error:
            yield Problem(place, f"path of {said}: {error}.", error.advice)
            return
        for name in read.columns:
            if name != "resource":
                what = f"path of {said} reads '{name}'."
                yield Problem(place, what, "There is one column, `resource`: write resource ->> '$.id'")
