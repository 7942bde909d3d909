"""JSON lines: one object a line. A field is a top-level member of its own name, or what its path gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from virtaama.model.feeds import Feed
from virtaama.problems import DeliveryRefused
from virtaama.sources.reading import (
    Reading,
    Value,
    fetch,
    literal,
    quoted,
    select_rows,
    text_values,
    without_unread,
)

NOT_AN_OBJECT = ("(resource IS NULL OR json_type(resource) <> 'OBJECT')", "unreadable:")


def header(file: Path, feed: Feed) -> tuple[str, ...] | None:
    """The members of the objects, and the fields that have a path; None when there is no object."""
    if file.stat().st_size == 0:
        raise DeliveryRefused(f"{file.name}: the file is empty.\n  A delivery without rows needs no file.")
    with duckdb.connect() as connection:
        members = fetch(
            connection,
            f"SELECT DISTINCT unnest(json_keys(json)) AS name FROM {lines_of(file)} "
            "WHERE json_type(json) = 'OBJECT' ORDER BY name",
            feed,
            file.name,
        )["name"].to_pylist()
    if not members:
        return None
    if any(field.path for field in feed.fields):
        # A path may reach any member: only the fields that name their member can be missed.
        declared = {name for field in feed.fields for name in (field.name, *field.also) if not field.path}
        members = [member for member in members if member in declared]
    return (
        *members,
        *(field.name for field in feed.fields if field.path and field.name not in members),
    )


def read(
    connection: duckdb.DuckDBPyConnection,
    file: Path,
    feed: Feed,
    columns: Mapping[str, str],
) -> Reading:
    """Read a file. `columns` gives, for each field that is there, the name of its member."""
    source = f"(SELECT json AS resource FROM {lines_of(file)})"
    select = select_rows(feed, member_values(feed, columns), source, (NOT_AN_OBJECT,))
    rows, unread = without_unread(fetch(connection, select, feed, file.name))

    def locate(positions: Sequence[int]) -> list[tuple[int, bytes]]:
        records = lines_with_text(file)
        return [records[position] for position in positions]

    return Reading(rows=rows, rejected=(), locate=locate, unread=unread)


def member_values(feed: Feed, columns: Mapping[str, str]) -> tuple[Value, ...]:
    """The SQL of each field over the JSON column `resource`."""
    texts = {
        field.name: f"CAST(({field.path}) AS VARCHAR)"
        if field.path
        else f"(resource ->> {literal('$.' + quoted(columns[field.name]))})"
        for field in feed.fields
        if field.path or field.name in columns
    }
    # An empty text says as little as a missing member.
    return text_values(feed, {name: f"nullif({text}, '')" for name, text in texts.items()}, None)


def lines_with_text(file: Path) -> list[tuple[int, bytes]]:
    """Number and bytes of the lines the engine makes rows of."""
    lines = enumerate(file.read_bytes().split(b"\n"), start=1)
    return [(number, line) for number, line in lines if line.strip()]


def lines_of(file: Path) -> str:
    """The lines of a file, in order, as JSON; null where a line is not JSON."""
    return f"read_ndjson_objects({literal(str(file))}, ignore_errors = true)"
