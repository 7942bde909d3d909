"""The rows of a feature table on one day, as one query over the views of concepts as they were then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlglot import exp

from virtaama.metrics.definitions import Catalogue, Fact
from virtaama.metrics.expressions import AT, read_expression
from virtaama.metrics.feature_tables import FeatureTable, State, Use
from virtaama.metrics.functions import functions_by
from virtaama.metrics.plan import columns_of, dimensions_of, parts_of, read_aggregate
from virtaama.metrics.render.joins import Joins, flat
from virtaama.metrics.render.trees import Stars, as_type, column, day, text
from virtaama.model.paths import Name, names_in, rename
from virtaama.model.protection import person_of
from virtaama.sql.ages import Functions, expand
from virtaama.sql.build import function

SNAPSHOT_DAY, MISSING = "snapshot_day", "missing"
UNKNOWN, NO_ROWS, NOT_TOLD = "unknown", "no_rows", "not_told"
"""Why a value is missing in a row: the sources do not say; there is nothing to take a mean of; it is a place of
somebody under a protection order."""
_WHOSE, _STARTS, _ENDS, _UNDER_ORDER = "_whose", "_starts", "_ends", "_under_order"

Reasons = Mapping[str, str]
"""Columns no row of a day can have a value in, each with why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Then:
    """Where the views of concepts are: `then` as they were known when the day was over, `now` as they are."""

    then: Stars
    now: Stars


def feature_rows(
    table: FeatureTable, at: date, absent: Reasons, catalogue: Catalogue, stars: Then
) -> exp.Select:
    """Key, `snapshot_day`, the columns, the outcomes, and `missing`: which are null and why, as `name: reason; …`."""
    joins = Joins(table.of, stars.then, functions_by(catalogue.limits))
    known = {AT: day(at)}
    key = f"{table.of}_key"
    states = {state.name: joins.resolve(state.value, known) for state in table.states}
    condition = joins.resolve(table.where, known) if table.where else None
    uses = [*((use, True) for use in table.uses), *((use, False) for use in table.outcomes)]
    groups: dict[tuple[str, str, bool], list[Use]] = {}
    for use, back in uses:
        if use.name not in absent:
            groups.setdefault((use.fact, use.by, back), []).append(use)
    values: dict[str, exp.Expr] = {}
    counted: list[tuple[str, exp.Select]] = []
    for number, ((fact, by, back), own) in enumerate(groups.items()):
        name = f"used_{number}"
        here = stars.then if back else stars.now
        counted.append((name, _used(own, catalogue.fact(fact), by, at, back, catalogue, here)))
        for use in own:
            value: exp.Expr = column(use.name, name)
            values[use.name] = (
                exp.Coalesce(this=value, expressions=[exp.Literal.number(0)]) if _is_sum(use) else value
            )
    columns = [(each, _column(each, states, values, absent)) for each in (*table.columns, *table.outcomes)]
    instance = column(key, table.of)
    under_order, withheld = _under_order(table, joins, stars.then)
    inner = exp.select(
        instance.copy().as_(key, quoted=True),
        *(value.as_(each.name, quoted=True) for each, value in columns),
        under_order.as_(_UNDER_ORDER, quoted=True),
    )
    inner = joins.add_to(inner)
    if condition is not None:
        inner = inner.where(exp.Paren(this=condition))
    for name, query in counted:
        on = column(_WHOSE, name).eq(instance.copy())
        inner = inner.join(exp.alias_(query.subquery(), name, table=True), on=on, join_type="left")
    return exp.select(
        column(key),
        day(at).as_(SNAPSHOT_DAY, quoted=True),
        *(column(each.name) for each, _ in columns),
        _missing(columns, absent, withheld).as_(MISSING, quoted=True),
    ).from_(inner.subquery("feature_rows"))


def window(use: Use, at: date, back: bool) -> tuple[date, date]:
    """The first and the last day a use looks at."""
    if back:
        return use.span.before(at) + timedelta(days=1), at
    return at + timedelta(days=1), use.span.after(at)


