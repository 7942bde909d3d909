"""How the fields of a feed become the attributes and relationships of a concept."""

from __future__ import annotations

from dataclasses import dataclass

from virtaama.problems import Place


@dataclass(frozen=True, slots=True)
class Expression:
    """An SQL expression over the fields of a feed, read as DuckDB."""

    sql: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The expressions that give, in order, the key of the instance a relationship points to."""

    relationship: str
    key: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """Rows of `feed` (its id) that satisfy `where` describe instances of `concept`.

    `key` follows the order of the concept's key. A row with a null in its own key describes nothing
    and is counted as a finding; a relationship with a null in its key points nowhere.
    `deleted` marks a row that says its instance was deleted at the source.
    Two mappings may take the same feed to the same concept, as where a row describes two instances.
    """

    feed: str
    concept: str
    key: tuple[Expression, ...]
    attributes: tuple[tuple[str, Expression], ...]
    targets: tuple[Target, ...]
    place: Place
    where: Expression | None = None
    deleted: Expression | None = None
