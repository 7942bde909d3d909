"""What a misspelt name was meant to be."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """A sentence that helps on: the nearest name, else the names there are."""
    if close := get_close_matches(name, known, 3, 0.5):
        return f"Did you mean {' or '.join(repr(each) for each in close)}?"
    return f"Known are {', '.join(known)}." if known else "There are none."
