"""Counting in deliveries: one query for the rows of many deliveries, one for how their values are spread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from virtaama.model.concepts import CodeList, Type
from virtaama.model.expectations import Drift, Expectation, RowCheck, Unique
from virtaama.model.feeds import Feed
from virtaama.quality.conditions import Row, conditions
from virtaama.sql.build import bound, cast, column, named, select, subquery, text
from virtaama.sql.column_types import COLUMN_TYPES
from virtaama.sql.expressions import read_expression

_DECIMALS = 4  # of a decimal column
FILE, ROWS, EXTRACTED, VALUE = "row__file", "row__count", "row__extracted", "row__value"


@dataclass(frozen=True, slots=True)
class Counted:
    """Where in a row of `counts` the numbers of an expectation stand."""

    expectation: Expectation
    looked_at: str
    failed: str


def counted(expectations: Sequence[Expectation]) -> tuple[Counted, ...]:
    about_rows = [e for e in expectations if isinstance(e.check, RowCheck)]
    return tuple(Counted(e, f"looked_{n}", f"failed_{n}") for n, e in enumerate(about_rows))


def drifting(expectations: Sequence[Expectation]) -> tuple[str, ...]:
    """The fields whose spread is looked at, each once."""
    return tuple(dict.fromkeys(e.check.field for e in expectations if isinstance(e.check, Drift)))


def is_numeric(feed: Feed, field: str) -> bool:
    found = feed.field(field)
    return found is not None and found.type in (Type.INTEGER, Type.DECIMAL)


def counts(
    feed: Feed,
    expectations: Sequence[Expectation],
    code_lists: Mapping[str, CodeList],
    delivered: Sequence[tuple[str, str]],
    present: frozenset[str],
) -> exp.Select:
    """One row a delivery with rows: its file, how many rows it has, and two numbers an expectation.

    `delivered` are the files with the moments they describe; the files are bound as `files`. Fields that are
    in none of them (`present` are the others) are null.
    """
    asked = counted(expectations)
    needed = tuple(dict.fromkeys(name for each in asked for name in _fields_of(each.expectation, feed)))
    row = Row(
        values={name.lower(): column(name, "rows") for name in needed},
        types={field.name.lower(): field.type for field in feed.fields},
        extracted=column(EXTRACTED, "moments"),
        known={},
    )
    numbers: list[exp.Expr] = []
    for each in asked:
        found = conditions(each.expectation, row, code_lists)
        numbers.append(named(_count_if(found.looked_at), each.looked_at))
        numbers.append(named(_failed(each.expectation, found.looked_at, found.failed, row), each.failed))
    moments = exp.values(
        [(text(file), cast(text(moment), "TIMESTAMP")) for file, moment in delivered],
        alias="moments",
        columns=[FILE, EXTRACTED],
    )
    rows = _rows(feed, needed, present)
    return (
        select(column(FILE, "rows"), named(exp.Count(this=exp.Star()), ROWS), *numbers)
        .from_(subquery(rows, "rows"))
        .join(moments, on=column(FILE, "rows").eq(column(FILE, "moments")))
        .group_by(column(FILE, "rows"))
    )


def tallies(feed: Feed, fields: Sequence[str], present: frozenset[str]) -> exp.Select:
    """How often each value stands in each delivery: file, field, value, count. Null is no value.

    One reading of the files, however many fields.
    """
    spread = [named(_tallied(feed, field), _spread(n)) for n, field in enumerate(fields)]
    rows = select(FILE, *spread).from_(subquery(_rows(feed, tuple(fields), present), "delivered"))
    listed = exp.values(
        [(exp.Literal.number(n), text(field)) for n, field in enumerate(fields)],
        alias="listed",
        columns=["place", "field"],
    )
    value = exp.Case()
    for n in range(len(fields)):
        value = value.when(column("place", "listed").eq(exp.Literal.number(n)), column(_spread(n), "rows"))
    laid_out = (
        select(column(FILE, "rows"), column("field", "listed"), named(value, VALUE))
        .from_(subquery(rows, "rows"))
        .join(listed, join_type="CROSS")
    )
    return (
        select(FILE, "field", VALUE, named(exp.Count(this=exp.Star()), ROWS))
        .from_(subquery(laid_out, "spread"))
        .where(exp.not_(exp.Is(this=column(VALUE), expression=exp.null())))
        .group_by(column(FILE), column("field"), column(VALUE))
    )


def _spread(place: int) -> str:
    return f"spread_{place}"


def _tallied(feed: Feed, field: str) -> exp.Expr:
    """A value as it is tallied: a number by its first two digits and its size, so that 71 is 71e0.

    Reckoned with digits, not with powers: engines round these differently. Numbers of more than 14 digits
    before the point are none that are spread, and have no value.
    """
    value = column(field)
    if not is_numeric(feed, field):
        return cast(value, "VARCHAR")
    point_by_point = cast(cast(exp.Abs(this=value), f"DECIMAL(24,{_DECIMALS})"), "VARCHAR")
    digits = exp.Replace(this=point_by_point, expression=text("."), replacement=text(""))
    whole = cast(exp.TryCast(this=digits, to=exp.DataType.build("BIGINT")), "VARCHAR")
    size = exp.Greatest(
        this=exp.Sub(this=exp.Length(this=whole.copy()), expression=exp.Literal.number(2)),
        expressions=[exp.Literal.number(0)],
    )
    power = cast(exp.Sub(this=size, expression=exp.Literal.number(_DECIMALS)), "VARCHAR")
    sign = exp.Case().when(value.copy() < exp.Literal.number(0), text("-")).else_(text(""))
    parts = (exp.Left(this=whole, expression=exp.Literal.number(2)), text("e"), power)
    written: exp.Expr = sign
    for part in parts:
        written = exp.DPipe(this=written, expression=part)
    return written


def _rows(feed: Feed, needed: Iterable[str], present: frozenset[str]) -> exp.Select:
    """The needed fields of the files, of the types they have now."""
    fields = {field.name: field for field in feed.fields}
    columns = [
        named(
            exp.TryCast(this=column(name), to=exp.DataType.build(kind, dialect="duckdb"))
            if name in present
            else cast(exp.null(), kind),
            name,
        )
        for name in needed
        for kind in [COLUMN_TYPES[fields[name].type]]
    ]
    options = [
        exp.EQ(this=exp.column("filename"), expression=text(FILE)),
        exp.EQ(this=exp.column("union_by_name"), expression=exp.true()),
    ]
    files = exp.Table(this=exp.func("READ_PARQUET", bound("files"), *options))
    return select(FILE, *columns).from_(files)


def _fields_of(expectation: Expectation, feed: Feed) -> tuple[str, ...]:
    """The fields a rule reads, as the feed spells them."""
    spelled = {field.name.lower(): field.name for field in feed.fields}
    names = list(expectation.fields)
    condition = getattr(expectation.check, "condition", "")
    for sql in (expectation.where, condition):
        if sql:
            names += read_expression(sql).columns
    return tuple(spelled[name.lower()] for name in names)


def _count_if(condition: exp.Expr) -> exp.Expr:
    return cast(exp.CountIf(this=condition), "BIGINT")


def _failed(expectation: Expectation, looked_at: exp.Expr, failed: exp.Expr, row: Row) -> exp.Expr:
    if not isinstance(expectation.check, Unique):
        return _count_if(failed)
    return surplus(looked_at, [row.value(name) for name in expectation.check.fields])


def surplus(looked_at: exp.Expr, values: Sequence[exp.Expr]) -> exp.Expr:
    """How many rows there are beyond one for each combination of values."""
    together = values[0] if len(values) == 1 else exp.Tuple(expressions=list(values))
    once = exp.Case().when(looked_at.copy(), together)
    distinct = exp.Count(this=exp.Distinct(expressions=[once]))
    return exp.Sub(this=_count_if(looked_at), expression=distinct)
