"""Which levels of a tree a metric may be broken down by."""

from __future__ import annotations

from collections.abc import Iterator

from virtaama.metrics.definitions import Catalogue, Metric
from virtaama.metrics.expressions import read_expression
from virtaama.metrics.plan import parts_of
from virtaama.model.model import Model
from virtaama.model.paths import Name, follow, names_in, rise


def several_levels(metric: Metric, catalogue: Catalogue, model: Model) -> Iterator[str]:
    """The dimensions of a metric about persons that stand at another level of a tree than one before them.

    The figure of a branch less those of all but one below it is the figure of that one, however few it is about:
    small groups are guarded within a breakdown, and not between two.
    """
    if not metric.minimum_group:
        return
    for part in parts_of(catalogue.fact(metric.numerator.fact), catalogue):
        levels: dict[Name, int] = {}
        for dimension, sql in part.by:
            if dimension not in metric.by:
                continue
            for tree, level in _levels_in(sql, part.of, model):
                if levels.setdefault(tree, level) != level:
                    yield dimension


def _levels_in(sql: str, concept: str, model: Model) -> Iterator[tuple[Name, int]]:
    """Each tree an expression rises in, by the path to it, and how far."""
    for name in names_in(read_expression(sql)):
        here = model.concept(concept)
        try:
            steps = follow(model, here, name, rising=True).steps
        except ValueError:  # a name of the platform, such as `at`
            continue
        for place, (step, reached) in enumerate(steps):
            up = rise(here, step)
            if up and up.level:
                path = tuple(relationship for relationship, _ in steps[:place])
                yield (*path, up.relationship), up.level
            here = model.concept(reached)
