"""One instance of a concept, by its key: the columns that are asked for, through relationships where they lead."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from virtaama.metrics.render.joins import Joins
from virtaama.metrics.render.trees import Stars, as_type, column
from virtaama.model.paths import Name
from virtaama.sql.build import bound


def instance_query(concept: str, paths: Sequence[Name], stars: Stars) -> exp.Select:
    """A row with c0, c1, … for the instance whose key is `$instance`; none where there is no such instance."""
    joins = Joins(concept, stars)
    values = [joins.column(path) for path in paths]
    rows = exp.select(*(value.as_(f"c{n}", quoted=True) for n, value in enumerate(values)))
    key = column(f"{concept}_key", concept)
    return joins.add_to(rows).where(exp.EQ(this=key, expression=as_type(bound("instance"), "UUID")))
