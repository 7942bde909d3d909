"""Which months are whole: what the deliveries cover, feed by feed and fact by fact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median

from virtaama.lake.batches import Batch
from virtaama.metrics.periods import period_of
from virtaama.metrics.plan import Coverage
from virtaama.metrics.question import Grain

ENOUGH_TO_SEE_A_RHYTHM = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedCoverage:
    """The months a feed has been delivered for. A delivery covers the time before its extraction moment.

    `monthly` feeds are those that come month after month: after their newest delivery the next is awaited.
    Others (a register that is sent when it changes, a yearly budget, a system that was closed down) are not.
    """

    feed: str
    first: date
    last: date  # the last whole month
    deliveries: int
    monthly: bool


def feed_coverages(batches: Iterable[Batch]) -> dict[str, FeedCoverage]:
    """The coverage of each feed that has delivered anything."""
    by_feed: dict[str, list[Batch]] = {}
    for batch in batches:
        by_feed.setdefault(batch.feed, []).append(batch)
    return {feed: _coverage(feed, own) for feed, own in by_feed.items()}


def last_whole_month(coverages: Iterable[FeedCoverage]) -> date:
    """The last month that lies wholly before the newest delivery of all."""
    return max(coverage.last for coverage in coverages)


def delivered_months(feeds: Iterable[FeedCoverage]) -> Coverage | None:
    """The months all monthly feeds of a concept have delivered; None when none of its feeds is monthly."""
    monthly = [feed for feed in feeds if feed.monthly]
    if not monthly:
        return None
    return Coverage(min(feed.first for feed in monthly), min(feed.last for feed in monthly))


def _coverage(feed: str, batches: list[Batch]) -> FeedCoverage:
    # A delivery extracted in the first moment of a month tells of the month before.
    told = sorted({period_of((b.extracted - timedelta(microseconds=1)).date(), Grain.MONTH) for b in batches})
    gaps = [_months(later) - _months(earlier) for earlier, later in pairwise(told)]
    newest = max(batch.extracted for batch in batches)
    return FeedCoverage(
        feed=feed,
        first=told[0],
        last=period_of(newest.date().replace(day=1) - timedelta(days=1), Grain.MONTH),
        deliveries=len(batches),
        monthly=len(told) >= ENOUGH_TO_SEE_A_RHYTHM and median(gaps) == 1,
    )


def _months(day: date) -> int:
    return day.year * 12 + day.month
