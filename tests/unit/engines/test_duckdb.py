"""The engine's port, held by DuckDB."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlglot import exp

from virtaama.engines.duckdb import DuckDB
from virtaama.problems import NoRoom
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


def test_rows_are_written_to_parquet_in_order_with_keys_as_binary_and_come_back_as_keys(
    tmp_path: Path,
) -> None:
    engine = DuckDB.open(folders=[tmp_path], threads=2)
    engine.run(parsed("CREATE TABLE t (k UUID, a INTEGER)"))
    engine.run(
        parsed("INSERT INTO t SELECT CAST(md5(CAST(i AS VARCHAR)) AS UUID), i FROM range(300000) AS r(i)")
    )
    path = tmp_path / "it's.parquet"
    query = parsed("SELECT k, a FROM t WHERE a >= $least ORDER BY a DESC")
    assert isinstance(query, exp.Query)
    assert engine.write(query, path, {"least": 10, "not named": 7}) == 299_990
    written = pq.read_table(path)
    assert written.schema.field("k").type == pa.binary()
    assert written.column("a").to_pylist() == list(range(299_999, 9, -1))
    assert {len(key) for key in written.column("k").slice(0, 5).to_pylist()} == {16}
    engine.view("back", [path])
    same = engine.read(parsed("SELECT count(*) AS n FROM back JOIN t ON t.k = back.k AND t.a = back.a"))
    assert same.to_pydict() == {"n": [299_990]}


def test_a_view_over_several_files_is_replaced_by_the_next_of_its_name(tmp_path: Path) -> None:
    engine = DuckDB.open(folders=[tmp_path])
    paths = [tmp_path / "1.parquet", tmp_path / "2.parquet"]
    for path in paths:
        engine.write(exp.select("1 AS a"), path)
    engine.view("t", paths)
    assert engine.read(parsed("SELECT a FROM t")).num_rows == 2
    engine.view("t", paths[:1])
    assert engine.read(parsed("SELECT a FROM t")).num_rows == 1


def test_a_commit_that_fails_has_not_happened_and_the_engine_works_on(tmp_path: Path) -> None:
    engine = DuckDB.open(tmp_path / "t.duckdb")
    engine.run(parsed("CREATE TABLE t (a INTEGER, s VARCHAR)"))
    fill = parsed("INSERT INTO t SELECT range, md5(CAST(range AS VARCHAR)) FROM range($rows)")
    with engine.transaction():
        engine.run(fill, {"rows": 10})
    with (
        full_disk(tmp_path / "t.duckdb.wal"),
        pytest.raises(NoRoom, match="disk is full"),
        engine.transaction(),
    ):
        engine.run(fill, {"rows": 20_000})
    count = parsed("SELECT count(*) AS n FROM t")
    assert engine.read(count).to_pydict() == {"n": [10]}
    with engine.transaction():
        engine.run(fill, {"rows": 5})
    engine.close()
    assert DuckDB.open(tmp_path / "t.duckdb").read(count).to_pydict() == {"n": [15]}


@contextmanager
def full_disk(grown: Path) -> Iterator[None]:
    """No file of this process grows by more than a little; Python passes the signal over."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (grown.stat().st_size + 10_000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


def test_an_error_leaves_what_was_committed_in_the_file(tmp_path: Path) -> None:
    engine = DuckDB.open(tmp_path / "t.duckdb")
    engine.run(parsed("CREATE TABLE t AS SELECT 1 AS a"))
    engine.let_go()
    engine.let_go()
    assert DuckDB.open(tmp_path / "t.duckdb").read(parsed("SELECT a FROM t")).to_pydict() == {"a": [1]}
