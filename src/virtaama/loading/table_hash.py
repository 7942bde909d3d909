"""What a warehouse says, in one line a table: two that say the same have the same hashes, however they came to be."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import reduce
from hashlib import sha256

from sqlglot import exp

from virtaama.engines.port import Engine
from virtaama.sql.build import cast, column, function, named, parsed, select, subquery, table, text

_NOTHING = "-"  # stands for null; a value begins with its length


def table_hashes(
    engine: Engine, *, tables: Collection[str] | None = None, leaving_out: Collection[str] = ()
) -> dict[str, str]:
    """The hash of each table of a warehouse (or of those named), by name.

    It depends on the names and types of the columns and on the rows with their number, not on the order of
    columns or rows. `leaving_out` names columns that do not count: those that tell when or in which order
    something was done. It finds accidents, not forgers: rows are summed, and sums can be made to fit.
    """
    names = sorted(tables) if tables is not None else engine.tables()
    return {name: _hash(engine, name, frozenset(leaving_out)) for name in names}


def hash_of_rows(engine: Engine, columns: Iterable[tuple[str, str]], rows: exp.Expr) -> str:
    """The same of some rows: a table or a subquery that has these columns, which are given with their types."""
    columns = sorted(columns)
    [found] = engine.read(_summed(rows, [column for column, _ in columns])).to_pylist()
    told = repr((columns, found["rows"], str(found["low"]), str(found["high"])))
    return sha256(told.encode()).hexdigest()


def _hash(engine: Engine, name: str, leaving_out: frozenset[str]) -> str:
    columns = [(name, kind) for name, kind in engine.columns(name) if name not in leaving_out]
    return hash_of_rows(engine, columns, table(name))


def _summed(rows: exp.Expr, columns: list[str]) -> exp.Select:
    # A layer for each use of what comes before: said in one expression, a value would stand in it hundreds of times
    # where an engine has to write out how a value is told.
    texts = select(*(named(cast(column(name), "VARCHAR"), name) for name in columns)).from_(rows)
    nothing: exp.Expr = text("")
    row = reduce(_joined, (_told(name) for name in columns), nothing)
    told = select(named(row, "told")).from_(subquery(texts, "texts"))
    halves = (("md5_number_lower", "low"), ("md5_number_upper", "high"))
    sums = (named(_sum(function(half, column("told"))), name) for half, name in halves)
    return select(named(parsed("count(*)"), "rows"), *sums).from_(subquery(told, "told"))


def _joined(before: exp.Expr, value: exp.Expr) -> exp.Expr:
    return exp.DPipe(this=before, expression=value)


def _told(name: str) -> exp.Expr:
    length = cast(function("length", column(name)), "VARCHAR")
    return function("coalesce", _joined(_joined(length, text(":")), column(name)), text(_NOTHING))


def _sum(value: exp.Expr) -> exp.Expr:
    # The engine sums into 128 bits, enough for 2^63 rows; as text, for no reader's number is that wide.
    return function("coalesce", cast(function("sum", value), "VARCHAR"), text("0"))
