"""Everything the operations pages read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from virtaama.lake.batches import Batch
from virtaama.lake.ledger import QualityLine

ORDERS: dict[str, Callable[[Batch], Any]] = {
    "number": lambda batch: batch.number,
    "feed": lambda batch: (batch.feed, batch.number),
    "file": lambda batch: batch.file,
    "extracted": lambda batch: (batch.extracted, batch.number),
    "landed": lambda batch: (batch.landed, batch.number),
    "rows": lambda batch: batch.rows,
    "rejected": lambda batch: batch.rejected,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was noticed of one kind in one feed, over all its batches."""

    feed: str
    check: str
    count: int
    batches: int


def in_order(batches: Iterable[Batch], order: str) -> list[Batch]:
    """The batches by one of ORDERS, downwards when it begins with a minus; any other order: newest first."""
    by = ORDERS.get(order.removeprefix("-"))
    if by is None:
        return sorted(batches, key=ORDERS["number"], reverse=True)
    return sorted(batches, key=by, reverse=order.startswith("-"))


def findings(lines: Iterable[QualityLine]) -> tuple[Finding, ...]:
    """The lines of all batches together, by feed and kind."""
    counts: Counter[tuple[str, str]] = Counter()
    batches: dict[tuple[str, str], set[int]] = {}
    for line in lines:
        counts[line.feed, line.check] += line.count
        batches.setdefault((line.feed, line.check), set()).add(line.batch)
    return tuple(
        Finding(feed=feed, check=check, count=count, batches=len(batches[feed, check]))
        for (feed, check), count in sorted(counts.items())
    )


def feeds_of(records: Iterable[Batch | QualityLine]) -> tuple[str, ...]:
    return tuple(sorted({record.feed for record in records}))
