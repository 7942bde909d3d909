"""The months for which the metrics of a question are whole: by what is published, as it was then, or as computed."""

from __future__ import annotations

from collections.abc import Iterable

from virtaama.access.snapshots import OpenSnapshot
from virtaama.access.then import Then, as_published
from virtaama.lake.batches import Batch
from virtaama.lake.coverage import Span, coverage_of_metrics
from virtaama.metrics.definitions import Catalogue, Fact
from virtaama.metrics.plan import Coverage
from virtaama.metrics.render.observations import span
from virtaama.metrics.render.trees import Stars
from virtaama.model.model import Model
from virtaama.sql.spelling import spelled


def whole_then(
    metrics: Iterable[str], then: Then, snapshot: OpenSnapshot, catalogue: Catalogue
) -> dict[str, Coverage]:
    """The months at another place in time."""
    found = then.coverage(metrics, catalogue, lambda sql, marts: snapshot.read(sql, marts=marts))
    return as_published(found, snapshot.coverage, snapshot.held)


def whole_by_stars(
    metrics: Iterable[str],
    snapshot: OpenSnapshot,
    batches: Iterable[Batch],
    catalogue: Catalogue,
    model: Model,
) -> dict[str, Coverage]:
    """The months of metrics nothing was prepared for, by the stars and the batches of a snapshot."""
    stars = Stars(model)

    def looked_at(part: Fact) -> Span:
        query = span(part, catalogue, stars)
        marts = {f"star/{concept}" for concept in stars.concepts_in(query)}
        [(first, last, without_end)] = snapshot.read(spelled(query), marts=marts)
        return first, last, without_end

    return coverage_of_metrics(metrics, catalogue, model, batches, looked_at)
