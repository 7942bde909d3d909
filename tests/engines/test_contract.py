"""The engine's port, once for each adapter."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlglot import exp

from tests.engines.conftest import Open
from virtaama.engines.port import Engine, WrongType
from virtaama.problems import Busy
from virtaama.sql.build import parsed


def run(engine: Engine, sql: str, **values: object) -> int:
    return engine.run(parsed(sql), values)


def rows(engine: Engine, sql: str, **values: object) -> list[tuple[Any, ...]]:
    found = engine.read(parsed(sql), values).to_pylist()
    return sorted((tuple(row.values()) for row in found), key=repr)


def test_a_statement_tells_how_many_rows_it_changed(engine: Engine) -> None:
    run(engine, "CREATE TABLE t (a INTEGER, b VARCHAR)")
    assert run(engine, "INSERT INTO t (a) SELECT a FROM (VALUES (1), (2), (3)) AS v(a)") == 3
    assert run(engine, "UPDATE t SET b = 'two', a = a + 10 WHERE a >= $a", a=2, **{"not named": 7}) == 2
    assert run(engine, "DELETE FROM t WHERE a = $a", a=1) == 1
    assert run(engine, "DELETE FROM t WHERE a = NULL") == 0
    assert rows(engine, "SELECT a, b FROM t") == [(12, "two"), (13, "two")]
    assert run(engine, "DELETE FROM t") == 2
    assert rows(engine, "SELECT a FROM t") == []


def test_what_a_condition_cannot_tell_of_a_row_leaves_it(engine: Engine) -> None:
    run(engine, "CREATE TABLE t (a INTEGER)")
    run(engine, "INSERT INTO t (a) SELECT a FROM (VALUES (1), (NULL)) AS v(a)")
    run(engine, "INSERT INTO t (a) VALUES (2)")
    assert run(engine, "DELETE FROM t WHERE a IN (SELECT a FROM t WHERE a < 2)") == 1
    assert run(engine, "UPDATE t SET a = 5 WHERE a > 1") == 1
    assert rows(engine, "SELECT a FROM t") == [(5,), (None,)]


def test_values_of_every_type_are_bound_and_come_back(engine: Engine) -> None:
    values = {
        "text": 'it\'s \\ "ä" \n $a',
        "integer": 2**40,
        "decimal": Decimal("-12.3400"),
        "day": date(1899, 12, 31),
        "moment": datetime(2025, 3, 30, 3, 30, 0, 500),
        "truth": False,
        "nothing": None,
    }
    run(
        engine,
        "CREATE TABLE t (text VARCHAR, integer BIGINT, decimal DECIMAL(18,4), day DATE, moment TIMESTAMP, "
        "truth BOOLEAN, nothing VARCHAR)",
    )
    run(engine, f"INSERT INTO t VALUES ({', '.join(f'${name}' for name in values)})", **values)
    assert engine.read(parsed("SELECT * FROM t")).to_pylist() == [values]
    assert engine.rows(parsed("SELECT * FROM t")) == [values]


def test_lists_are_bound_side_by_side(engine: Engine) -> None:
    run(engine, "CREATE TABLE t (code VARCHAR, day DATE)")
    statement = "INSERT INTO t (code, day) SELECT UNNEST($codes), UNNEST($days)"
    assert run(engine, statement, codes=["a", "b"], days=[None, date(2025, 1, 1)]) == 2
    assert rows(engine, "SELECT code, day FROM t") == [("a", None), ("b", date(2025, 1, 1))]


def test_a_transaction_is_kept_whole_or_not_at_all(open_engine: Open) -> None:
    engine = open_engine()
    run(engine, "CREATE TABLE t (a INTEGER)")

    def fail_half_way() -> None:
        with engine.transaction():
            run(engine, "INSERT INTO t VALUES (1)")
            run(engine, "CREATE TABLE u (a INTEGER)")
            run(engine, "CREATE TEMPORARY TABLE stage AS SELECT a FROM t")
            assert rows(engine, "SELECT a FROM stage") == [(1,)]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert list(engine.columns("u")) == list(engine.columns("stage")) == []
    with engine.transaction():
        run(engine, "INSERT INTO t VALUES (2)")
    assert rows(engine, "SELECT a FROM t") == [(2,)]
    engine.close()
    again = open_engine()
    assert rows(again, "SELECT a FROM t") == [(2,)]
    again.close()


def test_one_process_at_a_time_has_the_warehouse_open(open_spark: Open) -> None:
    engine = open_spark()
    with pytest.raises(Busy):
        open_spark()
    engine.close()
    open_spark().close()


def test_columns_are_told_as_they_were_declared(engine: Engine) -> None:
    run(engine, "CREATE TABLE t (k UUID, a INTEGER, b DECIMAL(18, 4), c VARCHAR, d TIMESTAMP)")
    expected = [("k", "UUID"), ("a", "INTEGER"), ("b", "DECIMAL(18,4)"), ("c", "VARCHAR"), ("d", "TIMESTAMP")]
    assert list(engine.columns("t")) == expected
    run(engine, "CREATE TABLE IF NOT EXISTS t (other INTEGER)")
    assert list(engine.columns("t")) == expected
    assert list(engine.columns("u")) == []


def test_a_column_that_is_added_is_null_in_the_rows_before(engine: Engine) -> None:
    run(engine, "CREATE TABLE t (a INTEGER)")
    run(engine, "INSERT INTO t VALUES (1)")
    run(engine, "ALTER TABLE t ADD COLUMN b DECIMAL(18,4)")
    run(engine, "INSERT INTO t (b, a) SELECT CAST(2.5 AS DECIMAL(18,4)), 2")
    assert rows(engine, "SELECT a, b FROM t") == [(1, None), (2, Decimal("2.5000"))]


def test_tables_and_columns_are_renamed_and_dropped_with_what_they_hold(engine: Engine) -> None:
    run(engine, "CREATE TABLE t (a INTEGER, b VARCHAR)")
    run(engine, "INSERT INTO t VALUES (1, 'x')")
    run(engine, "ALTER TABLE t RENAME COLUMN b TO c")
    run(engine, "ALTER TABLE t RENAME TO u")
    assert list(engine.columns("t")) == []
    assert (list(engine.tables()), rows(engine, "SELECT a, c FROM u")) == (["u"], [(1, "x")])
    run(engine, "ALTER TABLE u DROP COLUMN c")
    run(engine, "ALTER TABLE u ADD COLUMN c VARCHAR")
    assert rows(engine, "SELECT a, c FROM u") == [(1, None)]
    run(engine, "DROP TABLE IF EXISTS u")
    run(engine, "DROP TABLE IF EXISTS u")
    assert list(engine.tables()) == []


def test_a_temporary_table_keeps_its_rows_when_the_table_it_came_from_changes(engine: Engine) -> None:
    run(engine, "CREATE TABLE t (a INTEGER)")
    run(engine, "INSERT INTO t VALUES (1)")
    assert run(engine, "CREATE OR REPLACE TEMPORARY TABLE stage AS SELECT a FROM t") == 1
    run(engine, "DELETE FROM t")
    run(engine, "INSERT INTO t VALUES (2)")
    assert rows(engine, "SELECT a FROM stage") == [(1,)]
    run(engine, "INSERT INTO stage SELECT a FROM t")
    run(engine, "DELETE FROM stage WHERE a = 1")
    assert rows(engine, "SELECT a FROM stage") == [(2,)]
    run(engine, "CREATE OR REPLACE TEMPORARY TABLE stage AS SELECT a + 1 AS b FROM stage")
    assert rows(engine, "SELECT b FROM stage") == [(3,)]
    run(engine, "DROP TABLE stage")
    assert list(engine.columns("stage")) == []


def test_a_key_is_the_same_text_on_every_engine(engine: Engine) -> None:
    run(engine, "CREATE TABLE t (k UUID)")
    run(engine, "INSERT INTO t SELECT CAST(md5('398') AS UUID)")
    key = "b7b16ecf-8ca5-3723-5938-94116071700c"
    found = rows(engine, "SELECT k, CAST(k AS VARCHAR) AS written FROM t WHERE k = CAST(md5('398') AS UUID)")
    assert [tuple(map(str, row)) for row in found] == [(key, key)]
    assert rows(engine, f"SELECT count(*) AS n FROM t WHERE k = CAST('{key}' AS UUID)") == [(1,)]


def test_a_value_that_cannot_be_cast_is_told_without_the_value(engine: Engine) -> None:
    run(engine, "CREATE TABLE t (a VARCHAR)")
    run(engine, "INSERT INTO t VALUES ('010190-999X')")
    with pytest.raises(WrongType) as raised:
        run(engine, "CREATE TEMPORARY TABLE n AS SELECT CAST(a AS INTEGER) AS a FROM t")
    assert "010190" not in str(raised.value) + repr(raised.value.__cause__)


def test_logs_of_the_cluster_do_not_hold_the_value(open_spark: Open, cluster_folder: Path) -> None:
    engine = open_spark()
    run(engine, "CREATE TABLE t (a VARCHAR)")
    run(engine, "INSERT INTO t VALUES ('010190-998Y')")
    with pytest.raises(WrongType):
        rows(engine, "SELECT CAST(a AS INTEGER) AS a FROM t")
    engine.close()
    logs = [
        path
        for path in cluster_folder.rglob("*")
        if path.name in ("stderr", "stdout") or path.suffix == ".log"
    ]
    assert len(logs) >= 5
    assert not [path for path in logs if "010190" in path.read_text(errors="replace")]


def test_files_are_read_with_their_names_and_the_places_of_their_rows(engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "a lake ä%20"
    folder.mkdir()
    pq.write_table(pa.table({"a": [1, 2]}), folder / "1.parquet")
    pq.write_table(pa.table({"a": [3]}), folder / "2.parquet")
    files = [str(folder / "1.parquet"), str(folder / "2.parquet")]
    query = (
        "SELECT a, filename, file_row_number FROM read_parquet($files, filename=true, file_row_number=true)"
    )
    assert rows(engine, query, files=files) == [(1, files[0], 0), (2, files[0], 1), (3, files[1], 0)]
    assert rows(engine, "SELECT a FROM read_parquet($file)", file=files[1]) == [(3,)]


def test_files_outside_the_named_folders_cannot_be_read(
    engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("elsewhere") / "t.parquet"
    pq.write_table(pa.table({"a": [1]}), outside)
    with pytest.raises(Exception, match="(?i)permission|outside"):
        rows(engine, "SELECT a FROM read_parquet($file)", file=str(outside))


def test_rows_are_written_to_parquet_in_order_and_come_back_as_a_view(engine: Engine, tmp_path: Path) -> None:
    run(engine, "CREATE TABLE t (k UUID, a INTEGER)")
    run(
        engine,
        "INSERT INTO t SELECT CAST(md5(CAST(a AS VARCHAR)) AS UUID), a FROM (VALUES (1), (2), (3)) AS v(a)",
    )
    query = parsed("SELECT k, a FROM t WHERE a >= $least ORDER BY a DESC")
    assert isinstance(query, exp.Query)
    path = tmp_path / "it's.parquet"
    assert engine.write(query, path, {"least": 2}) == 2
    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    written = pa.concat_tables([pq.read_table(file) for file in files])
    assert written.schema.field("k").type == pa.binary()
    assert written.column("a").to_pylist() == [3, 2]
    engine.view("back", [path])
    assert rows(engine, "SELECT back.a FROM back JOIN t ON t.k = back.k AND t.a = back.a") == [(2,), (3,)]


def test_tables_and_columns_are_called_otherwise_and_keep_their_rows(engine: Engine) -> None:
    run(engine, "CREATE TABLE t (a INTEGER, b VARCHAR)")
    run(engine, "CREATE TABLE e (a INTEGER)")
    run(engine, "INSERT INTO t (a, b) VALUES (1, 'x')")
    run(engine, "INSERT INTO t (a, b) VALUES (2, NULL)")
    with engine.transaction():
        run(engine, "ALTER TABLE t RENAME TO u")
        run(engine, "ALTER TABLE u RENAME COLUMN b TO c")
        run(engine, "ALTER TABLE e RENAME COLUMN a TO z")
        run(engine, "CREATE TABLE t (q INTEGER)")
    run(engine, "INSERT INTO u (a, c) VALUES (3, 'y')")
    assert [name for name, _ in engine.columns("u")] == ["a", "c"]
    assert [name for name, _ in engine.columns("e")] == ["z"]
    assert rows(engine, "SELECT a, c FROM u") == [(1, "x"), (2, None), (3, "y")]
    assert rows(engine, "SELECT q FROM t") == []


def test_keys_that_no_table_names_are_deleted(engine: Engine) -> None:
    for name in ("hub", "sat", "link"):
        run(engine, f"CREATE TABLE {name} (k INTEGER)")
        run(engine, f"INSERT INTO {name} (k) SELECT k FROM (VALUES (1), (2), (3)) AS v(k)")
    run(engine, "DELETE FROM sat WHERE k > 1")
    run(engine, "DELETE FROM link WHERE k < 3")
    run(engine, "INSERT INTO link (k) VALUES (NULL)")
    named = "SELECT k FROM sat WHERE NOT k IS NULL UNION ALL SELECT k FROM link WHERE NOT k IS NULL"
    run(engine, f"DELETE FROM hub WHERE NOT k IN (SELECT k FROM ({named}) AS known)")
    assert rows(engine, "SELECT k FROM hub") == [(1,), (3,)]
