"""How published snapshots are named in their folder, for who writes and who reads them."""

from __future__ import annotations

CURRENT = "CURRENT"
"""The file that holds the name of the newest snapshot."""


def snapshot_name(number: int) -> str:
    return f"snapshot-{number}.duckdb"


def snapshot_number(name: str) -> int | None:
    """The number in the name of a snapshot; None for any other file."""
    number = name.removeprefix("snapshot-").removesuffix(".duckdb")
    return int(number) if number.isdecimal() and name == snapshot_name(int(number)) else None
