"""From a number back to where it came from."""

from __future__ import annotations

from dataclasses import replace

from virtaama.access.answers import FeedLineage, Lineage, Snapshot
from virtaama.access.snapshots import OpenSnapshot
from virtaama.lake.batches import Batch
from virtaama.metrics.definitions import Catalogue, Metric
from virtaama.metrics.explain import formula_in_sql, formula_in_words
from virtaama.metrics.plan import Breakdown, Coverage, MetricPlan, concepts_of
from virtaama.metrics.question import Grain, Level
from virtaama.metrics.render.trees import Stars
from virtaama.model.lineage import ComputedConcept, computed_behind, described_by
from virtaama.model.model import Model


def lineage_of(
    metric: Metric,
    *,
    snapshot: OpenSnapshot,
    published: Snapshot,
    batches: tuple[Batch, ...],
    catalogue: Catalogue,
    model: Model,
    county: str,
) -> Lineage:
    """The concepts a metric counts, the feeds behind them through all rules, the batches the snapshot holds."""
    concepts = concepts_of(metric, catalogue)
    feeds = described_by(model, concepts)
    computed = computed_behind(model, concepts)
    loaded = [batch for batch in batches if batch.number in snapshot.applied]
    lines = tuple(line for feed in feeds if (line := _feed_line(feed, loaded, snapshot)))
    # One month shows the formula; all of them would only repeat it.
    covered = snapshot.coverage.get(metric.name)
    month = covered.last if covered else published.published.date().replace(day=1)
    plan = MetricPlan(metric=metric, breakdowns=(Breakdown(Level.COUNTY),), coverage=Coverage(month, month))
    steps = (
        *(
            f"{line.feed}: {line.batches} deliveries, {line.rows} rows, {line.rejected} set aside."
            for line in lines
        ),
        f"Concepts: {', '.join(concepts)} (model version {published.model_version}).",
        *(_rule_in_words(each) for each in computed),
        *formula_in_words(metric, catalogue),
        f"Published in snapshot {published.number}.",
    )
    return Lineage(
        metric=metric.name,
        concepts=concepts,
        feeds=lines,
        sql=formula_in_sql(plan, Grain.MONTH, county, catalogue, Stars(model)),
        steps=steps,
        snapshot=replace(published, redefined=tuple(n for n in published.redefined if n == metric.name)),
        computed=computed,
    )


def _rule_in_words(computed: ComputedConcept) -> str:
    rules = ", ".join(f"version {version} from {begins}" for version, begins in computed.rules)
    columns = "; ".join(
        f"{column.column} from {', '.join(map(str, column.computed_from))}" for column in computed.columns
    )
    return f"'{computed.name}' is computed by a rule{f' ({rules})' if rules else ''}: {columns}."


def _feed_line(feed: str, loaded: list[Batch], snapshot: OpenSnapshot) -> FeedLineage | None:
    own = [batch for batch in loaded if batch.feed == feed]
    if not own:
        return None
    newest = max(own, key=lambda batch: (batch.extracted, batch.number))
    return FeedLineage(
        feed=feed,
        batches=len(own),
        rows=sum(batch.rows for batch in own),
        rejected=sum(batch.rejected for batch in own),
        newest_file=newest.file,
        newest_extracted=newest.extracted,
        loaded=snapshot.applied[newest.number],
    )
