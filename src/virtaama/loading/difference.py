"""A whole extract held against what the lake knows: only what differs is kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from virtaama.loading.land import Prepared
from virtaama.model.collect import FromDatabase
from virtaama.model.feeds import Feed
from virtaama.problems import DeliveryRefused
from virtaama.sources.reading import fetch, literal, quoted


def difference(
    connection: duckdb.DuckDBPyConnection,
    prepared: Prepared,
    before: Sequence[Path],
    feed: Feed,
    way: FromDatabase,
) -> pa.Table:
    """The rows that are new or changed, then those that are gone, as they were, with `removed` true.

    `before` are the earlier batches of the feed, in the order of history: the last row of a key is what is
    known. A row that is there but cannot be read is not gone. DeliveryRefused when the key is not unique.
    """
    key = ", ".join(quoted(name) for name in way.compare)
    connection.register("extract", prepared.rows)
    connection.register("met", prepared.met)
    try:
        if fetch(
            connection, f"SELECT 1 FROM extract GROUP BY {key} HAVING count(*) > 1 LIMIT 1", feed
        ).num_rows:
            raise DeliveryRefused(
                f"{', '.join(way.compare)} does not identify a row of {feed.id}: some stand twice.\n"
                f"  Name in `compare` at {feed.place} the columns that do."
            )
        if not before:
            return prepared.rows
        connection.register("known", _known(connection, before, prepared.rows.schema, feed, way))
        content = ", ".join(quoted(name) for name in prepared.rows.column_names if name != way.removed)
        changed = f"SELECT {content} FROM extract EXCEPT SELECT {content} FROM known"
        rows = fetch(
            connection, f"SELECT * FROM extract WHERE ({key}) IN (SELECT ({key}) FROM ({changed}))", feed
        )
        if any(_has_null(prepared.met, name) for name in way.compare):
            return rows  # a row whose key could not be read may be any: nothing is said to be gone
        gone = (
            f"SELECT * REPLACE (TRUE AS {quoted(way.removed)}) FROM known "
            f"ANTI JOIN (SELECT {key} FROM met) AS still USING ({key})"
        )
        return pa.concat_tables([rows, fetch(connection, gone, feed).cast(rows.schema)])
    finally:
        for name in ("extract", "met", "known"):
            connection.unregister(name)


def _known(
    connection: duckdb.DuckDBPyConnection,
    before: Sequence[Path],
    schema: pa.Schema,
    feed: Feed,
    way: FromDatabase,
) -> pa.Table:
    """The last row of each key that is not gone; columns an earlier batch did not have are null."""
    parts = []
    for number, path in enumerate(before):
        there = set(pq.read_schema(path).names)
        columns = ", ".join(
            quoted(name) if name in there else f"NULL AS {quoted(name)}" for name in schema.names
        )
        parts.append(f"SELECT {columns}, {number} AS batch_order FROM read_parquet({literal(str(path))})")
    key = ", ".join(quoted(name) for name in way.compare)
    select = (
        f"SELECT * EXCLUDE (batch_order) FROM ({' UNION ALL '.join(parts)}) "
        f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY batch_order DESC) = 1"
    )
    removed = quoted(way.removed)
    return fetch(connection, f"SELECT * FROM ({select}) WHERE NOT coalesce({removed}, FALSE)", feed).cast(
        schema
    )


def _has_null(rows: pa.Table, name: str) -> bool:
    return bool(rows[name].null_count)
