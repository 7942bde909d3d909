"""From the loader's own warehouse to a published snapshot: a file of its own that never changes again.

Readers never meet the warehouse. The loader's connection writes the snapshot through ATTACH, so the live
file is not opened, copied or hashed a second time (that would let go of its lock). The snapshot appears
whole or not at all: it is renamed when it is on disk, and CURRENT names it only after that.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlglot import exp

from virtaama.engines.port import Engine
from virtaama.lake.batches import Batch
from virtaama.lake.published import CURRENT, snapshot_name, snapshot_number
from virtaama.loading.coverage import FeedCoverage, delivered_months, feed_coverages, last_whole_month
from virtaama.metrics.definitions import Catalogue, Fact, Measure, Window
from virtaama.metrics.guard import guarded
from virtaama.metrics.periods import period_of
from virtaama.metrics.plan import (
    Breakdown,
    Coverage,
    MetricPlan,
    measures_of,
    overlap,
    parts_of,
    prepared_breakdowns,
    sampling_of,
)
from virtaama.metrics.question import Grain, Level
from virtaama.metrics.render.cells import (
    breakdowns_known,
    cells,
    is_mean_of_months,
    mean_of_months,
    window_values,
)
from virtaama.metrics.render.figures import FIGURE_COLUMNS, figures
from virtaama.metrics.render.observations import calendar, names_needed, observations, span
from virtaama.metrics.render.trees import Stars, column, day, text
from virtaama.model.feeds import Delivery
from virtaama.model.model import Model
from virtaama.sql.build import parsed
from virtaama.sql.spelling import spelled

KEPT = 3
GRAINS = tuple(Grain)
SNAPSHOT = "snapshot"
EARLIEST = date(1900, 1, 1)

Progress = Callable[[int, int, str], None]
"""Told before each step: how many are done, of how many, and what comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A snapshot that readers now see."""

    number: int
    file: Path
    figures: int


def publish(
    engine: Engine,
    *,
    star: Callable[[str], exp.Query],
    model: Model,
    catalogue: Catalogue,
    batches: tuple[Batch, ...],
    folder: Path,
    county_code: str,
    moment: datetime,
    progress: Progress = lambda done, of, what: None,
) -> Publication:
    """Publish what the warehouse holds now. `star` gives the current state of a concept as a query.

    Batches that are not in the warehouse are left out of account. After a failure readers still see what
    they saw before, and the next publication starts anew.
    """
    folder.mkdir(parents=True, exist_ok=True)
    number = 1 + max((n for p in folder.iterdir() if (n := snapshot_number(p.name))), default=0)
    unfinished = folder / f"snapshot-{number}.tmp"
    for leftover in folder.glob("*.tmp*"):
        leftover.unlink()
    _run(engine, f"ATTACH {spelled(text(str(unfinished)))} AS {SNAPSHOT}")
    try:
        count = _fill(
            engine, star, model, catalogue, _applied(engine, batches), number, county_code, moment, progress
        )
    finally:
        _run(engine, f"DETACH {SNAPSHOT}")
    finished = folder / snapshot_name(number)
    _sync(unfinished)
    unfinished.rename(finished)
    _sync(folder)
    _point_to(finished)
    for old in folder.iterdir():
        if (other := snapshot_number(old.name)) and other <= number - KEPT:
            old.unlink()
    return Publication(number=number, file=finished, figures=count)


# Files ------------------------------------------------------------------------------------------------


def _point_to(snapshot: Path) -> None:
    pointer = snapshot.parent / CURRENT
    unfinished = pointer.with_suffix(".tmp")
    unfinished.write_text(f"{snapshot.name}\n", encoding="utf-8")
    _sync(unfinished)
    unfinished.replace(pointer)
    _sync(snapshot.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# Tables -----------------------------------------------------------------------------------------------


def _fill(
    engine: Engine,
    star: Callable[[str], exp.Query],
    model: Model,
    catalogue: Catalogue,
    batches: tuple[Batch, ...],
    number: int,
    county_code: str,
    moment: datetime,
    progress: Progress,
) -> int:
    steps = len(model.concepts) + len(catalogue.metrics) + 1
    done = 0

    def next_step(what: str) -> None:
        nonlocal done
        progress(done, steps, what)
        done += 1

    for schema in ("star", "ref", "meta"):
        _run(engine, f"CREATE SCHEMA {SNAPSHOT}.{schema}")
    for concept in model.concepts:
        next_step(concept.name)
        _create(engine, _in_snapshot("star", concept.name), star(concept.name))
    for code_list in model.code_lists:
        if engine.columns(f"ref_{code_list.name}"):
            query = exp.select(exp.Star()).from_(exp.table_(f"ref_{code_list.name}", quoted=True))
            _create(engine, _in_snapshot("ref", code_list.name), query)
    stars = Stars(model, catalog=SNAPSHOT)
    full = frozenset(feed.id for feed in model.feeds if feed.delivery is Delivery.FULL)
    feeds = feed_coverages(batches, full)
    plans = _metric_plans(engine, catalogue, stars, feeds)
    _write_meta(engine, model, catalogue, batches, feeds, plans, number, moment)
    try:
        count = _prepare_figures(engine, plans, catalogue, stars, county_code, next_step)
    finally:
        for (name,) in _rows(engine, "SELECT table_name FROM duckdb_tables() WHERE temporary"):
            _drop(engine, str(name))
    progress(steps, steps, "")
    return count


def _metric_plans(
    engine: Engine, catalogue: Catalogue, stars: Stars, feeds: dict[str, FeedCoverage]
) -> tuple[MetricPlan, ...]:
    """What can be computed: metrics whose facts have months in common."""
    months = {fact.name: _months_of(engine, fact, stars, feeds) for fact in catalogue.facts if not fact.union}
    plans = []
    for metric in catalogue.metrics:
        parts = [p for m in measures_of(metric) for p in parts_of(catalogue.fact(m.fact), catalogue)]
        known = [found for part in parts if (found := months[part.name])]
        coverage = overlap(tuple(known)) if len(known) == len(parts) else None
        if coverage:
            plans.append(
                MetricPlan(
                    metric=metric, breakdowns=prepared_breakdowns(metric, catalogue), coverage=coverage
                )
            )
    return tuple(plans)


def _months_of(engine: Engine, part: Fact, stars: Stars, feeds: dict[str, FeedCoverage]) -> Coverage | None:
    """The months in which a fact is whole, by its monthly feeds; without one, those its rows lie in."""
    mapped = dict.fromkeys(m.feed for m in stars.model.mappings if m.concept == part.of)
    delivered = [feeds[feed] for feed in mapped if feed in feeds]
    if not delivered:
        return None
    if by_feeds := delivered_months(delivered):
        return by_feeds
    [(first, last, without_end)] = _rows(engine, span(part, stars))
    if not isinstance(first, date) or not isinstance(last, date):
        return None
    now = last_whole_month(feeds.values())
    newest = now if without_end else min(period_of(last, Grain.MONTH), now)
    oldest = period_of(max(first, EARLIEST), Grain.MONTH)
    return Coverage(oldest, newest) if oldest <= newest else None


def _prepare_figures(
    engine: Engine,
    plans: tuple[MetricPlan, ...],
    catalogue: Catalogue,
    stars: Stars,
    county_code: str,
    next_step: Callable[[str], None],
) -> int:
    """The table `figures`. Each fact is laid on months once, each measure computed once for all its metrics."""
    _create_figures(engine)
    if not plans:
        return 0
    months = calendar(Coverage(min(p.coverage.first for p in plans), max(p.coverage.last for p in plans)))
    wanted: dict[Measure, dict[Breakdown, None]] = {}
    for plan in plans:
        for measure in measures_of(plan.metric):
            levels = (Breakdown(b.level) for b in plan.breakdowns)
            split = breakdowns_known(measure, (*plan.breakdowns, *levels), catalogue)
            wanted.setdefault(measure, {}).update(dict.fromkeys(split))
    windows = {
        (window, grain): _window(engine, window, grain, months)
        for window in dict.fromkeys(measure.window for measure in wanted)
        for grain in GRAINS
    }
    tables: dict[Measure, str] = {}
    by_observations: dict[tuple[str, str], list[Measure]] = {}
    for measure in wanted:
        by_observations.setdefault((measure.fact, sampling_of(measure)), []).append(measure)
    for (fact_name, sampling), measures in by_observations.items():
        fact = catalogue.fact(fact_name)
        observed = f"observed_{fact_name}_{sampling}"
        needed = names_needed(measures, fact, catalogue)
        _create(
            engine,
            exp.table_(observed, quoted=True),
            observations(fact, sampling_of(measures[0]), needed, months, catalogue, stars),
            temporary=True,
        )
        for measure in measures:
            tables[measure] = f"cells_{len(tables)}"
            _compute_cells(
                engine, measure, tuple(wanted[measure]), windows, observed, tables, county_code, catalogue
            )
        _drop(engine, observed)
    for plan in plans:
        next_step(plan.metric.name)
        above, *below = (tables[measure] for measure in measures_of(plan.metric))
        _insert(
            engine,
            "figures_unguarded",
            figures(plan, GRAINS, above, below[0] if below else "", catalogue),
        )
    next_step("figures")
    everything = guarded(exp.select(exp.Star()).from_(exp.table_("figures_unguarded", quoted=True)))
    # A page asks for one grain, level and dimension: they lie together.
    ordered = everything.order_by("grain", "dimension", "level", "area", "metric", "period")
    return _insert(engine, "figures", ordered, catalog=SNAPSHOT)


def _compute_cells(
    engine: Engine,
    measure: Measure,
    breakdowns: tuple[Breakdown, ...],
    windows: dict[tuple[Window, Grain], exp.Expr],
    observed: str,
    tables: dict[Measure, str],
    county_code: str,
    catalogue: Catalogue,
) -> None:
    table = tables[measure]
    kept: exp.Expr = exp.table_(table, quoted=True)

    def of(grain: Grain) -> exp.Query:
        window = windows[measure.window, grain]
        if grain is not Grain.MONTH and is_mean_of_months(measure):
            return mean_of_months(grain, kept, window)
        return cells(measure, grain, breakdowns, window, observed, county_code, catalogue)

    monthly, *others = (of(grain) for grain in GRAINS)
    _create(engine, exp.table_(table, quoted=True), monthly, temporary=True)
    for query in others:
        _insert(engine, table, query)


def _window(engine: Engine, window: Window, grain: Grain, months: tuple[date, ...]) -> exp.Expr:
    """The months each period sees, kept as a table because many statements look at it."""
    table = exp.table_(f"window_{window}_{grain}", quoted=True)
    values = exp.select(exp.Star()).from_(window_values(window, grain, months))
    _create(engine, table, values, temporary=True)
    return exp.alias_(table, "w", table=True)


def _create_figures(engine: Engine) -> None:
    types = {"period": "DATE", "rows": "BIGINT", "persons": "BIGINT"} | dict.fromkeys(
        ("numerator", "denominator", "value"), "DOUBLE"
    )
    columns = ", ".join(f'"{name}" {types.get(name, "VARCHAR")}' for name in FIGURE_COLUMNS)
    _run(engine, f"CREATE TABLE {SNAPSHOT}.main.figures ({columns}, guard BIGINT)")
    _run(engine, f"CREATE TEMPORARY TABLE figures_unguarded ({columns})")


# What a snapshot says of itself -----------------------------------------------------------------------


def _applied(engine: Engine, batches: tuple[Batch, ...]) -> tuple[Batch, ...]:
    if not engine.columns("applied"):
        return ()
    applied = {number for (number,) in _rows(engine, "SELECT DISTINCT batch FROM applied")}
    return tuple(batch for batch in batches if batch.number in applied)


def _write_meta(
    engine: Engine,
    model: Model,
    catalogue: Catalogue,
    batches: tuple[Batch, ...],
    feeds: dict[str, FeedCoverage],
    plans: tuple[MetricPlan, ...],
    number: int,
    moment: datetime,
) -> None:
    newest = max((batch.extracted for batch in batches), default=None)
    _write(
        engine,
        "snapshot",
        "number INTEGER, published VARCHAR, model_version VARCHAR, catalogue_version VARCHAR, "
        "last_delivery TIMESTAMP",
        [(number, moment.isoformat(), model.version, catalogue.version, newest)],
    )
    _write(
        engine,
        "feed",
        "feed VARCHAR, first_month DATE, last_month DATE, deliveries INTEGER, monthly BOOLEAN",
        [(f.feed, f.first, f.last, f.deliveries, f.monthly) for f in feeds.values()],
    )
    _write(
        engine,
        "metric",
        "metric VARCHAR, first_month DATE, last_month DATE",
        [(p.metric.name, p.coverage.first, p.coverage.last) for p in plans],
    )
    if engine.columns("applied"):
        _create(engine, _in_snapshot("meta", "applied"), exp.select(exp.Star()).from_("applied"))
    else:
        _write(engine, "applied", "batch INTEGER, applied_at TIMESTAMP", [])
    _write(
        engine,
        "area",
        "level VARCHAR, place INTEGER, code VARCHAR, name_fi VARCHAR, name_sv VARCHAR, within VARCHAR",
        [],
    )
    for place, level in enumerate((Level.MUNICIPALITY, Level.UNIT)):
        if query := _areas(level, place, model, catalogue):
            engine.run(exp.insert(query, _in_snapshot("meta", "area")))


def _areas(level: Level, place: int, model: Model, catalogue: Catalogue) -> exp.Query | None:
    """The areas of a level: the instances of the concept its dimension takes its members from."""
    dimension = next((d for d in catalogue.dimensions if d.name == level and d.concept), None)
    if dimension is None:
        return None
    concept = model.concept(dimension.concept)
    code = column(concept.key[0], "a")
    named = [n for n in ("name_fi", "name", concept.key[0]) if concept.attribute(n)]
    name = column(named[0], "a")
    name_sv = column("name_sv", "a") if concept.attribute("name_sv") else name.copy()
    around = next((d.concept for d in catalogue.dimensions if d.name == Level.MUNICIPALITY), "")
    lies_in = next((r for r in concept.relationships if level is Level.UNIT and r.to == around), None)
    select = exp.select(
        text(level.value),
        exp.Literal.number(place),
        code,
        exp.Coalesce(this=name, expressions=[code.copy()]),
        exp.Coalesce(this=name_sv, expressions=[name.copy(), code.copy()]),
        column(model.concept(around).key[0], "m") if lies_in else exp.null(),
    ).from_(exp.alias_(_in_snapshot("star", concept.name), "a", table=True))
    if lies_in:
        select = select.join(
            exp.alias_(_in_snapshot("star", around), "m", table=True),
            on=column(f"{around}_key", "m").eq(column(f"{lies_in.name}_key", "a")),
            join_type="left",
        )
    return select.where(code.is_(exp.null()).not_())


def _write(engine: Engine, table: str, columns: str, rows: list[tuple[object, ...]]) -> None:
    _run(engine, f"CREATE TABLE {SNAPSHOT}.meta.{table} ({columns})")
    if rows:
        values = exp.values([tuple(_literal(value) for value in row) for row in rows])
        engine.run(exp.insert(values, _in_snapshot("meta", table)))


def _literal(value: object) -> exp.Expr:
    match value:
        case datetime():
            return exp.cast(text(value.isoformat()), "TIMESTAMP")
        case date():
            return day(value)
        case _:
            return exp.convert(value)


# Statements -------------------------------------------------------------------------------------------


def _in_snapshot(schema: str, table: str) -> exp.Table:
    return exp.table_(table, db=schema, catalog=SNAPSHOT, quoted=True)


def _create(engine: Engine, table: exp.Table, query: exp.Query, *, temporary: bool = False) -> None:
    properties = exp.Properties(expressions=[exp.TemporaryProperty()]) if temporary else None
    engine.run(exp.Create(this=table, kind="TABLE", expression=query, properties=properties))


def _insert(engine: Engine, table: str, query: exp.Query, catalog: str = "") -> int:
    into = exp.table_(table, db="main" if catalog else None, catalog=catalog or None, quoted=True)
    return engine.run(exp.Insert(this=into, expression=query))


def _drop(engine: Engine, table: str) -> None:
    _run(engine, f"DROP TABLE {spelled(exp.to_identifier(table, quoted=True))}")


def _run(engine: Engine, sql: str) -> None:
    engine.run(parsed(sql))


def _rows(engine: Engine, query: exp.Query | str) -> list[tuple[object, ...]]:
    tree = parsed(query) if isinstance(query, str) else query
    found = engine.read(tree)
    return list(zip(*(c.to_pylist() for c in found.columns), strict=True)) if found.num_rows else []
