"""What was true at a moment, and what was known: the same figures from the stars of then."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from virtaama.lake.batches import Batch
from virtaama.lake.coverage import Span, coverage_of_metrics
from virtaama.metrics.definitions import Catalogue, Fact
from virtaama.metrics.plan import Coverage, MetricPlan, overlap
from virtaama.metrics.question import Grain, Question
from virtaama.metrics.render.observations import span
from virtaama.metrics.render.questions import guarded_question
from virtaama.metrics.render.then import LookingBack, Place, looking_back
from virtaama.metrics.render.trees import Stars
from virtaama.model.model import Model
from virtaama.vault.derive import end_of
from virtaama.vault.tables import VaultDesign

Read = Callable[[str, frozenset[str]], list[tuple[object, ...]]]
"""The rows of a statement that reads these marts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Then:
    """A place in two times, and the batches that were there to tell of it."""

    place: Place
    batches: tuple[Batch, ...]
    model: Model
    design: VaultDesign

    @property
    def stars(self) -> Stars:
        return Stars(self.model, schema="", prefix="then_")

    def figures(self, plan: MetricPlan, grain: Grain, county: str, catalogue: Catalogue) -> LookingBack:
        """The figures of a metric, guarded."""
        query = guarded_question(plan, grain, county, catalogue, self.stars)
        return looking_back(query, self.stars, self.design, self.place)

    def coverage(self, metrics: Iterable[str], catalogue: Catalogue, read: Read) -> dict[str, Coverage]:
        """The months metrics were whole for."""

        def looked_at(part: Fact) -> Span:
            statement = looking_back(span(part, catalogue, self.stars), self.stars, self.design, self.place)
            [(first, last, without_end)] = read(statement.sql, marts_of(statement))
            return first, last, without_end

        return coverage_of_metrics(metrics, catalogue, self.model, self.batches, looked_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstDays:
    """The first days a question can be asked `as_of`, and `known`: before them nothing is told."""

    as_of: date
    known: date


def first_days(batches: Iterable[Batch]) -> FirstDays | None:
    """By what some batches describe and when they landed; None without any."""
    told = tuple(batches)
    if not told:
        return None
    return FirstDays(
        as_of=min(batch.extracted.date() for batch in told),
        known=min(batch.landed.date() for batch in told),
    )


def as_published(
    coverage: Mapping[str, Coverage], published: Mapping[str, Coverage], held: Container[str]
) -> dict[str, Coverage]:
    """The months of metrics, those of held-back ones no further than their published figures.

    What such a metric counts is of its last publication, its past too: of later deliveries it knows nothing.
    """
    found = {
        name: overlap((months, published[name])) if name in held and name in published else months
        for name, months in coverage.items()
        if name not in held or name in published
    }
    return {name: months for name, months in found.items() if months}


def marts_of(statement: LookingBack) -> frozenset[str]:
    return frozenset(f"history/{table}" for table in statement.tables)


def asked_of(question: Question, applied: Iterable[Batch], model: Model, design: VaultDesign) -> Then:
    """Where in time a question is asked, by the batches a snapshot holds.

    A day is meant to its end: what was extracted, or had landed, on that day counts.
    """
    moment = end_of(question.as_of) if question.as_of else None
    landed = [b for b in applied if question.known is None or b.landed.date() <= question.known]
    last = max((batch.number for batch in landed), default=0)
    return Then(
        place=Place(moment=moment, batch=last if question.known else None),
        batches=tuple(b for b in landed if moment is None or b.extracted <= moment),
        model=model,
        design=design,
    )
