"""What must be computed for which metric: values that one reader renders, another explains, a test compares."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from virtaama.metrics.definitions import Catalogue, Fact, Measure, Metric, Window
from virtaama.metrics.functions import asks_the_law, decided_by
from virtaama.metrics.periods import last_day, needs_whole_year, period_of, periods
from virtaama.metrics.question import Grain, Level
from virtaama.model.digest import digest

STOCK_WINDOWS = frozenset({Window.PERIOD_END, Window.MONTH_ENDS})


class Sampling(StrEnum):
    """How the rows of a fact are laid on months."""

    FLOW = "flow"  # the month a row happened, or every month it touched
    STOCK = "stock"  # every month whose last day it held


@dataclass(frozen=True, slots=True)
class Breakdown:
    """One way of splitting figures: by the areas of a level and the members of at most one dimension."""

    level: Level
    dimension: str = ""


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A function and its argument (empty for counts)."""

    function: str
    argument: str = ""

    @property
    def additive(self) -> bool:
        """Whether nothing seen means zero rather than unknown."""
        return self.function in ("count", "persons", "sum")


@dataclass(frozen=True, slots=True)
class Coverage:
    """The first and the last month a fact or metric is whole; both as first days."""

    first: date
    last: date

    def holds(self, period: date, grain: Grain) -> bool:
        return self.first <= period and last_day(period, grain) <= last_day(self.last, Grain.MONTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricPlan:
    """A metric with the breakdowns it is computed for and the periods it is whole for."""

    metric: Metric
    breakdowns: tuple[Breakdown, ...]
    coverage: Coverage

    def periods(self, grain: Grain) -> tuple[date, ...]:
        windows = [m.window for m in measures_of(self.metric)]
        first = self.coverage.first
        if any(needs_whole_year(window) for window in windows) and first.month > 1:
            first = date(first.year + 1, 1, 1)
        return tuple(
            period
            for period in periods(first, self.coverage.last, grain)
            if Coverage(first, self.coverage.last).holds(period, grain)
        )


AGGREGATE = re.compile(r"^\s*(count|persons|(?:sum|mean|median|p90)\s*\((?P<argument>.+)\))\s*$", re.DOTALL)


def read_aggregate(text: str) -> Aggregate:
    """Raises ValueError for anything but the aggregates a measure may have."""
    found = AGGREGATE.match(text)
    if found is None:
        raise ValueError(
            f"'{text}' is not an aggregate; write count, persons, sum(x), mean(x), median(x) or p90(x)"
        )
    argument = found.group("argument") or ""
    return Aggregate(found.group(1).split("(")[0].strip(), argument.strip())


def sampling_of(measure: Measure) -> Sampling:
    return Sampling.STOCK if measure.window in STOCK_WINDOWS else Sampling.FLOW


def measures_of(metric: Metric) -> tuple[Measure, ...]:
    return (metric.numerator,) if metric.denominator is None else (metric.numerator, metric.denominator)


def parts_of(fact: Fact, catalogue: Catalogue) -> tuple[Fact, ...]:
    """The facts over single concepts a fact is made of: itself, or the members of its union."""
    return tuple(catalogue.fact(name) for name in fact.union) if fact.union else (fact,)


def dimensions_of(fact: Fact, catalogue: Catalogue) -> tuple[str, ...]:
    """What the rows of a fact can be broken down by: of a union, what all its members can."""
    return _shared([part.by for part in parts_of(fact, catalogue)])


def columns_of(fact: Fact, catalogue: Catalogue) -> tuple[str, ...]:
    """The columns aggregates of a fact may use: of a union, those all its members have."""
    return _shared([part.columns for part in parts_of(fact, catalogue)])


def _shared(named: Sequence[tuple[tuple[str, str], ...]]) -> tuple[str, ...]:
    first, *others = ([name for name, _ in pairs] for pairs in named)
    return tuple(name for name in first if all(name in other for other in others))


def counts_persons(fact: Fact, catalogue: Catalogue) -> bool:
    return all(part.person for part in parts_of(fact, catalogue))


def is_defined(metric: Metric, level: Level, dimension: str, catalogue: Catalogue) -> bool:
    """Whether the metric makes sense at a level and, unless empty, in a dimension."""
    if level.value not in metric.levels:
        return False
    facts = tuple(catalogue.fact(measure.fact) for measure in measures_of(metric))
    if level is not Level.COUNTY and not all(level.value in dimensions_of(f, catalogue) for f in facts):
        return False
    return not dimension or (
        dimension in metric.by
        and dimension in dimensions_of(facts[0], catalogue)
        and dimension != level.value
    )


def prepared_breakdowns(metric: Metric, catalogue: Catalogue) -> tuple[Breakdown, ...]:
    """The breakdowns computed when a snapshot is published; other defined ones are computed when asked."""
    wanted = (
        *(Breakdown(level) for level in Level),
        *(
            Breakdown(level, dimension)
            for dimension in metric.by
            for level in (Level.COUNTY, Level.MUNICIPALITY)
        ),
    )
    return tuple(b for b in wanted if is_defined(metric, b.level, b.dimension, catalogue))


def concepts_of(metric: Metric, catalogue: Catalogue) -> tuple[str, ...]:
    """The concepts whose instances a metric counts, in the order met."""
    facts = (catalogue.fact(measure.fact) for measure in measures_of(metric))
    return tuple(dict.fromkeys(part.of for fact in facts for part in parts_of(fact, catalogue)))


def definition_of(metric: Metric, catalogue: Catalogue) -> str:
    """A digest of what a metric computes: measures, the facts they count and the law they ask, no words."""
    measures = measures_of(metric)
    facts = [catalogue.fact(measure.fact) for measure in measures]
    parts = [parts_of(fact, catalogue) for fact in facts]
    law = decided_by(catalogue.limits) if asks_the_law(repr((measures, parts))) else ()
    return digest(measures, metric.scale, metric.levels, metric.by, facts, parts, *law)


def overlap(coverages: tuple[Coverage, ...]) -> Coverage | None:
    """The months all of them hold; None when there is none."""
    if not coverages:
        return None
    first = max(c.first for c in coverages)
    last = min(c.last for c in coverages)
    return Coverage(period_of(first, Grain.MONTH), period_of(last, Grain.MONTH)) if first <= last else None
