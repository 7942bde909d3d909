"""The mappings of two models, held against each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import fields

from virtaama.model.changes import Added, Change, Changed, Kind, Removed, Reordered, Thing
from virtaama.model.mappings import Mapping
from virtaama.model.model import Model
from virtaama.model.record import meaning_of
from virtaama.problems import Place


def compare_mappings(today: Model, new: Model) -> Iterator[Change]:
    """Mappings that came, went, say something else or stand in another order. `today`: the old, under new names."""
    before, after = numbered(today.mappings), numbered(new.mappings)
    concepts = {concept.name for concept in new.concepts}
    for way, mapping in after.items():
        if way not in before:
            yield Added(thing=mapping_thing(*way), place=mapping.place)
        else:
            yield from _mapping(mapping_thing(*way), before[way], mapping, today, new)
    for way, mapping in before.items():
        if way not in after and mapping.concept in concepts:
            yield Removed(thing=mapping_thing(*way), place=mapping.place)
    yield from _order(tuple(before), tuple(after), new)


def numbered(mappings: Sequence[Mapping]) -> dict[tuple[str, str, int], Mapping]:
    """Mappings by feed, concept and which of those of the same two it is, from 1."""
    met: Counter[tuple[str, str]] = Counter()
    found = {}
    for mapping in mappings:
        met[mapping.feed, mapping.concept] += 1
        found[mapping.feed, mapping.concept, met[mapping.feed, mapping.concept]] = mapping
    return found


def mapping_thing(feed: str, concept: str, number: int) -> Thing:
    """A mapping by its name: the second of a feed to a concept is `concept (2)`."""
    return Thing(Kind.MAPPING, concept if number == 1 else f"{concept} ({number})", feed)


def _mapping(thing: Thing, was: Mapping, now: Mapping, old: Model, new: Model) -> Iterator[Change]:
    # What came or went with its attribute has been said.
    told = _parts(old, was) ^ _parts(new, now)
    before, after = dict(_said(was, old)), dict(_said(now, new))
    for name in dict.fromkeys((*after, *before)):
        if before.get(name, "") != after.get(name, "") and name not in told:
            place = _expression_place(now, name)
            yield Changed(
                thing=thing, member=name, was=before.get(name, ""), now=after.get(name, ""), place=place
            )


def _parts(model: Model, mapping: Mapping) -> set[str]:
    concept = model.concept(mapping.concept)
    return {each.name for each in concept.attributes} | {each.name for each in concept.relationships}


def _said(mapping: Mapping, model: Model) -> Iterator[tuple[str, str]]:
    """The expression of everything a mapping gives, by name."""
    for member, expression in (("where", mapping.where), ("deleted", mapping.deleted)):
        if expression:
            yield f"`{member}`", expression.sql
    for name, part in zip(model.concept(mapping.concept).key, mapping.key, strict=True):
        yield name, part.sql
    for name, attribute in mapping.attributes:
        yield name, attribute.sql
    for target in mapping.targets:
        yield target.relationship, ", ".join(part.sql for part in target.key)
    told = ("feed", "concept", "key", "attributes", "targets", "place", "where", "deleted")
    for other in fields(mapping):
        if other.name not in told and (value := getattr(mapping, other.name)):
            yield f"`{other.name}`", meaning_of(value)


def _expression_place(mapping: Mapping, name: str) -> Place:
    found = dict(mapping.attributes).get(name)
    return found.place if found else mapping.place


def _order(
    before: Sequence[tuple[str, str, int]], after: Sequence[tuple[str, str, int]], new: Model
) -> Iterator[Change]:
    for concept in new.concepts:
        stayed = [way for way in before if way[1] == concept.name and way in after]
        now = [way for way in after if way[1] == concept.name]
        if stayed != [way for way in now if way in stayed]:
            thing = Thing(Kind.CONCEPT, concept.name)
            yield Reordered(thing=thing, now=tuple(feed for feed, _, _ in now), place=concept.place)
