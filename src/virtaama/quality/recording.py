"""How well each unit records: what is missing or wrong of every field, by source system and month.

One reading of each concept counts everything, what is expected of it too; fields and rules only add
columns to count. A field is counted for the feeds that are mapped to it, and only for those: what a system
does not record is not missing from it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from virtaama.metrics.render.trees import Stars
from virtaama.model.concepts import Concept
from virtaama.model.expectations import (
    Expectation,
    Unique,
)
from virtaama.quality.conditions import Conditions
from virtaama.quality.deliveries import surplus
from virtaama.sql.build import (
    cast,
    column,
    named,
    select,
    subquery,
    text,
)

COLUMNS = (
    ("concept", "VARCHAR"),
    ("field", "VARCHAR"),  # an attribute or relationship; empty where a whole row is judged
    ("rule", "VARCHAR"),  # the expectation, where a whole row is judged
    ("feed", "VARCHAR"),
    ("unit", "VARCHAR"),  # its code; null where none is recorded
    ("month", "DATE"),  # of an event; null where it has no usable time, and of what lasts
    ("expected", "BOOLEAN"),  # somebody expects a value
    ("rows", "BIGINT"),
    ("missing", "BIGINT"),
    ("wrong", "BIGINT"),
    ("guard", "BIGINT"),  # persons behind the rows; 0 where they are about nobody
)
ROWS, GUARD, FEED, UNIT, MONTH = "row__count", "row__guard", "row__feed", "row__unit", "row__month"
HERE = "here"


@dataclass(frozen=True, slots=True)
class Measured:
    """A field, or a rule about whole rows, with what is counted of it."""

    field: str
    rule: str
    feeds: tuple[str, ...]
    expected: bool
    looked_at: exp.Expr
    missing: exp.Expr
    wrong: exp.Expr


@dataclass(frozen=True, slots=True)
class Recording:
    """How one concept is counted: once, by feed, unit and month."""

    concept: Concept
    measured: tuple[Measured, ...]
    expected: tuple[tuple[Expectation, Conditions], ...]  # of its rows
    volumes: tuple[Expectation, ...]  # of how many there are
    counted: exp.Select

    @property
    def every_expectation(self) -> tuple[Expectation, ...]:
        return (*(expectation for expectation, _ in self.expected), *self.volumes)

    def mart(self, table: exp.Table) -> exp.Query:
        """A row for each field, feed, unit and month, from the table `counted` was kept in."""
        lines = [(feed, place, each) for place, each in enumerate(self.measured) for feed in each.feeds]
        if not lines:
            return _nothing()
        listed = exp.values(
            [
                (
                    text(feed),
                    exp.Literal.number(place),
                    text(each.field),
                    text(each.rule),
                    exp.convert(each.expected),
                )
                for feed, place, each in lines
            ],
            alias="listed",
            columns=["feed", "place", "field", "rule", "expected"],
        )
        query = (
            select(
                named(text(self.concept.name), "concept"),
                column("field", "listed"),
                column("rule", "listed"),
                column("feed", "listed"),
                named(column(UNIT), "unit"),
                named(column(MONTH), "month"),
                column("expected", "listed"),
                named(self._of("looked"), "rows"),
                named(self._of("missing"), "missing"),
                named(self._of("wrong"), "wrong"),
                named(column(GUARD), "guard"),
            )
            .from_(exp.alias_(table.copy(), "counted", table=True))
            .join(listed, on=column("feed", "listed").eq(column(FEED, "counted")))
        )
        whole = select(*(name for name, _ in COLUMNS)).from_(subquery(query, "lines"))
        return whole.where(column("rows") > exp.Literal.number(0))

    def _of(self, kind: str) -> exp.Expr:
        choice = exp.Case()
        for place in range(len(self.measured)):
            choice = choice.when(
                column("place", "listed").eq(exp.Literal.number(place)), column(f"{kind}_{place}")
            )
        return choice


def _nothing() -> exp.Select:
    return select(*(named(cast(exp.null(), kind), name) for name, kind in COLUMNS)).where(exp.false())


def uniqueness(recorded: Recording, stars: Stars) -> exp.Select | None:
    """One row: for each expectation of uniqueness how many rows are looked at, and how many are too many."""
    concept, numbers = recorded.concept, list[exp.Expr]()
    for place, (expectation, found) in enumerate(recorded.expected):
        if isinstance(expectation.check, Unique):
            names = [
                column(f"{name}_key" if concept.relationship(name) else name, HERE)
                for name in expectation.check.fields
            ]
            numbers.append(named(surplus(found.looked_at, names), f"failed_{place}"))
    if not numbers:
        return None
    return select(*numbers).from_(exp.alias_(stars.table(concept.name), HERE, table=True))


def totals(recorded: Recording, table: exp.Table) -> exp.Select | None:
    """One row: how many rows there are, and of each rule how many were looked at and failed.

    From the table counts are kept in; None where nothing is expected.
    """
    sums = [
        named(
            cast(
                exp.Coalesce(this=exp.Sum(this=column(name)), expressions=[exp.Literal.number(0)]), "BIGINT"
            ),
            name,
        )
        for name in (
            ROWS,
            *(f"{kind}_{place}" for place in range(len(recorded.expected)) for kind in ("of", "failed")),
        )
    ]
    return select(*sums).from_(table.copy()) if recorded.every_expectation else None
