"""What every connector returns, and how delivered text becomes typed columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from virtaama.model.concepts import Type
from virtaama.model.feeds import CsvDialect, Feed, Field, Outcome
from virtaama.problems import DeliveryRefused
from virtaama.sql.column_types import COLUMN_TYPES

MOST_COLUMNS = 10_000
"""Columns, or different members, a delivery may have: more are a mistake, or meant badly."""
FAULT = "fault"  # the column that says why a row is set aside: "<reason>:<field>", null for a good row


DETAILS = {
    "wrong_type": "column {} does not read as the declared type",
    "missing_value": "column {} is required and empty",
    "wrong_column_count": "the line has more or fewer columns than the header",
    "wrong_encoding": "the line is not in the declared encoding",
    "wrong_quoting": "a quotation mark opens and does not close",
    "line_too_long": "the line is longer than two million bytes",
    "zero_byte": "the line holds a zero byte",
    "unreadable": "the line is not valid",
}


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """A line that could not be read, as it was delivered. `raw` may name a person: seal it before storing."""

    line: int
    raw: bytes
    reason: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A piece of a delivery as typed columns, before anything in it has been made safe to keep.

    A delivery is one piece or several, in its order; one without rows is a piece without rows. `rows` has
    every declared field in declared order with its declared type (identity codes and names as delivered) and,
    last, `fault`. `rejected` are the lines that gave no row. `locate` gives line and raw bytes of rows by their
    position in the piece; positions rise. `unread` counts, by field, values that were replaced by null because
    the feed accepts values of another type. `skipped` counts resources of another type.
    """

    rows: pa.Table
    rejected: tuple[RejectedLine, ...]
    locate: Callable[[Sequence[int]], list[tuple[int, bytes]]]
    unread: Mapping[str, int]
    skipped: int = 0


def rejected(line: int, raw: bytes, reason: str, column: str = "") -> RejectedLine:
    return RejectedLine(line, raw, reason, DETAILS[reason].format(column))


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def typed(field: Field, text: str, dialect: CsvDialect | None) -> str:
    """SQL that reads `text` (an SQL expression of type VARCHAR) as the field's type; null where it does not.

    Decimals keep four places, rounded half away from zero. Without a dialect the text is as JSON and SQL
    write it: ISO dates, a decimal point; a time with an offset is kept as Finnish clocks showed it.
    """
    match field.type:
        case Type.TEXT | Type.IDENTITY:
            return text
        case Type.INTEGER if dialect:
            # The engine would round 1.7 and read the thousand of "1.700" as 2.
            return f"CASE WHEN NOT contains({text}, '.') THEN try_cast({text} AS BIGINT) END"
        case Type.INTEGER:
            whole = f"regexp_replace({text}, '\\.0+$', '')"
            return f"CASE WHEN NOT contains({whole}, '.') THEN try_cast({whole} AS BIGINT) END"
        case Type.DECIMAL if dialect and dialect.decimal == ",":
            number = f"replace({text}, ',', '.')"
            return f"CASE WHEN NOT contains({text}, '.') THEN try_cast({number} AS DECIMAL(18,4)) END"
        case Type.DATE if pattern := field.format or (dialect.date if dialect else ""):
            return f"CAST(try_strptime({text}, {literal(pattern)}) AS DATE)"
        case Type.TIMESTAMP if pattern := field.format or (dialect.timestamp if dialect else ""):
            return f"CAST(try_strptime({text}, {literal(pattern)}) AS TIMESTAMP)"
        case Type.TIMESTAMP:
            return _local_time(text)
        case _:
            return f"try_cast({text} AS {COLUMN_TYPES[field.type]})"


def _local_time(text: str) -> str:
    # Finland is at +02:00 or +03:00: what stands before the offset is what the clock on the wall showed.
    finnish = f"regexp_matches({text}, '[+]0[23]:?00$')"
    wall = f"regexp_replace({text}, '[+]0[23]:?00$', '')"
    other = f"regexp_matches({text}, 'T.*(Z|[+-][0-9]{{2}}:?[0-9]{{2}})$')"
    moved = f"timezone('Europe/Helsinki', try_cast({text} AS TIMESTAMPTZ))"
    return (
        f"CASE WHEN {finnish} THEN try_cast({wall} AS TIMESTAMP) WHEN {other} THEN {moved} "
        f"ELSE try_cast({text} AS TIMESTAMP) END"
    )


@dataclass(frozen=True, slots=True)
class Value:
    """The SQL of one field: `text` as delivered (empty when the engine has typed it), `value` as declared."""

    field: Field
    value: str
    text: str = ""


