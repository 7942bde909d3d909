"""Small builders over the SQL tree: every name quoted, every value bound."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlglot
from sqlglot import exp

from virtaama.sql.spelling import DIALECT


def parsed(sql: str) -> exp.Expr:
    """An expression or statement read as DuckDB."""
    return without_positions(sqlglot.parse_one(sql, read=DIALECT))


def without_positions(tree: exp.Expr) -> exp.Expr:
    """The tree itself, no longer saying where in its text each name stood: that is a third of what a copy copies."""
    for node in tree.walk():
        node._meta = None
    return tree


def column(name: str, table: str = "") -> exp.Column:
    return exp.column(name, table=table or None, quoted=True)


def table(name: str, alias: str = "") -> exp.Table:
    named = exp.to_identifier(alias, quoted=True) if alias else None
    return exp.Table(
        this=exp.to_identifier(name, quoted=True), alias=exp.TableAlias(this=named) if named else None
    )


def bound(name: str, kind: str = "") -> exp.Expr:
    """A value given when the statement runs; with its type where the engine could not tell."""
    value = exp.Placeholder(this=name)
    return cast(value, kind) if kind else value


def cast(value: exp.Expr, kind: str) -> exp.Cast:
    return exp.cast(value, kind, dialect=DIALECT)


def column_type(kind: str) -> exp.DataType:
    return exp.DataType.build(kind, dialect=DIALECT)


def function(name: str, *arguments: exp.Expr) -> exp.Expr:
    """A call of one of the engine's functions."""
    return exp.func(name, *arguments, dialect=DIALECT)


def row_hash(columns: Iterable[exp.Expr]) -> exp.Expr:
    """The engine's own 64-bit hash of a row, null told from every value; differs from engine to engine."""
    return exp.Anonymous(this="HASH", expressions=[*columns])


def text(value: str) -> exp.Literal:
    return exp.Literal.string(value)


def named(expression: exp.Expr, name: str) -> exp.Alias:
    return exp.Alias(this=expression, alias=exp.to_identifier(name, quoted=True))


def select(*columns: exp.Expr | str) -> exp.Select:
    """A SELECT of expressions; a string is a column of that name."""
    return exp.Select(expressions=[column(c) if isinstance(c, str) else c for c in columns])


_SIDES = ("LEFT", "FULL")


def join(query: exp.Select, other: exp.Expr, using: str | Sequence[str], kind: str) -> exp.Select:
    """The query itself, joined by one column or several. `kind` is SEMI, ANTI, LEFT, FULL or INNER."""
    names = [using] if isinstance(using, str) else using
    how = "side" if kind in _SIDES else "kind"
    shared = [exp.to_identifier(name, quoted=True) for name in names]
    query.append("joins", exp.Join(this=other, using=shared, **{how: kind}))
    return query


def union_all(queries: Sequence[exp.Query]) -> exp.Query:
    whole = queries[0]
    for query in queries[1:]:
        whole = exp.Union(this=whole, expression=query, distinct=False)
    return whole


def subquery(query: exp.Query, alias: str) -> exp.Subquery:
    return exp.Subquery(this=query, alias=exp.TableAlias(this=exp.to_identifier(alias, quoted=True)))


def insert(into: str, columns: Iterable[str], query: exp.Query) -> exp.Insert:
    """Columns are always named: a table that was widened has them in another order than its design."""
    target = exp.Schema(
        this=table(into),
        expressions=[exp.to_identifier(c, quoted=True) for c in columns],
    )
    return exp.Insert(this=target, expression=query)


def temporary_table(name: str, query: exp.Query) -> exp.Create:
    """A table of this connection, made anew."""
    return exp.Create(
        this=table(name),
        kind="TABLE",
        replace=True,
        expression=query,
        properties=exp.Properties(expressions=[exp.TemporaryProperty()]),
    )


def drop_table(name: str) -> exp.Drop:
    """Let go of a table, if there is one of that name."""
    return exp.Drop(tables=[table(name)], kind="TABLE", exists=True)


def create_table(name: str, columns: Iterable[tuple[str, str]]) -> exp.Create:
    """A table, made if there is none of that name."""
    definitions = [
        exp.ColumnDef(
            this=exp.to_identifier(column, quoted=True),
            kind=column_type(kind),
        )
        for column, kind in columns
    ]
    return exp.Create(
        this=exp.Schema(this=table(name), expressions=definitions),
        kind="TABLE",
        exists=True,
    )


def any_of(conditions: Sequence[exp.Expr]) -> exp.Expr:
    return exp.or_(*conditions) if conditions else exp.false()


def all_of(conditions: Sequence[exp.Expr]) -> exp.Expr:
    return exp.and_(*conditions) if conditions else exp.true()
