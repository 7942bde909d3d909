"""From a number back to where it came from."""

from __future__ import annotations

from virtaama.access.answers import FeedLineage, Lineage
from virtaama.access.snapshots import OpenSnapshot
from virtaama.lake.batches import Batch
from virtaama.metrics.definitions import Catalogue, Metric
from virtaama.metrics.explain import formula_in_sql, formula_in_words
from virtaama.metrics.plan import Breakdown, Coverage, MetricPlan, concepts_of
from virtaama.metrics.question import Grain, Level
from virtaama.metrics.render.trees import Stars
from virtaama.model.model import Model


def lineage_of(
    metric: Metric,
    *,
    snapshot: OpenSnapshot,
    batches: tuple[Batch, ...],
    catalogue: Catalogue,
    model: Model,
    county: str,
) -> Lineage:
    """The concepts a metric counts, the feeds that describe them and the batches the snapshot holds."""
    concepts = concepts_of(metric, catalogue)
    feeds = tuple(dict.fromkeys(m.feed for m in model.mappings if m.concept in concepts))
    loaded = [batch for batch in batches if batch.number in snapshot.applied]
    lines = tuple(line for feed in feeds if (line := _feed_line(feed, loaded, snapshot)))
    published = snapshot.info
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
        *formula_in_words(metric, catalogue),
        f"Published in snapshot {published.number}.",
    )
    return Lineage(
        metric=metric.name,
        concepts=concepts,
        feeds=lines,
        sql=formula_in_sql(plan, Grain.MONTH, county, catalogue, Stars(model)),
        steps=steps,
        snapshot=published,
    )


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
