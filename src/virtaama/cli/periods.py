"""Periods as people write them: 2025, 2025-Q3, 2025-01."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

import click

from virtaama.metrics.question import Grain

_SHAPE = re.compile(r"(\d{4})(?:-?Q([1-4])|-(\d{1,2}))?", re.IGNORECASE)


def first_day(text: str) -> date:
    year, first, _ = _months(text)
    return date(year, first, 1)


def last_day(text: str) -> date:
    year, _, last = _months(text)
    return date(year, last, monthrange(year, last)[1])


def spelled(first: date, grain: Grain) -> str:
    match grain:
        case Grain.YEAR:
            return f"{first:%Y}"
        case Grain.QUARTER:
            return f"{first:%Y}-Q{(first.month + 2) // 3}"
        case Grain.MONTH:
            return f"{first:%Y-%m}"


def _months(text: str) -> tuple[int, int, int]:
    """Year, first and last month of a period."""
    parts = _SHAPE.fullmatch(text.strip())
    if parts is None or (parts[3] and not 1 <= int(parts[3]) <= 12):
        raise click.ClickException(f"'{text}' is no period. Write 2025, 2025-Q3 or 2025-01.")
    year = int(parts[1])
    if parts[2]:
        return year, int(parts[2]) * 3 - 2, int(parts[2]) * 3
    if parts[3]:
        return year, int(parts[3]), int(parts[3])
    return year, 1, 12
