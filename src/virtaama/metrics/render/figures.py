"""Numerator over denominator, with the reason where there is no value."""

from __future__ import annotations

from sqlglot import exp

from virtaama.metrics.definitions import Catalogue, Metric
from virtaama.metrics.members import WORDS
from virtaama.metrics.plan import (
    MetricPlan,
    dimensions_of,
    read_aggregate,
)
from virtaama.metrics.question import Grain, Level, Missing
from virtaama.metrics.render.cells import CELL_COLUMNS, NOWHERE
from virtaama.metrics.render.trees import as_type, column, day, text, values

FIGURE_COLUMNS = (
    "metric",
    "grain",
    "period",
    "level",
    "area",
    "dimension",
    "member",
    "numerator",
    "denominator",
    "value",
    "rows",
    "persons",
    "missing",
)


def figures(
    plan: MetricPlan,
    grains: tuple[Grain, ...],
    numerator: str,
    denominator: str,
    catalogue: Catalogue,
    *,
    guarded: bool = False,
) -> exp.Select:
    """The figures of one metric from the cells of its measures, which are tables of these names.

    Where the cells are `guarded`, so are the figures: by a last column, `guard`.
    """
    metric = plan.metric
    additive = read_aggregate(metric.numerator.aggregate).additive
    spine = _spine(plan, grains, numerator, denominator, additive, catalogue)
    value_above: exp.Expr = column("value", "n")
    if additive:
        value_above = exp.Coalesce(this=value_above, expressions=[exp.Literal.number(0)])
    value_below: exp.Expr = column("value", "d") if metric.denominator else exp.null()
    numbers = exp.select(
        *(column(name, "s") for name in CELL_COLUMNS),
        as_type(value_above, "DOUBLE").as_("numerator"),
        as_type(value_below, "DOUBLE").as_("denominator"),
        _rows(metric).as_("rows"),
        _least_group(metric, "persons").as_("persons"),
        *([_least_group(metric, "guard").as_("guard", quoted=True)] if guarded else []),
    ).from_(exp.alias_(spine, "s", table=True, copy=False), copy=False)
    numbers = numbers.join(
        exp.alias_(exp.table_(numerator, quoted=True), "n", table=True),
        on=_same("n", CELL_COLUMNS),
        join_type="left",
        copy=False,
    )
    if metric.denominator:
        numbers = numbers.join(
            exp.alias_(exp.table_(denominator, quoted=True), "d", table=True),
            on=exp.and_(
                _same("d", ("grain", "period", "level", "area")),
                column("dimension", "d").eq(column("below_dimension", "s")),
                column("member", "d").eq(column("below_member", "s")),
            ),
            join_type="left",
            copy=False,
        )
    numbers = numbers.where(
        column("area", "s").neq(text(NOWHERE)),
        exp.or_(
            *(
                exp.and_(
                    column("level", "s").eq(text(breakdown.level.value)),
                    column("dimension", "s").eq(text(breakdown.dimension)),
                )
                for breakdown in plan.breakdowns
            )
        ),
        copy=False,
    )
    value: exp.Expr = column("numerator")
    missing: exp.Expr = (
        exp.Case().when(column("numerator").is_(exp.null()), text(Missing.NO_DATA.value)).else_(exp.null())
    )
    if metric.denominator:
        value = exp.Mul(
            this=exp.Div(
                this=value,
                expression=exp.Nullif(this=column("denominator"), expression=exp.Literal.number(0)),
            ),
            expression=exp.Literal.number(str(metric.scale)),
        )
        nothing_below = exp.or_(
            column("denominator").is_(exp.null()),
            column("denominator").eq(exp.Literal.number(0)),
        )
        missing = (
            exp.Case()
            .when(nothing_below, text(Missing.NO_DENOMINATOR.value))
            .when(column("numerator").is_(exp.null()), text(Missing.NO_DATA.value))
            .else_(exp.null())
        )
    return exp.select(
        text(metric.name).as_("metric"),
        *(column(name) for name in CELL_COLUMNS),
        column("numerator"),
        column("denominator"),
        as_type(value, "DOUBLE").as_("value"),
        as_type(column("rows"), "BIGINT").as_("rows"),
        as_type(column("persons"), "BIGINT").as_("persons"),
        as_type(missing, "VARCHAR").as_("missing"),
        *([as_type(column("guard"), "BIGINT").as_("guard")] if guarded else []),
    ).from_(exp.alias_(numbers.subquery(copy=False), "numbers", table=True, copy=False), copy=False)


def _same(table: str, names: tuple[str, ...]) -> exp.Expr:
    return exp.and_(*(column(name, table).eq(column(name, "s")) for name in names), copy=False)


def _rows(metric: Metric) -> exp.Expr:
    # A share is an observation of everything it is a share of; a rate only of what happened.
    if metric.denominator and metric.denominator.fact == metric.numerator.fact:
        return _or_zero(column("rows", "d"))
    return _or_zero(column("rows", "n"))


