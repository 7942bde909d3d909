"""The engine's port, held by DuckDB."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from virtaama.engines.duckdb import DuckDB
from virtaama.sql.build import parsed


def test_a_statement_tells_how_many_rows_it_changed() -> None:
    engine = DuckDB.open()
    engine.run(parsed("CREATE TABLE t (a INTEGER)"))
    assert engine.run(parsed("INSERT INTO t SELECT * FROM range(3)")) == 3
    assert engine.run(parsed("DELETE FROM t WHERE a = $a"), {"a": 1, "not named": 7}) == 1
    assert engine.read(parsed("SELECT sum(a) AS total FROM t")).to_pydict() == {"total": [2]}


def test_a_transaction_is_kept_whole_or_not_at_all() -> None:
    engine = DuckDB.open()
    engine.run(parsed("CREATE TABLE t (a INTEGER)"))

    def fail_half_way() -> None:
        with engine.transaction():
            engine.run(parsed("INSERT INTO t VALUES (1)"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    with engine.transaction():
        engine.run(parsed("INSERT INTO t VALUES (2)"))
    assert engine.read(parsed("SELECT a FROM t")).to_pydict() == {"a": [2]}


def test_columns_of_a_table_that_is_not_there_are_none() -> None:
    engine = DuckDB.open()
    engine.run(parsed("CREATE TABLE t (a INTEGER, b DECIMAL(18, 4))"))
    assert list(engine.columns("t")) == [("a", "INTEGER"), ("b", "DECIMAL(18,4)")]
    assert list(engine.columns("u")) == []


def test_files_outside_the_named_folders_cannot_be_read(tmp_path: Path) -> None:
    inside, outside = tmp_path / "lake", tmp_path / "elsewhere"
    for folder in (inside, outside):
        folder.mkdir()
        duckdb.sql("SELECT 1 AS a").write_parquet(str(folder / "t.parquet"))
    engine = DuckDB.open(folders=[inside])
    query = parsed("SELECT a FROM read_parquet($file)")
    assert engine.read(query, {"file": str(inside / "t.parquet")}).num_rows == 1
    with pytest.raises(duckdb.PermissionException):
        engine.read(query, {"file": str(outside / "t.parquet")})
