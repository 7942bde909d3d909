"""What engines spell differently, and nowhere else: the words of an engine, and trees as its text."""

from __future__ import annotations

from enum import StrEnum

from sqlglot import Dialect, exp

from virtaama.sql.spark.rewrite import for_spark

DIALECT = Dialect.get_or_raise("duckdb")
"""The SQL that trees are built and read as, and that people write in models and metrics."""


class EngineName(StrEnum):
    """The engines a warehouse can be on."""

    DUCKDB = "duckdb"
    SPARK = "spark"


SPARK_TYPES = {
    "VARCHAR": "string",
    "BIGINT": "bigint",
    "INTEGER": "int",
    "SMALLINT": "smallint",
    "TINYINT": "tinyint",
    "DOUBLE": "double",
    "FLOAT": "float",
    "DATE": "date",
    "TIMESTAMP": "timestamp_ntz",
    "BOOLEAN": "boolean",
    "UUID": "binary",
}
"""Types of columns as Spark calls them; a DECIMAL(p,s) is decimal(p,s)."""


def spelled(tree: exp.Expr, engine: EngineName = EngineName.DUCKDB, *, pretty: bool = False) -> str:
    """A statement or expression as an engine reads it. Raises NotSpelled for what it would read otherwise."""
    said = for_spark(tree) if engine is EngineName.SPARK else tree
    return said.sql(dialect=engine.value, pretty=pretty)


def spark_type(kind: str) -> str:
    """A type of a column, as it is written in DDL, in the words of Spark."""
    return SPARK_TYPES.get(kind) or kind.lower()


def column_type_of_spark(kind: str) -> str:
    """The other way round: what Spark calls `binary` is a key."""
    return next((ours for ours, theirs in SPARK_TYPES.items() if theirs == kind), kind.upper())