def _least_group(metric: Metric, of: str) -> exp.Expr:
    """The smallest group the value tells about, of persons or by guard; nobody counts for nothing."""
    sides = ("n", "d") if metric.denominator else ("n",)
    groups = [exp.Nullif(this=_or_zero(column(of, side)), expression=exp.Literal.number(0)) for side in sides]
    least = (
        groups[0]
        if len(groups) == 1
        else exp.Least(this=groups[0], expressions=groups[1:], ignore_nulls=True)
    )
    return _or_zero(least)


def _or_zero(value: exp.Expr) -> exp.Expr:
    return exp.Coalesce(this=value, expressions=[exp.Literal.number(0)])


def _spine(
    plan: MetricPlan,
    grains: tuple[Grain, ...],
    numerator: str,
    denominator: str,
    additive: bool,
    catalogue: Catalogue,
) -> exp.Expr:
    """Every combination the metric has a figure for, with the denominator's dimension and member."""
    whole = values(
        "whole",
        ("grain", "period"),
        [(text(g.value), day(p)) for g in grains for p in plan.periods(g)]
        or [(as_type(exp.null(), "VARCHAR"), as_type(exp.null(), "DATE"))],
    )
    seen = (
        exp.select(
            *(column(c) for c in ("grain", "level", "area", "dimension", "member")),
            exp.Min(this=column("period")).as_("first_seen"),
            exp.Max(this=column("period")).as_("last_seen"),
        )
        .from_(exp.table_(numerator, quoted=True))
        .group_by(*(column(c) for c in ("grain", "level", "area", "dimension", "member")))
    )
    if plan.metric.denominator is None:
        return _spine_of_numerator(whole, seen, additive).subquery()
    below = catalogue.fact(plan.metric.denominator.fact)
    shared = [text(name) for name in ("", *dimensions_of(below, catalogue))]
    told_apart = (
        exp.select(
            *(column(c, "d") for c in CELL_COLUMNS),
            column("dimension", "d").as_("below_dimension"),
            column("member", "d").as_("below_member"),
        )
        .from_(
            exp.alias_(
                _divided(numerator, denominator, shared).subquery(copy=False), "d", table=True, copy=False
            )
        )
        .join(whole, using=["grain", "period"], copy=False)
    )
    together = (
        exp.select(
            column("grain", "d"),
            column("period", "d"),
            column("level", "d"),
            column("area", "d"),
            column("dimension", "k"),
            column("member", "k"),
            text("").as_("below_dimension"),
            text("").as_("below_member"),
        )
        .from_(exp.alias_(exp.table_(denominator, quoted=True), "d", table=True))
        .join(whole.copy(), using=["grain", "period"], copy=False)
        .join(
            exp.alias_(seen.subquery(copy=False), "k", table=True, copy=False),
            on=exp.and_(
                *(column(c, "k").eq(column(c, "d")) for c in ("grain", "level", "area")),
                column("dimension", "k").isin(*shared).not_(),
            ),
            copy=False,
        )
        .where(column("dimension", "d").eq(text("")), copy=False)
    )
    return told_apart.union(together, distinct=False, copy=False).subquery(copy=False)


def _divided(numerator: str, denominator: str, shared: list[exp.Expr]) -> exp.Select:
    """What there is a denominator for; and what was counted of no member, with or without one, so that sums agree."""
    names = [column(name) for name in CELL_COLUMNS]
    below = exp.select(*names).from_(exp.table_(denominator, quoted=True))
    of_none = exp.select(*(name.copy() for name in names)).from_(exp.table_(numerator, quoted=True))
    of_none = of_none.where(column("member").isin(*map(text, WORDS)), column("dimension").isin(*shared))
    return exp.select(*(name.copy() for name in names)).from_(below.union(of_none).subquery("divided"))


def _spine_of_numerator(whole: exp.Expr, seen: exp.Select, additive: bool) -> exp.Select:
    """Without a denominator: where nothing was seen in a whole period, an additive measure is truly zero.

    A unit is only known to be open between the first and the last time it is seen.
    """
    open_then = exp.or_(
        column("level", "k").neq(text(Level.UNIT.value)),
        exp.Between(
            this=column("period", "whole"),
            low=column("first_seen", "k"),
            high=column("last_seen", "k"),
        ),
    )
    return (
        exp.select(
            column("grain", "whole"),
            column("period", "whole"),
            *(column(c, "k") for c in ("level", "area", "dimension", "member")),
            text("").as_("below_dimension"),
            text("").as_("below_member"),
        )
        .from_(whole)
        .join(
            exp.alias_(seen.subquery(), "k", table=True),
            on=exp.and_(
                column("grain", "k").eq(column("grain", "whole")),
                exp.Paren(this=open_then),
            ),
        )
    )
