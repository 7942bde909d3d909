"""One query that answers a question from the star tables."""

from __future__ import annotations

from sqlglot import exp

from virtaama.metrics.definitions import Catalogue, Fact, Measure
from virtaama.metrics.expressions import read_expression
from virtaama.metrics.periods import window_months
from virtaama.metrics.plan import (
    STOCK_WINDOWS,
    Breakdown,
    MetricPlan,
    Sampling,
    dimensions_of,
    read_aggregate,
)
from virtaama.metrics.question import Grain
from virtaama.metrics.render.cells import cells_of
from virtaama.metrics.render.figures import figures
from virtaama.metrics.render.observations import names_needed, observations
from virtaama.metrics.render.trees import Stars
from virtaama.model.paths import Name, names_in


def question_query(
    plan: MetricPlan,
    grain: Grain,
    county: str,
    catalogue: Catalogue,
    stars: Stars,
) -> exp.Select:
    """One statement from the star tables to the figures of a metric: what nobody prepared, or asks to see."""
    measures = {"above": plan.metric.numerator}
    if plan.metric.denominator:
        measures["below"] = plan.metric.denominator
    query: exp.Select = figures(plan, (grain,), "above", "below", catalogue)
    months = tuple(
        sorted(
            {
                month
                for period in plan.periods(grain)
                for measure in measures.values()
                for month in window_months(measure.window, grain, period)
            }
        )
    ) or (plan.coverage.first,)
    ctes: list[tuple[str, exp.Query]] = []
    for name, measure in measures.items():
        fact = catalogue.fact(measure.fact)
        sampling = Sampling.STOCK if measure.window in STOCK_WINDOWS else Sampling.FLOW
        needed = _only_asked(measure, fact, plan.breakdowns, catalogue)
        observed = observations(fact, sampling, needed, months, catalogue, stars)
        ctes.append((f"{name}_observed", observed))
        ctes.append(
            (
                name,
                cells_of(
                    measure,
                    (grain,),
                    plan.breakdowns,
                    months,
                    f"{name}_observed",
                    county,
                    catalogue,
                ),
            )
        )
    for name, cte in ctes:
        query = query.with_(name, as_=cte)
    return query


def _only_asked(
    measure: Measure,
    fact: Fact,
    breakdowns: tuple[Breakdown, ...],
    catalogue: Catalogue,
) -> tuple[Name, ...]:
    wanted = {b.level.value for b in breakdowns} | {b.dimension for b in breakdowns}
    named = {
        name
        for sql in (
            measure.where,
            read_aggregate(measure.aggregate).argument,
            measure.per_person_having,
        )
        if sql
        for name in names_in(read_expression(sql))
    }
    dimensions = {(name,) for name in dimensions_of(fact, catalogue)}
    return tuple(
        name
        for name in names_needed((measure,), fact, catalogue)
        if name not in dimensions or name[0] in wanted or name in named
    )