def text_values(feed: Feed, texts: Mapping[str, str], dialect: CsvDialect | None) -> tuple[Value, ...]:
    """The fields of a feed from SQL expressions of type VARCHAR; a field without one is null."""
    return tuple(
        Value(field, typed(field, texts[field.name], dialect), texts[field.name])
        if field.name in texts
        else Value(field, "NULL")
        for field in feed.fields
    )


def select_rows(
    feed: Feed,
    values: Sequence[Value],
    source: str,
    unreadable: Sequence[tuple[str, str]] = (),
) -> str:
    """The SELECT whose rows a Reading holds: declared columns, `unread <field>` flags, then the fault.

    `unreadable` are conditions on the whole row with their fault, which come before those of its columns.
    """
    columns = [f"CAST({v.value} AS {COLUMN_TYPES[v.field.type]}) AS {quoted(v.field.name)}" for v in values]
    wrong = [(v.field, _wrong(v)) for v in values if _wrong(v)]
    faults = [f"WHEN {condition} THEN {literal(fault)}" for condition, fault in unreadable]
    if feed.drift.retyped is Outcome.ACCEPT:
        columns += [f"coalesce({sql}, FALSE) AS {quoted('unread ' + field.name)}" for field, sql in wrong]
    else:
        faults += [f"WHEN {sql} THEN {literal('wrong_type:' + field.name)}" for field, sql in wrong]
    faults += [
        f"WHEN ({v.text or v.value}) IS NULL THEN {literal('missing_value:' + v.field.name)}"
        for v in values
        if v.field.required
    ]
    fault = f"CASE {' '.join(faults)} END" if faults else "CAST(NULL AS VARCHAR)"
    return f"SELECT {', '.join(columns)}, {fault} AS {FAULT} FROM {source}"  # nosec B608 # columns are made of quoted names and literals


def _wrong(value: Value) -> str:
    if value.field.type in (Type.TEXT, Type.IDENTITY) or value.value == "NULL":
        return ""
    checks = [f"({value.text} IS NOT NULL AND ({value.value}) IS NULL)"] if value.text else []
    if value.field.type in (Type.DATE, Type.TIMESTAMP):
        # A year of two digits reads as a year of the first century.
        checks.append(f"({value.value}) < {COLUMN_TYPES[value.field.type]} '1000-01-01'")
    return " OR ".join(checks)


def fetch(connection: duckdb.DuckDBPyConnection, select: str, feed: Feed) -> pa.Table:
    """Run a reading; what the engine says is not passed on, as it may quote the delivered text."""
    with told(feed):
        return connection.sql(select).to_arrow_table()


def fetch_pieces(
    connection: duckdb.DuckDBPyConnection, select: str, feed: Feed, rows: int
) -> Iterator[pa.Table]:
    """Run a reading as `fetch` does and give so many rows at a time, at least one table."""
    with told(feed):
        batches = connection.sql(select).to_arrow_reader(rows)
    is_first = True
    while True:
        with told(feed):
            batch = next(batches, None)
        if batch is not None:
            yield pa.Table.from_batches([batch])
        elif is_first:
            yield batches.schema.empty_table()
        if batch is None:
            return
        is_first = False


@contextmanager
def told(feed: Feed) -> Iterator[None]:
    """What the engine says of a delivery it cannot read, said without the delivered text."""
    try:
        yield
    # The reader of a result passes on what the engine says as an error of its own.
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        if isinstance(error, duckdb.OutOfMemoryException) or str(error).startswith("Out of Memory"):
            raise too_much_memory() from None
        raise DeliveryRefused(
            f"{feed.id} could not be read as {feed.format} ({type(error).__name__}).\n"
            "  Compare the file with the description of the feed: format, encoding and, for JSON, the paths."
        ) from None


def too_much_memory() -> DeliveryRefused:
    return DeliveryRefused(
        "reading the file takes more memory than a delivery is read with (512 MB).\n"
        "  Look at how it is made; have it split, or written with shorter values or smaller groups of rows."
    )


def without_unread(table: pa.Table) -> tuple[pa.Table, dict[str, int]]:
    """Take the flags of accepted unreadable values off a table; return the table and the counts."""
    flags = [name for name in table.column_names if name.startswith("unread ")]
    counts = {name.removeprefix("unread "): int(table[name].to_numpy().sum()) for name in flags}
    return table.drop_columns(flags), {name: count for name, count in counts.items() if count}