def concepts_of_uses(uses: Iterable[Use], catalogue: Catalogue, stars: Stars) -> tuple[str, ...]:
    """The concepts whose views these uses read."""
    found: dict[str, None] = {}
    for use in uses:
        query = _used([use], catalogue.fact(use.fact), use.by, date(2000, 1, 31), True, catalogue, stars)
        found.update(dict.fromkeys(_concepts_in(query, stars)))
    return tuple(found)


def concepts_of_states(table: FeatureTable, catalogue: Catalogue, stars: Stars) -> tuple[str, ...]:
    """The concepts whose views the states of a table read, its own among them."""
    joins = Joins(table.of, stars, functions_by(catalogue.limits))
    for sql in (table.where, *(state.value for state in table.states)):
        if sql:
            joins.resolve(sql, {AT: exp.null()})
    _under_order(table, joins, stars)
    return _concepts_in(joins.add_to(exp.select(exp.null())), stars)


def _concepts_in(query: exp.Query, stars: Stars) -> tuple[str, ...]:
    names = {stars.table(concept.name).name: concept.name for concept in stars.model.every_concept}
    return tuple(
        dict.fromkeys(names[found.name] for found in query.find_all(exp.Table) if found.name in names)
    )


def _column(
    each: State | Use, states: Mapping[str, exp.Expr], values: Mapping[str, exp.Expr], absent: Reasons
) -> exp.Expr:
    if isinstance(each, State):
        return states[each.name]
    return as_type(exp.null(), "DOUBLE") if each.name in absent else as_type(values[each.name], "DOUBLE")


def _is_sum(use: Use) -> bool:
    return use.aggregate == "days" or read_aggregate(use.aggregate).additive


def _missing(
    columns: Iterable[tuple[State | Use, exp.Expr]], absent: Reasons, withheld: frozenset[str]
) -> exp.Expr:
    said = []
    for each, _ in columns:
        nothing = column(each.name).is_(exp.null())
        why = absent.get(each.name, UNKNOWN if isinstance(each, State) else NO_ROWS)
        reason = exp.case()
        if each.name in withheld:
            reason = reason.when(
                exp.and_(nothing.copy(), column(_UNDER_ORDER)), text(f"{each.name}: {NOT_TOLD}")
            )
        said.append(reason.when(nothing, text(f"{each.name}: {why}")))
    return function("concat_ws", text("; "), *said)


def _under_order(table: FeatureTable, joins: Joins, stars: Stars) -> tuple[exp.Expr, frozenset[str]]:
    """Whether the person of a row has a protection order, and the states that are not told of who has."""
    concept = stars.model.concept(table.of)
    said, person = concept.protection, person_of(concept)
    if said is None or not person:
        return exp.false(), frozenset()
    told_by = stars.model.concept(person).protection
    assert told_by is not None
    told = joins.column((said.through, told_by.told_by) if said.through else (told_by.told_by,))
    withheld = frozenset(
        state.name
        for state in table.states
        if any(name[0] in said.withheld for name in names_in(read_expression(state.value)))
    )
    return exp.Coalesce(this=told, expressions=[exp.false()]), withheld


# Uses ------------------------------------------------------------------------------------------------


def _used(
    uses: list[Use], fact: Fact, by: str, at: date, back: bool, catalogue: Catalogue, stars: Stars
) -> exp.Select:
    """For each instance with rows the values of uses of one fact, each over its own days."""
    own = {*dimensions_of(fact, catalogue), *columns_of(fact, catalogue)}
    functions = functions_by(catalogue.limits)
    needed: dict[Name, None] = {}
    for use in uses:
        for sql in (use.where, _argument(use)):
            if sql:
                needed.update(dict.fromkeys(names_in(read_expression(sql))))
    windows = [window(use, at, back) for use in uses]
    first, last = min(begin for begin, _ in windows), max(end for _, end in windows)
    rows: exp.Query | None = None
    for part in parts_of(fact, catalogue):
        joins = Joins(part.of, stars, functions)
        found = _rows_of(part, by, tuple(needed), own, first, last, joins)
        rows = rows.union(found, distinct=False) if rows else found
    assert rows is not None
    values = [_aggregated(use, window(use, at, back), functions).as_(use.name, quoted=True) for use in uses]
    return (
        exp.select(column(_WHOSE), *values)
        .from_(rows.subquery("u"))
        .where(exp.not_(column(_WHOSE).is_(exp.null())))
        .group_by(column(_WHOSE))
    )


