"""CSV as Finnish systems write it, of any size.

A file is read in pieces that end where a record ends. The engine reads a piece, typed, and names the lines it
could not read. A piece it cannot be trusted with – a quotation mark that never closes, zero bytes, mixed line
ends, UTF-8 in a Latin-1 file – is read again line by line in Python: slower, and no line is lost. Where the
pieces end changes nothing of what is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from virtaama.model.feeds import CsvDialect, Feed
from virtaama.problems import DeliveryRefused
from virtaama.sources.csv_engine import engine_select, rejected_lines, take_errors
from virtaama.sources.csv_lines import (
    LONGEST_LINE,
    QUOTED_LINES,
    UTF8_IN_LATIN1,
    bare,
    codec,
    parsed,
    records,
)
from virtaama.sources.pieces import PIECE, Ahead, first_line_end, in_memory, last_line_end, refuse_packed
from virtaama.sources.reading import (
    Reading,
    fetch,
    quoted,
    rejected,
    select_rows,
    text_values,
    too_much_memory,
    without_unread,
)

_EMPTY = frozenset((b"\n", b"\r\n", b"\r"))
_BOM = b"\xef\xbb\xbf"
_FURTHER = 4 << 20  # bytes that are looked at beyond a piece for the end of its last record


def header(connection: duckdb.DuckDBPyConnection, file: Path, feed: Feed) -> tuple[str, ...]:
    """The column names of the first line; DeliveryRefused when the file is empty or has no usable header."""
    refuse_packed(file)
    with file.open("rb") as opened:
        first = opened.readline(LONGEST_LINE)
    if len(first) == LONGEST_LINE and len(first.splitlines()) == 1:
        raise DeliveryRefused(f"the header is longer than {LONGEST_LINE:,} bytes.\n  Is the file CSV?")
    if first.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DeliveryRefused(
            f"the file is UTF-16, which is not read.\n  Have it delivered as {feed.csv.encoding}."
        )
    lines = first.removeprefix(_BOM).splitlines()
    if not lines or not lines[0].strip():
        raise DeliveryRefused("the file is empty or begins with an empty line; a header is needed.")
    try:
        text = lines[0].decode(codec(feed.csv))
    except UnicodeDecodeError:
        raise DeliveryRefused(
            f"the header is not {feed.csv.encoding}.\n  Correct `encoding` in the feed's system."
        ) from None
    if (names := parsed(text, feed.csv)) is None:
        raise DeliveryRefused(
            "a quotation mark in the header does not close.\n  Have the delivery corrected."
        )
    return tuple(name.strip() or f"(column {number})" for number, name in enumerate(names, start=1))


def read(
    connection: duckdb.DuckDBPyConnection,
    file: Path,
    feed: Feed,
    columns: Mapping[str, str],
    size: int = PIECE,
) -> Iterator[Reading]:
    """Read a file in pieces of about `size` bytes.

    `columns` gives, for each field that is there, the name of its column in the header.
    """
    names = header(connection, file, feed)
    sources = {field: f"c{names.index(name)}" for field, name in columns.items()}
    reader = _Reader(connection, feed, sources, len(names))
    with file.open("rb") as opened:
        ahead = Ahead(opened)
        ahead.fill(LONGEST_LINE)
        end = first_line_end(ahead.data, ended=ahead.ended) or len(ahead.data)
        head = ahead.data[:end].removeprefix(_BOM)
        ahead.take(end)
        if not head.endswith((b"\r", b"\n")):
            ahead.line = 2
        while True:
            ahead.fill(size)
            yield reader.next_piece(head, ahead, size)
            if ahead.ended and not ahead.data:
                return


def read_by_line(
    connection: duckdb.DuckDBPyConnection,
    file: Path,
    feed: Feed,
    sources: Mapping[str, str],
    count: int,
) -> Reading:
    """Read a whole file as the engine would, slowly, losing no line whatever its quotation marks.

    `sources` gives, for each field that is there, `c` and the position of its column among `count`.
    """
    data = file.read_bytes().removeprefix(_BOM)
    head = first_line_end(data, ended=True) or len(data)
    return _Reader(connection, feed, sources, count).by_line(data[head:], 2, len(data) - head)[0]


@dataclass(frozen=True, slots=True)
class _Reader:
    """How the pieces of one file are read."""

    connection: duckdb.DuckDBPyConnection
    feed: Feed
    sources: Mapping[str, str]
    count: int

    def next_piece(self, head: bytes, ahead: Ahead, size: int) -> Reading:
        """Read what stands ahead, up to where a record ends, and take it."""
        end = last_line_end(ahead.data, ended=ahead.ended)
        if not end and ahead.data:
            if len(ahead.data) < LONGEST_LINE:
                ahead.fill(min(2 * len(ahead.data), LONGEST_LINE))
                return self.next_piece(head, ahead, size)
            return self._too_long(ahead)
        closed = _closed(ahead.data, end, self.feed.csv)
        if closed and (reading := self._by_engine(head, ahead.data[:closed], ahead.line)):
            ahead.take(closed)
            return reading
        further = len(ahead.data) + _FURTHER
        while not ahead.ended and len(ahead.data) < further and _lines(ahead.data[end:]) <= QUOTED_LINES:
            ahead.fill(min(further, 2 * len(ahead.data)))
        whole = last_line_end(ahead.data, ended=ahead.ended)
        reading, taken = self.by_line(ahead.data[:whole], ahead.line, closed or end)
        ahead.take(taken)
        return reading

    def _too_long(self, ahead: Ahead) -> Reading:
        line = rejected(ahead.line, ahead.data[:LONGEST_LINE], "line_too_long")
        ahead.skip_line()
        nothing = self.by_line(b"", ahead.line, 0)[0]
        return Reading(rows=nothing.rows, rejected=(line,), locate=nothing.locate, unread={})

    def _by_engine(self, head: bytes, data: bytes, first: int) -> Reading | None:
        """A piece that begins with a record, read by the engine; None when it cannot be trusted with it."""
        dialect = self.feed.csv
        if not _is_plain(data, dialect):
            return None
        with in_memory(head, data) as file:
            try:
                table = self.connection.sql(
                    engine_select(file, self.feed, self.sources, self.count)
                ).to_arrow_table()
            except duckdb.OutOfMemoryException:
                raise too_much_memory() from None
            except duckdb.Error:
                return None
        errors = take_errors(self.connection)
        if any(error.reason in ("wrong_quoting", "unreadable") for error in errors):
            return None
        fields = {source: field for field, source in self.sources.items()}
        lines = rejected_lines(head, data, first, dialect, errors, fields) if errors else ()
        rows, unread = without_unread(table)
        if _ran_on(data, dialect, rows) or not all(_is_one_line(line.raw, dialect) for line in lines):
            return None

        def locate(positions: Sequence[int]) -> list[tuple[int, bytes]]:
            return self._located(data, first, {line.line for line in lines}, rows.num_rows, positions)

        return Reading(rows=rows, rejected=lines, locate=locate, unread=unread)

    def _located(
        self, data: bytes, first: int, taken: set[int], rows: int, positions: Sequence[int]
    ) -> list[tuple[int, bytes]]:
        lines = data.splitlines(keepends=True)
        places = [
            index
            for index, line in enumerate(lines)
            if line not in _EMPTY and (not taken or index + first not in taken)
        ]
        if len(places) == rows:
            return [(first + places[position], bare(lines[places[position]])) for position in positions]
        # Quoted values run over lines.
        found = [
            (first + index, bare(b"".join(lines[index : index + span])))
            for index, span, _ in records(lines, self.feed.csv, self.count, len(lines))
            if first + index not in taken
        ]
        return [found[position] for position in positions]

    def by_line(self, data: bytes, first: int, end: int) -> tuple[Reading, int]:
        """The records that begin before byte `end`, line by line, and after how many bytes the last one ends."""
        lines = data.splitlines(keepends=True)
        until = len(data[:end].splitlines())
        places: list[tuple[int, bytes]] = []
        texts: list[list[str]] = []
        unreadable = []
        after = until
        for index, span, outcome in records(lines, self.feed.csv, self.count, until):
            after = max(until, index + span)
            raw = bare(b"".join(lines[index : index + span]))[:LONGEST_LINE]
            if isinstance(outcome, str):
                unreadable.append(rejected(first + index, raw, outcome))
            else:
                places.append((first + index, raw))
                texts.append(outcome)
        rows, unread = without_unread(self._typed(texts))
        reading = Reading(
            rows=rows,
            rejected=tuple(unreadable),
            locate=lambda positions: [places[position] for position in positions],
            unread=unread,
        )
        return reading, sum(map(len, lines[:after]))

    def _typed(self, texts: list[list[str]]) -> pa.Table:
        nulls = frozenset(self.feed.csv.null)
        columns = zip(*texts, strict=True) if texts else iter([()] * self.count)
        arrow = pa.table(
            {
                f"c{index}": pa.array([None if text in nulls else text for text in column], pa.string())
                for index, column in enumerate(columns)
            }
        )
        named = {field: quoted(column) for field, column in self.sources.items()}
        self.connection.register("lines", arrow)
        try:
            values = text_values(self.feed, named, self.feed.csv)
            return fetch(self.connection, select_rows(self.feed, values, "lines"), self.feed)
        finally:
            self.connection.unregister("lines")


def _lines(data: bytes) -> int:
    return data.count(b"\n") or data.count(b"\r")


def _closed(data: bytes, end: int, dialect: CsvDialect) -> int:
    """The last byte up to `end` where a line ends and no quotation mark seems open; 0 when none is near."""
    quote = dialect.quote.encode()
    marks = data.count(quote, 0, end)
    for _ in range(QUOTED_LINES):
        if marks % 2 == 0:
            return end
        before = data.rfind(b"\n", 0, end - 1) + 1
        before = max(before, data.rfind(b"\r", before, end - 1) + 1)
        marks -= data.count(quote, before, end)
        end = before
        if not end:
            break
    return 0


def _is_plain(data: bytes, dialect: CsvDialect) -> bool:
    """Whether the engine reads the bytes as we mean them."""
    if data.find(b"\0") >= 0:
        return False
    return codec(dialect) != "latin-1" or (
        (data.find(b"\xc3") < 0 and data.find(b"\xc2") < 0) or UTF8_IN_LATIN1.search(data) is None
    )


def _is_one_line(raw: bytes, dialect: CsvDialect) -> bool:
    """Whether a rejected record can have taken no other line with it."""
    return b"\n" not in raw and b"\r" not in raw and parsed(raw.decode(errors="replace"), dialect) is not None


def _ran_on(data: bytes, dialect: CsvDialect, rows: pa.Table) -> bool:
    """Whether a quoted value took in so many lines that its quotation mark must be a stray one."""
    if data.find(dialect.quote.encode()) < 0:
        return False
    return any(
        (pc.max(pc.count_substring(rows[column.name], "\n")).as_py() or 0) >= QUOTED_LINES
        for column in rows.schema
        if pa.types.is_string(column.type)
    )
