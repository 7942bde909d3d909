"""CSV by the engine: the statement that reads a piece, and what the engine says it could not read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from virtaama.model.concepts import Type
from virtaama.model.feeds import CsvDialect, Feed, Outcome
from virtaama.sources.csv_lines import LONGEST_LINE, QUOTED_LINES, codec, parsed
from virtaama.sources.pieces import line_ends
from virtaama.sources.reading import RejectedLine, Value, literal, rejected, select_rows, typed
from virtaama.sql.column_types import COLUMN_TYPES

_REASONS = {  # the gravest first: a line is rejected once
    "INVALID ENCODING": "wrong_encoding",
    "UNQUOTED VALUE": "wrong_quoting",
    "LINE SIZE OVER MAXIMUM": "line_too_long",
    "MISSING COLUMNS": "wrong_column_count",
    "TOO MANY COLUMNS": "wrong_column_count",
    "CAST": "wrong_type",
    "INVALID STATE": "unreadable",
}
_GRAVITY = list(dict.fromkeys(_REASONS.values()))
_LINE_END = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class EngineError:
    position: int  # byte of the line in the file as UTF-8, from 1
    reason: str
    column: str


def engine_select(file: Path, feed: Feed, sources: Mapping[str, str], count: int) -> str:
    """The SELECT of a file that begins with a header; `sources` names columns `c0` to `c<count - 1>`."""
    dialect = feed.csv
    engine_types = dict.fromkeys((f"c{index}" for index in range(count)), "VARCHAR")
    values = []
    for field in feed.fields:
        source = sources.get(field.name)
        if source is None:
            values.append(Value(field, "NULL"))
        elif field.type is Type.INTEGER or field.format or feed.drift.retyped is Outcome.ACCEPT:
            values.append(Value(field, typed(field, source, dialect), source))
        else:
            engine_types[source] = COLUMN_TYPES[field.type]
            values.append(Value(field, source))
    types = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in engine_types.items())
    nulls = ", ".join(literal(null) for null in dialect.null)
    scan = (
        f"read_csv({literal(str(file))}, columns = {{{types}}}, auto_detect = false, header = true, "
        f"delim = {literal(dialect.delimiter)}, quote = {literal(dialect.quote)}, "
        f"escape = {literal(dialect.quote)}, encoding = {literal(dialect.encoding)}, "
        f"decimal_separator = {literal(dialect.decimal)}, dateformat = {literal(dialect.date)}, "
        f"timestampformat = {literal(dialect.timestamp)}, nullstr = [{nulls}], "
        "store_rejects = true, rejects_limit = 0)"
    )
    return select_rows(feed, values, scan)


def take_errors(connection: duckdb.DuckDBPyConnection) -> list[EngineError]:
    """What the engine could not read in the file it read last."""
    found = connection.execute(
        "SELECT line_byte_position, error_type, column_name FROM reject_errors"
    ).fetchall()
    connection.execute("DROP TABLE reject_errors")
    connection.execute("DROP TABLE reject_scans")
    return [
        EngineError(position, _REASONS.get(str(kind), "unreadable"), column or "")
        for position, kind, column in found
    ]


def rejected_lines(
    head: bytes,
    data: bytes,
    first: int,
    dialect: CsvDialect,
    errors: Sequence[EngineError],
    fields: Mapping[str, str],
) -> tuple[RejectedLine, ...]:
    """The lines of the errors, as they were delivered; `data` stands after the header, at line `first`."""
    is_latin1 = codec(dialect) == "latin-1"
    if is_latin1:  # the engine counts the bytes of what it re-encoded
        head, data = head.decode("latin-1").encode(), data.decode("latin-1").encode()
    gravest: dict[int, EngineError] = {}
    for error in sorted(errors, key=lambda error: (error.position, _GRAVITY.index(error.reason))):
        gravest.setdefault(error.position, error)
    lines = []
    counted, line = 0, first
    for error in gravest.values():
        start = max(error.position - 1 - len(head), 0)
        while data[start : start + 1] in (b"\r", b"\n"):
            start += 1
        line += line_ends(data[counted:start], start - counted)
        counted = start
        raw = record_at(data, start, dialect)
        if is_latin1:
            raw = raw.decode().encode("latin-1")
        lines.append(rejected(line, raw, error.reason, fields.get(error.column, "")))
    return tuple(lines)


def record_at(data: bytes, start: int, dialect: CsvDialect) -> bytes:
    """The bytes of the record that begins at `start`, over several lines when a quoted value has line ends."""
    first, at, until = b"", start, min(len(data), start + LONGEST_LINE)
    for taken in range(QUOTED_LINES):
        met = _LINE_END.search(data, at, until)
        record = data[start : met.start() if met else until]
        if parsed(record.decode(errors="replace"), dialect) is not None:
            return record
        if not taken:
            first = record
        if not met:
            break
        at = met.end()
    return first