def _rows_of(
    part: Fact, by: str, needed: tuple[Name, ...], own: set[str], first: date, last: date, joins: Joins
) -> exp.Select:
    """The rows of a fact that touch some days: whose they are, first and last day, and the values needed."""
    if part.during:
        starts, ends = (as_type(joins.resolve(sql, {}), "DATE") for sql in part.during)
        held_until: exp.Expr = exp.Coalesce(this=ends.copy(), expressions=[day(last)])
        at: exp.Expr = exp.Least(this=held_until, expressions=[day(last)], ignore_nulls=True)
        lasts = exp.or_(ends.copy().is_(exp.null()), exp.GTE(this=ends.copy(), expression=starts.copy()))
        conditions: list[exp.Expr] = [exp.Paren(this=lasts)]
    else:
        starts = as_type(joins.resolve(part.time, {}), "DATE")
        held_until, at, conditions = starts.copy(), starts.copy(), []
    conditions.append(exp.LTE(this=starts.copy(), expression=day(last)))
    conditions.append(exp.GTE(this=held_until.copy(), expression=day(first)))
    if part.where:
        conditions.append(exp.Paren(this=joins.resolve(part.where, {AT: at})))

    def value(name: Name) -> exp.Expr:
        if name == AT:
            return at.copy()
        if len(name) == 1 and name[0] in own:
            written = dict((*part.by, *part.columns))
            return joins.resolve(written[name[0]], {AT: at})
        return joins.column(name)

    query = exp.select(
        joins.person(by or part.person).as_(_WHOSE, quoted=True),
        starts.as_(_STARTS, quoted=True),
        held_until.as_(_ENDS, quoted=True),
        *(value(name).as_(flat(name), quoted=True) for name in needed),
    ).where(*conditions)
    return joins.add_to(query)


def _aggregated(use: Use, days: tuple[date, date], functions: Functions) -> exp.Expr:
    first, last = day(days[0]), day(days[1])
    within = exp.and_(
        exp.LTE(this=column(_STARTS, "u"), expression=last),
        exp.GTE(this=column(_ENDS, "u"), expression=first),
    )
    if use.where:
        within = exp.and_(within, exp.Paren(this=_over_rows(use.where, functions)))

    def chosen(value: exp.Expr) -> exp.Expr:
        # CASE and not FILTER: every engine leaves nulls out of its aggregates.
        return exp.case().when(within.copy(), value)

    if use.aggregate == "days":
        held = function(
            "date_diff",
            text("day"),
            exp.Greatest(this=column(_STARTS, "u"), expressions=[first.copy()], ignore_nulls=True),
            exp.Least(this=column(_ENDS, "u"), expressions=[last.copy()], ignore_nulls=True),
        )
        return exp.Sum(this=chosen(exp.Add(this=held, expression=exp.Literal.number(1))))
    aggregate = read_aggregate(use.aggregate)
    argument = _over_rows(aggregate.argument, functions) if aggregate.argument else exp.Literal.number(1)
    match aggregate.function:
        case "count":
            return exp.Count(this=chosen(argument))
        case "sum":
            return exp.Sum(this=chosen(argument))
        case "mean":
            return exp.Avg(this=chosen(argument))
        case "median":
            return exp.Median(this=chosen(argument))
        case _:
            return function("quantile_cont", chosen(argument), exp.Literal.number("0.9"))


def _argument(use: Use) -> str:
    return "" if use.aggregate == "days" else read_aggregate(use.aggregate).argument


def _over_rows(sql: str, functions: Functions) -> exp.Expr:
    return rename(expand(read_expression(sql), functions), lambda name: column(flat(name), "u"))
