"""Relationships of a concept to itself: who stands under whom, and who is the same as whom."""

from __future__ import annotations

from sqlglot import exp

from virtaama.sql.build import column, join, named, select, subquery, table, union_all
from virtaama.sql.spelling import DIALECT

DEEPEST = 32
"""Levels that are followed; what lies deeper, or runs in a circle, ends there."""


def bridge(rows: exp.Query, key: str, above: str) -> exp.Select:
    """Every instance with each of those above it and with itself: `descendant`, `ancestor` and `depth` from 0.

    `rows` is the view of the concept, `key` its hash key and `above` the column of the relationship that
    points upwards. Paths are doubled at each turn, so five joins follow 32 levels, on any engine. Where
    instances stand above each other in a circle, each is an ancestor of the others, at its least depth.
    """
    steps = select(
        named(column(key), "descendant"), named(column(above), "ancestor"), named(_number(1), "depth")
    )
    steps = steps.from_(subquery(rows, "view")).where(_known(above))
    itself = select(
        named(column(key), "descendant"), named(column(key), "ancestor"), named(_number(0), "depth")
    )
    turns = [_least(union_all([itself.from_(subquery(rows.copy(), "view")), steps]))]
    reach = 1
    while reach < DEEPEST:
        paths = f"paths_{len(turns) - 1}"
        further = select(
            column("descendant", "low"),
            column("ancestor", "high"),
            named(column("depth", "low") + column("depth", "high"), "depth"),
        ).from_(table(paths, "low"))
        meet = column("ancestor", "low").eq(column("descendant", "high"))
        turns.append(_least(further.join(table(paths, "high"), on=meet)))
        reach *= 2
    whole = select("descendant", "ancestor", "depth").from_(table(f"paths_{len(turns) - 1}"))
    for place, turn in enumerate(turns):
        whole = whole.with_(f"paths_{place}", as_=turn, dialect=DIALECT)
    return whole


def same_as(rows: exp.Query, key: str, same: str) -> exp.Select:
    """Every instance with the one that stands for it: `<key>` and `stands_for`, its own key where it stands alone.

    `same` is the column of the relationship that names the instance it is the same as, as record linkage or a
    register tells it. Chains end at the last; of a circle the least key stands for all.
    """
    reached = subquery(bridge(rows, key, same), "reached")
    onwards = select(named(column(key), "ancestor"), same).from_(subquery(rows.copy(), "onwards"))
    ends = join(
        select("descendant", "ancestor", "depth", same).from_(reached),
        subquery(onwards, "onwards"),
        "ancestor",
        "LEFT",
    )
    last = exp.case().when(exp.Is(this=column(same), expression=exp.null()), column("ancestor"))
    return (
        select(
            named(column("descendant"), key),
            named(
                exp.Coalesce(this=exp.Min(this=last), expressions=[exp.Min(this=column("ancestor"))]),
                "stands_for",
            ),
        )
        .from_(subquery(ends, "ends"))
        .group_by(column("descendant"))
    )


def levels(rows: exp.Query, key: str, above: str, level: int) -> exp.Select:
    """The one above each instance at a level counted from the top, which is 1; itself where it stands there.

    Columns `descendant`, `at_level` and `astray`. An instance nearer to the top than that has nothing at the level.
    Where the way up never ends, in a circle, there is no top: `astray` says so. One that is said to stand
    above itself stands at the top.
    """
    deepest = exp.Window(this=exp.Max(this=column("depth")), partition_by=[column("descendant")])
    paths = select("descendant", "ancestor", "depth", named(deepest, "deepest")).from_(
        subquery(bridge(rows, key, above), "bridge")
    )

    def ancestor(at: exp.Expr) -> exp.Expr:
        return exp.Min(this=exp.case().when(column("depth").eq(at), column("ancestor")))

    wanted = column("deepest") - _number(level - 1)
    placed = (
        select("descendant", named(ancestor(column("deepest")), "top"), named(ancestor(wanted), "at_level"))
        .from_(subquery(paths, "paths"))
        .group_by(column("descendant"))
    )
    onwards = select(named(column(key), "top"), named(column(above), "onwards"))
    onwards = onwards.from_(subquery(rows.copy(), "view")).where(_known(above))
    astray = exp.Coalesce(this=column("onwards").neq(column("top")), expressions=[exp.false()])
    whole = select("descendant", "at_level", "top", named(astray, "astray")).from_(subquery(placed, "placed"))
    whole = join(whole, subquery(onwards, "onwards"), "top", "LEFT")
    found = exp.case().when(exp.not_(column("astray")), column("at_level"))
    return select("descendant", named(found, "at_level"), "astray").from_(subquery(whole, "whole"))


def lasts(rows: exp.Query, key: str, same: str) -> exp.Select:
    """The one that stands for each instance, in the columns of `levels`; nothing is astray."""
    found = same_as(rows, key, same)
    columns = (named(column(key), "descendant"), named(column("stands_for"), "at_level"))
    return select(*columns, named(exp.false(), "astray")).from_(subquery(found, "found"))


def _least(paths: exp.Query) -> exp.Select:
    depth = named(exp.Min(this=column("depth")), "depth")
    pair = ("descendant", "ancestor")
    return select(*pair, depth).from_(subquery(paths, "paths")).group_by(*map(column, pair))


def _number(value: int) -> exp.Expr:
    return exp.cast(exp.Literal.number(value), "INTEGER")


def _known(name: str) -> exp.Expr:
    return exp.not_(exp.Is(this=column(name), expression=exp.null()))
