"""From facts, measures and metrics to SQL over the star tables.

Three relations follow one another:

- *observations*: the rows of a fact laid on months, with its dimensions and whatever measures name;
- *cells*: one aggregate per grain, period, level, area, dimension and member;
- *figures*: numerator over denominator, with the reason where there is no value.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from virtaama.metrics.definitions import Catalogue, Fact, Measure, Metric, Window
from virtaama.metrics.expressions import (
    AT,
    Name,
    follow,
    names_in,
    read_expression,
    rename,
)
from virtaama.metrics.functions import expand
from virtaama.metrics.periods import MONTHS_IN, last_day, periods, window_months
from virtaama.metrics.plan import (
    STOCK_WINDOWS,
    Breakdown,
    Coverage,
    MetricPlan,
    Sampling,
    counts_persons,
    dimensions_of,
    parts_of,
    read_aggregate,
)
from virtaama.metrics.question import Grain, Level, Missing
from virtaama.model.model import Model
from virtaama.sql.build import cast, function

# Columns every observation has; the underscore keeps them apart from what authors name.
MONTH, PERSON, STARTS, DAYS = "_month", "_person", "_starts", "_days"

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
CELL_COLUMNS = ("grain", "period", "level", "area", "dimension", "member")


@dataclass(frozen=True, slots=True)
class Stars:
    """Where the star tables are and what they hold."""

    model: Model
    schema: str = "star"
    catalog: str = ""

    def table(self, concept: str) -> exp.Table:
        return exp.table_(concept, db=self.schema, catalog=self.catalog or None, quoted=True)


def column(name: str, table: str = "") -> exp.Column:
    return exp.column(name, table=table or None, quoted=True)


def day(value: date) -> exp.Expr:
    return exp.cast(exp.Literal.string(value.isoformat()), exp.DataType.Type.DATE)


def text(value: str) -> exp.Expr:
    return exp.Literal.string(value)


def as_type(value: exp.Expr, kind: str) -> exp.Expr:
    return cast(value, kind)


# Observations -----------------------------------------------------------------------------------------


def names_needed(measures: Iterable[Measure], fact: Fact, catalogue: Catalogue) -> tuple[Name, ...]:
    """What the observations of a fact must carry so that these measures can be computed."""
    needed: dict[Name, None] = {(d,): None for d in dimensions_of(fact, catalogue)}
    for measure in measures:
        argument = read_aggregate(measure.aggregate).argument
        for sql in (measure.where, argument, measure.per_person_having):
            if sql:
                needed.update(dict.fromkeys(names_in(expand(read_expression(sql)))))
    return tuple(needed)


def observations(
    fact: Fact,
    sampling: Sampling,
    needed: tuple[Name, ...],
    months: tuple[date, ...],
    catalogue: Catalogue,
    stars: Stars,
) -> exp.Query:
    """The rows of a fact laid on months: _month, _person, _starts, _days and one column per needed name."""
    first, *rest = (
        _observed(part, sampling, needed, months, catalogue, stars) for part in parts_of(fact, catalogue)
    )
    query: exp.Query = first
    for other in rest:
        query = query.union(other, distinct=False)
    return query


def _observed(
    fact: Fact,
    sampling: Sampling,
    needed: tuple[Name, ...],
    months: tuple[date, ...],
    catalogue: Catalogue,
    stars: Stars,
) -> exp.Select:
    joins = _Joins(fact.of, stars)
    if fact.during:
        start, end = (_as_day(joins.resolve(sql, {})) for sql in fact.during)
        first_of_month, last_of_month = (
            column("first_day", "calendar"),
            column("last_day", "calendar"),
        )
        held_until = exp.Coalesce(this=end.copy(), expressions=[last_of_month])
        within = exp.and_(
            exp.LTE(this=start.copy(), expression=last_of_month),
            exp.or_(
                exp.Is(this=end.copy(), expression=exp.null()),
                exp.and_(
                    exp.GTE(
                        this=end.copy(),
                        expression=last_of_month if sampling is Sampling.STOCK else first_of_month,
                    ),
                    exp.GTE(this=end.copy(), expression=start.copy()),
                ),
            ),
        )
        piece_ends = exp.Least(this=held_until, expressions=[last_of_month], ignore_nulls=True)
        piece_starts = exp.Greatest(this=start.copy(), expressions=[first_of_month], ignore_nulls=True)
        at: exp.Expr = last_of_month if sampling is Sampling.STOCK else piece_ends
        month: exp.Expr = first_of_month
        starts: exp.Expr = exp.GTE(this=start.copy(), expression=first_of_month)
        days: exp.Expr = exp.Add(
            this=exp.Paren(this=exp.Sub(this=piece_ends.copy(), expression=piece_starts)),
            expression=exp.Literal.number(1),
        )
        conditions = [within]
    else:
        moment = joins.resolve(fact.time, {})
        at = _as_day(moment.copy())
        month = as_type(function("date_trunc", text("month"), moment), "DATE")
        starts, days = exp.true(), exp.Literal.number(1)
        conditions = [
            exp.GTE(this=at.copy(), expression=day(months[0])),
            exp.LTE(this=at.copy(), expression=day(last_day(months[-1], Grain.MONTH))),
        ]
    if fact.where:
        conditions.append(exp.Paren(this=joins.resolve(fact.where, {AT: at})))
    select = exp.select(
        month.as_(MONTH, quoted=True),
        joins.person(fact.person).as_(PERSON, quoted=True),
        starts.as_(STARTS, quoted=True),
        as_type(days, "INTEGER").as_(DAYS, quoted=True),
        *(
            _named(name, fact, joins, at, dimensions_of(fact, catalogue)).as_(_flat(name), quoted=True)
            for name in needed
        ),
    ).where(*conditions)
    select = joins.add_to(select)
    return select.join(_calendar(months), on=exp.true(), join_type="inner") if fact.during else select


def span(part: Fact, stars: Stars) -> exp.Select:
    """The first and the last day of a fact over one concept, and whether some row has no end yet."""
    joins = _Joins(part.of, stars)
    start, end = (_as_day(joins.resolve(sql, {})) for sql in part.during or (part.time, part.time))
    select = exp.select(
        exp.Min(this=start).as_("first"),
        exp.Max(this=exp.Coalesce(this=end, expressions=[start.copy()])).as_("last"),
        function("count_if", end.copy().is_(exp.null())).as_("without_end"),
    )
    if part.where:
        select = select.where(joins.resolve(part.where, {AT: start}))
    return joins.add_to(select)


def _named(
    name: Name,
    fact: Fact,
    joins: _Joins,
    at: exp.Expr,
    dimensions: tuple[str, ...],
) -> exp.Expr:
    if name == AT:
        return at.copy()
    if len(name) == 1:
        # A column comes first: it is the author's own word for what an attribute may also be called.
        for known, sql in (*fact.columns, *fact.by):
            if known == name[0]:
                value = joins.resolve(sql, {AT: at})
                return as_type(value, "VARCHAR") if known in dimensions else value
    return joins.column(name)


def _flat(name: Name) -> str:
    return "__".join(name)


def _as_day(value: exp.Expr) -> exp.Expr:
    return as_type(value, "DATE")


def calendar(coverage: Coverage) -> tuple[date, ...]:
    """Every month of the years a coverage touches: what windows over whole years look at."""
    return periods(date(coverage.first.year, 1, 1), date(coverage.last.year, 12, 1), Grain.MONTH)


def _calendar(months: tuple[date, ...]) -> exp.Expr:
    return _values(
        "calendar",
        ("first_day", "last_day"),
        ((day(month), day(last_day(month, Grain.MONTH))) for month in months),
    )


def _values(alias: str, columns: tuple[str, ...], rows: Iterable[tuple[exp.Expr, ...]]) -> exp.Expr:
    return exp.Values(
        expressions=[exp.Tuple(expressions=list(row)) for row in rows],
        alias=exp.TableAlias(
            this=exp.to_identifier(alias),
            columns=[exp.to_identifier(name) for name in columns],
        ),
    )


class _Joins:
    """The star tables a fact needs, each joined once, found while its expressions are resolved."""

    def __init__(self, concept: str, stars: Stars) -> None:
        self._concept = stars.model.concept(concept)
        self._stars = stars
        self._met: dict[tuple[str, ...], str] = {}

    def resolve(self, sql: str, known: dict[Name, exp.Expr]) -> exp.Expr:
        """An author's expression over star columns, the platform's functions written out."""

        def stands_for(name: Name) -> exp.Expr:
            return known[name].copy() if name in known else self.column(name)

        return rename(expand(read_expression(sql)), stands_for)

    def column(self, name: Name) -> exp.Expr:
        followed = follow(self._stars.model, self._concept, name)
        path: tuple[str, ...] = ()
        for relationship, concept in followed.steps:
            path = (*path, relationship)
            self._met.setdefault(path, concept)
        return column(followed.column, self._alias(path))

    def person(self, path: str) -> exp.Expr:
        if not path:
            return exp.null()
        if path == "self":
            return column(f"{self._concept.name}_key", self._alias(()))
        return self.column(tuple(path.split(".")))

    def add_to(self, select: exp.Select) -> exp.Select:
        select = select.from_(exp.alias_(self._stars.table(self._concept.name), self._alias(()), table=True))
        for path, concept in sorted(self._met.items(), key=lambda met: len(met[0])):
            alias = self._alias(path)
            select = select.join(
                exp.alias_(self._stars.table(concept), alias, table=True),
                on=column(f"{concept}_key", alias).eq(column(f"{path[-1]}_key", self._alias(path[:-1]))),
                join_type="left",
            )
        return select

    def _alias(self, path: tuple[str, ...]) -> str:
        return _flat((self._concept.name, *path))


# Cells ------------------------------------------------------------------------------------------------


def is_mean_of_months(measure: Measure) -> bool:
    """Whether the measure of a longer period is the mean of its months: they are computed once."""
    return measure.window is Window.MONTH_ENDS and read_aggregate(measure.aggregate).additive


def mean_of_months(grain: Grain, monthly: exp.Expr, window: exp.Expr) -> exp.Select:
    """The cells of a longer grain as means of monthly ones.

    Persons are those of the month with most of them: at least as many stood behind the longer period.
    """
    kept = [column(name, "monthly") for name in ("level", "area", "dimension", "member")]
    mean = exp.Div(
        this=exp.Sum(this=column("value", "monthly")), expression=exp.Literal.number(MONTHS_IN[grain])
    )
    return (
        exp.select(
            text(grain.value).as_("grain"),
            column("period", "w"),
            *kept,
            as_type(mean, "DOUBLE").as_("value"),
            as_type(exp.Sum(this=column("rows", "monthly")), "BIGINT").as_("rows"),
            exp.Max(this=column("persons", "monthly")).as_("persons"),
        )
        .from_(exp.alias_(monthly, "monthly", table=True))
        .join(
            window.copy(),
            on=column("period", "monthly").eq(column("month", "w")),
        )
        .where(column("grain", "monthly").eq(text(Grain.MONTH.value)))
        .group_by(column("period", "w"), *(name.copy() for name in kept))
    )


def cells(
    measure: Measure,
    grain: Grain,
    breakdowns: tuple[Breakdown, ...],
    window: exp.Expr,
    observed: str,
    county: str,
    catalogue: Catalogue,
) -> exp.Select:
    """One aggregate per period, area and member, from the observations named `observed`.

    All breakdowns are grouping sets of one pass over the observations; `window` has the rows of
    `window_values`. Columns: those of CELL_COLUMNS, value, rows, persons (as many as rows where the fact
    has no person).
    """
    fact = catalogue.fact(measure.fact)
    spread = any(part.during for part in parts_of(fact, catalogue))
    # A row that touches several months of a window is one row: its first month there stands for it.
    once = exp.or_(column(STARTS, "o"), column(MONTH, "o").eq(column("window_first", "w")))
    counted_once = spread and measure.window not in STOCK_WINDOWS
    conditions: list[exp.Expr] = []
    if measure.where:
        conditions.append(exp.Paren(this=_over_observations(measure.where)))
    if counted_once and measure.window is not Window.DAYS:
        conditions.append(exp.Paren(this=once))
    rows: exp.Expr = exp.Count(this=exp.Star())
    if counted_once and measure.window is Window.DAYS:
        rows = exp.Filter(this=rows, expression=exp.Where(this=once))
    persons = _persons() if counts_persons(fact, catalogue) else rows.copy()
    levels = {
        b.level.value: column(f"_at_{b.level.value}", "o") for b in breakdowns if b.level is not Level.COUNTY
    }
    dimensions = {b.dimension: column(b.dimension, "o") for b in breakdowns if b.dimension}
    laid_out = exp.select(
        exp.Star(), *(column(level).as_(f"_at_{level}", quoted=True) for level in levels)
    ).from_(exp.table_(observed, quoted=True))
    select = (
        exp.select(
            text(grain.value).as_("grain"),
            column("period", "w"),
            _first_grouped(levels, named=True, otherwise=Level.COUNTY.value).as_("level"),
            _first_grouped(levels, named=False, otherwise=county).as_("area"),
            _first_grouped(dimensions, named=True, otherwise="").as_("dimension"),
            _first_grouped(dimensions, named=False, otherwise="").as_("member"),
            as_type(_aggregated(measure), "DOUBLE").as_("value"),
            as_type(rows, "BIGINT").as_("rows"),
            as_type(persons, "BIGINT").as_("persons"),
        )
        .from_(exp.alias_(laid_out.subquery(), "o", table=True))
        .join(window.copy(), on=column(MONTH, "o").eq(column("month", "w")))
    )
    sets = [
        exp.Tuple(
            expressions=[
                column("period", "w"),
                *([levels[b.level.value].copy()] if b.level is not Level.COUNTY else []),
                *([dimensions[b.dimension].copy()] if b.dimension else []),
            ]
        )
        for b in breakdowns
    ]
    select.set("group", exp.Group(expressions=[exp.GroupingSets(expressions=sets)]))
    # A row without an area or a member belongs to none; it counts only where they are not asked.
    for grouped in (*levels.values(), *dimensions.values()):
        select = select.having(exp.not_(exp.and_(_is_grouped(grouped), grouped.copy().is_(exp.null()))))
    if measure.per_person_having:
        select = select.join(
            exp.alias_(
                _qualifying(measure, window, observed, once if counted_once else None).subquery(),
                "q",
                table=True,
            ),
            on=exp.and_(
                column(PERSON, "q").eq(column(PERSON, "o")),
                column("period", "q").eq(column("period", "w")),
            ),
        )
    return select.where(*conditions) if conditions else select


def _is_grouped(by: exp.Expr) -> exp.Expr:
    return exp.func("GROUPING", by.copy(), dialect="duckdb").eq(exp.Literal.number(0))


def _first_grouped(columns: dict[str, exp.Column], *, named: bool, otherwise: str) -> exp.Expr:
    """The name, or else the value, of the one column among these that a grouping set has."""
    if not columns:
        return text(otherwise)
    case = exp.Case()
    for name, by in columns.items():
        case = case.when(_is_grouped(by), text(name) if named else as_type(by.copy(), "VARCHAR"))
    return case.else_(text(otherwise))


def _over_observations(sql: str) -> exp.Expr:
    return rename(expand(read_expression(sql)), lambda name: column(_flat(name), "o"))


def _aggregated(measure: Measure) -> exp.Expr:
    aggregate = read_aggregate(measure.aggregate)
    argument = _over_observations(aggregate.argument) if aggregate.argument else exp.null()
    by_days = measure.window is Window.DAYS
    match aggregate.function:
        case "count" if by_days:
            total: exp.Expr = exp.Sum(this=column(DAYS, "o"))
        case "count":
            total = exp.Count(this=exp.Star())
        case "persons":
            total = exp.Count(this=exp.Distinct(expressions=[column(PERSON, "o")]))
        case "sum" if by_days:
            total = exp.Sum(this=exp.Mul(this=exp.Paren(this=argument), expression=column(DAYS, "o")))
        case "sum":
            total = exp.Sum(this=argument)
        case "mean":
            return exp.Avg(this=argument)
        case "median":
            return exp.Median(this=argument)
        case _:
            return function("quantile_cont", argument, exp.Literal.number("0.9"))
    if aggregate.function == "sum":
        return exp.Coalesce(this=total, expressions=[exp.Literal.number(0)])
    return total


def _persons() -> exp.Expr:
    # A row about an unknown person may be about anybody: it counts as a person of its own.
    known = exp.Count(this=exp.Distinct(expressions=[column(PERSON, "o")]))
    unknown = exp.Sub(this=exp.Count(this=exp.Star()), expression=exp.Count(this=column(PERSON, "o")))
    return exp.Add(this=known, expression=unknown)


def window_values(window: Window, grain: Grain, months: tuple[date, ...]) -> exp.Expr:
    """The relation `w`: the months each period sees, as rows (month, period, window_first)."""
    rows = [
        (day(month), day(period), day(seen[0]))
        for period in periods(months[0], months[-1], grain)
        for seen in (window_months(window, grain, period),)
        for month in seen
    ]
    return _values("w", ("month", "period", "window_first"), rows)


def _qualifying(measure: Measure, window: exp.Expr, observed: str, once: exp.Expr | None) -> exp.Select:
    """The persons whose rows of a period, anywhere in the county, satisfy the measure's condition."""
    select = (
        exp.select(column(PERSON, "o"), column("period", "w"))
        .from_(exp.alias_(exp.table_(observed, quoted=True), "o", table=True))
        .join(window.copy(), on=column(MONTH, "o").eq(column("month", "w")))
        .where(column(PERSON, "o").is_(exp.null()).not_())
        .group_by(column(PERSON, "o"), column("period", "w"))
        .having(_over_observations(measure.per_person_having))
    )
    if measure.where:
        select = select.where(exp.Paren(this=_over_observations(measure.where)))
    return select.where(exp.Paren(this=once.copy())) if once is not None else select


