"""Which concepts are computed from which others, and in what order that can be done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from virtaama.model.concepts import Concept
from virtaama.model.derived import Derived
from virtaama.model.making import concepts_followed, concepts_read
from virtaama.model.model import Model
from virtaama.model.paths import Concepts

Reads = Mapping[str, tuple[str, ...]]
"""The concepts each concept is computed from."""


class GoesInCircles(ValueError):
    """Concepts are computed from each other. `circle` names them in order; the first is also the last."""

    def __init__(self, circle: tuple[str, ...]) -> None:
        super().__init__(" ← ".join(circle))
        self.circle = circle


def what_reads_what(concepts: Iterable[Concept], derived: Iterable[Derived], known: Concepts) -> Reads:
    """What the rules of these concepts read, in the order of the concepts given."""
    reads: dict[str, tuple[str, ...]] = {}
    for concept in concepts:
        reads[concept.name] = concepts_followed(concept, known)
    for each in derived:
        found = [concepts_read(rule.making) for rule in each.rules]
        reads[each.concept.name] = tuple(dict.fromkeys(name for names in found for name in names))
    return reads


def in_order(reads: Reads) -> tuple[str, ...]:
    """The concepts, each after those it is computed from. Raises GoesInCircles."""
    try:
        return tuple(TopologicalSorter(reads).static_order())
    except CycleError as error:
        raise GoesInCircles(tuple(error.args[1])) from None


def publication_order(model: Model) -> tuple[Concept, ...]:
    """Every concept of the model, each after those it is computed from: delivered ones, then derived ones."""
    reads = what_reads_what(model.concepts, model.derived, model)
    plain = [concept.name for concept in model.concepts if not reads[concept.name]]
    computed = [name for name in in_order(reads) if name not in plain]
    derived = [name for name in computed if model.derived_as(name)]
    partly = [name for name in computed if name not in derived]
    return tuple(map(model.concept, (*plain, *partly, *derived)))


def needed_for(model: Model, concept: str) -> tuple[str, ...]:
    """The concepts a concept is computed from, at any distance, each after those it needs itself."""
    reads = what_reads_what(model.concepts, model.derived, model)
    needed: set[str] = set()
    waiting = list(reads[concept])
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += reads[name]
    return tuple(name for name in in_order(reads) if name in needed)


def feeds_counted(model: Model, concept: str) -> tuple[str, ...]:
    """The feeds that tell which instances of a concept there are: its own, or those behind its rules."""
    derived = model.derived_as(concept)
    if derived is None:
        return tuple(dict.fromkeys(m.feed for m in model.mappings if m.concept == concept))
    read = (name for rule in derived.rules for name in concepts_read(rule.making))
    return tuple(dict.fromkeys(feed for name in read for feed in feeds_counted(model, name)))
