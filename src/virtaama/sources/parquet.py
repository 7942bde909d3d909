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
from virtaama.sources.pieces import PIECE
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
    scan = f"read_parquet({literal(str(file))})"
    select = select_rows(feed, text_values(feed, texts, None), scan)
    first = 0
    for table in fetch_pieces(connection, select, feed, max(size // _ROW, 1)):
        rows, unread = without_unread(table)
        yield Reading(rows=rows, rejected=(), locate=partial(_located, file, first), unread=unread)
        first += rows.num_rows


def _located(file: Path, first: int, positions: Sequence[int]) -> list[tuple[int, bytes]]:
    """The rows at these positions after row `first`, each from the group of rows it stands in."""
    found = []
    with pq.ParquetFile(file) as opened:
        begins = 0
        for group in range(opened.num_row_groups):
            ends = begins + opened.metadata.row_group(group).num_rows
            here = [first + position for position in positions if begins <= first + position < ends]
            if here:
                rows = opened.read_row_group(group).take([place - begins for place in here]).to_pylist()
                found += [(place + 1, _written(row)) for place, row in zip(here, rows, strict=True)]
            begins = ends
    return found


def _written(row: dict[str, object]) -> bytes:
    return json.dumps(row, default=str, ensure_ascii=False).encode()
