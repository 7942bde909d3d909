"""What a statement is given: values, lists of values and files, put where a statement of Spark can read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import broadcast
from pyspark.sql.types import StructType
from sqlglot import exp

from virtaama.engines.spark_values import (
    PLAIN_PATH,
    FilesRead,
    common_schema,
    encoded_path,
    files_read,
    lists_read,
    literal,
    quoted,
)


class Inputs:
    """Reads files below some folders only. What was shown for a statement is forgotten after it."""

    def __init__(self, session: SparkSession, folders: Sequence[Path]) -> None:
        self._session = session
        self._folders = [folder.resolve() for folder in folders]
        self._given: list[str] = []  # views that only the statement at hand reads

    def forget(self) -> None:
        for name in self._given:
            self._session.catalog.dropTempView(name)
        self._given.clear()

    def bind(self, statement: exp.Expr, parameters: Mapping[str, Any]) -> exp.Expr:
        """A copy of a tree with its values in it, files and lists of values shown to the session as tables."""
        root = statement.copy()
        for select in list(root.find_all(exp.Select)):
            if lists := lists_read(select, parameters):
                name = self._show(self._session.createDataFrame(lists))
                select.set("from_", exp.From(this=exp.to_table(name)))
        for read in list(root.find_all(exp.ReadParquet)):
            table = read.parent
            assert isinstance(table, exp.Table)
            table.set("this", exp.to_identifier(self._show(self.scan(files_read(read, parameters)))))
        for place in list(root.find_all(exp.Placeholder)):
            place.replace(literal(parameters[str(place.this)]))
        return root

    def _show(self, frame: DataFrame) -> str:
        """A name under which the statement at hand knows some rows."""
        name = f"given_{uuid4().hex}"
        frame.createOrReplaceTempView(name)
        self._given.append(name)
        return name

    def scan(self, read: FilesRead) -> DataFrame:
        """The rows of Parquet files, with where they stand as DuckDB would tell it."""
        for file in read.files:
            if not any(Path(file).resolve().is_relative_to(folder) for folder in self._folders):
                raise PermissionError(f"{file} is outside the folders of the project")
        frame = self.parquet(read.files, common_schema(read.files))
        number = [f"_metadata.row_index AS {quoted(read.number)}"] if read.number else []
        if not read.name:
            return frame.selectExpr("*", *number)
        frame = frame.selectExpr("*", *number, f"{PLAIN_PATH} AS row__path")
        renamed = {encoded: file for file in read.files if (encoded := encoded_path(file)) != file}
        if not renamed:
            return frame.withColumnRenamed("row__path", read.name)
        names = pa.table({"row__path": list(renamed), "given": list(renamed.values())})
        together = frame.join(broadcast(self._session.createDataFrame(names)), "row__path", "left")
        others = [quoted(column) for column in frame.columns if column != "row__path"]
        return together.selectExpr(*others, f"coalesce(given, row__path) AS {quoted(read.name)}")

    def parquet(self, files: Sequence[str], schema: StructType) -> DataFrame:
        return self._session.read.schema(schema).parquet(*files)
