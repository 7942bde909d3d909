"""The meaning of a linkage: whether what it compares is there, and what it decides can be delivered."""

from __future__ import annotations

from collections.abc import Iterator

from virtaama.linkage.definitions import PARTS, Comparison, Kind, Linkage
from virtaama.linkage.links_feed import fields_of
from virtaama.model.concepts import Concept, Type
from virtaama.model.documents import did_you_mean
from virtaama.model.feeds import LINKS, Delivery
from virtaama.model.model import Model
from virtaama.problems import Problem

_FITS = {
    Kind.NAME: (Type.TEXT,),
    Kind.GIVEN_NAMES: (Type.TEXT,),
    Kind.DAY: (Type.DATE,),
    Kind.CODE: (Type.TEXT, Type.INTEGER, Type.BOOLEAN),
}


def problems_of(linkage: Linkage, model: Model) -> Iterator[Problem]:
    def wrong(what: str, advice: str = "") -> Problem:
        return Problem(linkage.place, f"linkage '{linkage.name}': {what}", advice)

    concepts = {concept.name: concept for concept in model.concepts}
    for name in (linkage.of, linkage.to):
        if name not in concepts:
            yield wrong(f"'{name}' is not a concept.", did_you_mean(name, tuple(concepts)))
    if linkage.of not in concepts or linkage.to not in concepts:
        return
    of, to = concepts[linkage.of], concepts[linkage.to]
    if of is to:
        yield wrong(
            f"'{of.name}' is linked to itself.",
            f"Link it to what its instances are of; or count by a relationship of '{of.name}' to itself, `…_last`.",
        )
        return
    for concept in (of, to):
        if len(concept.key) != 1:
            yield wrong(f"the key of '{concept.name}' has several parts.", "Link what one value identifies.")
    told = of.relationship(linkage.told_by)
    if told is None or told.to != to.name:
        what = f"'{linkage.told_by}' is no relationship of '{of.name}' to '{to.name}'."
        yield wrong(
            what, did_you_mean(linkage.told_by, [r.name for r in of.relationships if r.to == to.name])
        )
    for comparison in linkage.comparisons:
        for concept, name in ((of, comparison.of), (to, comparison.to)):
            yield from (wrong(*problem) for problem in _member(comparison, concept, name))
    held = to.attribute(linkage.protection)
    if linkage.protection and (held is None or held.type is not Type.BOOLEAN):
        what = f"'{linkage.protection}' is no attribute of '{to.name}' that is true or false."
        yield wrong(what, did_you_mean(linkage.protection, [a.name for a in to.attributes]))
    if not linkage.protection and any(each.locates for each in linkage.comparisons):
        yield wrong(
            "it says what locates somebody, and not where a protection order stands.", "Write `protection`."
        )
    yield from (wrong(*problem) for problem in _rules(linkage, of))
    yield from (wrong(*problem) for problem in _candidates(linkage))
    if linkage.review > linkage.link:
        yield wrong(
            f"people decide from {linkage.review:g} on, and from {linkage.link:g} on nobody is asked.",
            "Let `review` be lower than `link`.",
        )
    yield from (wrong(*problem) for problem in _feed(linkage, model))


def _member(comparison: Comparison, concept: Concept, name: str) -> Iterator[tuple[str, str]]:
    attribute = concept.attribute(name)
    if attribute is None and concept.relationship(name) is None:
        known = [a.name for a in concept.attributes] + [r.name for r in concept.relationships]
        yield (
            f"comparison '{comparison.name}': '{concept.name}' has no '{name}'.",
            did_you_mean(name, tuple(known)),
        )
    elif attribute is None and comparison.kind is not Kind.CODE:
        yield f"comparison '{comparison.name}': '{name}' is a relationship.", "Write `as: code`."
    elif attribute and attribute.type not in _FITS[comparison.kind]:
        yield (
            f"comparison '{comparison.name}': '{name}' of '{concept.name}' is of type {attribute.type}, and is "
            f"compared as {comparison.kind}.",
            f"What is compared as {comparison.kind} is of type {' or '.join(_FITS[comparison.kind])}.",
        )


def _rules(linkage: Linkage, of: Concept) -> Iterator[tuple[str, str]]:
    compared = tuple(each.name for each in linkage.comparisons)
    for rule in linkage.rules:
        if bool(rule.through) == bool(rule.agree):
            yield f"rule '{rule.name}' needs `through` or `agree`, one of them.", "Keep one of the two."
        if rule.through:
            relationship = of.relationship(rule.through)
            if relationship is None or relationship.to != of.name:
                own = tuple(r.name for r in of.relationships if r.to == of.name)
                what = f"rule '{rule.name}': '{rule.through}' is no relationship of '{of.name}' to itself."
                yield what, did_you_mean(rule.through, own)
        for name in rule.agree:
            if name not in compared:
                yield f"rule '{rule.name}': '{name}' is not compared.", did_you_mean(name, compared)
    if sum(bool(rule.through) for rule in linkage.rules) > 1:
        yield "two rules go through a relationship.", "Keep one of them."


def _candidates(linkage: Linkage) -> Iterator[tuple[str, str]]:
    kinds = {each.name: each.kind for each in linkage.comparisons}
    for candidate in linkage.candidates:
        for shared in candidate.shared:
            name, _, part = shared.partition(".")
            if name not in kinds:
                yield f"candidates share '{shared}', which is not compared.", did_you_mean(name, tuple(kinds))
            elif part and part not in PARTS[kinds[name]]:
                parts = ", ".join(PARTS[kinds[name]]) or "none"
                yield f"candidates share '{shared}'; a {kinds[name]} has the parts: {parts}.", ""


def _feed(linkage: Linkage, model: Model) -> Iterator[tuple[str, str]]:
    feed = next((each for each in model.feeds if each.id == linkage.feed), None)
    if feed is None:
        yield f"'{linkage.feed}' is not a feed.", did_you_mean(linkage.feed, tuple(f.id for f in model.feeds))
        return
    if feed.filled_by != LINKS:
        yield f"feed '{feed.id}' is not filled by links.", f"Write `filled_by: {LINKS}` in it."
    if feed.delivery is not Delivery.CHANGES:
        yield (
            f"feed '{feed.id}' delivers {feed.delivery}; of links what has changed.",
            "Write `delivery: changes`.",
        )
    if any(
        target.relationship == linkage.told_by
        for mapping in model.mappings
        if (mapping.feed, mapping.concept) == (feed.id, linkage.of)
        for target in mapping.targets
    ):
        yield (
            f"its links fill '{linkage.told_by}', which says what sources tell.",
            f"Map the feed to a concept of links, and write `otherwise:` at '{linkage.told_by}'.",
        )
    for name, kind in fields_of(model.concept(linkage.of), model.concept(linkage.to)).items():
        declared = feed.field(name)
        if declared is None:
            yield f"feed '{feed.id}' has no field '{name}'.", f"Write {name}: {{type: {kind}}}."
        elif declared.type is not kind:
            yield f"field '{name}' of feed '{feed.id}' is of type {declared.type}.", f"Write `type: {kind}`."
