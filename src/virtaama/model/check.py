"""The meaning of a model: whether what stands in its files holds together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Protocol

from virtaama.model.check_concepts import concept_problems
from virtaama.model.check_derived import rule_problems
from virtaama.model.check_feeds import feed_problems
from virtaama.model.check_mappings import mapping_problems
from virtaama.model.complete_for import complete_for_problems
from virtaama.model.expectable import expectation_problems
from virtaama.model.former import former_name_problems, replaced_feed_problems
from virtaama.model.known_names import Names
from virtaama.model.protection import protection_problems
from virtaama.model.written import Written
from virtaama.problems import Place, Problem


def problems_of(written: Written, unread: frozenset[str]) -> Iterator[Problem]:
    """Everything that keeps the files from being a model.

    A name nobody knows is no problem where a file of the folder it would stand in could not be read.
    """
    names = Names(
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
        yield from concept_problems(concept, names)
    if "concepts" not in unread:
        yield from protection_problems(written.concepts)
    yield from former_name_problems(names.concepts.values())
    yield from replaced_feed_problems(names.feeds, all_read="systems" not in unread)
    for concept in made:
        yield from concept_problems(concept, names_with_made)
    if "concepts" not in unread and "derived" not in unread:
        yield from rule_problems(written.concepts, written.derived, written.calendars)
    for system in written.systems:
        for feed in system.feeds:
            yield from feed_problems(feed)
    for mapping in written.mappings:
        yield from mapping_problems(mapping, names)
    for feed in names.feeds.values():
        described = () if "mappings" in unread else written.mappings
        yield from complete_for_problems(feed, [(m.concept, m.key) for m in described if m.feed == feed.id])
    for expectation in written.expectations:
        yield from expectation_problems(
            expectation, names_with_made.concepts, names.feeds, names.code_lists, made=names.derived
        )


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
