"""What is not published anew while something grave does not hold: what it concerns, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from virtaama.metrics.definitions import Catalogue, Metric
from virtaama.metrics.reads import concepts_read
from virtaama.metrics.render.trees import Stars
from virtaama.model.dependencies import needed_for
from virtaama.model.expectations import Severity
from virtaama.model.model import Model
from virtaama.quality.results import Result, began, failing_since, state_of


@dataclass(frozen=True, slots=True)
class HeldBack:
    """The concepts and metrics that keep their previous publication, each with the results that hold it."""

    concepts: Mapping[str, tuple[Result, ...]] = field(default_factory=dict)
    metrics: Mapping[str, tuple[Result, ...]] = field(default_factory=dict)
    since: Mapping[str, datetime] = field(default_factory=dict)  # by the id of an expectation


def held_back(results: Iterable[Result], model: Model, catalogue: Catalogue) -> HeldBack:
    """What failing expectations of severity `stop` concern, by lineage.

    An expectation of a feed concerns every concept the feed is mapped to, one of a concept the concept; a
    concept concerns every metric whose facts count it, reach it through a relationship or count what is
    computed from it. `results` are in
    the order of history; only the last of each expectation counts. The severity is that of the model now.
    """
    known = tuple(results)
    severe = {e.id: e.severity for e in model.expectations}
    stopping = [r for r in state_of(model, known) if not r.passed and severe[r.id] is Severity.STOP]
    concepts: dict[str, tuple[Result, ...]] = {}
    for concept in model.every_concept:
        feeds = {mapping.feed for mapping in model.mappings if mapping.concept == concept.name}
        if found := tuple(r for r in stopping if r.subject == concept.name or r.subject in feeds):
            concepts[concept.name] = found
    metrics: dict[str, tuple[Result, ...]] = {}
    if concepts:
        for metric in catalogue.metrics:
            read = _read(metric, catalogue, model)
            holding = [result for name, of in concepts.items() if name in read for result in of]
            if holding:
                metrics[metric.name] = tuple(dict.fromkeys(holding))
    since = {id: began(first) for id, first in failing_since(known).items()} if concepts else {}
    return HeldBack(concepts, metrics, since)


def _read(metric: Metric, catalogue: Catalogue, model: Model) -> frozenset[str]:
    """The concepts behind the figures of a metric, and those they are computed from."""
    read = concepts_read(metric, catalogue, Stars(model))
    return read.union(*(needed_for(model, concept) for concept in read))
