"""The types of columns, where nothing else of SQL is needed."""

from __future__ import annotations

COLUMN_TYPES = {
    "text": "VARCHAR",
    "identity": "VARCHAR",
    "integer": "BIGINT",
    "decimal": "DECIMAL(18,4)",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "boolean": "BOOLEAN",
}
"""The type of a column for each type of the model language."""
