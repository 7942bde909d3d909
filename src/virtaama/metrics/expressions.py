"""The SQL expressions of facts and measures."""

from __future__ import annotations

from sqlglot import exp

from virtaama.metrics.functions import ARGUMENTS, refuse_arguments
from virtaama.model.paths import Name
from virtaama.sql.expressions import ALLOWED_FUNCTIONS, read_tree, refuse_functions

_AGGREGATES = ("count", "count_if", "sum", "avg", "mean", "median", "min", "max", "bool_or", "bool_and")
_FUNCTIONS = ALLOWED_FUNCTIONS.union(ARGUMENTS, _AGGREGATES)

AT: Name = ("at",)
"""The day a row is looked at; see `Fact`."""


def read_expression(sql: str) -> exp.Expr:
    """The tree of an expression read as DuckDB. Raises ValueError with the reason when it is none."""
    tree = read_tree(sql)
    refuse_functions(sql, tree, _FUNCTIONS)
    refuse_arguments(tree)
    return tree
