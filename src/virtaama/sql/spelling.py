"""What engines spell differently, and nowhere else: the words of the engine, and trees as its text."""

from __future__ import annotations

from sqlglot import exp

DIALECT = "duckdb"
"""The engine's SQL, which is also the SQL people write in models and metrics."""

COLUMN_TYPES = {
    "text": "VARCHAR",
    "identity": "VARCHAR",
    "integer": "BIGINT",
    "decimal": "DECIMAL(18,4)",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "boolean": "BOOLEAN",
}
"""The type of a column for each type of the model language."""


def spelled(tree: exp.Expr, *, pretty: bool = False) -> str:
    """A statement or expression as the engine reads it."""
    return tree.sql(dialect=DIALECT, pretty=pretty)