# Figures ----------------------------------------------------------------------------------------------


def figures(
    plan: MetricPlan,
    grains: tuple[Grain, ...],
    numerator: str,
    denominator: str,
    catalogue: Catalogue,
) -> exp.Select:
    """The figures of one metric from the cells of its measures, which are tables of these names."""
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
        _persons_behind(metric).as_("persons"),
    ).from_(exp.alias_(spine, "s", table=True))
    numbers = numbers.join(
        exp.alias_(exp.table_(numerator, quoted=True), "n", table=True),
        on=_same("n", CELL_COLUMNS),
        join_type="left",
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
        )
    numbers = numbers.where(
        exp.or_(
            *(
                exp.and_(
                    column("level", "s").eq(text(breakdown.level.value)),
                    column("dimension", "s").eq(text(breakdown.dimension)),
                )
                for breakdown in plan.breakdowns
            )
        )
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
    ).from_(exp.alias_(numbers.subquery(), "numbers", table=True))


def _same(table: str, names: tuple[str, ...]) -> exp.Expr:
    return exp.and_(*(column(name, table).eq(column(name, "s")) for name in names))


def _rows(metric: Metric) -> exp.Expr:
    # A share is an observation of everything it is a share of; a rate only of what happened.
    if metric.denominator and metric.denominator.fact == metric.numerator.fact:
        return _or_zero(column("rows", "d"))
    return _or_zero(column("rows", "n"))


