"""An SQLite file that was delivered, opened for reading only: the rows of the feed's query."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from virtaama.model.feeds import Feed
from virtaama.problems import DeliveryRefused
from virtaama.sources.pieces import PIECE
from virtaama.sources.reading import (
    Reading,
    fetch,
    quoted,
    select_rows,
    text_values,
    without_unread,
)

_ROW = 1024  # bytes a row is taken to need


def header(connection: duckdb.DuckDBPyConnection, file: Path, feed: Feed) -> tuple[str, ...]:
    """The columns of the query's result."""
    return next(_query(file, feed, 0))[0]


def read(
    connection: duckdb.DuckDBPyConnection,
    file: Path,
    feed: Feed,
    columns: Mapping[str, str],
    size: int = PIECE,
) -> Iterator[Reading]:
    """Read the query's rows as text, then as the declared types, in pieces of about `size` bytes.

    A row's place is its number in the result.
    """
    first = 1
    for names, texts in _query(file, feed, max(size // _ROW, 1)):
        yield _piece(connection, feed, columns, names, texts, first)
        first += len(texts)


def _piece(
    connection: duckdb.DuckDBPyConnection,
    feed: Feed,
    columns: Mapping[str, str],
    names: tuple[str, ...],
    texts: list[tuple[str | None, ...]],
    first: int,
) -> Reading:
    by_column = list(zip(*texts, strict=True)) if texts else [()] * len(names)
    connection.register(
        "result",
        pa.table({f"c{index}": pa.array(column, pa.string()) for index, column in enumerate(by_column)}),
    )
    sources = {field: quoted(f"c{names.index(name)}") for field, name in columns.items()}
    select = select_rows(feed, text_values(feed, sources, None), "result")
    rows, unread = without_unread(fetch(connection, select, feed))
    connection.unregister("result")

    def locate(positions: Sequence[int]) -> list[tuple[int, bytes]]:
        return [
            (
                first + position,
                json.dumps(dict(zip(names, texts[position], strict=True)), ensure_ascii=False).encode(),
            )
            for position in positions
        ]

    return Reading(rows=rows, rejected=(), locate=locate, unread=unread)


def _query(
    file: Path, feed: Feed, rows: int
) -> Iterator[tuple[tuple[str, ...], list[tuple[str | None, ...]]]]:
    """The names of the columns with so many rows at a time; once without rows where there are none."""
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            # What a file says of itself is not to be run; what is sorted stays in memory.
            database.execute("PRAGMA trusted_schema = OFF")
            database.execute("PRAGMA temp_store = MEMORY")
            result = database.execute(feed.query)
            names = tuple(column[0] for column in result.description or ())
            found = result.fetchmany(rows) if rows else []
            yield names, [tuple(map(as_text, row)) for row in found]
            while rows and (found := result.fetchmany(rows)):
                yield names, [tuple(map(as_text, row)) for row in found]
    except sqlite3.Error as error:
        # The message of the database may quote what is stored in it: only its kind is passed on.
        raise DeliveryRefused(
            f"the query of {feed.id} failed ({type(error).__name__}).\n"
            f"  Check `query` at {feed.place} against the tables of the database."
        ) from None


def as_text(value: object) -> str | None:
    """A value of a database as text that reads back as its type; null for what is empty."""
    match value:
        case None | "":
            return None
        case str():
            return value
        case bytes():
            return value.decode("utf-8", errors="replace")
        case bool():
            return "true" if value else "false"
        case datetime() | date():
            return value.isoformat()
        case dict() | list():
            return json.dumps(value, default=str, ensure_ascii=False)
        case _:
            return str(value)
