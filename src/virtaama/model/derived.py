"""Concepts whose instances no source delivers: rules make them from other concepts, each version from its day on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from virtaama.model.concepts import Concept
from virtaama.model.mappings import Expression
from virtaama.problems import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """One SELECT over concepts by name, read as DuckDB.

    It gives a column for each attribute, named like it, and `<relationship>_key` for each relationship.
    """

    sql: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """Rows of one concept that follow each other closely, put together: stays into an episode of care.

    Rows belong to those with the same `by`. A row continues the episode when it starts at most `gap` days
    after the last day of any row before it; without `until` a row lasts the moment it starts, and where
    `until` is null it has not ended. `columns` give attributes and relationships of the derived concept from
    aggregates over the rows, besides `starts`, `ends` (null while a row has not ended), `parts` (their
    number), `first(x)` and `last(x)`. What is in `by` is filled without being named.
    """

    of: str
    by: tuple[str, ...]
    starts: Expression
    ends: Expression | None
    gap: int
    where: Expression | None
    columns: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Rows of one concept that share values, put together: residents of one address into a household."""

    of: str
    by: tuple[str, ...]
    where: Expression | None
    columns: tuple[tuple[str, Expression], ...]


Making = Select | Episode | Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One version of how the instances are made. It makes those whose time lies in or after `valid_from`."""

    version: int
    valid_from: date
    making: Making
    place: Place
    legal_basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """A concept with the rules that make its instances, the oldest first.

    With several rules `concept.time` says by which of them an instance is made: by the one in force on the
    day it happened; those of no day by the newest.
    """

    concept: Concept
    rules: tuple[Rule, ...]
    legal_basis: str
    source: str
    owner: str

    @property
    def name(self) -> str:
        return self.concept.name

    @property
    def place(self) -> Place:
        return self.concept.place
