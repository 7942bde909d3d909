"""Rounding, the last step: the same number becomes the same number wherever it stands."""

from __future__ import annotations

from math import floor


def rounded(value: float, base: int) -> float:
    """A count to the nearest multiple of a base, halves upwards; as it is where there is no base."""
    return float(base * floor(value / base + 0.5)) if base > 1 else value
