"""Values and types between statements, Arrow and Spark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame
from pyspark.sql.pandas.types import from_arrow_schema
from pyspark.sql.types import StructType
from sqlglot import exp

from virtaama.sql.spelling import spark_type

PLAIN_PATH = "regexp_replace(_metadata.file_path, '^[a-z0-9]+:/+', '/')"
"""Where a row stands, as a path without the name of the file system; some characters are encoded."""

_UNTOUCHED = frozenset("_-!.~'()*,;:$&+=/@")


def literal(value: object) -> exp.Expr:
    """A value as a part of a tree, in the words of DuckDB."""
    match value:
        case datetime():
            if value.tzinfo is not None:
                value = value.replace(tzinfo=None)
            return exp.cast(exp.Literal.string(value.isoformat(sep=" ")), "TIMESTAMP")
        case date():
            return exp.cast(exp.Literal.string(value.isoformat()), "DATE")
        case UUID():
            return exp.cast(exp.Literal.string(str(value)), "UUID")
        case Decimal():
            return exp.Literal.number(format(value, "f"))
        case None | bool() | int() | float() | str():
            return exp.convert(value)
        case _:
            raise TypeError(f"a {type(value).__name__} cannot be given to a statement")


def lists_read(select: exp.Select, parameters: Mapping[str, Any]) -> pa.Table | None:
    """The lists that `SELECT UNNEST($a), UNNEST($b)` puts side by side, as columns; None where there are none.

    The columns take the places of the lists in the query.
    """
    lists = [found for one in select.expressions for found in one.find_all(exp.Explode, exp.Unnest)]
    if not lists or select.args.get("from_"):
        return None
    columns = {}
    for place, one in enumerate(lists):
        given = one.find(exp.Placeholder)
        if given is None:
            raise ValueError("UNNEST is of a list that is given")
        values = pa.array(parameters[str(given.this)])
        columns[f"list_{place}"] = values.cast(pa.string()) if pa.types.is_null(values.type) else values
        one.replace(exp.column(f"list_{place}", quoted=True))
    return pa.table(columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesRead:
    """What a read_parquet asks for: `name` is the column with the file's name, `number` that of the row in it."""

    files: tuple[str, ...]
    name: str = ""
    number: str = ""


def files_read(read: exp.ReadParquet, parameters: Mapping[str, Any]) -> FilesRead:
    first, *options = read.expressions
    given = parameters[str(first.this)] if isinstance(first, exp.Placeholder) else first.name
    files = tuple(str(file) for file in (given if isinstance(given, (list, tuple)) else [given]))
    asked = {option.this.name.lower(): option.expression for option in options}
    name, number = (
        "" if wanted is None else wanted.name if wanted.is_string else column
        for column, wanted in ((c, asked.get(c)) for c in ("filename", "file_row_number"))
    )
    return FilesRead(files=files, name=name, number=number)


def common_schema(files: Sequence[str]) -> StructType:
    """The columns of Parquet files together; a file may lack some."""
    schemas = [pq.read_schema(file).remove_metadata() for file in files]
    return from_arrow_schema(pa.unify_schemas(schemas))


def encoded_path(file: str) -> str:
    """A path as Spark tells it of a row: blanks and signs written as %xx, letters of any kind as they are."""
    return "".join(c if c.isalnum() or c in _UNTOUCHED or ord(c) > 127 else f"%{ord(c):02X}" for c in file)


def declared(kind: exp.Expr) -> str:
    """A type as a table declares it, the way DuckDB tells it."""
    name = kind.sql(dialect="duckdb").replace(", ", ",").upper()
    return {"TEXT": "VARCHAR", "INT": "INTEGER", "REAL": "FLOAT"}.get(name, name)


def schema_of(columns: Sequence[tuple[str, str]]) -> StructType:
    found = StructType.fromDDL(", ".join(f"`{name}` {spark_type(kind)}" for name, kind in columns))
    assert isinstance(found, StructType)
    return found


def cast_to(frame: DataFrame, columns: Sequence[tuple[str, str]]) -> DataFrame:
    """The rows with the columns of a table, in their order and types; null where there is none."""
    given = {name.lower() for name in frame.columns}
    return frame.selectExpr(
        *(
            f"CAST({quoted(name) if name.lower() in given else 'NULL'} AS {spark_type(kind)}) AS {quoted(name)}"
            for name, kind in columns
        )
    )


def quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def nothing_of(columns: Sequence[tuple[str, str]]) -> str:
    """The columns of a table as words of a SELECT that has no rows."""
    return ", ".join(f"CAST(NULL AS {spark_type(kind)}) AS `{name}`" for name, kind in columns)


def keys_as_text(rows: pa.Table) -> pa.Table:
    """Keys, which are bytes on Spark, as the text DuckDB would give."""
    for place, field in enumerate(rows.schema):
        if pa.types.is_binary(field.type) or pa.types.is_large_binary(field.type):
            keys = [None if key is None else str(UUID(bytes=key)) for key in rows.column(place).to_pylist()]
            rows = rows.set_column(place, field.name, pa.array(keys, pa.string()))
    return rows
