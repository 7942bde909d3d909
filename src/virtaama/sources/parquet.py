"""Parquet files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from virtaama.model.feeds import Feed
from virtaama.problems import DeliveryRefused
from virtaama.sources.pieces import PIECE, by_number
from virtaama.sources.reading import (
    Reading,
    fetch_pieces,
    literal,
    quoted,
    select_rows,
    text_values,
    without_unread,
)

_ROW = 256  # bytes a row is taken to need
_AT_ONCE = 4_096  # rows that are looked through at a time for those that are to be shown


def header(connection: duckdb.DuckDBPyConnection, file: Path, feed: Feed) -> tuple[str, ...]:
    try:
        return tuple(pq.read_schema(file).names)
    except (pa.ArrowException, OSError):
        raise DeliveryRefused(
            "the file is not Parquet, or was cut short.\n  Have it delivered again."
        ) from None


def read(
    connection: duckdb.DuckDBPyConnection,
    file: Path,
    feed: Feed,
    columns: Mapping[str, str],
    size: int = PIECE,
) -> Iterator[Reading]:
    """Read a file in pieces of about `size` bytes. A row's place is its number in the file."""
    texts = {field: f"nullif(CAST({quoted(name)} AS VARCHAR), '')" for field, name in columns.items()}
    first = 0
    with by_number(file) as opened:
        scan = f"read_parquet({literal(str(opened))})"
        select = select_rows(feed, text_values(feed, texts, None), scan)
        for table in fetch_pieces(connection, select, feed, max(size // _ROW, 1)):
            rows, unread = without_unread(table)
            yield Reading(rows=rows, rejected=(), locate=partial(_located, file, first), unread=unread)
            first += rows.num_rows


def _located(file: Path, first: int, positions: Sequence[int]) -> list[tuple[int, bytes]]:
    """The rows at these positions after row `first`: of the groups of rows they stand in, so many rows at a time."""
    found: list[tuple[int, bytes]] = []
    with pq.ParquetFile(file, pre_buffer=False) as opened:
        begins = 0
        for group in range(opened.num_row_groups):
            rows = opened.metadata.row_group(group).num_rows
            here = [first + position for position in positions if begins <= first + position < begins + rows]
            if here:
                found += _rows_at(opened, group, begins, here)
            begins += rows
    return found


def _rows_at(
    opened: pq.ParquetFile, group: int, begins: int, places: Sequence[int]
) -> Iterator[tuple[int, bytes]]:
    """The rows at these places of the file, in a group whose first row is at `begins`."""
    for batch in opened.iter_batches(_AT_ONCE, row_groups=[group], use_threads=False):
        ends = begins + batch.num_rows
        here = [place for place in places if begins <= place < ends]
        if here:
            rows = batch.take(pa.array([place - begins for place in here])).to_pylist()
            yield from ((place + 1, _written(row)) for place, row in zip(here, rows, strict=True))
        if places[-1] < ends:
            return
        begins = ends


def _written(row: dict[str, object]) -> bytes:
    return json.dumps(row, default=str, ensure_ascii=False).encode()
