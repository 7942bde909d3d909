"""CSV line by line: what the engine cannot be trusted with, read slowly and with no line lost."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from virtaama.model.feeds import CsvDialect

UTF8_IN_LATIN1 = re.compile(rb"\xc3[\x80-\xbf]|\xc2[\xa0-\xbf]")
LONGEST_LINE = 2_000_000  # bytes: the engine's measure
QUOTED_LINES = 100  # a quoted value does not run over more lines than this


def records(
    lines: list[bytes], dialect: CsvDialect, count: int, until: int
) -> Iterator[tuple[int, int, list[str] | str]]:
    """Each record that begins before line `until` of lines with their ends.

    Gives where it begins, how many lines it takes, and its values or the reason why it has none.
    """
    index = 0
    while index < until:
        if count > 1 and not bare(lines[index]):
            index += 1
            continue
        taken, outcome = _record(lines, index, dialect, count)
        yield index, taken, outcome
        index += taken


def bare(lines: bytes) -> bytes:
    """A line, or the lines of a record, without the line end that closes it."""
    return lines.removesuffix(b"\n").removesuffix(b"\r")


def _record(lines: list[bytes], index: int, dialect: CsvDialect, count: int) -> tuple[int, list[str] | str]:
    """How many lines the record at `index` takes, and its values or the reason why it has none."""
    for taken in range(1, min(QUOTED_LINES, len(lines) - index) + 1):
        raw = lines[index + taken - 1]
        if fault := _fault(raw, dialect):
            return (1, fault if taken == 1 else "wrong_quoting")
        text = bare(b"".join(lines[index : index + taken])).decode(codec(dialect))
        if text.count(dialect.quote) == 0:
            plain = text.split(dialect.delimiter)
            return 1, plain if len(plain) == count else "wrong_column_count"
        if (values := parsed(text, dialect)) is None:
            if taken == 1 and parsed(text + dialect.quote, dialect) is None:
                return 1, "wrong_quoting"  # wrong as it stands, however it goes on
            continue
        if len(values) == count:
            return taken, values
        return 1, "wrong_column_count" if taken == 1 else "wrong_quoting"
    return 1, "wrong_quoting"


def _fault(raw: bytes, dialect: CsvDialect) -> str:
    if len(bare(raw)) > LONGEST_LINE:
        return "line_too_long"
    if b"\0" in raw:
        return "zero_byte"
    if codec(dialect) == "latin-1":
        return "wrong_encoding" if UTF8_IN_LATIN1.search(raw) else ""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return "wrong_encoding"
    return ""


def parsed(text: str, dialect: CsvDialect) -> list[str] | None:
    """The values of a record; None where a quotation mark does not close or stands where it may not."""
    lines = io.StringIO(
        text, newline="\n"
    )  # of all that Unicode takes for the end of a line, line feeds alone
    reader = csv.reader(lines, delimiter=dialect.delimiter, quotechar=dialect.quote, strict=True)
    try:
        return next(reader, [""])
    except csv.Error:
        return None


def codec(dialect: CsvDialect) -> str:
    return "latin-1" if dialect.encoding.lower().replace("_", "-") in ("latin-1", "iso-8859-1") else "utf-8"
