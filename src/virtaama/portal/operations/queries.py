"""Everything the operations pages read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from virtaama.lake.batches import Batch
from virtaama.lake.noticed import QualityLine

ORDERS: dict[str, Callable[[Batch], Any]] = {
    "number": lambda batch: batch.number,
    "feed": lambda batch: (batch.feed, batch.number),
    "file": lambda batch: batch.file,
    "extracted": lambda batch: (batch.extracted, batch.number),
    "landed": lambda batch: (batch.landed, batch.number),
    "rows": lambda batch: batch.rows,
    "rejected": lambda batch: batch.rejected,
}


def in_order(batches: Iterable[Batch], order: str) -> list[Batch]:
    """The batches by one of ORDERS, downwards when it begins with a minus; any other order: newest first."""
    by = ORDERS.get(order.removeprefix("-"))
    if by is None:
        return sorted(batches, key=ORDERS["number"], reverse=True)
    return sorted(batches, key=by, reverse=order.startswith("-"))


def feeds_of(records: Iterable[Batch | QualityLine]) -> tuple[str, ...]:
    return tuple(sorted({record.feed for record in records}))
