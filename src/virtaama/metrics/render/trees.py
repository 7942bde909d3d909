"""Small pieces of trees, and where the star tables are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from virtaama.model.model import Model
from virtaama.sql.build import cast


@dataclass(frozen=True, slots=True)
class Stars:
    """Where the star tables are and what they hold."""

    model: Model
    schema: str = "star"
    prefix: str = ""

    def table(self, concept: str) -> exp.Table:
        return exp.table_(f"{self.prefix}{concept}", db=self.schema or None, quoted=True)

    def concepts_in(self, query: exp.Query) -> frozenset[str]:
        """The concepts whose star tables a query reads."""
        known = {f"{self.prefix}{concept.name}": concept.name for concept in self.model.every_concept}
        tables = [table for table in query.find_all(exp.Table) if table.db == self.schema]
        return frozenset(known[table.name] for table in tables if table.name in known)


def column(name: str, table: str = "") -> exp.Column:
    return exp.column(name, table=table or None, quoted=True)


def day(value: date) -> exp.Expr:
    return exp.cast(exp.Literal.string(value.isoformat()), exp.DataType.Type.DATE)


def text(value: str) -> exp.Expr:
    return exp.Literal.string(value)


def as_type(value: exp.Expr, kind: str) -> exp.Expr:
    return cast(value, kind)


def values(alias: str, columns: tuple[str, ...], rows: Iterable[tuple[exp.Expr, ...]]) -> exp.Expr:
    return exp.Values(
        expressions=[exp.Tuple(expressions=list(row)) for row in rows],
        alias=exp.TableAlias(
            this=exp.to_identifier(alias),
            columns=[exp.to_identifier(name) for name in columns],
        ),
    )
