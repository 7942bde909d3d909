"""CSV as Finnish systems write it.

The engine reads the file, typed, and names the lines it could not read. A file it cannot be trusted with –
a quotation mark that never closes, zero bytes, mixed line ends, UTF-8 in a Latin-1 file – is read again
line by line in Python: slower, and no line is lost.
"""

from __future__ import annotations

import csv
import mmap
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from virtaama.model.concepts import Type
from virtaama.model.feeds import CsvDialect, Feed, Outcome
from virtaama.problems import DeliveryRefused
from virtaama.sources.reading import (
    Reading,
    RejectedLine,
    Value,
    does_not_fit,
    fetch,
    literal,
    quoted,
    rejected,
    select_rows,
    text_values,
    typed,
    without_unread,
)
from virtaama.sql.spelling import COLUMN_TYPES

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
_UTF8_IN_LATIN1 = re.compile(rb"\xc3[\x80-\xbf]|\xc2[\xa0-\xbf]")
_BOM = b"\xef\xbb\xbf"
_QUOTED_LINES = 100  # a quoted value does not run over more lines than this


def header(connection: duckdb.DuckDBPyConnection, file: Path, feed: Feed) -> tuple[str, ...]:
    """The column names of the first line; DeliveryRefused when the file is empty or has no usable header."""
    with file.open("rb") as opened:
        first = opened.readline(2_000_000)
    if first.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DeliveryRefused(
            f"the file is UTF-16, which is not read.\n  Have it delivered as {feed.csv.encoding}."
        )
    lines = first.removeprefix(_BOM).splitlines()
    if not lines or not lines[0].strip():
        raise DeliveryRefused("the file is empty or begins with an empty line; a header is needed.")
    try:
        text = lines[0].decode(_codec(feed.csv))
    except UnicodeDecodeError:
        raise DeliveryRefused(
            f"the header is not {feed.csv.encoding}.\n  Correct `encoding` in the feed's system."
        ) from None
    if (names := _parsed(text, feed.csv)) is None:
        raise DeliveryRefused(
            "a quotation mark in the header does not close.\n  Have the delivery corrected."
        )
    return tuple(name.strip() or f"(column {number})" for number, name in enumerate(names, start=1))


def read(
    connection: duckdb.DuckDBPyConnection,
    file: Path,
    feed: Feed,
    columns: Mapping[str, str],
) -> Reading:
    """Read a file. `columns` gives, for each field that is there, the name of its column in the header."""
    names = header(connection, file, feed)
    sources = {field: f"c{names.index(name)}" for field, name in columns.items()}
    if not _is_plain(file, feed.csv):
        return read_by_line(connection, file, feed, sources, len(names))
    select = _engine_select(file, feed, sources, len(names))
    try:
        table = connection.sql(select).to_arrow_table()
    except duckdb.OutOfMemoryException:
        raise does_not_fit(feed) from None
    except duckdb.Error:
        return read_by_line(connection, file, feed, sources, len(names))
    errors = _take_errors(connection)
    if any(error.reason in ("wrong_quoting", "unreadable") for error in errors):
        return read_by_line(connection, file, feed, sources, len(names))
    fields = {source: field for field, source in sources.items()}
    lines = _rejected_lines(file, feed.csv, errors, fields) if errors else ()
    rows, unread = without_unread(table)
    if _ran_on(file, feed.csv, rows) or not all(_is_one_line(line.raw, feed.csv) for line in lines):
        return read_by_line(connection, file, feed, sources, len(names))

    def locate(positions: Sequence[int]) -> list[tuple[int, bytes]]:
        taken = {line.line for line in lines}
        records = _plain_records(file.read_bytes(), taken)
        if len(records) != rows.num_rows:  # quoted values run over lines
            records = [
                (line, raw)
                for line, raw, _ in _records(file.read_bytes(), feed.csv, len(names))
                if line not in taken
            ]
        return [records[position] for position in positions]

    return Reading(rows=rows, rejected=lines, locate=locate, unread=unread)


@dataclass(frozen=True, slots=True)
class _EngineError:
    position: int  # byte of the line in the file as UTF-8, from 1
    reason: str
    column: str


def _engine_select(file: Path, feed: Feed, sources: Mapping[str, str], count: int) -> str:
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


def _take_errors(connection: duckdb.DuckDBPyConnection) -> list[_EngineError]:
    found = connection.execute(
        "SELECT line_byte_position, error_type, column_name FROM reject_errors"
    ).fetchall()
    connection.execute("DROP TABLE reject_errors")
    connection.execute("DROP TABLE reject_scans")
    return [
        _EngineError(position, _REASONS.get(str(kind), "unreadable"), column or "")
        for position, kind, column in found
    ]


def _rejected_lines(
    file: Path,
    dialect: CsvDialect,
    errors: list[_EngineError],
    fields: Mapping[str, str],
) -> tuple[RejectedLine, ...]:
    data = file.read_bytes()
    if _codec(dialect) == "latin-1":
        data = data.decode("latin-1").encode()  # the engine counts the bytes of what it re-encoded
    gravest: dict[int, _EngineError] = {}
    for error in sorted(errors, key=lambda error: (error.position, _GRAVITY.index(error.reason))):
        gravest.setdefault(error.position, error)
    lines = []
    counted, line = 0, 1
    for error in gravest.values():
        start = error.position - 1
        while data[start : start + 1] in (b"\r", b"\n"):
            start += 1
        line += _line_ends(data, counted, start)
        counted = start
        raw = _record_at(data, start, dialect)
        if _codec(dialect) == "latin-1":
            raw = raw.decode().encode("latin-1")
        lines.append(rejected(line, raw, error.reason, fields.get(error.column, "")))
    return tuple(lines)


