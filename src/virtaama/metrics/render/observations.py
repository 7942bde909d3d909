"""The rows of a fact laid on months, with its dimensions and whatever measures name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlglot import exp

from virtaama.metrics.definitions import Catalogue, Fact, Measure
from virtaama.metrics.expressions import AT, read_expression
from virtaama.metrics.functions import functions_by
from virtaama.metrics.periods import last_day, periods
from virtaama.metrics.plan import (
    Coverage,
    Sampling,
    dimensions_of,
    parts_of,
    read_aggregate,
)
from virtaama.metrics.question import Grain
from virtaama.metrics.render.joins import Joins, flat
from virtaama.metrics.render.trees import Stars, as_type, column, day, text, values
from virtaama.model.paths import Name, names_in
from virtaama.sql.build import function

# Columns every observation has; the underscore keeps them apart from what authors name.
MONTH, PERSON, STARTS, DAYS = "_month", "_person", "_starts", "_days"
LOST = "_lost_"
"""Before the name of a dimension: whether what the row points to for it is not there."""


def names_needed(measures: Iterable[Measure], fact: Fact, catalogue: Catalogue) -> tuple[Name, ...]:
    """What the observations of a fact must carry so that these measures can be computed."""
    needed: dict[Name, None] = {(d,): None for d in dimensions_of(fact, catalogue)}
    for measure in measures:
        argument = read_aggregate(measure.aggregate).argument
        for sql in (measure.where, argument, measure.per_person_having):
            if sql:
                needed.update(dict.fromkeys(names_in(read_expression(sql))))
    return tuple(needed)


def observations(
    fact: Fact,
    sampling: Sampling,
    needed: tuple[Name, ...],
    months: tuple[date, ...],
    catalogue: Catalogue,
    stars: Stars,
) -> exp.Query:
    """The rows of a fact laid on months: _month, _person, _starts, _days and one column per needed name.

    A dimension among them has a second column, of LOST.
    """
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
    joins = Joins(fact.of, stars, functions_by(catalogue.limits))
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
            this=function("date_diff", text("day"), piece_starts, piece_ends.copy()),
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
            _named(name, fact, joins, at, dimensions_of(fact, catalogue)).as_(flat(name), quoted=True)
            for name in needed
        ),
        *(
            exp.alias_(joins.lost(sql, (AT,)), f"{LOST}{dimension}", quoted=True)
            for dimension, sql in _in_order(fact.by, needed)
        ),
    ).where(*conditions, copy=False)
    select = joins.add_to(select)
    return select.join(_calendar(months), on=exp.true(), join_type="inner") if fact.during else select


def span(part: Fact, catalogue: Catalogue, stars: Stars) -> exp.Select:
    """The first and the last day of a fact over one concept, and whether some row has no end yet."""
    joins = Joins(part.of, stars, functions_by(catalogue.limits))
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
    joins: Joins,
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


def _in_order(by: Iterable[tuple[str, str]], needed: tuple[Name, ...]) -> Iterable[tuple[str, str]]:
    """The dimensions needed, as the names are: the same for every fact of a union."""
    expressions = dict(by)
    return ((name, expressions[name]) for name, *more in needed if not more and name in expressions)


def _as_day(value: exp.Expr) -> exp.Expr:
    return as_type(value, "DATE")


def calendar(coverage: Coverage) -> tuple[date, ...]:
    """Every month of the years a coverage touches: what windows over whole years look at."""
    return periods(date(coverage.first.year, 1, 1), date(coverage.last.year, 12, 1), Grain.MONTH)


def _calendar(months: tuple[date, ...]) -> exp.Expr:
    return values(
        "calendar",
        ("first_day", "last_day"),
        ((day(month), day(last_day(month, Grain.MONTH))) for month in months),
    )
