"""JSON lines: one object a line. A field is a top-level member of its own name, or what its path gives."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import duckdb

from virtaama.model.feeds import Feed
from virtaama.problems import DeliveryRefused
from virtaama.sources.pieces import PIECE, by_number, in_memory, refuse_packed, whole_lines
from virtaama.sources.reading import (
    MOST_COLUMNS,
    Reading,
    Value,
    fetch,
    literal,
    select_rows,
    text_values,
    without_unread,
)

# The engine gives null for what is not JSON; what is left and begins with a brace is an object.
NOT_AN_OBJECT = ("NOT coalesce(starts_with(ltrim(CAST(resource AS VARCHAR)), '{'), FALSE)", "unreadable:")
_PLAIN_PATH = re.compile(r"\bresource\s*->>\s*'(?P<path>\$[^'*]*)'")  # one value, no wildcard


def header(connection: duckdb.DuckDBPyConnection, file: Path, feed: Feed) -> tuple[str, ...] | None:
    """The members of the objects, and the fields that have a path; None when there is no object."""
    if file.stat().st_size == 0:
        raise DeliveryRefused("the file is empty.\n  A delivery without rows needs no file.")
    refuse_packed(file)
    with by_number(file) as opened:
        members = fetch(
            connection,
            f"SELECT DISTINCT unnest(json_keys(json)) AS name FROM {lines_of(opened)} "  # nosec B608 # the path is our own number of it
            f"WHERE json_type(json) = 'OBJECT' ORDER BY name LIMIT {MOST_COLUMNS + 1}",
            feed,
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
    size: int = PIECE,
) -> Iterator[Reading]:
    """Read a file in pieces of about `size` bytes.

    `columns` gives, for each field that is there, the name of its member.
    """
    for first, data in whole_lines(file, size):
        yield _piece(connection, feed, columns, first, data)


def _piece(
    connection: duckdb.DuckDBPyConnection, feed: Feed, columns: Mapping[str, str], first: int, data: bytes
) -> Reading:
    objects = Members()
    values = member_values(feed, columns, objects)
    with in_memory(data) as lines:
        select = select_rows(feed, values, objects.source(lines_of(lines)), (NOT_AN_OBJECT,))
        rows, unread = without_unread(fetch(connection, select, feed))

    def locate(positions: Sequence[int]) -> list[tuple[int, bytes]]:
        return located(data, first, positions)

    return Reading(rows=rows, rejected=(), locate=locate, unread=unread)


class Members:
    """The members taken out of an object. Taken together, an object is parsed once and not for each."""

    def __init__(self) -> None:
        self._paths: list[str] = []

    def text(self, path: str) -> str:
        """SQL for the text at a JSON path or pointer."""
        if path not in self._paths:
            self._paths.append(path)
        return f"found[{self._paths.index(path) + 1}]"

    def within(self, sql: str) -> str:
        """An SQL expression over `resource` with the plain paths in it taken together."""
        return _PLAIN_PATH.sub(lambda met: self.text(met["path"]), sql)

    def source(self, objects: str) -> str:
        """The rows of `objects` as the columns `resource` and, as met so far, `found`."""
        paths = ", ".join(literal(path) for path in self._paths) or literal("$")
        return f"(SELECT json AS resource, json_extract_string(json, [{paths}]) AS found FROM {objects})"  # nosec B608 # paths are literals, quoted


def member_values(feed: Feed, columns: Mapping[str, str], members: Members) -> tuple[Value, ...]:
    """The SQL of each field over an object."""
    texts = {
        field.name: f"CAST(({members.within(field.path)}) AS VARCHAR)"
        if field.path
        else members.text(_pointer(columns[field.name]))
        for field in feed.fields
        if field.path or field.name in columns
    }
    # An empty text says as little as a missing member.
    return text_values(feed, {name: f"nullif({text}, '')" for name, text in texts.items()}, None)


def _pointer(member: str) -> str:
    """Where a member of an object stands (RFC 6901): as no other way to say it does, it takes any name for a name."""
    return "/" + member.replace("~", "~0").replace("/", "~1")


def located(data: bytes, first: int, positions: Sequence[int]) -> list[tuple[int, bytes]]:
    """Number and bytes of lines by their position among those the engine makes rows of: those with text."""
    lines = data.split(b"\n")
    with_text = [index for index, line in enumerate(lines) if line.strip()]
    return [(first + with_text[position], lines[with_text[position]]) for position in positions]


def lines_of(file: Path) -> str:
    """The lines of a file, in order, as JSON; null where a line is not JSON."""
    return f"read_ndjson_objects({literal(str(file))}, ignore_errors = true)"
