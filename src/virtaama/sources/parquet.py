"""Parquet files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from virtaama.model.feeds import Feed
from virtaama.problems import DeliveryRefused
from virtaama.sources.reading import (
    Reading,
    fetch,
    literal,
    quoted,
    select_rows,
    text_values,
    without_unread,
)


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
) -> Reading:
    """Read a file. A row's place is its number in the file."""
    texts = {field: f"nullif(CAST({quoted(name)} AS VARCHAR), '')" for field, name in columns.items()}
    scan = f"read_parquet({literal(str(file))})"
    rows, unread = without_unread(
        fetch(connection, select_rows(feed, text_values(feed, texts, None), scan), feed)
    )

    def locate(positions: Sequence[int]) -> list[tuple[int, bytes]]:
        found = pq.read_table(file).take(list(positions)).to_pylist()
        return [
            (position + 1, json.dumps(row, default=str, ensure_ascii=False).encode())
            for position, row in zip(positions, found, strict=True)
        ]

    return Reading(rows=rows, rejected=(), locate=locate, unread=unread)
