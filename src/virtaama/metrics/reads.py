"""Which concepts the figures of a metric are made from."""

from __future__ import annotations

from datetime import date

from virtaama.metrics.definitions import Catalogue, Metric
from virtaama.metrics.plan import measures_of, sampling_of
from virtaama.metrics.render.observations import names_needed, observations
from virtaama.metrics.render.trees import Stars

_ANY_MONTH = (date(2000, 1, 1),)


def concepts_read(metric: Metric, catalogue: Catalogue, stars: Stars) -> frozenset[str]:
    """The concepts whose stars the figures of a metric are made from, reached through relationships too."""
    read: set[str] = set()
    for measure in measures_of(metric):
        fact = catalogue.fact(measure.fact)
        needed = names_needed((measure,), fact, catalogue)
        query = observations(fact, sampling_of(measure), needed, _ANY_MONTH, catalogue, stars)
        read |= stars.concepts_in(query)
    return frozenset(read)
