"""What a snapshot says of itself in tables: what was delivered and applied, and the areas it knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from sqlglot import exp

from virtaama.engines.port import Engine
from virtaama.lake.coverage import FeedCoverage
from virtaama.metrics.definitions import Catalogue
from virtaama.metrics.question import Level
from virtaama.metrics.render.trees import Stars, column, day, text
from virtaama.model.model import Model
from virtaama.quality.held import HeldBack
from virtaama.sql.build import cast, named, select, table, union_all

_AREA = (
    ("level", "VARCHAR"),
    ("place", "INTEGER"),
    ("code", "VARCHAR"),
    ("name_fi", "VARCHAR"),
    ("name_sv", "VARCHAR"),
    ("within", "VARCHAR"),
    ("branch", "VARCHAR"),
)
_FEED = (
    ("feed", "VARCHAR"),
    ("first_month", "DATE"),
    ("last_month", "DATE"),
    ("deliveries", "INTEGER"),
    ("monthly", "BOOLEAN"),
)
_HELD = (
    ("metric", "VARCHAR"),
    ("expectation", "VARCHAR"),
    ("owner", "VARCHAR"),
    ("message_fi", "VARCHAR"),
    ("message_sv", "VARCHAR"),
    ("message_en", "VARCHAR"),
    ("since", "VARCHAR"),
)
_APPLIED = (("batch", "INTEGER"), ("applied_at", "TIMESTAMP"))

Columns = tuple[tuple[str, str], ...]


def marts(
    model: Model, catalogue: Catalogue, stars: Stars, feeds: dict[str, FeedCoverage], has_notes: bool
) -> Iterator[tuple[str, exp.Query]]:
    """Name and query of each: `feed`, `applied`, `area`."""
    lines = [(f.feed, f.first, f.last, f.deliveries, f.monthly) for f in feeds.values()]
    yield "feed", _listed(_FEED, lines)
    notes = select(exp.Star()).from_(table("applied"))
    yield "applied", notes if has_notes else _nothing(_APPLIED)
    areas = [
        query
        for place, level in enumerate((Level.MUNICIPALITY, Level.UNIT))
        if (query := _areas(level, place, model, catalogue, stars))
    ]
    yield "area", union_all(areas) if areas else _nothing(_AREA)


def held(model: Model, held_back: HeldBack) -> exp.Query:
    """Which metrics stayed as they were published before, and why: a row for each reason."""
    messages = {expectation.id: expectation.message for expectation in model.expectations}
    lines = [
        (
            metric,
            result.id,
            result.owner,
            *(messages[result.id].in_language(language) for language in ("fi", "sv", "en")),
            held_back.since[result.id].isoformat(),
        )
        for metric, results in held_back.metrics.items()
        for result in results
    ]
    return _listed(_HELD, lines)


def rows(engine: Engine, query: exp.Query) -> list[tuple[object, ...]]:
    """The rows of a query."""
    found = engine.read(query)
    return list(zip(*(c.to_pylist() for c in found.columns), strict=True)) if found.num_rows else []


def _areas(level: Level, place: int, model: Model, catalogue: Catalogue, stars: Stars) -> exp.Select | None:
    """The areas of a level: the instances of the concept its dimension takes its members from."""
    dimension = next((d for d in catalogue.dimensions if d.name == level and d.concept), None)
    if dimension is None:
        return None
    concept = model.concept(dimension.concept)
    code = column(concept.key[0], "a")
    known = [n for n in ("name_fi", "name", concept.key[0]) if concept.attribute(n)]
    name = column(known[0], "a")
    name_sv = column("name_sv", "a") if concept.attribute("name_sv") else name.copy()
    around = next((d.concept for d in catalogue.dimensions if d.name == Level.MUNICIPALITY), "")
    lies_in = next((r for r in concept.relationships if level is Level.UNIT and r.to == around), None)
    values = (
        text(level.value),
        exp.Literal.number(place),
        code,
        exp.Coalesce(this=name, expressions=[code.copy()]),
        exp.Coalesce(this=name_sv, expressions=[name.copy(), code.copy()]),
        column(model.concept(around).key[0], "m") if lies_in else exp.null(),
        column(dimension.branch, "a") if dimension.branch else exp.null(),
    )
    query = _typed(_AREA, values).from_(exp.alias_(stars.table(concept.name), "a", table=True))
    if lies_in:
        query = query.join(
            exp.alias_(stars.table(around), "m", table=True),
            on=column(f"{around}_key", "m").eq(column(f"{lies_in.name}_key", "a")),
            join_type="left",
        )
    return query.where(code.copy().is_(exp.null()).not_())


def _listed(columns: Columns, lines: Iterable[tuple[object, ...]]) -> exp.Query:
    selects = [_typed(columns, tuple(_literal(value) for value in line)) for line in lines]
    return union_all(selects) if selects else _nothing(columns)


def _nothing(columns: Columns) -> exp.Select:
    return _typed(columns, tuple(exp.null() for _ in columns)).where(exp.false())


def _typed(columns: Columns, values: tuple[exp.Expr, ...]) -> exp.Select:
    pairs = zip(columns, values, strict=True)
    return select(*(named(cast(value, kind), name) for (name, kind), value in pairs))


def _literal(value: object) -> exp.Expr:
    return day(value) if isinstance(value, date) else exp.convert(value)
