"""Tables and columns the statements of a load share, and the small conditions they are made of."""

from __future__ import annotations

from sqlglot import exp

from virtaama.sql.build import bound, column, join, select, table
from virtaama.sql.column_types import COLUMN_TYPES
from virtaama.vault.tables import Column, History, Reference, Source

STAGE = "stage"
CONTENT = "content"
ARRIVING = "arriving"
SUPERSEDED_BY = "superseded_by"

FILE = "row__file"
ORDINAL = "row__ordinal"  # the place of a row's delivery among those at hand
LINE = "row__line"  # where a row stands in its delivery
HASHES = ("row__hash", "row__hash_back")  # of all that a row says; never stored, and the engine's own
JUDGED = "row__judged"  # an earlier source of the delivery has counted what is odd about the row
RANK = "row__rank"  # the feed's own order of two rows of a key
NEW = exp.not_(column(JUDGED))


def engine_type(column: Column) -> str:
    return COLUMN_TYPES[column.type]


def part_name(prefix: str, part: Column) -> str:
    """Where the stage keeps a part of a business key: `key__…` its own, `<relationship>__…` of another."""
    return f"{prefix}__{part.name}"


def referenced(reference: Reference) -> str:
    """The table of keys the rows at hand point to: as the hub of the concept keeps them."""
    return f"referenced__{reference.relationship}"


def newest(history: History, *columns: exp.Expr | str, of: exp.Expr | None = None) -> exp.Select:
    """The last row of every key, of a history or of some rows of it; narrowed before the last one is taken."""
    rows = select(history.hash_key, *columns).from_(of or table(history.name))
    return rows.qualify(is_last(history.hash_key))


def is_last(key: str) -> exp.Expr:
    place = exp.Window(
        this=exp.RowNumber(),
        partition_by=[column(key)],
        order=exp.Order(expressions=[descending("extracted"), descending("batch")]),
    )
    return place.eq(exp.Literal.number(1))


def row_columns(history: History) -> list[str]:
    return [history.hash_key, *history.content, "extracted", "batch", "deleted"]


def content_of(source: Source) -> list[str]:
    return [name for history in source.histories for name in history.content]


def arriving(query: exp.Select) -> exp.Select:
    """The query with the delivery of each row: `batch`, `extracted` and `late_before` come to hand."""
    return join(query, table(ARRIVING), ORDINAL, "INNER")


def staged(*columns: exp.Expr | str, source: Source, among: str = "", beside: str = "") -> exp.Select:
    """Rows of the stage, narrowed to the keys of one table, or without those of another."""
    rows = select(*columns).from_(table(STAGE))
    if among:
        rows = join(rows, table(among), source.hub.hash_key, "SEMI")
    return join(rows, table(beside), source.hub.hash_key, "ANTI") if beside else rows


def later_than_first() -> exp.Expr:
    """True for what has a later place in history than the first delivery at hand."""
    moment = bound("first_extracted", "TIMESTAMP")
    same = exp.and_(column("extracted").eq(moment), column("batch") > bound("first_batch", "INTEGER"))
    return exp.paren(exp.or_(column("extracted") > moment.copy(), same))


def descending(name: str) -> exp.Ordered:
    return exp.Ordered(this=column(name), desc=True, nulls_first=False)


def over(function: exp.Expr, key: str, *order: str) -> exp.Window:
    """A window function over the rows of a key, in order."""
    ordered = [exp.Ordered(this=column(name)) for name in order]
    return exp.Window(this=function, partition_by=[column(key)], order=exp.Order(expressions=ordered))


def within(key: str, keys: str) -> exp.Expr:
    return exp.In(this=column(key), query=exp.Subquery(this=select(key).from_(table(keys))))


def known(name: str) -> exp.Expr:
    return exp.not_(unknown(name))


def unknown(name: str) -> exp.Expr:
    return exp.Is(this=column(name), expression=exp.null())


def count_rows() -> exp.Count:
    return exp.Count(this=exp.Star())
