"""The columns a concept has when it is looked at as one table."""

from __future__ import annotations

from virtaama.model.concepts import Concept, Sensitivity
from virtaama.sql.column_types import COLUMN_TYPES


def star_columns(concept: Concept) -> tuple[tuple[str, str], ...]:
    """Name and engine type of the columns of a concept's view: its key, the business key, the other
    attributes in the model's order and a key for each relationship. Attributes that name a person are never
    columns.
    """
    guarded = {a.name for a in concept.attributes if a.sensitivity is Sensitivity.DIRECT}
    types = {a.name: COLUMN_TYPES[a.type] for a in concept.attributes if a.name not in guarded}
    others = [name for name in types if name not in concept.key]
    return (
        (f"{concept.name}_key", "UUID"),
        *((name, types[name]) for name in (*concept.key, *others) if name in types),
        *((f"{relationship.name}_key", "UUID") for relationship in concept.relationships),
    )
