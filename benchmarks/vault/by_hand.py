"""The same vault loaded by SQL written by hand for these five tables: the best we know, and the floor below it.

It knows what no product knows: which keys cannot repeat, that nothing comes late, and that the deliveries are these. It
keeps no findings and no ledger. Keys are made once per business key and looked up; changes are found by comparing
columns; whole deliveries are compared with the one before them in the lake, and only what differs is looked at.

The *floor* reads the same batches, computes every key and writes as many columns to one table for each feed.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import duckdb


@dataclass(frozen=True, slots=True)
class Shape:
    """One feed: what it describes, by which columns, and whom its rows point to (concept, column)."""

    concept: str
    key: tuple[str, ...]
    content: tuple[str, ...]
    references: tuple[tuple[str, str], ...] = ()


_PARTY = ("name", "address", "nation", "phone", "balance")
SHAPES = {
    "customers": Shape("customer", ("number",), (*_PARTY, "segment", "remark")),
    "orders": Shape(
        "order",
        ("number",),
        ("status", "total", "ordered_on", "priority", "clerk", "ship_priority", "remark"),
        (("customer", "customer"),),
    ),
    "lines": Shape(
        "line",
        ("order_number", "line_number"),
        (
            *("quantity", "price", "discount", "tax", "return_flag", "status", "shipped_on", "committed_on"),
            *("received_on", "instruction", "mode", "remark"),
        ),
        (("order", "order_number"), ("part", "part"), ("supplier", "supplier")),
    ),
    "parts": Shape(
        "part",
        ("number",),
        ("name", "maker", "brand", "kind", "size", "container", "retail_price", "remark"),
    ),
    "suppliers": Shape("supplier", ("number",), (*_PARTY, "remark")),
}
ORDER = ("customers", "parts", "suppliers", "orders", "lines")


@dataclass(frozen=True, slots=True)
class Arrival:
    feed: str
    number: int
    extracted: str
    file: str
    before: str = ""  # the whole delivery before this one


def load(warehouse: Path, arrivals: list[Arrival], later: str = "") -> int:
    """Load batches, oldest first. `later` leaves a column out, as the model did before its change."""
    rows = 0
    with _open(warehouse) as connection:
        for arrival in sorted(arrivals, key=lambda a: (a.extracted, ORDER.index(a.feed))):
            connection.execute("BEGIN")
            rows += _load(connection, arrival, later)
            connection.execute("COMMIT")
        connection.execute("CHECKPOINT")
    return rows


def refill(warehouse: Path, arrivals: list[Arrival]) -> int:
    """The satellite of lines made again from the lake, with the column that was left out."""
    rows = 0
    with _open(warehouse) as connection:
        connection.execute("BEGIN")
        connection.execute('DROP TABLE "sat_line__trade__lines__open"')
        for arrival in arrivals:
            if arrival.feed != "lines":
                continue
            shape = SHAPES["lines"]
            _create(connection, shape, arrival, "")
            _stage(connection, shape, arrival, f"read_parquet('{arrival.file}')", "")
            rows += _history(
                connection, "sat_line__trade__lines__open", shape.concept, shape.content, arrival
            )
        connection.execute("COMMIT")
        connection.execute("CHECKPOINT")
    return rows


def floor(warehouse: Path, arrivals: list[Arrival]) -> int:
    """Every key computed, every row written: one table a feed, no vault."""
    rows = 0
    with _open(warehouse) as connection:
        for arrival in arrivals:
            shape = SHAPES[arrival.feed]
            references = ", ".join(f'{_hashed((c,))} AS "{name}_key"' for name, c in shape.references)
            columns = ", ".join(f'"{c}"' for c in (*shape.key, *shape.content))
            rows += _run(
                connection,
                f'CREATE TABLE "{arrival.feed}_{arrival.number}" AS SELECT {_hashed(shape.key)} AS key, '
                f"{references + ', ' if references else ''}{columns} FROM read_parquet('{arrival.file}')",
            )
        connection.execute("CHECKPOINT")
    return rows


def _open(warehouse: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(warehouse))
    for setting in ("threads = 2", "memory_limit = '3GB'", "preserve_insertion_order = false"):
        connection.execute(f"SET {setting}")
    connection.execute("SET checkpoint_threshold = '1GB'")
    return connection


def _run(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    found = connection.execute(sql).fetchall()
    return int(found[0][0]) if found and isinstance(found[0][0], int) else 0


def _hashed(key: tuple[str, ...], table: str = "") -> str:
    prefix = f"{table}." if table else ""
    text = " || '|' || ".join(f'CAST({prefix}"{column}" AS VARCHAR)' for column in key)
    return f"CAST(unhex(md5({text})) AS UUID)"


def _names(shape: Shape, feed: str) -> tuple[str, str]:
    return f"sat_{shape.concept}__trade__{feed}__open", f"link_{shape.concept}__trade__{feed}"


def _create(connection: duckdb.DuckDBPyConnection, shape: Shape, arrival: Arrival, later: str) -> None:
    satellite, link = _names(shape, arrival.feed)
    key = f'CAST(NULL AS UUID) AS "{shape.concept}_key"'
    stamp = "CAST(NULL AS TIMESTAMP) AS extracted, CAST(NULL AS INTEGER) AS batch, false AS deleted"
    business = ", ".join(f'"{column}"' for column in shape.key)
    content = ", ".join(f'"{column}"' for column in shape.content if column != later)
    file = f"FROM read_parquet('{arrival.file}') LIMIT 0"
    make = "CREATE TABLE IF NOT EXISTS"
    connection.execute(f'{make} "hub_{shape.concept}" AS SELECT {key}, {business} {file}')
    connection.execute(f'{make} "{satellite}" AS SELECT {key}, {content}, {stamp} {file}')
    if shape.references:
        points = ", ".join(f'CAST(NULL AS UUID) AS "{name}_key"' for name, _ in shape.references)
        connection.execute(f'{make} "{link}" AS SELECT {key}, {points}, {stamp} {file}')


def _load(connection: duckdb.DuckDBPyConnection, arrival: Arrival, later: str) -> int:
    shape = SHAPES[arrival.feed]
    satellite, link = _names(shape, arrival.feed)
    _create(connection, shape, arrival, later)
    source = f"read_parquet('{arrival.file}')"
    if arrival.before:
        source = _differences(connection, shape, arrival, source)
    if not _stage(connection, shape, arrival, source, later):
        return _end(connection, shape, arrival, later) if arrival.before else 0
    rows = 0
    business = ", ".join(f'"{column}"' for column in shape.key)
    rows += _run(
        connection,
        f'INSERT INTO "hub_{shape.concept}" SELECT "{shape.concept}_key", {business} FROM stage '
        f'ANTI JOIN "hub_{shape.concept}" USING ({business})',
    )
    for concept, column in shape.references:
        rows += _run(
            connection,
            f'INSERT INTO "hub_{concept}" SELECT {_hashed((column,))}, "{column}" FROM (SELECT DISTINCT "{column}" '
            f'FROM stage WHERE "{column}" IS NOT NULL) s '
            f'WHERE NOT EXISTS (FROM "hub_{concept}" h WHERE h.{_reached(concept)} = s."{column}")',
        )
    content = tuple(column for column in shape.content if column != later)
    rows += _history(connection, satellite, shape.concept, content, arrival)
    if shape.references:
        rows += _history(
            connection, link, shape.concept, tuple(f"{n}_key" for n, _ in shape.references), arrival, shape
        )
    return rows + (_end(connection, shape, arrival, later) if arrival.before else 0)


def _reached(concept: str) -> str:
    return next(f'"{shape.key[0]}"' for shape in SHAPES.values() if shape.concept == concept)


def _stage(
    connection: duckdb.DuckDBPyConnection, shape: Shape, arrival: Arrival, source: str, later: str
) -> int:
    pointing = {column for _, column in shape.references} - set(shape.key)
    columns = ", ".join(
        f'"{column}"' for column in (*shape.key, *pointing, *(c for c in shape.content if c != later))
    )
    rows = _run(
        connection,
        f'CREATE OR REPLACE TEMPORARY TABLE stage AS SELECT {_hashed(shape.key)} AS "{shape.concept}_key", {columns} '
        f"FROM {source}",
    )
    business = ", ".join(f'"{column}"' for column in shape.key)
    repeated = f"SELECT count(*) FROM (FROM stage SELECT {business} GROUP BY ALL HAVING count(*) > 1)"
    assert connection.execute(repeated).fetchone() == (0,), "keys repeat"
    return rows


def _history(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    concept: str,
    content: tuple[str, ...],
    arrival: Arrival,
    pointing: Shape | None = None,
) -> int:
    """Rows of keys that are new, and of those whose content is not what it was."""
    key = f'"{concept}_key"'
    stamp = f"TIMESTAMP '{arrival.extracted}' AS extracted, {arrival.number} AS batch, false AS deleted"
    listed = ", ".join(f'"{column}"' for column in content)
    rows = "stage"
    if pointing:
        found = " ".join(
            f'LEFT JOIN "hub_{name}" AS h_{name} ON h_{name}.{_reached(name)} = s."{column}"'
            for name, column in pointing.references
        )
        points = ", ".join(f'h_{name}."{name}_key"' for name, _ in pointing.references)
        rows = f"(SELECT s.{key}, {points} FROM stage s {found})"
    empty = connection.execute(f'SELECT count(*) = 0 FROM (FROM "{table}" LIMIT 1)').fetchone() == (True,)
    if empty:
        return _run(connection, f'INSERT INTO "{table}" SELECT {key}, {listed}, {stamp} FROM {rows}')
    connection.execute(
        f'CREATE OR REPLACE TEMPORARY TABLE before AS FROM "{table}" SEMI JOIN stage USING ({key}) '
        f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY extracted DESC, batch DESC) = 1"
    )
    differs = " OR ".join(f'b."{column}" IS DISTINCT FROM n."{column}"' for column in content)
    named = ", ".join(f'n."{column}"' for column in content)
    return _run(
        connection,
        f'INSERT INTO "{table}" SELECT n.{key}, {named}, {stamp} FROM {rows} n LEFT JOIN before b USING ({key}) '
        f"WHERE b.batch IS NULL OR b.deleted OR {differs}",
    )


def _differences(connection: duckdb.DuckDBPyConnection, shape: Shape, arrival: Arrival, source: str) -> str:
    """The rows that the delivery before did not have so; and, as `gone`, the keys that only it had."""
    business = ", ".join(f'"{column}"' for column in shape.key)
    columns = dict.fromkeys((*shape.key, *(column for _, column in shape.references), *shape.content))
    listed = ", ".join(f'"{column}"' for column in columns)
    hashes = f"hash({listed}) AS one, hash({listed}, 1) AS two"
    connection.execute(
        f"CREATE OR REPLACE TEMPORARY TABLE compared AS SELECT {business}, n.one IS NULL AS gone FROM "
        f"(SELECT {business}, {hashes} FROM {source}) n FULL JOIN "
        f"(SELECT {business}, {hashes} FROM read_parquet('{arrival.before}')) o USING ({business}) "
        "WHERE n.one IS DISTINCT FROM o.one OR n.two IS DISTINCT FROM o.two"
    )
    return f"{source} SEMI JOIN (FROM compared WHERE NOT gone) USING ({business})"


def _end(connection: duckdb.DuckDBPyConnection, shape: Shape, arrival: Arrival, later: str) -> int:
    rows = 0
    satellite, link = _names(shape, arrival.feed)
    content = tuple(column for column in shape.content if column != later)
    tables = [(satellite, content)]
    if shape.references:
        tables.append((link, tuple(f"{name}_key" for name, _ in shape.references)))
    for table, columns in tables:
        nothing = ", ".join("NULL" for _ in columns)
        rows += _run(
            connection,
            f"INSERT INTO \"{table}\" SELECT {_hashed(shape.key)}, {nothing}, TIMESTAMP '{arrival.extracted}', "
            f"{arrival.number}, true FROM compared WHERE gone",
        )
    return rows


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("stage", choices=("load", "refill", "floor"))
    arguments.add_argument("warehouse", type=Path)
    arguments.add_argument("arrivals", type=Path, help="a file of JSON: a list of batches")
    arguments.add_argument("--later", default="")
    chosen = arguments.parse_args()
    arrivals = [Arrival(**arrival) for arrival in json.loads(chosen.arrivals.read_text(encoding="utf-8"))]
    match chosen.stage:
        case "load":
            rows = load(chosen.warehouse, arrivals, chosen.later)
        case "refill":
            rows = refill(chosen.warehouse, arrivals)
        case _:
            rows = floor(chosen.warehouse, arrivals)
    print(json.dumps({"rows": rows}))


if __name__ == "__main__":
    main()
