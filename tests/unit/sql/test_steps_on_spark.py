"""Every statement of a load passes the fence: a construct that is new to the platform is noticed here first."""

from __future__ import annotations

from datetime import datetime

from sqlglot import exp

from tests.small_warehouse import diagnoses, residents
from virtaama.model.feeds import Delivery
from virtaama.sql.spelling import EngineName, spelled
from virtaama.vault.design import design
from virtaama.vault.plan import plan_load
from virtaama.vault.render import render
from virtaama.vault.steps import Arrival, Step

QUERIES = (exp.Create, exp.Insert)


def test_what_a_load_says_can_be_said_on_spark() -> None:
    steps: dict[type, Step] = {}
    for model in (*map(residents, Delivery), diagnoses(where="STATE IS NULL", deleted="STATE = 'P'")):
        (feed,) = model.feeds
        arrivals = [
            Arrival(
                number=number,
                feed=feed.id,
                extracted=datetime(2025, month, 1),
                file=f"{number}.csv",
                rows=3,
            )
            for number, month in ((1, 1), (2, 3), (3, 2), (4, 4))
        ]
        # In order from nothing, and late after two that are loaded.
        for applied in (frozenset[int](), frozenset({1, 2})):
            for batch_load in plan_load(model, design(model), arrivals, applied):
                for reading in batch_load.readings:
                    for step in reading.steps:
                        spelled(said(render(step)), EngineName.SPARK)
                        steps[type(step)] = step
    assert len(steps) >= 17


def said(statement: exp.Expr) -> exp.Expr:
    """What of a statement reaches Spark: its query or its condition, with values, lists and files in place."""
    found = statement.copy()
    if isinstance(found, QUERIES) and found.expression is not None:
        found = found.expression.copy()
    elif isinstance(found, exp.Delete):
        found = found.args["where"].this.copy()
    for read in list(found.find_all(exp.ReadParquet)):
        read.replace(exp.to_identifier("files"))
    for given in list(found.find_all(exp.Explode, exp.Unnest, exp.Placeholder)):
        given.replace(exp.null())
    return found
