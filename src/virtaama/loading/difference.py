"""A whole extract held against what the lake knows: only what differs is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from virtaama.lake.row_groups import row_groups
from virtaama.loading.prepare import Prepared
from virtaama.model.collect import FromDatabase
from virtaama.model.feeds import Feed
from virtaama.problems import DeliveryRefused
from virtaama.sources.reading import fetch, fetch_pieces, literal, quoted

_ROWS = 32_768  # of the difference in hand at a time


def difference(
    prepared: Prepared, before: Sequence[Path], feed: Feed, way: FromDatabase, memory: str
) -> Prepared:
    """The rows that are new or changed, then those that are gone, as they were, with `removed` true.

    `before` are the earlier batches of the feed, in the order of history: the last row of a key is what is
    known. A row that is there but cannot be read is not gone. DeliveryRefused when the key is not unique.
    """
    key = ", ".join(quoted(name) for name in way.compare)
    extract, met = _rows_of(prepared.path), _rows_of(prepared.met)
    with _comparing(prepared.path.parent, memory) as connection:
        twice = f"SELECT 1 FROM {extract} GROUP BY {key} HAVING count(*) > 1 LIMIT 1"  # nosec B608 # names are quoted, as the model has them
        if fetch(connection, twice, feed).num_rows:
            raise DeliveryRefused(
                f"{', '.join(way.compare)} does not identify a row of {feed.id}: some stand twice.\n"
                f"  Name in `compare` at {feed.place} the columns that do."
            )
        if not before:
            return prepared
        names = pq.read_schema(prepared.path).names
        known = f"({_known(before, names, way)})"
        content = ", ".join(quoted(name) for name in names if name != way.removed)
        changed = f"SELECT {content} FROM {extract} EXCEPT SELECT {content} FROM {known}"  # nosec B608 # names are quoted, as the model has them
        selects = [f"SELECT * FROM {extract} WHERE ({key}) IN (SELECT ({key}) FROM ({changed}))"]  # nosec B608 # names are quoted, as the model has them
        empty = " OR ".join(f"{quoted(name)} IS NULL" for name in way.compare)
        if not fetch(connection, f"SELECT 1 FROM {met} WHERE {empty} LIMIT 1", feed).num_rows:  # nosec B608 # names are quoted, as the model has them
            # Else a row whose key could not be read may be any: nothing is said to be gone.
            selects.append(
                f"SELECT * REPLACE (TRUE AS {quoted(way.removed)}) FROM {known} "  # nosec B608 # names are quoted, as the model has them
                f"ANTI JOIN (SELECT {key} FROM {met}) AS still USING ({key})"
            )
        different = prepared.path.with_name("different.unfinished")
        schema = pq.read_schema(prepared.path)
        with row_groups(different) as rows:
            for select in selects:
                for table in fetch_pieces(connection, select, feed, _ROWS):
                    rows.add(table.cast(schema))
    return replace(prepared, path=different, rows=rows.rows)


@contextmanager
def _comparing(folder: Path, memory: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """An engine of its own: all it sees is safe to keep, so what does not fit in memory may be put in `folder`."""
    with duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = {literal(memory)}")
        connection.execute(f"SET temp_directory = {literal(str(folder / 'spilled'))}")
        yield connection


def _rows_of(path: Path) -> str:
    return f"read_parquet({literal(str(path))})"


def _known(before: Sequence[Path], names: Sequence[str], way: FromDatabase) -> str:
    """The last row of each key that is not gone; columns an earlier batch did not have are null."""
    parts = []
    for number, path in enumerate(before):
        there = set(pq.read_schema(path).names)
        columns = ", ".join(quoted(name) if name in there else f"NULL AS {quoted(name)}" for name in names)
        parts.append(f"SELECT {columns}, {number} AS batch_order FROM {_rows_of(path)}")  # nosec B608 # names are quoted, as the model has them
    key = ", ".join(quoted(name) for name in way.compare)
    select = (
        f"SELECT * EXCLUDE (batch_order) FROM ({' UNION ALL '.join(parts)}) "  # nosec B608 # names are quoted, as the model has them
        f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY batch_order DESC) = 1"
    )
    return f"SELECT * FROM ({select}) WHERE NOT coalesce({quoted(way.removed)}, FALSE)"  # nosec B608 # names are quoted, as the model has them