def _line_ends(data: bytes, start: int, end: int) -> int:
    return data.count(b"\n", start, end) or data.count(b"\r", start, end)


def _record_at(data: bytes, start: int, dialect: CsvDialect) -> bytes:
    """The bytes of the record that begins at `start`, over several lines when a quoted value has line ends."""
    lines = data[start : start + 2_000_000].splitlines()[:_QUOTED_LINES]
    for taken in range(1, len(lines) + 1):
        record = b"\n".join(lines[:taken])
        if _parsed(record.decode(errors="replace"), dialect) is not None:
            return record
    return lines[0]


def _plain_records(data: bytes, taken: set[int]) -> list[tuple[int, bytes]]:
    lines = enumerate(data.splitlines(), start=1)
    return [(number, line) for number, line in lines if line and number > 1 and number not in taken]


def _is_plain(file: Path, dialect: CsvDialect) -> bool:
    """Whether the engine reads the file as we mean it."""
    if file.stat().st_size == 0:
        return True
    with (
        file.open("rb") as opened,
        mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        if data.find(b"\0") >= 0:
            return False
        return _codec(dialect) != "latin-1" or (
            (data.find(b"\xc3") < 0 and data.find(b"\xc2") < 0) or _UTF8_IN_LATIN1.search(data) is None
        )


def _is_one_line(raw: bytes, dialect: CsvDialect) -> bool:
    """Whether a rejected record can have taken no other line with it."""
    return b"\n" not in raw and _parsed(raw.decode(errors="replace"), dialect) is not None


def _ran_on(file: Path, dialect: CsvDialect, rows: pa.Table) -> bool:
    """Whether a quoted value took in so many lines that its quotation mark must be a stray one."""
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data.find(dialect.quote.encode()) < 0:
            return False
    return any(
        (pc.max(pc.count_substring(rows[column.name], "\n")).as_py() or 0) >= _QUOTED_LINES
        for column in rows.schema
        if pa.types.is_string(column.type)
    )


def read_by_line(
    connection: duckdb.DuckDBPyConnection,
    file: Path,
    feed: Feed,
    sources: Mapping[str, str],
    count: int,
) -> Reading:
    """Read a file as the engine would, slowly, losing no line whatever its quotation marks.

    `sources` gives, for each field that is there, `c` and the position of its column among `count`.
    """
    places: list[tuple[int, bytes]] = []
    texts: list[list[str]] = []
    lines = []
    for line, raw, outcome in _records(file.read_bytes(), feed.csv, count):
        if isinstance(outcome, str):
            lines.append(rejected(line, raw, outcome))
        else:
            places.append((line, raw))
            texts.append(outcome)
    nulls = frozenset(feed.csv.null)
    columns = zip(*texts, strict=True) if texts else iter([()] * count)
    arrow = pa.table(
        {
            f"c{index}": pa.array([None if text in nulls else text for text in column], pa.string())
            for index, column in enumerate(columns)
        }
    )
    connection.register("lines", arrow)
    select = select_rows(
        feed,
        text_values(feed, {field: quoted(c) for field, c in sources.items()}, feed.csv),
        "lines",
    )
    rows, unread = without_unread(fetch(connection, select, feed))
    connection.unregister("lines")
    return Reading(
        rows=rows,
        rejected=tuple(lines),
        locate=lambda positions: [places[position] for position in positions],
        unread=unread,
    )


def _records(data: bytes, dialect: CsvDialect, count: int) -> Iterator[tuple[int, bytes, list[str] | str]]:
    """Each record after the header: line, raw bytes, and its values or the reason why it has none."""
    lines = data.removeprefix(_BOM).splitlines()
    index = 1
    while index < len(lines):
        if not lines[index] and count > 1:
            index += 1
            continue
        taken, outcome = _record(lines, index, dialect, count)
        yield index + 1, b"\n".join(lines[index : index + taken]), outcome
        index += taken


def _record(lines: list[bytes], index: int, dialect: CsvDialect, count: int) -> tuple[int, list[str] | str]:
    """How many lines the record at `index` takes, and its values or the reason why it has none."""
    for taken in range(1, min(_QUOTED_LINES, len(lines) - index) + 1):
        raw = lines[index + taken - 1]
        if fault := _fault(raw, dialect):
            return (1, fault if taken == 1 else "wrong_quoting")
        text = b"\n".join(lines[index : index + taken]).decode(_codec(dialect))
        if text.count(dialect.quote) == 0:
            values = text.split(dialect.delimiter)
            return 1, values if len(values) == count else "wrong_column_count"
        if (parsed := _parsed(text, dialect)) is None:
            if taken == 1 and _parsed(text + dialect.quote, dialect) is None:
                return 1, "wrong_quoting"  # wrong as it stands, however it goes on
            continue
        if len(parsed) == count:
            return taken, parsed
        return 1, "wrong_column_count" if taken == 1 else "wrong_quoting"
    return 1, "wrong_quoting"


def _fault(raw: bytes, dialect: CsvDialect) -> str:
    if b"\0" in raw:
        return "zero_byte"
    if _codec(dialect) == "latin-1":
        return "wrong_encoding" if _UTF8_IN_LATIN1.search(raw) else ""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return "wrong_encoding"
    return ""


def _parsed(text: str, dialect: CsvDialect) -> list[str] | None:
    try:
        return next(_parser(text.splitlines(keepends=True), dialect))
    except csv.Error:
        return None


def _parser(lines: list[str], dialect: CsvDialect) -> Iterator[list[str]]:
    return csv.reader(lines, delimiter=dialect.delimiter, quotechar=dialect.quote, strict=True)


def _codec(dialect: CsvDialect) -> str:
    return "latin-1" if dialect.encoding.lower().replace("_", "-") in ("latin-1", "iso-8859-1") else "utf-8"
