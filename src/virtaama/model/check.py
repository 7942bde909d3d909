"""The meaning of a model: whether what stands in its files holds together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from virtaama.model.check_derived import rule_problems
from virtaama.model.collect import FromDatabase, FromFhirBulk, format_problem
from virtaama.model.concepts import Attribute, CodeList, Concept, Sensitivity, Type
from virtaama.model.documents import did_you_mean
from virtaama.model.expectable import expectation_problems
from virtaama.model.feeds import Delivery, Feed, Field, Format
from virtaama.model.former import former_name_problems, replaced_feed_problems
from virtaama.model.mappings import Expression
from virtaama.model.model import Model
from virtaama.model.written import Written, WrittenMapping, WrittenTarget
from virtaama.problems import Place, Problem
from virtaama.sql import expressions
from virtaama.sql.expressions import NotAnExpression, read_expression

RESERVED = ("deleted", "extracted", "batch", "superseded_by")
"""Names of columns every table of the warehouse has."""

JSON_FORMATS = (Format.FHIR, Format.JSON_LINES)

# What a field of a type may be given to without a conversion being written down.
_WIDER = {
    Type.INTEGER: (Type.DECIMAL, Type.TEXT),
    Type.DECIMAL: (Type.TEXT,),
    Type.DATE: (Type.TIMESTAMP, Type.TEXT),
    Type.TIMESTAMP: (Type.DATE, Type.TEXT),
    Type.BOOLEAN: (Type.TEXT,),
}


def problems_of(written: Written, unread: frozenset[str]) -> Iterator[Problem]:
    """Everything that keeps the files from being a model.

    A name nobody knows is no problem where a file of the folder it would stand in could not be read.
    """
    names = _Names(
        unread=unread,
        concepts={concept.name: concept for concept in reversed(written.concepts)},
        code_lists={codes.name: codes for codes in reversed(written.code_lists)},
        feeds={feed.id: feed for system in reversed(written.systems) for feed in system.feeds},
        derived=frozenset(derived.concept.name for derived in written.derived),
    )
    made = tuple(derived.concept for derived in written.derived)
    names_with_made = replace(names, concepts=names.concepts | {concept.name: concept for concept in made})
    yield from _taken_twice("concept", (*written.concepts, *made))
    yield from _taken_twice("code list", written.code_lists)
    yield from _taken_twice("system", written.systems)
    yield from _taken_twice("calendar", written.calendars)
    for concept in written.concepts:
        yield from _concept(concept, names)
    yield from former_name_problems(names.concepts.values())
    yield from replaced_feed_problems(names.feeds, all_read="systems" not in unread)
    for concept in made:
        yield from _concept(concept, names_with_made)
    if "concepts" not in unread and "derived" not in unread:
        yield from rule_problems(written.concepts, written.derived, written.calendars)
    for system in written.systems:
        for feed in system.feeds:
            yield from _feed(feed)
    for mapping in written.mappings:
        yield from _mapping(mapping, names)
    for expectation in written.expectations:
        yield from expectation_problems(expectation, names.concepts, names.feeds, names.code_lists)


def remarks(model: Model) -> tuple[Problem, ...]:
    """What is allowed but may have been forgotten: nothing fills it, nothing reads it, nothing guards it."""
    filled = {mapping.concept for mapping in model.mappings}
    used = {mapping.feed for mapping in model.mappings}
    return (
        *(
            Problem(concept.place, f"no mapping fills concept '{concept.name}'.")
            for concept in model.concepts
            if concept.name not in filled
        ),
        *(
            Problem(feed.place, f"no mapping reads feed '{feed.id}'.")
            for feed in model.feeds
            if feed.id not in used
        ),
        *(
            Problem(attribute.place, f"no mapping fills attribute '{attribute.name}' of '{concept.name}'.")
            for concept in model.concepts
            if concept.name in filled
            for attribute in concept.attributes
            if attribute.name not in concept.key
            and not attribute.rules
            and not _is_filled(model, concept, attribute.name)
        ),
        *(
            Problem(
                attribute.place,
                f"attribute '{attribute.name}' is open, and '{concept.name}' is about persons.",
                "Give it `sensitivity: personal` or `special`, if it tells something of one of them.",
            )
            for concept in model.concepts
            if _is_about_persons(model, concept)
            for attribute in concept.attributes
            if attribute.sensitivity is Sensitivity.OPEN
        ),
    )


def _is_about_persons(model: Model, concept: Concept) -> bool:
    """Whether an identity is part of its own key or of the key of what it refers to."""
    others = (model.concept(relationship.to) for relationship in concept.relationships)
    return any(
        attribute.type is Type.IDENTITY
        for each in (concept, *others)
        for attribute in each.attributes
        if attribute.name in each.key
    )


def _is_filled(model: Model, concept: Concept, attribute: str) -> bool:
    return any(
        name == attribute
        for mapping in model.mappings
        if mapping.concept == concept.name
        for name, _ in mapping.attributes
    )


@dataclass(frozen=True, slots=True)
class _Names:
    """What the names in the files stand for; the first of a name counts."""

    unread: frozenset[str]  # folders with a file that could not be read
    concepts: dict[str, Concept]
    code_lists: dict[str, CodeList]
    feeds: dict[str, Feed]
    derived: frozenset[str]  # concepts that rules make, which nothing delivered describes or points to

    def lacks_concept(self, name: str) -> bool:
        return bool(name) and name not in self.concepts and "concepts" not in self.unread

    def lacks_codes(self, name: str) -> bool:
        return bool(name) and name not in self.code_lists and "codes" not in self.unread

    def lacks_feed(self, name: str) -> bool:
        return bool(name) and name not in self.feeds and "systems" not in self.unread


class _Placed(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def place(self) -> Place: ...


def _taken_twice(what: str, found: Iterable[_Placed]) -> Iterator[Problem]:
    first: dict[str, Place] = {}
    for each in found:
        if each.name and each.name in first:
            yield Problem(
                each.place,
                f"{what} '{each.name}' is described already, in {first[each.name]}.",
                "Give one of them another name, or take it out.",
            )
        first.setdefault(each.name, each.place)


# Concepts and codes


def _concept(concept: Concept, names: _Names) -> Iterator[Problem]:
    attributes = tuple(attribute.name for attribute in concept.attributes)
    for name in concept.key:
        held = concept.attribute(name)
        if held is None:
            what = f"the key of concept '{concept.name}' names '{name}', which is not one of its attributes."
            yield Problem(concept.place, what, did_you_mean(name, attributes))
        elif held.sensitivity is Sensitivity.DIRECT:
            yield Problem(
                held.place,
                f"attribute '{name}' is in the key of concept '{concept.name}' and names a person.",
                "A key stands in every table. Use a number of the source, or type: identity.",
            )
    yield from _check_validity(concept)
    for name in concept.time:
        held = concept.attribute(name)
        if held is None:
            what = f"the time of concept '{concept.name}' names '{name}', which is not one of its attributes."
            yield Problem(concept.place, what, did_you_mean(name, attributes))
        elif held.type not in (Type.DATE, Type.TIMESTAMP):
            what = f"the time of concept '{concept.name}' names '{name}', which is of type {held.type}."
            yield Problem(concept.place, what, "Only a date or a timestamp says when something happened.")
    for attribute in concept.attributes:
        yield from _attribute(attribute, concept, names)
    for relationship in concept.relationships:
        if names.lacks_concept(relationship.to):
            yield Problem(
                relationship.place,
                f"relationship '{relationship.name}' points to '{relationship.to}', which is "
                f"{'derived' if relationship.to in names.derived else 'not a concept'}.",
                "Nothing delivered can point to what a rule makes: let the rule point to the concept."
                if relationship.to in names.derived
                else did_you_mean(relationship.to, tuple(names.concepts)),
            )
        if relationship.name in attributes:
            yield Problem(
                relationship.place,
                f"concept '{concept.name}' has both an attribute and a relationship '{relationship.name}'.",
                "Give one of them another name.",
            )


def _check_validity(concept: Concept) -> Iterator[Problem]:
    if concept.valid is None:
        return
    named = (concept.valid.since, concept.valid.until)
    held = [concept.attribute(name) for name in named]
    for name, attribute in zip(named, held, strict=True):
        if attribute is None:
            what = f"'valid' of concept '{concept.name}' names '{name}', which is not one of its attributes."
            yield Problem(concept.place, what, did_you_mean(name, [a.name for a in concept.attributes]))
        elif attribute.type not in (Type.DATE, Type.TIMESTAMP):
            what = f"'valid' of concept '{concept.name}' names '{name}', which is of type {attribute.type}."
            yield Problem(concept.place, what, "Only a date or a timestamp says from when or until when.")
        elif attribute.sensitivity is Sensitivity.DIRECT:
            what = f"'valid' of concept '{concept.name}' names '{name}', which names a person."
            yield Problem(concept.place, what, "Such an attribute is in no view: take another.")


def _attribute(attribute: Attribute, concept: Concept, names: _Names) -> Iterator[Problem]:
    said, place = f"attribute '{attribute.name}'", attribute.place
    keys = {f"{concept.name}_key", *(f"{other.name}_key" for other in concept.relationships)}
    if attribute.name in RESERVED or attribute.name in keys:
        what = f"{said} has a name the warehouse needs for itself."
        yield Problem(place, what, "Choose another, such as one that says more.")
    if attribute.sensitivity is Sensitivity.SPECIAL and not attribute.purposes:
        what = f"{said} is special-category data and names no purpose."
        yield Problem(place, what, "Add `purposes:`, such as [steering, evaluation].")
    if attribute.type is Type.IDENTITY and attribute.sensitivity is Sensitivity.OPEN:
        what = f"{said} is a pseudonym of a person and is not marked as personal."
        yield Problem(place, what, "Add `sensitivity: personal`.")
    if attribute.type is Type.IDENTITY and attribute.sensitivity is Sensitivity.DIRECT:
        what = f"{said} is a pseudonym, which names nobody, and is marked as direct."
        yield Problem(place, what, "Write `sensitivity: personal`.")
    if attribute.sensitivity is Sensitivity.DIRECT and attribute.type not in (Type.TEXT, Type.IDENTITY):
        what = f"{said} is kept enciphered and cannot be of type {attribute.type}."
        yield Problem(place, what, "Write `type: text`.")
    if names.lacks_codes(attribute.code_list):
        what = f"{said} takes its values from '{attribute.code_list}', which is not a code list."
        yield Problem(place, what, did_you_mean(attribute.code_list, tuple(names.code_lists)))
    elif attribute.code_list and attribute.type is not Type.TEXT:
        what = f"{said} holds codes and cannot be of type {attribute.type}."
        yield Problem(place, what, "Codes are text: write `type: text`.")


# Feeds


def _feed(feed: Feed) -> Iterator[Problem]:
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
        yield from _condition(Expression(feed.row_order, place), f"row_order of {said}", feed)
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


# Mappings


def _mapping(mapping: WrittenMapping, names: _Names) -> Iterator[Problem]:
    feed, concept = names.feeds.get(mapping.feed), names.concepts.get(mapping.concept)
    if names.lacks_feed(mapping.feed):
        what = f"'{mapping.feed}' is not a feed."
        yield Problem(mapping.place, what, did_you_mean(mapping.feed, tuple(names.feeds)))
    if names.lacks_concept(mapping.concept):
        what = f"'{mapping.concept}' is not a concept."
        advice = did_you_mean(mapping.concept, tuple(names.concepts))
        if mapping.concept in names.derived:
            what = f"'{mapping.concept}' is derived: its rules make it, no feed describes it."
            advice = "Take the mapping out, or describe the concept in concepts/ instead of derived/."
        yield Problem(mapping.place, what, advice)
    if concept is not None:
        yield from _key_parts(mapping.key, concept, f"the key of '{concept.name}'", mapping.place)
        for name, expression in mapping.attributes:
            yield from _mapped_attribute(name, expression, concept)
        for target in mapping.targets:
            yield from _target(target, concept, names)
    if feed is not None:
        yield from _expressions(mapping, feed, concept, names)


def _key_parts(
    parts: Sequence[tuple[str, Expression]], concept: Concept, said: str, place: Place
) -> Iterator[Problem]:
    given = [name for name, _ in parts]
    if not given or not concept.key:  # the shape is wrong, and that is said
        return
    for name in concept.key:
        if name not in given:
            yield Problem(place, f"{said} needs '{name}', and nothing is mapped to it.", f"Add `{name}: …`.")
    for name, expression in parts:
        if name not in concept.key:
            yield Problem(
                expression.place, f"'{name}' is no part of {said}.", did_you_mean(name, concept.key)
            )


def _mapped_attribute(name: str, expression: Expression, concept: Concept) -> Iterator[Problem]:
    if name in concept.key:
        what = f"'{name}' is the key of '{concept.name}'."
        yield Problem(expression.place, what, "Map it under `key`, not under `attributes`.")
    elif (attribute := concept.attribute(name)) and attribute.rules:
        what = f"'{name}' of '{concept.name}' is computed by a rule."
        yield Problem(expression.place, what, "Take the mapping out, or the rule.")
    elif attribute is None:
        what = f"concept '{concept.name}' has no attribute '{name}'."
        advice = did_you_mean(name, tuple(attribute.name for attribute in concept.attributes))
        if concept.relationship(name):
            advice = "It is a relationship: map it under `relationships`."
        yield Problem(expression.place, what, advice)


def _target(target: WrittenTarget, concept: Concept, names: _Names) -> Iterator[Problem]:
    relationship = concept.relationship(target.relationship)
    if relationship is None:
        what = f"concept '{concept.name}' has no relationship '{target.relationship}'."
        advice = did_you_mean(target.relationship, tuple(each.name for each in concept.relationships))
        if concept.attribute(target.relationship):
            advice = "It is an attribute: map it under `attributes`."
        yield Problem(target.place, what, advice)
        return
    other = names.concepts.get(relationship.to)
    if other is None:
        return
    said = f"the key of '{other.name}' (where '{relationship.name}' points)"
    if [name for name, _ in target.key] != [""]:
        yield from _key_parts(target.key, other, said, target.place)
    elif len(other.key) > 1:
        parts = ", ".join(f"{name}: …" for name in other.key)
        yield Problem(target.place, f"{said} has {len(other.key)} parts.", f"Write {{{parts}}}.")


def _expressions(
    mapping: WrittenMapping, feed: Feed, concept: Concept | None, names: _Names
) -> Iterator[Problem]:
    for what, condition in (("where", mapping.where), ("deleted", mapping.deleted)):
        if condition is not None:
            yield from _condition(condition, f"`{what}`", feed)
    given = [(name, expression, concept) for name, expression in (*mapping.key, *mapping.attributes)]
    for target in mapping.targets:
        relationship = concept.relationship(target.relationship) if concept else None
        other = names.concepts.get(relationship.to) if relationship else None
        given += [
            (name or (other.key[0] if other and other.key else target.relationship), expression, other)
            for name, expression in target.key
        ]
    for name, expression, described in given:
        reading = _read(expression, f"'{name}'", feed)
        yield from reading.problems
        attribute = described.attribute(name) if described else None
        if attribute and reading.found:
            yield from _privacy(reading, reading.found, attribute)
            yield from _conversion(reading, reading.found, attribute)


def _condition(expression: Expression, said: str, feed: Feed) -> Iterator[Problem]:
    reading = _read(expression, said, feed)
    yield from reading.problems
    for field in reading.shown:
        if field.direct:
            what = f"{said} reckons with '{field.name}', which is kept enciphered."
            yield Problem(reading.place, what, "Only whether it is null can be asked.")


@dataclass(frozen=True, slots=True)
class _Reading:
    """An expression held against the fields of a feed; not found where it cannot be judged further."""

    said: str
    place: Place
    problems: tuple[Problem, ...] = ()
    found: expressions.Expression | None = None
    shown: tuple[Field, ...] = ()  # the fields whose value can show in the result


def _read(expression: Expression, said: str, feed: Feed) -> _Reading:
    place = expression.place
    try:
        read = read_expression(expression.sql)
    except NotAnExpression as error:
        return _Reading(said, place, (Problem(place, f"{said}: {error}.", error.advice),))
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
        return _Reading(said, place, unknown)
    return _Reading(said, place, (), read, tuple(fields[name.lower()] for name in read.values))


def _privacy(reading: _Reading, read: expressions.Expression, attribute: Attribute) -> Iterator[Problem]:
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


def _conversion(reading: _Reading, read: expressions.Expression, attribute: Attribute) -> Iterator[Problem]:
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
