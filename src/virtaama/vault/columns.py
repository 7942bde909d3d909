"""The tables a design asks for, with their columns as the engine types them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from virtaama.vault.render.names import SUPERSEDED_BY, engine_type
from virtaama.vault.tables import Hub, Link, Satellite, Source, VaultDesign

APPLIED = "applied"  # what was loaded, when, under which model
DEPLOYED = "deployed"  # the model the tables are made for
FILLED = "filled"  # the sources whose tables are whole, each with its fingerprint
BOOKKEEPING = (APPLIED, DEPLOYED, FILLED)

Columns = tuple[tuple[str, str], ...]
"""Name and engine type of each column, in order."""

_APPLIED_COLUMNS = (
    ("batch", "INTEGER"),
    ("feed", "VARCHAR"),
    ("model_version", "VARCHAR"),
    ("applied_at", "TIMESTAMP"),
    ("rows_in", "BIGINT"),
    ("parquet_sha256", "VARCHAR"),
)
_DEPLOYED_COLUMNS = (("version", "VARCHAR"), ("applied_at", "TIMESTAMP"), ("record", "VARCHAR"))
_FILLED_COLUMNS = (("source", "VARCHAR"), ("fingerprint", "VARCHAR"))
_CODE_COLUMNS = (
    ("code", "VARCHAR"),
    ("label_fi", "VARCHAR"),
    ("label_sv", "VARCHAR"),
    ("label_en", "VARCHAR"),
    ("valid_from", "DATE"),
    ("valid_until", "DATE"),
)
_STAMP = (("extracted", "TIMESTAMP"), ("batch", "INTEGER"), ("deleted", "BOOLEAN"))


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedTable:
    """A table of the warehouse. `ordered`: with its columns in another order it is another table."""

    name: str
    columns: Columns
    ordered: bool = True


def wanted_tables(design: VaultDesign) -> Iterator[WantedTable]:
    """Every table of a design, each once."""
    yield WantedTable(name=APPLIED, columns=_APPLIED_COLUMNS)
    yield WantedTable(name=DEPLOYED, columns=_DEPLOYED_COLUMNS)
    yield WantedTable(name=FILLED, columns=_FILLED_COLUMNS)
    for hub in design.hubs:
        yield WantedTable(name=hub.name, columns=hub_columns(hub))
    for source in design.sources:
        yield from source_tables(source)
    for code_table in design.code_tables:
        yield WantedTable(name=code_table.name, columns=_CODE_COLUMNS)


def source_tables(source: Source) -> Iterator[WantedTable]:
    """The tables only this source fills."""
    for history in source.histories:
        columns = history_columns(history)
        yield WantedTable(name=history.name, columns=columns, ordered=False)
        aside = (*columns, (SUPERSEDED_BY, "INTEGER"))
        yield WantedTable(name=history.superseded, columns=aside, ordered=False)


def hub_columns(hub: Hub) -> Columns:
    parts = ((part.name, engine_type(part)) for part in hub.business_key)
    return ((hub.hash_key, "UUID"), *parts)


def history_columns(history: Satellite | Link) -> Columns:
    match history:
        case Link():
            content = [(reference.column, "UUID") for reference in history.references]
        case Satellite():
            content = [(column.name, engine_type(column)) for column in history.payload]
    return ((history.hash_key, "UUID"), *content, *_STAMP)
