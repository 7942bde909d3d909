"""How the commands speak: counts, and what a misspelt name was meant to be."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """A sentence that helps on: the nearest name, else the names there are."""
    if close := get_close_matches(name, known, 3, 0.5):
        return f"Did you mean {' or '.join(repr(each) for each in close)}?"
    return f"Known are {', '.join(known)}." if known else "There are none."


def counted(value: int, one: str, many: str = "") -> str:
    """A count with its noun: 1 batch, 2 000 batches."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def number(value: int) -> str:
    """A whole number with its thousands apart."""
    return f"{value:,}".replace(",", " ")
