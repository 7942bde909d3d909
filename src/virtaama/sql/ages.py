"""Age and age group as people write them in models and metrics, expanded into plain SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp

AGE_GROUPS: tuple[tuple[str, int, int], ...] = (
    ("00-06", 0, 6),
    ("07-17", 7, 17),
    ("18-29", 18, 29),
    ("30-64", 30, 64),
    ("65-74", 65, 74),
    ("75-84", 75, 84),
    ("85+", 85, 150),
)
"""The age groups figures are broken down by, written so that their text sorts by age."""

Functions = Mapping[str, tuple[int, Callable[..., exp.Expr]]]
"""Functions of the platform by name: how many arguments each takes, and what it stands for."""


def age_years(born: exp.Expr, at: exp.Expr) -> exp.Expr:
    """Whole years lived on the day `at`; who is born on 29 February is a year older on the 28th (150/1930 3 §)."""
    return exp.Anonymous(this="datesub", expressions=[exp.Literal.string("year"), as_day(born), as_day(at)])


def age_group(born: exp.Expr, at: exp.Expr) -> exp.Expr:
    """The name of the age group on the day `at`; null where an age is unknown or impossible."""
    years = age_years(born, at)
    groups = exp.Case()
    for name, youngest, oldest in AGE_GROUPS:
        within = exp.Between(
            this=years.copy(),
            low=exp.Literal.number(youngest),
            high=exp.Literal.number(oldest),
        )
        groups = groups.when(within, exp.Literal.string(name), copy=False)
    return groups


def as_day(moment: exp.Expr) -> exp.Expr:
    return exp.cast(moment.copy(), exp.DataType.Type.DATE)


AGES: Functions = {"age_years": (2, age_years), "age_group": (2, age_group)}


def expand(tree: exp.Expr, functions: Functions = AGES) -> exp.Expr:
    """The expression with the platform's functions written out.

    Raises ValueError when one is called with the wrong number of arguments.
    """

    def expanded(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Anonymous) or node.name.lower() not in functions:
            return node
        name = node.name.lower()
        wanted, function = functions[name]
        if len(node.expressions) != wanted:
            raise ValueError(f"{name} takes {wanted} arguments, not {len(node.expressions)}")
        return function(*(expand(argument, functions) for argument in node.expressions))

    return tree.copy().transform(expanded, copy=False)
