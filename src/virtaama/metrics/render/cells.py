"""One aggregate per grain, period, level, area, dimension and member."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlglot import exp

from virtaama.metrics.definitions import Catalogue, Measure, Window
from virtaama.metrics.expressions import read_expression
from virtaama.metrics.functions import functions_by
from virtaama.metrics.members import NOT_TOLD, UNKNOWN
from virtaama.metrics.periods import MONTHS_IN, periods, window_months
from virtaama.metrics.plan import (
    STOCK_WINDOWS,
    Breakdown,
    counts_persons,
    dimensions_of,
    parts_of,
    read_aggregate,
)
from virtaama.metrics.question import Grain, Level
from virtaama.metrics.render.joins import flat
from virtaama.metrics.render.observations import DAYS, LOST, MONTH, PERSON, STARTS
from virtaama.metrics.render.trees import as_type, column, day, text, values
from virtaama.model.paths import rename
from virtaama.sql.ages import Functions, expand
from virtaama.sql.build import function

CELL_COLUMNS = ("grain", "period", "level", "area", "dimension", "member")
NOWHERE = ""
"""The area of rows that belong to none of a level: they count in the county, and there is no figure of them."""


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
    has no person). Rows of no municipality or unit are cells of NOWHERE.
    """
    fact, functions = catalogue.fact(measure.fact), functions_by(catalogue.limits)
    spread = any(part.during for part in parts_of(fact, catalogue))
    # A row that touches several months of a window is one row: its first month there stands for it.
    once = exp.or_(column(STARTS, "o"), column(MONTH, "o").eq(column("window_first", "w")))
    counted_once = spread and measure.window not in STOCK_WINDOWS
    conditions: list[exp.Expr] = []
    if measure.where:
        conditions.append(exp.Paren(this=_over_observations(measure.where, functions)))
    if counted_once and measure.window is not Window.DAYS:
        conditions.append(exp.Paren(this=once))
    rows: exp.Expr = exp.Count(this=exp.Star())
    if counted_once and measure.window is Window.DAYS:
        rows = exp.Filter(this=rows, expression=exp.Where(this=once))
    persons = _persons() if counts_persons(fact, catalogue) else rows.copy()
    levels = {
        b.level.value: column(f"_at_{b.level.value}", "o") for b in breakdowns if b.level is not Level.COUNTY
    }
    dimensions = {b.dimension: column(f"_by_{b.dimension}", "o") for b in breakdowns if b.dimension}
    laid_out = exp.select(
        exp.Star(),
        *(column(level).as_(f"_at_{level}", quoted=True) for level in levels),
        *(_member(dimension).as_(f"_by_{dimension}", quoted=True) for dimension in dimensions),
    ).from_(exp.table_(observed, quoted=True))
    select = (
        exp.select(
            text(grain.value).as_("grain"),
            column("period", "w"),
            _first_grouped(levels, named=True, otherwise=Level.COUNTY.value).as_("level"),
            _first_grouped(levels, named=False, otherwise=county).as_("area"),
            _first_grouped(dimensions, named=True, otherwise="").as_("dimension"),
            _first_grouped(dimensions, named=False, otherwise="").as_("member"),
            as_type(_aggregated(measure, functions), "DOUBLE").as_("value"),
            as_type(rows, "BIGINT").as_("rows"),
            as_type(persons, "BIGINT").as_("persons"),
        )
        .from_(exp.alias_(laid_out.subquery(copy=False), "o", table=True, copy=False), copy=False)
        .join(window.copy(), on=column(MONTH, "o").eq(column("month", "w")), copy=False)
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
    if measure.per_person_having:
        select = select.join(
            exp.alias_(
                _qualifying(measure, window, observed, once if counted_once else None, functions).subquery(),
                "q",
                table=True,
            ),
            on=exp.and_(
                column(PERSON, "q").eq(column(PERSON, "o")),
                column("period", "q").eq(column("period", "w")),
            ),
        )
    return select.where(*conditions, copy=False) if conditions else select


def _member(dimension: str) -> exp.Expr:
    """The member a row belongs to; where it belongs to none, why."""
    why = exp.case().when(column(f"{LOST}{dimension}"), text(UNKNOWN)).else_(text(NOT_TOLD))
    return exp.Coalesce(this=column(dimension), expressions=[why])


def _is_grouped(by: exp.Expr) -> exp.Expr:
    return exp.func("GROUPING", by.copy(), dialect="duckdb").eq(exp.Literal.number(0))


def _first_grouped(columns: dict[str, exp.Column], *, named: bool, otherwise: str) -> exp.Expr:
    """The name, or else the value, of the one column among these that a grouping set has."""
    if not columns:
        return text(otherwise)
    case = exp.Case()
    for name, by in columns.items():
        value = exp.Coalesce(this=as_type(by.copy(), "VARCHAR"), expressions=[text(NOWHERE)])
        case = case.when(_is_grouped(by), text(name) if named else value, copy=False)
    return case.else_(text(otherwise), copy=False)


def _over_observations(sql: str, functions: Functions) -> exp.Expr:
    return rename(expand(read_expression(sql), functions), lambda name: column(flat(name), "o"))


def _aggregated(measure: Measure, functions: Functions) -> exp.Expr:
    aggregate = read_aggregate(measure.aggregate)
    argument = _over_observations(aggregate.argument, functions) if aggregate.argument else exp.null()
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
    return values("w", ("month", "period", "window_first"), rows)


def _qualifying(
    measure: Measure, window: exp.Expr, observed: str, once: exp.Expr | None, functions: Functions
) -> exp.Select:
    """The persons whose rows of a period, anywhere in the county, satisfy the measure's condition."""
    select = (
        exp.select(column(PERSON, "o"), column("period", "w"))
        .from_(exp.alias_(exp.table_(observed, quoted=True), "o", table=True))
        .join(window.copy(), on=column(MONTH, "o").eq(column("month", "w")))
        .where(column(PERSON, "o").is_(exp.null()).not_())
        .group_by(column(PERSON, "o"), column("period", "w"))
        .having(_over_observations(measure.per_person_having, functions))
    )
    if measure.where:
        select = select.where(exp.Paren(this=_over_observations(measure.where, functions)))
    return select.where(exp.Paren(this=once.copy())) if once is not None else select


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
