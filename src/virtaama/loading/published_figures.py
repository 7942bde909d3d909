"""The figures of a snapshot: every metric broken down in every way that is prepared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from virtaama.engines.port import Engine
from virtaama.lake.coverage import FeedCoverage, Span, coverage_of_fact, coverage_of_metric
from virtaama.loading import inputs, meta
from virtaama.loading.figures import write_figures
from virtaama.loading.inputs import Inputs
from virtaama.loading.marts_made import MartsMade
from virtaama.metrics.definitions import Catalogue, Fact, Metric
from virtaama.metrics.plan import Coverage, MetricPlan, prepared_breakdowns
from virtaama.metrics.render.observations import calendar, span
from virtaama.metrics.render.trees import Stars
from virtaama.model.model import Model


@dataclass
class PublishedFigures:
    """What figures are made with, and the months each fact is whole for."""

    engine: Engine
    marts: MartsMade
    model: Model
    catalogue: Catalogue
    stars: Stars
    feeds: dict[str, FeedCoverage]
    county_code: str
    begin: Callable[[str], None]
    months: dict[str, Coverage | None] = field(default_factory=dict)  # of each fact

    def make(self, held: frozenset[str], reads: dict[str, frozenset[str]]) -> None:
        """The figures of every metric that has months; those that read what is `held` stay as they are."""
        plans = [plan for metric in self.catalogue.metrics if (plan := self._plan(metric))]
        if not plans:
            return
        months = calendar(Coverage(min(p.coverage.first for p in plans), max(p.coverage.last for p in plans)))
        stale: list[MetricPlan] = []
        made_from: dict[str, Inputs] = {}
        for plan in plans:
            name = f"figures/{plan.metric.name}"
            read = reads[plan.metric.name]
            of_stars = {concept: self.marts.made[f"star/{concept}"].inputs for concept in read}
            made_from[name] = inputs.figures(plan, self.catalogue, of_stars, months, self.county_code)
            if read & held or self.marts.is_unchanged(name, made_from[name]):
                self.begin(plan.metric.name)
                if self.marts.take_over(name) or read & held:
                    continue
            stale.append(plan)
        written = write_figures(
            self.engine,
            tuple(stale),
            months=months,
            catalogue=self.catalogue,
            stars=self.stars,
            county_code=self.county_code,
            path=lambda plan: self.marts.snapshot.path(f"figures/{plan.metric.name}"),
            begin=self.begin,
        )
        for plan in stale:
            name = f"figures/{plan.metric.name}"
            covered = (plan.coverage.first, plan.coverage.last)
            self.marts.keep(name, written[plan.metric.name], made_from[name], covered)

    def _plan(self, metric: Metric) -> MetricPlan | None:
        """What can be computed of a metric: the months its facts have in common."""
        coverage = coverage_of_metric(metric, self.catalogue, self._months_of)
        if coverage is None:
            return None
        breakdowns = prepared_breakdowns(metric, self.catalogue)
        return MetricPlan(metric=metric, breakdowns=breakdowns, coverage=coverage)

    def _months_of(self, part: Fact) -> Coverage | None:
        def looked_at(part: Fact) -> Span:
            [(first, last, without_end)] = meta.rows(self.engine, span(part, self.catalogue, self.stars))
            return first, last, without_end

        if part.name not in self.months:
            self.months[part.name] = coverage_of_fact(part, self.model, self.feeds, looked_at)
        return self.months[part.name]
