"""Small pieces of trees, and where the star tables are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from virtaama.model.columns import star_columns
from virtaama.model.model import Model
from virtaama.sql.build import cast
from virtaama.vault.protection import care_name, hints


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


@dataclass(frozen=True, slots=True)
class StarsOfCarers(Stars):
    """Stars as professionals see them in whose care a person is: with the hints that protection orders withhold."""

    def table(self, concept: str) -> exp.Expr:  # type: ignore[override]
        star, described = Stars.table(self, concept), self.model.concept(concept)
        withheld = hints(described)
        if not withheld:
            return star
        key = f"{concept}_key"
        told = exp.table_(f"{self.prefix}{care_name(concept)}", db=self.schema or None, quoted=True)
        shown = [
            exp.Coalesce(this=column(name, "star"), expressions=[column(name, "care")]).as_(name, quoted=True)
            if name in withheld
            else column(name, "star")
            for name, _ in star_columns(described)
        ]
        rows = exp.select(*shown).from_(exp.alias_(star, "star", table=True, quoted=True))
        rows = rows.join(
            exp.alias_(told, "care", table=True, quoted=True),
            on=column(key, "care").eq(column(key, "star")),
            join_type="left",
        )
        return exp.Subquery(this=rows)

    def concepts_in(self, query: exp.Query) -> frozenset[str]:
        """The tables a query reads: stars by their concepts, and those of hints."""
        return frozenset(table.name for table in query.find_all(exp.Table) if table.db == self.schema)


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
