"""The meaning of mappings: whether what a feed delivers fits the concept it is mapped to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from virtaama.model.check_expressions import (
    condition_problems,
    conversion_problems,
    privacy_problems,
    read_over,
)
from virtaama.model.check_owners import mapped_owner_problems
from virtaama.model.concepts import Concept
from virtaama.model.documents import did_you_mean
from virtaama.model.feeds import Feed
from virtaama.model.known_names import Names
from virtaama.model.mappings import Expression
from virtaama.model.written import WrittenMapping, WrittenTarget
from virtaama.problems import Place, Problem


def mapping_problems(mapping: WrittenMapping, names: Names) -> Iterator[Problem]:
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
    if feed is not None and concept is not None:
        yield from mapped_owner_problems(mapping, feed, concept)


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


def _target(target: WrittenTarget, concept: Concept, names: Names) -> Iterator[Problem]:
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
    mapping: WrittenMapping, feed: Feed, concept: Concept | None, names: Names
) -> Iterator[Problem]:
    for what, condition in (("where", mapping.where), ("deleted", mapping.deleted)):
        if condition is not None:
            yield from condition_problems(condition, f"`{what}`", feed)
    given = [(name, expression, concept) for name, expression in (*mapping.key, *mapping.attributes)]
    for target in mapping.targets:
        relationship = concept.relationship(target.relationship) if concept else None
        other = names.concepts.get(relationship.to) if relationship else None
        given += [
            (name or (other.key[0] if other and other.key else target.relationship), expression, other)
            for name, expression in target.key
        ]
    for name, expression, described in given:
        reading = read_over(expression, f"'{name}'", feed)
        yield from reading.problems
        attribute = described.attribute(name) if described else None
        if attribute and reading.found:
            yield from privacy_problems(reading, reading.found, attribute)
            yield from conversion_problems(reading, reading.found, attribute)
