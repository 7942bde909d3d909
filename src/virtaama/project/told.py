"""Who is told while work goes on: how far it is, and what a person should know."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int, str], None]
"""Told how much is done, of how much, and what is at hand."""

Notice = Callable[[str], None]
"""Told what a person should know though the work goes on."""


def silent(done: int, total: int, what: str) -> None:
    """Nobody watches."""


def unnoticed(text: str) -> None:
    """Nobody is told; the run on record says it too."""
