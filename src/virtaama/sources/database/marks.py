"""High-water marks: the highest value of a growing column, kept as text from run to run."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

Mark = datetime | date | int | float | Decimal | str | bytes
_DAY = 86_400


def written(mark: Mark) -> dict[str, str]:
    """A mark as JSON has it, so that it reads back as the type the database gave."""
    text = (
        mark.hex() if isinstance(mark, bytes) else mark.isoformat() if isinstance(mark, date) else str(mark)
    )
    return {"type": type(mark).__name__, "value": text}


def read(written: dict[str, str]) -> Mark:
    value = written["value"]
    match written["type"]:
        case "datetime":
            return datetime.fromisoformat(value)
        case "date":
            return date.fromisoformat(value)
        case "int":
            return int(value)
        case "float":
            return float(value)
        case "Decimal":
            return Decimal(value)
        case "bytes":
            return bytes.fromhex(value)
        case _:
            return value


def below(mark: Mark, overlap: int) -> Mark:
    """The mark `overlap` seconds, or units of a number, further down. Text that is no moment stays as it is."""
    match mark:
        case datetime():
            return mark - timedelta(seconds=overlap)
        case date():
            return mark - timedelta(days=math.ceil(overlap / _DAY))
        case int() | float() | Decimal():
            return mark - overlap
        case str():
            return _text_below(mark, overlap)
        case _:
            return mark


def _text_below(mark: str, overlap: int) -> str:
    """SQLite keeps moments as text: the earlier one is written in the same way."""
    try:
        moment = datetime.fromisoformat(mark)
    except ValueError:
        return mark
    if moment.tzinfo or len(mark) < len("2026-11-26 09:00"):
        return mark  # text with an offset, or without a time, does not order by the second
    digits = "microseconds" if "." in mark else "seconds"
    return (moment - timedelta(seconds=overlap)).isoformat(sep=mark[10], timespec=digits)[: len(mark)]


def higher(one: Any, other: Any) -> Any:
    """The higher of two marks of the same column."""
    return other if one is None or other > one else one
