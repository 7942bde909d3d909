"""What was noticed in the data, counted by feed and kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from virtaama.lake.noticed import QualityLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was noticed of one kind in one feed, over all its batches."""

    feed: str
    check: str
    count: int
    batches: int


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
