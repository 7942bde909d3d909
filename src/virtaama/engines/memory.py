"""How much memory is meant by `memory`, and how much of it an engine may take."""

from __future__ import annotations

OURS = 100
"""Megabytes that are left to what is not the engine's: Python, libraries, statements, results."""


_A_THREAD = 75
"""Megabytes without which one more thread would leave too little to the others."""


def in_megabytes(amount: str) -> float:
    """`256MB` or `1.2GB` in megabytes."""
    return float(amount[:-2]) * {"MB": 1, "GB": 1000}[amount[-2:]]


def of_the_engine(amount: str) -> str:
    """What the engine may take where a whole process may take `amount`, which is 256 MB at least."""
    return f"{in_megabytes(amount) - OURS:.0f}MB"


def threads_within(amount: str, cores: int) -> int:
    """How many threads an engine may have where a whole process may take `amount`."""
    return max(1, min(cores, int((in_megabytes(amount) - OURS) // _A_THREAD)))