def _persons_behind(metric: Metric) -> exp.Expr:
    """The smallest group of persons the value tells about; nobody counts for nothing."""
    sides = ("n", "d") if metric.denominator else ("n",)
    groups = [
        exp.Nullif(this=_or_zero(column("persons", side)), expression=exp.Literal.number(0)) for side in sides
    ]
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
    whole = _values(
        "whole",
        ("grain", "period"),
        [(text(g.value), day(p)) for g in grains for p in plan.periods(g)] or [(exp.null(), exp.null())],
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
        .from_(exp.alias_(exp.table_(denominator, quoted=True), "d", table=True))
        .join(whole, using=["grain", "period"])
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
        .join(whole.copy(), using=["grain", "period"])
        .join(
            exp.alias_(seen.subquery(), "k", table=True),
            on=exp.and_(
                *(column(c, "k").eq(column(c, "d")) for c in ("grain", "level", "area")),
                column("dimension", "k").isin(*shared).not_(),
            ),
        )
        .where(column("dimension", "d").eq(text("")))
    )
    return told_apart.union(together, distinct=False).subquery()


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


def cells_of(
    measure: Measure,
    grains: tuple[Grain, ...],
    breakdowns: tuple[Breakdown, ...],
    months: tuple[date, ...],
    observed: str,
    county: str,
    catalogue: Catalogue,
) -> exp.Query:
    """The cells of a measure for several breakdowns, end to end; those its fact cannot give are left out."""
    known = breakdowns_known(measure, breakdowns, catalogue)

    def of(grain: Grain) -> exp.Select:
        window = window_values(measure.window, grain, months)
        if grain is Grain.MONTH or not is_mean_of_months(measure):
            return cells(measure, grain, known, window, observed, county, catalogue)
        each_month = window_values(measure.window, Grain.MONTH, months)
        monthly = cells(measure, Grain.MONTH, known, each_month, observed, county, catalogue)
        return mean_of_months(grain, monthly.subquery(), window)

    first, *rest = (of(grain) for grain in grains)
    query: exp.Query = first
    for other in rest:
        query = query.union(other, distinct=False)
    return query


def breakdowns_known(
    measure: Measure, breakdowns: Iterable[Breakdown], catalogue: Catalogue
) -> tuple[Breakdown, ...]:
    """The breakdowns as far as the measure's fact can give them: a dimension it lacks is left out."""
    dimensions = dimensions_of(catalogue.fact(measure.fact), catalogue)
    return tuple(dict.fromkeys(b if b.dimension in dimensions else Breakdown(b.level) for b in breakdowns))


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
        for name in names_in(expand(read_expression(sql)))
    }
    dimensions = {(name,) for name in dimensions_of(fact, catalogue)}
    return tuple(
        name
        for name in names_needed((measure,), fact, catalogue)
        if name not in dimensions or name[0] in wanted or name in named
    )
