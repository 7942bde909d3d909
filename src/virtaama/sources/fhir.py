"""FHIR R4: one resource a line (NDJSON), or one resource a file (.json). One type of resource is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow.compute as pc

from virtaama.model.feeds import Feed
from virtaama.problems import DeliveryRefused
from virtaama.sources.json_lines import (
    NOT_AN_OBJECT,
    Members,
    lines_of,
    lines_with_text,
    member_values,
)
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


def read(
    connection: duckdb.DuckDBPyConnection,
    file: Path,
    feed: Feed,
    columns: Mapping[str, str],
) -> Reading:
    """Read a file. Resources of another type than the feed's are skipped and counted."""
    single = file.suffix == ".json"
    objects = (
        f"read_json_objects({literal(str(file))}, format = 'unstructured', ignore_errors = true)"
        if single
        else lines_of(file)
    )
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
        records = [(1, file.read_bytes())] if single else lines_with_text(file)
        numbers = pc.indices_nonzero(ours).to_pylist()
        return [records[numbers[position]] for position in positions]

    return Reading(
        rows=kept,
        rejected=(),
        locate=locate,
        unread=unread,
        skipped=rows.num_rows - kept.num_rows,
    )
