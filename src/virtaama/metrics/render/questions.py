"""One query that answers a question from the star tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlglot import exp

from virtaama.metrics.definitions import Catalogue, Fact, Measure
from virtaama.metrics.expressions import read_expression
from virtaama.metrics.guard import bonds, coarser, guarded, guards, parts, sizes
from virtaama.metrics.left_over import left_over, with_rests_of_unions
from virtaama.metrics.periods import window_months
from virtaama.metrics.plan import (
    STOCK_WINDOWS,
    Breakdown,
    MetricPlan,
    Sampling,
    dimensions_of,
    measures_of,
    read_aggregate,
    sampling_of,
)
from virtaama.metrics.question import Grain
from virtaama.metrics.render.cells import breakdowns_known, cells_of
from virtaama.metrics.render.figures import figures
from virtaama.metrics.render.observations import calendar, names_needed, observations
from virtaama.metrics.render.trees import Stars
from virtaama.model.paths import Name, names_in
from virtaama.sql.build import union_all


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


def guarded_question(
    plan: MetricPlan,
    grain: Grain,
    county: str,
    catalogue: Catalogue,
    stars: Stars,
) -> exp.Select:
    """The same with what guards each figure, and so with all counts that bear on it: coarser ones, and left over."""
    catalogue = with_rests_of_unions(catalogue)
    breakdowns = coarser(plan.breakdowns)
    months = calendar(plan.coverage)
    query: exp.Select = figures(plan, (grain,), "above", "below", catalogue, guarded=True)
    measures = dict(zip(("above", "below"), measures_of(plan.metric), strict=False))
    rests = {name: left_over(measure, catalogue) for name, measure in measures.items()}
    every = [*measures.values(), *(rest.measure for each in rests.values() for rest in each)]
    observed = _observed(every, breakdowns, months, catalogue, stars)
    ctes: dict[str, exp.Query] = dict(observed.values())

    def counted(name: str, measure: Measure, wanted: Iterable[Breakdown]) -> str:
        rows, _ = observed[measure.fact, sampling_of(measure)]
        ctes[name] = cells_of(measure, tuple(Grain), tuple(wanted), months, rows, county, catalogue)
        return name

    every_size: list[exp.Query] = []
    for name, measure in measures.items():
        cells = counted(f"{name}_counted", measure, breakdowns)
        known = breakdowns_known(measure, breakdowns, catalogue)
        left = [
            counted(f"{name}_left_{n}", rest.measure, there)
            for n, rest in enumerate(rests[name])
            if (there := [each for each in known if each in rest.breakdowns])
        ]
        every_size.append(sizes(cells, measure, left))
    ctes["sizes"] = union_all(every_size)
    ctes["parts"] = parts("sizes", county)
    ctes["bonds"] = bonds("sizes", "parts")
    ctes["guards"] = guards("bonds")
    for name in measures:
        ctes[name] = guarded(f"{name}_counted", "guards")
    for name, cte in ctes.items():
        query = query.with_(name, as_=cte)
    return query


def _observed(
    measures: Iterable[Measure],
    breakdowns: tuple[Breakdown, ...],
    months: tuple[date, ...],
    catalogue: Catalogue,
    stars: Stars,
) -> dict[tuple[str, Sampling], tuple[str, exp.Query]]:
    """The rows of each fact laid on months, once for all measures of it, by name."""
    together: dict[tuple[str, Sampling], list[Measure]] = {}
    for measure in measures:
        together.setdefault((measure.fact, sampling_of(measure)), []).append(measure)
    found: dict[tuple[str, Sampling], tuple[str, exp.Query]] = {}
    for (name, sampling), alike in together.items():
        fact = catalogue.fact(name)
        needed = dict.fromkeys(n for each in alike for n in _only_asked(each, fact, breakdowns, catalogue))
        rows = observations(fact, sampling, tuple(needed), months, catalogue, stars)
        found[name, sampling] = (f"observed_{len(found)}", rows)
    return found


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
