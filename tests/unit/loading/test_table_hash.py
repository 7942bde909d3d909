"""The hash of a table tells apart what differs, and nothing else."""

from __future__ import annotations

import duckdb
import pytest

from virtaama.engines.duckdb import DuckDB
from virtaama.loading.table_hash import table_hashes


def test_order_of_rows_and_columns_does_not_count() -> None:
    one = hashes("CREATE TABLE t (a INTEGER, b VARCHAR)", "INSERT INTO t VALUES (1, 'x'), (2, NULL)")
    other = hashes("CREATE TABLE t (b VARCHAR, a INTEGER)", "INSERT INTO t VALUES (NULL, 2), ('x', 1)")
    assert one == other


@pytest.mark.parametrize(
    "rows",
    [
        "(1, 'x')",
        "(1, 'x'), (2, NULL), (2, NULL)",
        "(1, 'x'), (2, '')",
        "(1, 'x'), (2, '-')",
        "(1, NULL), (2, 'x')",
        "(1, 'X'), (2, NULL)",
    ],
)
def test_a_row_lost_doubled_or_changed_counts(rows: str) -> None:
    made = "CREATE TABLE t (a INTEGER, b VARCHAR)"
    assert hashes(made, "INSERT INTO t VALUES (1, 'x'), (2, NULL)") != hashes(
        made, f"INSERT INTO t VALUES {rows}"
    )


def test_where_one_value_ends_and_the_next_begins_counts() -> None:
    made = "CREATE TABLE t (a VARCHAR, b VARCHAR)"
    assert hashes(made, "INSERT INTO t VALUES ('x', '1:y')") != hashes(
        made, "INSERT INTO t VALUES ('x1:', 'y')"
    )


def test_the_type_of_a_column_counts() -> None:
    made = [
        hashes(f"CREATE TABLE t (a {kind})", "INSERT INTO t VALUES ('1')") for kind in ("INTEGER", "VARCHAR")
    ]
    assert made[0] != made[1]


def test_a_column_left_out_does_not_count() -> None:
    made = "CREATE TABLE t (a INTEGER, batch INTEGER)"
    one, other = (opened(made, f"INSERT INTO t VALUES (1, {batch})") for batch in (1, 2))
    assert table_hashes(one) != table_hashes(other)
    assert table_hashes(one, leaving_out={"batch"}) == table_hashes(other, leaving_out={"batch"})


def test_every_table_is_hashed_and_temporary_ones_are_not() -> None:
    engine = opened(
        "CREATE TABLE b (x INTEGER)", "CREATE TABLE a (x INTEGER)", "CREATE TEMP TABLE c (x INTEGER)"
    )
    assert list(table_hashes(engine)) == ["a", "b"]
    assert list(table_hashes(engine, tables=["b"])) == ["b"]


def hashes(*statements: str) -> dict[str, str]:
    return table_hashes(opened(*statements))


def opened(*statements: str) -> DuckDB:
    connection = duckdb.connect()
    for statement in statements:
        connection.execute(statement)
    return DuckDB(connection, in_memory=True)
