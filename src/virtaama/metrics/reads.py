"""Which concepts the figures of a metric are made from."""

from __future__ import annotations

from collections.abc import Iterator

from virtaama.metrics.definitions import Catalogue, Fact, Metric
from virtaama.metrics.expressions import AT, read_expression
from virtaama.metrics.left_over import counted_for, with_rests_of_unions
from virtaama.metrics.plan import parts_of
from virtaama.metrics.render.observations import names_needed
from virtaama.metrics.render.trees import Stars
from virtaama.model.model import Model
from virtaama.model.paths import Name, follow, names_in


def concepts_read(metric: Metric, catalogue: Catalogue, stars: Stars) -> frozenset[str]:
    """The concepts whose stars the figures of a metric and their guards are made from, by relationships too."""
    read: set[str] = set()
    catalogue = with_rests_of_unions(catalogue)
    for measure in counted_for(metric, catalogue):
        fact = catalogue.fact(measure.fact)
        needed = names_needed((measure,), fact, catalogue)
        for part in parts_of(fact, catalogue):
            read.add(part.of)
            for name in _names(part, needed):
                read.update(_met(name, part.of, stars.model))
    return frozenset(read)


def _names(part: Fact, needed: tuple[Name, ...]) -> Iterator[Name]:
    """The names a fact over one concept is laid out by: those of its rows, and those of what is needed of it."""
    said = dict((*part.by, *part.columns))
    words = {name[0] for name in needed if len(name) == 1}
    written = (part.where, part.time, *(part.during or ()), *(said[word] for word in words if word in said))
    for sql in written:
        if sql:
            yield from names_in(read_expression(sql))
    if part.person and part.person != "self":
        yield tuple(part.person.split("."))
    yield from (name for name in needed if len(name) > 1 or name[0] not in said)


def _met(name: Name, concept: str, model: Model) -> Iterator[str]:
    if name != AT:
        yield from (met for _, met in follow(model, model.concept(concept), name, rising=True).steps)
