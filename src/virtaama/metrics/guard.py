"""How large a group guards each figure against being computed from the figures around it.

A figure about `persons` persons is hidden from a reader whose smallest group is larger. That alone does
not protect it: where all the others of a whole are shown, the hidden one is their difference. So in every
*family* whose sum can be asked for, the second smallest figure is guarded by the size of the smallest:
whenever the smallest is hidden, the second is hidden with it. This holds for every smallest group at once,
so it is computed when figures are made and not when they are read. Figures about nobody are shown.
"""

from __future__ import annotations

from sqlglot import exp

from virtaama.metrics.question import Grain, Level
from virtaama.metrics.render.figures import FIGURE_COLUMNS
from virtaama.metrics.render.trees import column, text
from virtaama.sql.build import function

# The members of an area, the areas of a level, and the months or quarters of the next longer period.
FAMILIES: tuple[tuple[str, ...], ...] = (
    ("metric", "grain", "period", "level", "area", "dimension"),
    ("metric", "grain", "period", "level", "dimension", "member"),
    ("metric", "grain", "longer_period", "level", "area", "dimension", "member"),
)

# Hiding one more figure can leave another alone in its family: a few rounds reach every such chain.
ROUNDS = 3


def guarded(figures: exp.Query, columns: tuple[str, ...] = FIGURE_COLUMNS) -> exp.Select:
    """The figures, which have these columns, with one more, `guard`: 0 for figures about nobody."""
    named = [column(name) for name in columns]
    longer_grain = (
        exp.Case()
        .when(column("grain").eq(text(Grain.MONTH.value)), _truncated("quarter"))
        .when(column("grain").eq(text(Grain.QUARTER.value)), _truncated("year"))
    )
    query = exp.select(*named, longer_grain.as_("longer_period"), column("persons").as_("guard")).from_(
        figures.subquery("figures")
    )
    for _ in range(ROUNDS):
        for family in FAMILIES:
            # Columns are named: not every engine can replace one of all.
            query = exp.select(
                *(name.copy() for name in named),
                column("longer_period"),
                exp.alias_(_guard_in(family), "guard", quoted=True),
            ).from_(query.subquery("figures", copy=False), copy=False)
    return exp.select(*(name.copy() for name in named), column("guard")).from_(query.subquery("figures"))


def _guard_in(family: tuple[str, ...]) -> exp.Expr:
    counted = exp.GT(this=column("guard"), expression=exp.Literal.number(0))
    return (
        exp.Case()
        .when(
            exp.and_(
                counted.copy(),
                _is_a_part(family),
                _over(exp.RowNumber(), family, counted).eq(exp.Literal.number(2)),
            ),
            _over(exp.Anonymous(this="lag", expressions=[column("guard")]), family, counted),
        )
        .else_(column("guard"))
    )


def _over(function: exp.Expr, family: tuple[str, ...], counted: exp.Expr) -> exp.Expr:
    """A window function over the figures of a family about somebody, from the smallest up."""
    by_size = [
        exp.Ordered(this=column(name), desc=False, nulls_first=False)
        for name in ("guard", "area", "member", "period")
    ]
    return exp.Window(
        this=function,
        partition_by=[*(column(name) for name in family), counted.copy()],
        order=exp.Order(expressions=by_size),
    )


def _is_a_part(family: tuple[str, ...]) -> exp.Expr:
    if "longer_period" in family:
        return column("longer_period").is_(exp.null()).not_()
    if "member" in family:
        return column("level").neq(text(Level.COUNTY.value))
    return column("dimension").neq(text(""))


def _truncated(unit: str) -> exp.Expr:
    truncated = function("date_trunc", text(unit), column("period"))
    return exp.cast(truncated, exp.DataType.Type.DATE)
