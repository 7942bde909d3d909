"""DuckDB as the embedded engine: one file, or memory, opened by one process."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import duckdb
from sqlglot import exp

from virtaama.engines.faults import told
from virtaama.engines.port import ROW_GROUP
from virtaama.sql.spelling import spelled

if TYPE_CHECKING:
    import pyarrow as pa

_PARQUET = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1"
_KEPT = 4096  # statements whose text is kept; a load of a county has some hundreds


class DuckDB:
    """An open warehouse. Statements are written once and kept: give the same tree, not a copy of it."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, *, in_memory: bool, name: str = "the warehouse"
    ) -> None:
        self._connection = connection
        self._name = name
        self._in_memory = in_memory
        # The tree is kept with its text, so that its identity stays its own.
        self._written: dict[int, tuple[exp.Expr, str, frozenset[str]]] = {}

    @classmethod
    def open(
        cls,
        path: Path | None = None,
        *,
        folders: Sequence[Path] = (),
        memory: str = "3GB",
        threads: int | None = None,
        temporary: Path | None = None,
    ) -> Self:
        """Open or make the file at `path`; without a path, in memory.

        Statements can open files below `folders` only, and nothing is fetched. What does not fit in
        memory is put in `temporary`, by default a folder beside the file.
        Raises Busy when another process has the file open, FileDamaged when it is not whole.
        """
        file = str(path) if path else "the warehouse in memory"
        with told(file):
            connection = duckdb.connect(str(path) if path else ":memory:")
        settings: dict[str, object] = {
            "memory_limit": memory,
            "threads": threads or os.cpu_count() or 1,
            # Rows of a vault have no order; keeping one would write bulk loads twice.
            "preserve_insertion_order": False,
            # Each checkpoint rewrites the unfilled row groups of every table; a bulk load makes few of them.
            "checkpoint_threshold": "1GB",
            # Progress is told by who runs a command.
            "enable_progress_bar": False,
        }
        if temporary:
            settings["temp_directory"] = str(temporary)
        for name, value in settings.items():
            connection.execute(f"SET {name} = ?", [value])
        connection.execute(
            "SET allowed_directories = ?",
            [[f"{folder.resolve()}/" for folder in folders]],
        )
        connection.execute("SET enable_external_access = false")
        return cls(connection, in_memory=path is None, name=file)

    def run(self, statement: exp.Expr, parameters: dict[str, Any] | None = None) -> int:
        """Run a statement; return the number of rows it changed. Values it does not name are left out.

        Raises WrongType where a value cannot be cast, FileDamaged, NoRoom.
        """
        sql, names = self._text(statement)
        # To its end: a result that is left unread keeps the connection from other work.
        with told(self._name):
            result = self._connection.execute(sql, _bound(parameters, names)).fetchall()
        return int(result[0][0]) if result and isinstance(result[0][0], int) else 0

    def read(self, query: exp.Expr, parameters: dict[str, Any] | None = None) -> pa.Table:
        """Run a query; return its rows as columns. Values it does not name are left out."""
        sql, names = self._text(query)
        with told(self._name):
            return self._connection.sql(sql, params=_bound(parameters, names)).to_arrow_table()

    def rows(self, query: exp.Expr, parameters: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        """Run a query of a few rows; return each as its values by name. Values it does not name are left out."""
        sql, names = self._text(query)
        with told(self._name):
            found = self._connection.execute(sql, _bound(parameters, names))
            columns = [name for name, *_ in found.description or ()]
            return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]

    def write(
        self,
        query: exp.Expr,
        path: Path,
        parameters: dict[str, Any] | None = None,
        *,
        group: int = ROW_GROUP,
    ) -> int:
        """One Parquet file, rows in the order of the query. Keys are written as binary."""
        sql, names = self._text(query)
        values = _bound(parameters, names)
        options = f"{_PARQUET}, ROW_GROUP_SIZE {group}"
        with told(self._name):
            keys = self._columns_of(sql, values, "UUID")
            rows = f"SELECT {_recast(keys, 'BLOB')} FROM ({sql})"  # nosec B608 # rendered from a tree; columns are quoted
            found = self._connection.execute(
                f"COPY ({rows}) TO {_quoted(path)} ({options})", values
            ).fetchall()
        return int(found[0][0])

    def view(self, name: str, files: Sequence[Path]) -> None:
        """Parquet files that `write` made, as a temporary view."""
        rows = f"SELECT * FROM read_parquet([{', '.join(_quoted(file) for file in files)}])"  # nosec B608 # paths are quoted
        keys = self._columns_of(rows, {}, "BLOB")
        view = spelled(exp.to_identifier(name, quoted=True))
        self._connection.execute(
            f"CREATE OR REPLACE TEMPORARY VIEW {view} AS SELECT {_recast(keys, 'UUID')} FROM ({rows})"  # nosec B608 # rendered from a tree; columns are quoted
        )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside commits together or not at all; a commit that fails has not happened."""
        self._connection.begin()
        try:
            yield
            with told(self._name):
                self._connection.commit()
        except BaseException:
            # A commit that failed has rolled back by itself, and so has a file that went bad.
            with suppress(duckdb.Error):
                self._connection.rollback()
            raise

    def columns(self, table: str) -> Sequence[tuple[str, str]]:
        found = self._connection.execute(
            "SELECT column_name, data_type FROM duckdb_columns() "
            "WHERE database_name = current_database() AND table_name = ? AND NOT internal ORDER BY column_index",
            [table],
        )
        return [(name, kind) for name, kind in found.fetchall()]

    def tables(self) -> Sequence[str]:
        found = self._connection.execute(
            "SELECT table_name FROM duckdb_tables() "
            "WHERE database_name = current_database() AND NOT internal AND NOT temporary ORDER BY table_name"
        )
        return [name for (name,) in found.fetchall()]

    def close(self) -> None:
        """Bring everything into the file, so that no log is left beside it, and let go of it."""
        try:
            if not self._in_memory:
                with told(self._name):
                    self._connection.execute("CHECKPOINT")
        finally:
            self.let_go()

    def let_go(self) -> None:
        """Close without tidying up, after an error. What was committed is in the file or its log."""
        with suppress(duckdb.Error):
            self._connection.close()

    def _columns_of(self, sql: str, values: dict[str, Any], kind: str) -> list[str]:
        """The columns of a query that have a type."""
        described = self._connection.execute(f"DESCRIBE {sql}", values).fetchall()
        return [str(row[0]) for row in described if row[1] == kind]

    def _text(self, tree: exp.Expr) -> tuple[str, frozenset[str]]:
        kept = self._written.get(id(tree))
        if kept is None:
            names = frozenset(str(value.this) for value in tree.find_all(exp.Placeholder))
            kept = (tree, spelled(tree), names)
            if len(self._written) >= _KEPT:
                self._written.clear()
            self._written[id(tree)] = kept
        return kept[1], kept[2]


def _bound(parameters: dict[str, Any] | None, names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in (parameters or {}).items() if name in names}


def _recast(columns: Sequence[str], kind: str) -> str:
    """Everything, with these columns in another type: for a key the same bytes."""
    quoted = [spelled(exp.to_identifier(column, quoted=True)) for column in columns]
    replaced = ", ".join(f"CAST({column} AS {kind}) AS {column}" for column in quoted)
    return f"* REPLACE ({replaced})" if replaced else "*"


def _quoted(path: Path) -> str:
    return spelled(exp.Literal.string(str(path)))
