"""The figures of a snapshot: each fact laid on months once, each measure computed once for all its metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from sqlglot import exp

from virtaama.engines.port import Engine
from virtaama.metrics.definitions import Catalogue, Measure, Window
from virtaama.metrics.guard import bonds, coarser, guarded, guards, parts, sizes
from virtaama.metrics.left_over import left_over, with_rests_of_unions
from virtaama.metrics.plan import Breakdown, MetricPlan, measures_of, sampling_of
from virtaama.metrics.question import Grain
from virtaama.metrics.render.cells import (
    breakdowns_known,
    cells,
    is_mean_of_months,
    mean_of_months,
    window_values,
)
from virtaama.metrics.render.figures import figures
from virtaama.metrics.render.observations import names_needed, observations
from virtaama.metrics.render.trees import Stars
from virtaama.sql.build import column, drop_table, select, table, temporary_table, union_all

GRAINS = tuple(Grain)
# A page asks for one grain, level and dimension, and mostly for one area: they lie together, in groups so
# small that their statistics leave out most of a file.
ORDER = ("grain", "level", "dimension", "area", "period", "member")
GROUP = 8192

_ANY_MONTH = (date(2000, 1, 1),)

Windows = dict[tuple[Window, Grain], exp.Expr]


def write_figures(
    engine: Engine,
    plans: tuple[MetricPlan, ...],
    *,
    months: tuple[date, ...],
    catalogue: Catalogue,
    stars: Stars,
    county_code: str,
    path: Callable[[MetricPlan], Path],
    begin: Callable[[str], None],
) -> dict[str, int]:
    """Write the figures of each metric to a path of its own; return their numbers by metric.

    `months` are those facts are laid on. The stars are tables the engine knows. `begin` is told the name
    of each metric.
    """
    if not plans:
        return {}
    catalogue = with_rests_of_unions(catalogue)
    shown: dict[Measure, dict[Breakdown, None]] = {}
    for plan in plans:
        for measure in measures_of(plan.metric):
            known = breakdowns_known(measure, coarser(plan.breakdowns), catalogue)
            shown.setdefault(measure, {}).update(dict.fromkeys(known))
    wanted = {measure: dict(split) for measure, split in shown.items()}
    rests: dict[Measure, list[Measure]] = {}
    for measure, split in shown.items():
        for rest in left_over(measure, catalogue):
            if there := [each for each in split if each in rest.breakdowns]:
                wanted.setdefault(rest.measure, {}).update(dict.fromkeys(there))
                rests.setdefault(measure, []).append(rest.measure)
    written: dict[str, int] = {}
    with _scratch(engine) as create:
        tables = _cells(engine, create, wanted, months, catalogue, stars, county_code)
        counted = [
            sizes(tables[measure], measure, [tables[rest] for rest in rests.get(measure, ())])
            for measure in shown
        ]
        create("sizes", union_all(counted))
        create("parts", parts("sizes", county_code))
        create("bonds", bonds("sizes", "parts"))
        create("guards", guards("bonds"))
        found = {measure: f"guarded_{tables[measure]}" for measure in shown}
        for measure, name in found.items():
            create(name, guarded(tables[measure], "guards"))
        for plan in plans:
            begin(plan.metric.name)
            above, *below = (found[measure] for measure in measures_of(plan.metric))
            query = figures(plan, GRAINS, above, below[0] if below else "", catalogue, guarded=True)
            create("figures", query)
            ordered = select(exp.Star()).from_(table("figures")).order_by(*(column(n) for n in ORDER))
            written[plan.metric.name] = engine.write(ordered, path(plan), group=GROUP)
    return written


Create = Callable[[str, exp.Query], exp.Table]


@contextmanager
def _scratch(engine: Engine) -> Iterator[Create]:
    """Temporary tables, dropped at the end."""
    made: dict[str, None] = {}

    def create(name: str, query: exp.Query) -> exp.Table:
        engine.run(temporary_table(name, query))
        made[name] = None
        return table(name)

    try:
        yield create
    finally:
        for name in made:
            engine.run(drop_table(name))


def _cells(
    engine: Engine,
    create: Create,
    wanted: dict[Measure, dict[Breakdown, None]],
    months: tuple[date, ...],
    catalogue: Catalogue,
    stars: Stars,
    county_code: str,
) -> dict[Measure, str]:
    """The name of the table of cells of each measure."""
    windows = {
        (window, grain): _window(create, window, grain, months)
        for window in dict.fromkeys(measure.window for measure in wanted)
        for grain in GRAINS
    }
    by_observations: dict[tuple[str, str], list[Measure]] = {}
    for measure in wanted:
        by_observations.setdefault((measure.fact, sampling_of(measure)), []).append(measure)
    tables: dict[Measure, str] = {}
    for (fact_name, _), measures in by_observations.items():
        fact = catalogue.fact(fact_name)
        needed = names_needed(measures, fact, catalogue)
        with _scratch(engine) as create_here:
            laid_out = observations(fact, sampling_of(measures[0]), needed, months, catalogue, stars)
            create_here("observed", laid_out)
            for measure in measures:
                tables[measure] = f"cells_{len(tables)}"
                parts = _by_grain(
                    create_here, measure, tuple(wanted[measure]), windows, county_code, catalogue
                )
                create(tables[measure], union_all([select(exp.Star()).from_(part) for part in parts]))
    return tables


def _by_grain(
    create: Create,
    measure: Measure,
    breakdowns: tuple[Breakdown, ...],
    windows: Windows,
    county_code: str,
    catalogue: Catalogue,
) -> list[exp.Table]:
    """The cells of a measure, a table for each grain: one after the other, so that memory is that of one."""
    kept: list[exp.Table] = []
    for grain in GRAINS:
        window = windows[measure.window, grain]
        if grain is not Grain.MONTH and is_mean_of_months(measure):
            query = mean_of_months(grain, kept[0].copy(), window)
        else:
            query = cells(measure, grain, breakdowns, window, "observed", county_code, catalogue)
        kept.append(create(f"cells_{grain}", query))
    return kept


def _window(create: Create, window: Window, grain: Grain, months: tuple[date, ...]) -> exp.Expr:
    """The months each period sees, kept as a table because many statements look at it."""
    values = exp.select(exp.Star()).from_(window_values(window, grain, months))
    return exp.alias_(create(f"window_{window}_{grain}", values), "w", table=True)
