"""Spark as the engine: statements run on a cluster, tables are Parquet files named by a manifest.

Nothing is asked of the cluster but Spark itself: no catalogue, no table format of others. The folder of
the warehouse is seen by the driver and by every worker under the same path.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from sqlglot import exp

from virtaama.engines.port import ROW_GROUP
from virtaama.engines.segments import Segment, Segments, StoredTable
from virtaama.engines.spark_faults import values_kept_back
from virtaama.engines.spark_inputs import Inputs
from virtaama.engines.spark_values import (
    FilesRead,
    cast_to,
    declared,
    keys_as_text,
    nothing_of,
    quoted,
    schema_of,
)
from virtaama.sql.spelling import EngineName, column_type_of_spark, spelled

_SETTINGS = {
    # One meaning of time everywhere: a moment without a zone.
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    # A value that cannot be cast is an error, as it is on DuckDB.
    "spark.sql.ansi.enabled": "true",
    # The calendar of today for all centuries, in files of ours and of others.
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.sources.useV1SourceList": "parquet",
}
_MOST_SEGMENTS = 24  # more are brought together when a transaction ends


class Spark:
    """An open warehouse on Spark."""

    def __init__(self, session: SparkSession, segments: Segments, folders: Sequence[Path]) -> None:
        self._session = session
        self._segments = segments
        self._inputs = Inputs(session, folders)
        self._manifest = segments.current()
        self._tables = dict(self._manifest.tables)
        self._temporary: dict[str, StoredTable] = {}
        self._views: set[str] = set()  # views over files or over nothing, which hold no segments
        self._shown: dict[str, StoredTable] = {}  # what the session's view of a name stands for
        self._in_transaction = False

    @classmethod
    def open(cls, folder: Path, session: SparkSession, *, folders: Sequence[Path] = ()) -> Self:
        """Open or make the warehouse in `folder`. Statements can read files below `folders` only.

        The session is the caller's, who closes it; `start_session` makes one.
        Raises Busy when another process has the warehouse open.
        """
        for name, value in _SETTINGS.items():
            session.conf.set(name, value)
        folder = folder.resolve()
        return cls(session, Segments.open(folder), (folder, *folders))

    # The port

    def run(self, statement: exp.Expr, parameters: dict[str, Any] | None = None) -> int:
        """Run a statement; return the number of rows it changed. Values it does not name are left out.

        Raises WrongType where a value cannot be cast.
        """
        with self._statement(statement, parameters) as bound, self._own_transaction():
            match bound:
                case exp.Insert():
                    return self._insert(bound)
                case exp.Create():
                    return self._create(bound)
                case exp.Delete():
                    return self._delete(bound)
                case exp.Update():
                    return self._update(bound)
                case exp.Alter():
                    return self._alter(bound)
                case exp.Drop():
                    return self._drop(bound)
                case _:
                    raise ValueError(f"{type(bound).__name__} is no statement of this engine")

    def read(self, query: exp.Expr, parameters: dict[str, Any] | None = None) -> pa.Table:
        """Run a query; return its rows as columns. Keys are read as their text."""
        with self._statement(query, parameters) as bound:
            return keys_as_text(self._frame(bound).toArrow())

    def rows(self, query: exp.Expr, parameters: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        """Run a query of a few rows; return each as its values by name."""
        rows: list[dict[str, Any]] = self.read(query, parameters).to_pylist()
        return rows

    def write(
        self, query: exp.Expr, path: Path, parameters: dict[str, Any] | None = None, *, group: int = ROW_GROUP
    ) -> int:
        """A folder of Parquet files; where the query has an order, the files' order and that of their rows."""
        with self._statement(query, parameters) as bound:
            self._frame(bound).write.option("parquet.block.row.count.limit", group).parquet(
                str(path.resolve())
            )
        files = sorted(path.glob("*.parquet"))
        return sum(pq.read_metadata(file).num_rows for file in files)

    def view(self, name: str, files: Sequence[Path]) -> None:
        """Parquet files that `write` made, as a view of the session."""
        parts = [
            part for file in files for part in (sorted(file.glob("*.parquet")) if file.is_dir() else [file])
        ]
        self._inputs.scan(FilesRead(files=tuple(map(str, parts)))).createOrReplaceTempView(name)
        self._forget(name)
        self._views.add(name)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        before, temporary = dict(self._tables), dict(self._temporary)
        self._in_transaction = True
        try:
            yield
            self._bring_together()
            self._manifest = self._segments.commit(self._tables, self._manifest.number)
        except BaseException:
            self._tables, self._temporary = before, temporary
            self._in_transaction = False
            self._sweep()
            raise
        self._in_transaction = False
        self._sweep()

    def columns(self, table: str) -> Sequence[tuple[str, str]]:
        found = self._tables.get(table) or self._temporary.get(table)
        return found.columns if found else ()

    def tables(self) -> Sequence[str]:
        return sorted(self._tables)

    def close(self) -> None:
        """Let go of the warehouse; the session stays open."""
        self._segments.sweep(self._manifest)
        self.let_go()

    def let_go(self) -> None:
        for name in (*self._shown, *self._views):
            with suppress(PySparkException):
                self._session.catalog.dropTempView(name)
        self._segments.close()

    # Statements

    def _insert(self, statement: exp.Insert) -> int:
        schema = statement.this
        named = [column.name for column in schema.expressions] if isinstance(schema, exp.Schema) else None
        name = (schema.this if isinstance(schema, exp.Schema) else schema).name
        table = self._held(name)
        given = self._frame(statement.expression)
        by_name = named or [column for column, _ in table.columns[: len(given.columns)]]
        given = given.toDF(*by_name)
        segment = self._write(cast_to(given, table.columns))
        self._hold(name, StoredTable(columns=table.columns, segments=(*table.segments, *_kept(segment))))
        return segment.rows

    def _create(self, statement: exp.Create) -> int:
        name = statement.this.this.name if isinstance(statement.this, exp.Schema) else statement.this.name
        temporary = statement.find(exp.TemporaryProperty) is not None
        if not statement.args.get("replace") and self.columns(name):
            if statement.args.get("exists"):
                return 0
            raise ValueError(f"there is a table {name} already")
        place = self._temporary if temporary else self._tables
        if statement.expression is None:
            definitions = statement.this.expressions
            columns = tuple((d.name, declared(d.args["kind"])) for d in definitions)
            place[name] = StoredTable(columns=columns)
            return 0
        frame = self._frame(statement.expression)
        columns = tuple(
            (field.name, column_type_of_spark(field.dataType.simpleString())) for field in frame.schema.fields
        )
        segment = self._write(frame)
        self._views.discard(name)
        place[name] = StoredTable(columns=columns, segments=_kept(segment))
        return segment.rows

    def _delete(self, statement: exp.Delete) -> int:
        name = statement.this.name
        table = self._held(name)
        where = statement.args.get("where")
        if where is None:
            self._hold(name, StoredTable(columns=table.columns))
            return table.rows
        stays = exp.Not(this=exp.Coalesce(this=exp.paren(where.this.copy()), expressions=[exp.false()]))
        rows = exp.select(exp.Star()).from_(exp.table_(name, quoted=True)).where(stays)
        return self._rewrite(name, table, where.this, rows)

    def _update(self, statement: exp.Update) -> int:
        name = statement.this.name
        table = self._held(name)
        where = statement.args.get("where")
        met = (
            exp.Coalesce(this=exp.paren(where.this.copy()), expressions=[exp.false()])
            if where
            else exp.true()
        )
        values = {setting.this.name: setting.expression for setting in statement.expressions}
        columns = [
            exp.alias_(
                exp.Case().when(met.copy(), values[column].copy()).else_(exp.column(column, quoted=True)),
                column,
                quoted=True,
            )
            if column in values
            else exp.column(column, quoted=True)
            for column, _ in table.columns
        ]
        source = exp.table_(name, quoted=True)
        count = exp.select(exp.alias_(exp.Count(this=exp.Star()), "changed")).from_(source).where(met)
        changed = int(self._frame(count).collect()[0][0])
        if changed:
            self._rewrite(
                name, table, where.this if where else exp.true(), exp.select(*columns).from_(source.copy())
            )
        return changed

    def _rewrite(self, name: str, table: StoredTable, met: exp.Expr, rows: exp.Select) -> int:
        """Write anew the segments that hold rows of a condition; the rows that are gone.

        Segments without such a row stay as they are.
        """
        folders = self._touched(table, name, met) if len(table.segments) > 1 else None
        touched = tuple(s for s in table.segments if folders is None or s.folder in folders)
        if not touched:
            return 0
        self._show(name, StoredTable(columns=table.columns, segments=touched))
        segment = self._write(cast_to(self._frame_shown(rows, {name}), table.columns))
        rest = tuple(segment for segment in table.segments if segment not in touched)
        self._forget(name)
        self._hold(name, StoredTable(columns=table.columns, segments=(*rest, *_kept(segment))))
        return sum(segment.rows for segment in touched) - segment.rows

    def _touched(self, table: StoredTable, name: str, met: exp.Expr) -> set[str]:
        """The folders of the segments that hold a row of a condition."""
        files = [file for segment in table.segments for file in self._segments.files(segment)]
        frame = self._inputs.parquet(files, schema_of(table.columns)).selectExpr(
            "*", "_metadata.file_path AS row__file"
        )
        frame.createOrReplaceTempView(name)
        self._forget(name)
        query = (
            exp.select("row__file")
            .distinct()
            .from_(exp.table_(name, quoted=True))
            .where(exp.paren(met.copy()))
        )
        found = self._frame_shown(query, {name}).collect()
        return {Path(row[0]).parent.name for row in found}

    def _alter(self, statement: exp.Alter) -> int:
        name = statement.this.name
        for action in statement.args["actions"]:
            table = self._held(name)
            match action:
                case exp.ColumnDef():
                    columns = (*table.columns, (action.name, declared(action.args["kind"])))
                    self._hold(name, StoredTable(columns=columns, segments=table.segments))
                case exp.Drop():
                    self._remake(name, {c: c for c, _ in table.columns if c != action.args["tables"][0].name})
                case exp.RenameColumn():
                    was, to = action.this.name, action.args["to"].name
                    self._remake(name, {c: to if c == was else c for c, _ in table.columns})
                case exp.AlterRename():
                    place = self._temporary if name in self._temporary else self._tables
                    place[action.this.name] = place.pop(name)
                    self._forget(name)
                case _:
                    raise ValueError(f"{type(action).__name__} is no change of a table on this engine")
        return 0

    def _remake(self, name: str, renamed: Mapping[str, str]) -> None:
        """Write a table anew with these of its columns, under other names: files keep the names they have."""
        table = self._held(name)
        columns = tuple((renamed[column], kind) for column, kind in table.columns if column in renamed)
        segments: tuple[Segment, ...] = ()
        if table.segments:
            self._show(name, table)
            rows = self._session.table(quoted(name))
            told = (f"{quoted(was)} AS {quoted(to)}" for was, to in renamed.items())
            segments = _kept(self._write(rows.selectExpr(*told)))
        self._hold(name, StoredTable(columns=columns, segments=segments))

    def _drop(self, statement: exp.Drop) -> int:
        [table] = statement.args["tables"]
        name = table.name
        for place in (self._temporary, self._tables):
            if place.pop(name, None) is not None:
                break
        self._forget(name)
        return 0

    # Tables

    def _held(self, name: str) -> StoredTable:
        table = self._temporary.get(name) or self._tables.get(name)
        if table is None:
            raise ValueError(f"there is no table {name}")
        return table

    def _hold(self, name: str, table: StoredTable) -> None:
        (self._temporary if name in self._temporary else self._tables)[name] = table

    def _show(self, name: str, table: StoredTable) -> None:
        """Let the session know a table by its name."""
        if self._shown.get(name) == table:
            return
        if table.segments:
            files = [file for segment in table.segments for file in self._segments.files(segment)]
            frame = self._inputs.parquet(files, schema_of(table.columns))
        else:
            frame = self._session.sql(f"SELECT {nothing_of(table.columns)} WHERE false")
        frame.createOrReplaceTempView(name)
        self._views.discard(name)
        self._shown[name] = table

    def _forget(self, name: str) -> None:
        self._shown.pop(name, None)

    def _write(self, frame: DataFrame) -> Segment:
        folder = self._segments.new_segment()
        frame.write.parquet(str(self._segments.path(folder)))
        return self._segments.written(folder)

    def _bring_together(self) -> None:
        for name, table in self._tables.items():
            if len(table.segments) > _MOST_SEGMENTS:
                files = [file for segment in table.segments for file in self._segments.files(segment)]
                segment = self._write(
                    self._inputs.parquet(files, schema_of(table.columns)).coalesce(_parts(table.rows))
                )
                self._tables[name] = StoredTable(columns=table.columns, segments=(segment,))

    @contextmanager
    def _own_transaction(self) -> Iterator[None]:
        """A statement outside a transaction is one of its own, if it changes what is kept."""
        if self._in_transaction:
            yield
            return
        before = dict(self._tables)
        yield
        if self._tables != before:
            self._manifest = self._segments.commit(self._tables, self._manifest.number)
        self._sweep()

    def _sweep(self) -> None:
        spared = frozenset(s.folder for table in self._temporary.values() for s in table.segments)
        self._segments.sweep(self._manifest, spared)

    # Queries

    @contextmanager
    def _statement(self, tree: exp.Expr, parameters: Mapping[str, Any] | None) -> Iterator[exp.Expr]:
        """A statement with its values bound; what it was given is forgotten after it."""
        with values_kept_back():
            try:
                yield self._inputs.bind(tree, parameters or {})
            finally:
                self._inputs.forget()

    def _frame(self, query: exp.Expr) -> DataFrame:
        return self._frame_shown(query, set())

    def _frame_shown(self, query: exp.Expr, shown: set[str]) -> DataFrame:
        """The rows of a query, every table it names shown to the session but those that are `shown` already."""
        for table in query.find_all(exp.Table):
            if table.args.get("db"):
                raise ValueError("tables have one name, without a schema")
            held = self._temporary.get(table.name) or self._tables.get(table.name)
            if held and table.name not in shown:
                self._show(table.name, held)
        return self._session.sql(spelled(query, EngineName.SPARK))


def _kept(segment: Segment) -> tuple[Segment, ...]:
    return (segment,) if segment.rows else ()


def _parts(rows: int) -> int:
    return max(1, rows // 2_000_000)
