"""Two models held against each other: what changed, each with its place and in words.

Names are followed where the new model declares what was called otherwise (`was`, and `also` of a field).
Places in files, the order of attributes and the version do not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from virtaama.model.changes import (
    Added,
    Change,
    Kind,
    Merged,
    Removed,
    Renamed,
    Reworded,
    Split,
    Thing,
)
from virtaama.model.compare_mappings import compare_mappings
from virtaama.model.compare_sources import compare_code_lists, compare_systems
from virtaama.model.concepts import Attribute, Concept, Protection, Relationship, Retention, Validity
from virtaama.model.mappings import Mapping as FeedMapping
from virtaama.model.matching import Item, Matched, matched, new_names
from virtaama.model.members import member_changes
from virtaama.model.model import Model
from virtaama.model.record import meaning_of
from virtaama.problems import Place
from virtaama.sql.expressions import read_expression

COMPARED = ("version", "concepts", "code_lists", "systems", "mappings")


def compare(old: Model, new: Model) -> tuple[Change, ...]:
    """Everything that is other in the new model, in the order of its parts; nothing where they say the same."""
    if old == new:
        return ()
    today = under_new_names(old, new)
    return (
        *_concepts(old, new, today),
        *compare_systems(old.systems, new.systems),
        *compare_mappings(today, new),
        *compare_code_lists(old.code_lists, new.code_lists),
        *_other_parts(old, new),
    )


def under_new_names(old: Model, new: Model) -> Model:
    """The old model with each concept, attribute and relationship called as the new one declares."""
    pairs = _of_concepts(old.concepts, new.concepts).kept
    concepts = {was.name: now.name for was, now in pairs}
    attributes = {
        was.name: new_names(_of_attributes(was.attributes, now.attributes).kept) for was, now in pairs
    }
    relationships = {
        was.name: new_names(_of_relationships(was.relationships, now.relationships).kept)
        for was, now in pairs
    }

    def concept(found: Concept) -> Concept:
        names = attributes.get(found.name, {})
        roles = relationships.get(found.name, {})
        return replace(
            found,
            name=concepts.get(found.name, found.name),
            key=tuple(names.get(name, name) for name in found.key),
            time=tuple(names.get(name, name) for name in found.time),
            valid=_renamed(found.valid, names),
            retention=_kept_as(found.retention, names),
            protection=_withheld_as(found.protection, {**roles, **names}),
            attributes=tuple(replace(a, name=names.get(a.name, a.name)) for a in found.attributes),
            relationships=tuple(
                replace(r, name=roles.get(r.name, r.name), to=concepts.get(r.to, r.to))
                for r in found.relationships
            ),
        )

    def mapping(found: FeedMapping) -> FeedMapping:
        names = attributes.get(found.concept, {})
        roles = relationships.get(found.concept, {})
        return replace(
            found,
            concept=concepts.get(found.concept, found.concept),
            attributes=tuple((names.get(name, name), sql) for name, sql in found.attributes),
            targets=tuple(
                replace(t, relationship=roles.get(t.relationship, t.relationship)) for t in found.targets
            ),
        )

    return replace(
        old, concepts=tuple(map(concept, old.concepts)), mappings=tuple(map(mapping, old.mappings))
    )


def _of_concepts(old: Sequence[Concept], new: Sequence[Concept]) -> Matched[Concept]:
    return matched(old, new, lambda concept: concept.was)


def _of_attributes(old: Sequence[Attribute], new: Sequence[Attribute]) -> Matched[Attribute]:
    return matched(old, new, lambda attribute: attribute.was)


def _of_relationships(old: Sequence[Relationship], new: Sequence[Relationship]) -> Matched[Relationship]:
    return matched(old, new, lambda relationship: relationship.was)


# Concepts


def _concepts(old: Model, new: Model, today: Model) -> Iterator[Change]:
    found = _of_concepts(old.concepts, new.concepts)
    hints = {
        concept.name: tuple(
            other.name for other in found.added if _feeds_of(old, concept.name) & _feeds_of(new, other.name)
        )
        for concept in found.removed
    }
    yield from _arrivals(found, Kind.CONCEPT, "", hints)
    for was, now in found.kept:
        thing = Thing(Kind.CONCEPT, now.name)
        renamed = next(concept for concept in today.concepts if concept.name == now.name)
        yield from member_changes(thing, renamed, now, apart=("attributes", "relationships"))
        of_attributes = _of_attributes(was.attributes, now.attributes)
        yield from _arrivals(
            of_attributes, Kind.ATTRIBUTE, now.name, _hints(of_attributes, today, new, now.name)
        )
        for earlier, attribute in of_attributes.kept:
            yield from member_changes(Thing(Kind.ATTRIBUTE, attribute.name, now.name), earlier, attribute)
        of_relationships = _of_relationships(was.relationships, now.relationships)
        yield from _arrivals(
            of_relationships, Kind.RELATIONSHIP, now.name, _hints(of_relationships, today, new, now.name)
        )
        targets = {relationship.name: relationship for relationship in renamed.relationships}
        for _, relationship in of_relationships.kept:
            thing = Thing(Kind.RELATIONSHIP, relationship.name, now.name)
            yield from member_changes(thing, targets[relationship.name], relationship)


def _feeds_of(model: Model, concept: str) -> set[str]:
    return {mapping.feed for mapping in model.mappings if mapping.concept == concept}


def _arrivals(
    found: Matched[Item], kind: Kind, of: str, hints: Mapping[str, tuple[str, ...]]
) -> Iterator[Change]:
    """What came, went and was renamed."""
    for was, now in found.kept:
        if was.name != now.name:
            yield Renamed(thing=Thing(kind, now.name, of), was=was.name, place=_place(now))
    for was, several in found.split:
        into = tuple(item.name for item in several)
        yield Split(thing=Thing(kind, was.name, of), into=into, place=_place(several[0]))
    for now, several in found.merged:
        joined = tuple(item.name for item in several)
        yield Merged(thing=Thing(kind, now.name, of), of=joined, place=_place(now))
    told = {item.name for _, several in found.split for item in several}
    told |= {now.name for now, _ in found.merged}
    for item in found.added:
        if item.name not in told:
            yield Added(thing=Thing(kind, item.name, of), place=_place(item))
    for item in found.removed:
        if item.name not in found.declared:
            hint = hints.get(item.name, ())
            yield Removed(thing=Thing(kind, item.name, of), place=_place(item), hint=hint)


def _hints(found: Matched[Any], today: Model, new: Model, concept: str) -> dict[str, tuple[str, ...]]:
    """For what is gone, what came and reads the same fields of the same feed."""
    before, after = _reads(today, concept), _reads(new, concept)
    return {
        item.name: tuple(
            other.name for other in found.added if before.get(item.name, set()) & after.get(other.name, set())
        )
        for item in found.removed
    }


def _reads(model: Model, concept: str) -> dict[str, set[tuple[str, str]]]:
    """The fields each attribute and relationship of a concept is made from: (feed, field)."""
    reads: dict[str, set[tuple[str, str]]] = {}
    for mapping in model.mappings:
        if mapping.concept == concept:
            said = [*mapping.attributes, *((t.relationship, each) for t in mapping.targets for each in t.key)]
            for name, expression in said:
                columns = read_expression(expression.sql).columns
                reads.setdefault(name, set()).update((mapping.feed, column.lower()) for column in columns)
    return reads


def _place(item: Any) -> Place:
    place = item.place
    assert isinstance(place, Place)
    return place


# What else a model may hold


def _other_parts(old: Model, new: Model) -> Iterator[Change]:
    """Parts no comparison above knows: named things that came, went or say something else."""
    for member in fields(new):
        was, now = getattr(old, member.name), getattr(new, member.name)
        if member.name in COMPARED or not isinstance(now, tuple):
            continue
        before, after = {_name(item): item for item in was}, {_name(item): item for item in now}
        of = member.name.replace("_", " ")
        for name, item in after.items():
            thing = Thing(Kind.PART, name, of)
            if name not in before:
                yield Added(thing=thing, place=_placed(item))
            elif meaning_of(before[name]) != meaning_of(item):
                yield Reworded(thing=thing, members=("content",), place=_placed(item))
        for name, item in before.items():
            if name not in after:
                yield Removed(thing=Thing(Kind.PART, name, of), place=_placed(item))


def _name(item: object) -> str:
    name = getattr(item, "name", None)
    return name if isinstance(name, str) else meaning_of(item)


def _placed(item: object) -> Place:
    place = getattr(item, "place", None) if is_dataclass(item) else None
    return place if isinstance(place, Place) else Place("model")


def _withheld_as(protection: Protection | None, names: Mapping[str, str]) -> Protection | None:
    if protection is None:
        return None
    called = names.get
    return replace(
        protection,
        told_by=called(protection.told_by, protection.told_by),
        through=called(protection.through, protection.through),
        places=tuple(called(name, name) for name in protection.places),
        hints=tuple(called(name, name) for name in protection.hints),
    )


def _kept_as(retention: Retention | None, names: Mapping[str, str]) -> Retention | None:
    """The same of a concept whose own attributes are called otherwise."""
    if retention is None:
        return None
    facts = ((fact, tuple(names.get(path, path) for path in paths)) for fact, paths in retention.facts)
    return replace(retention, by=names.get(retention.by, retention.by), facts=tuple(facts))


def _renamed(valid: Validity | None, names: Mapping[str, str]) -> Validity | None:
    if valid is None:
        return None
    return Validity(since=names.get(valid.since, valid.since), until=names.get(valid.until, valid.until))
