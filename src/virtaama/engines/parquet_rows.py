"""Whether two sets of Parquet files hold the same rows, whatever their order and whoever wrote them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

TOLERANCE = 1e-9
"""How far binary numbers may lie apart, measured by the larger: sums depend on the order of what is summed."""

_BINARY = ("DOUBLE", "FLOAT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How many rows there are, and how many are on one side only. Binary numbers close to each other are the same."""

    rows: int
    only_first: int
    only_second: int
    columns: tuple[str, ...] = ()  # those that are not the same on both sides


def difference(first: Sequence[Path], second: Sequence[Path]) -> Difference:
    """Compare two sets of files as bags of rows."""
    with duckdb.connect() as connection:
        connection.execute("SET preserve_insertion_order = false")
        kinds = [_view(connection, name, files) for name, files in (("first", first), ("second", second))]
        rows = _count(connection, "first")
        if kinds[0] != kinds[1]:
            odd = {name for name, kind in {*kinds[0].items()} ^ {*kinds[1].items()}}
            return Difference(
                rows=rows,
                only_first=rows,
                only_second=_count(connection, "second"),
                columns=tuple(sorted(odd)),
            )
        exact = [_quoted(name) for name, kind in kinds[0].items() if kind not in _BINARY]
        binary = [_quoted(name) for name, kind in kinds[0].items() if kind in _BINARY]
        only = [_only(connection, exact, a, b) for a, b in (("first", "second"), ("second", "first"))]
        if binary and not any(only):
            only = [_apart(connection, exact, binary)] * 2
        return Difference(rows=rows, only_first=only[0], only_second=only[1])


def _view(connection: duckdb.DuckDBPyConnection, name: str, files: Sequence[Path]) -> dict[str, str]:
    listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
    connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet([{listed}])")  # nosec B608 # paths are quoted
    return {row[0]: row[1] for row in connection.execute(f"DESCRIBE {name}").fetchall()}


def _count(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    [(count,)] = connection.execute(f"SELECT count(*) FROM {name}").fetchall()  # nosec B608 # views and columns of our own files, quoted
    return int(count)


def _only(connection: duckdb.DuckDBPyConnection, columns: Sequence[str], here: str, there: str) -> int:
    listed = ", ".join(columns) or "1"
    query = f"SELECT count(*) FROM (SELECT {listed} FROM {here} EXCEPT ALL SELECT {listed} FROM {there})"  # nosec B608 # views and columns of our own files, quoted
    [(count,)] = connection.execute(query).fetchall()
    return int(count)


def _apart(connection: duckdb.DuckDBPyConnection, exact: Sequence[str], binary: Sequence[str]) -> int:
    """Rows that agree but for binary numbers that lie too far apart, put side by side by size."""
    listed = ", ".join([*exact, *binary])
    ranked = f"SELECT *, row_number() OVER (PARTITION BY {', '.join(exact) or '1'} ORDER BY {listed}) AS row__rank FROM"
    same = " AND ".join(f"a.{name} IS NOT DISTINCT FROM b.{name}" for name in [*exact, "row__rank"])
    far = " OR ".join(
        f"(a.{n} IS NULL) <> (b.{n} IS NULL) OR abs(a.{n} - b.{n}) > {TOLERANCE} * greatest(abs(a.{n}), abs(b.{n}))"
        for n in binary
    )
    query = f"SELECT count(*) FROM ({ranked} first) AS a JOIN ({ranked} second) AS b ON {same} WHERE {far}"  # nosec B608 # views and columns of our own files, quoted
    [(count,)] = connection.execute(query).fetchall()
    return int(count)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
