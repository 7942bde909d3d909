"""What of a metric is decided on when it is approved: its formula, as a digest."""

from __future__ import annotations

import re
from collections.abc import Iterator

from virtaama.metrics.definitions import Catalogue, Fact, Measure, Metric
from virtaama.metrics.plan import measures_of, parts_of
from virtaama.metrics.question import Level
from virtaama.model.digest import digest

_WORD = re.compile(r"[A-Za-z_]\w*")


def formula_of(metric: Metric, catalogue: Catalogue) -> str:
    """A digest, of 12 hex digits, of what a metric counts.

    It changes with the measures, the scale, and what of their facts they name: which rows there are, when each
    happened, whom it is about, the columns used, and what places a row in the areas of the metric's levels. Words,
    targets and breakdowns may change, and so may other columns of the fact; neither do spaces count.
    """
    counted = [_counted(measure, metric, catalogue) for measure in measures_of(metric)]
    return digest(counted, metric.scale)[:12]


def _counted(measure: Measure, metric: Metric, catalogue: Catalogue) -> list[object]:
    parts = parts_of(catalogue.fact(measure.fact), catalogue)
    written = (measure.aggregate, measure.where, measure.per_person_having)
    return [
        *map(_spaced, written),
        measure.window.value,
        *(list(_rows(part, written, metric.levels)) for part in parts),
    ]


def _rows(part: Fact, written: tuple[str, ...], levels: tuple[str, ...]) -> Iterator[str]:
    yield from map(_spaced, (part.of, part.where, part.time, *(part.during or ()), part.person))
    named = {word for sql in written for word in _WORD.findall(sql)}
    places = {level for level in levels if level != Level.COUNTY}
    for name, sql in (*part.columns, *part.by):
        if name in named or name in places:
            yield f"{name}: {_spaced(sql)}"


def _spaced(sql: str) -> str:
    return " ".join(sql.split())
