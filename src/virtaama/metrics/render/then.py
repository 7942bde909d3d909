"""Queries over stars, answered from the stars of another moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlglot import exp

from virtaama.metrics.render.trees import Stars
from virtaama.sql.queries import tables_of, with_tables
from virtaama.sql.spelling import spelled
from virtaama.vault.derive import as_of
from virtaama.vault.tables import VaultDesign


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in two times: what was told by deliveries extracted until `moment`, known when `batch` had landed.

    None is now.
    """

    moment: datetime | None
    batch: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookingBack:
    """A statement and the tables of the vault it reads."""

    sql: str
    tables: tuple[str, ...]


def looking_back(query: exp.Query, stars: Stars, design: VaultDesign, place: Place) -> LookingBack:
    """The query with each star as it was at that place."""
    then = {
        stars.table(concept).name: as_of(stars.model, design, concept, place.moment, place.batch)
        for concept in sorted(stars.concepts_in(query))
    }
    whole = with_tables(query, dict(then))
    return LookingBack(sql=spelled(whole), tables=tables_of(whole))
