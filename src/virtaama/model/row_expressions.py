"""Expressions over the columns of one row, as rules have them."""

from __future__ import annotations

from sqlglot import exp

from virtaama.sql.ages import AGES, expand
from virtaama.sql.expressions import ALLOWED_FUNCTIONS, NotAnExpression, read_tree, refuse_functions


def read_value(sql: str) -> exp.Expr:
    """The expression of a computed attribute. Raises ValueError with the reason when it is none."""
    tree = read_tree(sql)
    if tree.find(exp.AggFunc, exp.Window):
        raise NotAnExpression("it looks at several rows", "Write a derived concept for that.")
    refuse_functions(sql, tree, ALLOWED_FUNCTIONS.union(AGES))
    return expand(tree)
