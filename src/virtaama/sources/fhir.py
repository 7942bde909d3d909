"""FHIR R4: one resource a line (NDJSON), or one resource a file (.json). One type of resource is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import duckdb
import pyarrow.compute as pc

from virtaama.model.feeds import Feed
from virtaama.problems import DeliveryRefused
from virtaama.sources.json_lines import (
    NOT_AN_OBJECT,
    Members,
    lines_of,
    located,
    member_values,
)
from virtaama.sources.pieces import PIECE, by_number, in_memory, refuse_packed, whole_lines
from virtaama.sources.reading import (
    FAULT,
    Reading,
    fetch,
    literal,
    select_rows,
    without_unread,
)

_OTHER = "other:"  # marks, inside this module, a resource of another type


def header(connection: duckdb.DuckDBPyConnection, file: Path, feed: Feed) -> None:
    """Resources leave out what they do not know, so no member can be said to be missing."""
    if file.stat().st_size == 0:
        raise DeliveryRefused("the file is empty.\n  A delivery without rows needs no file.")
    refuse_packed(file)


def read(
    connection: duckdb.DuckDBPyConnection,
    file: Path,
    feed: Feed,
    columns: Mapping[str, str],
    size: int = PIECE,
) -> Iterator[Reading]:
    """Read a file in pieces of about `size` bytes; one resource in one piece.

    Resources of another type than the feed's are skipped and counted.
    """
    if file.suffix == ".json":
        with by_number(file) as opened:
            objects = (
                f"read_json_objects({literal(str(opened))}, format = 'unstructured', ignore_errors = true)"
            )
            piece = _piece(connection, feed, columns, objects, lambda positions: [(1, file.read_bytes())])
        yield piece
        return
    for first, data in whole_lines(file, size):
        with in_memory(data) as lines:
            piece = _piece(connection, feed, columns, lines_of(lines), partial(located, data, first))
        yield piece


def _piece(
    connection: duckdb.DuckDBPyConnection,
    feed: Feed,
    columns: Mapping[str, str],
    objects: str,
    place: Callable[[Sequence[int]], list[tuple[int, bytes]]],
) -> Reading:
    members = Members()
    kind = members.text("$.resourceType")
    unreadable = (
        NOT_AN_OBJECT,
        (f"{kind} IS NULL", "unreadable:"),
        (f"{kind} <> {literal(feed.resource)}", _OTHER),
    )
    values = member_values(feed, columns, members)
    select = select_rows(feed, values, members.source(objects), unreadable)
    rows, unread = without_unread(fetch(connection, select, feed))
    ours = pc.fill_null(pc.not_equal(rows[FAULT], _OTHER), True)
    kept = rows.filter(ours)

    def locate(positions: Sequence[int]) -> list[tuple[int, bytes]]:
        numbers = pc.indices_nonzero(ours).to_pylist()
        return place([numbers[position] for position in positions])

    return Reading(
        rows=kept,
        rejected=(),
        locate=locate,
        unread=unread,
        skipped=rows.num_rows - kept.num_rows,
    )
