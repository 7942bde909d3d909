"""Which months are whole: what the deliveries cover, feed by feed and fact by fact."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median

from virtaama.lake.batches import Batch
from virtaama.metrics.definitions import Catalogue, Fact, Metric
from virtaama.metrics.periods import period_of
from virtaama.metrics.plan import Coverage, measures_of, overlap, parts_of
from virtaama.metrics.question import Grain
from virtaama.model.dependencies import feeds_counted
from virtaama.model.feeds import Delivery
from virtaama.model.model import Model

ENOUGH_TO_SEE_A_RHYTHM = 3
EARLIEST = date(1900, 1, 1)
"""Nothing that is counted happened before; what says so is mistaken."""

Span = tuple[object, object, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedCoverage:
    """The months a feed has been delivered for. A delivery covers the time before its extraction moment.

    `monthly` feeds come month after month; a register that is sent when it changes, a yearly budget or a
    system that was closed down do not. After the newest delivery of a monthly feed the next is awaited,
    unless it always delivers everything: then no new delivery may mean that nothing has changed.
    """

    feed: str
    first: date
    last: date  # the last whole month; of a feed that delivers everything, that of the newest delivery of all
    deliveries: int
    monthly: bool


def feed_coverages(batches: Iterable[Batch], full: frozenset[str]) -> dict[str, FeedCoverage]:
    """The coverage of each feed that has delivered anything; `full` are those that deliver everything."""
    by_feed: dict[str, list[Batch]] = {}
    for batch in batches:
        by_feed.setdefault(batch.feed, []).append(batch)
    if not by_feed:
        return {}
    newest = max(batch.extracted for own in by_feed.values() for batch in own)
    return {feed: _coverage(feed, own, newest if feed in full else None) for feed, own in by_feed.items()}


def last_whole_month(coverages: Iterable[FeedCoverage]) -> date:
    """The last month that lies wholly before the newest delivery of all."""
    return max(coverage.last for coverage in coverages)


def delivered_months(feeds: Iterable[FeedCoverage]) -> Coverage | None:
    """The months all monthly feeds of a concept have delivered; None when none of its feeds is monthly."""
    monthly = [feed for feed in feeds if feed.monthly]
    if not monthly:
        return None
    return Coverage(min(feed.first for feed in monthly), min(feed.last for feed in monthly))


def coverage_of_fact(
    part: Fact, model: Model, feeds: Mapping[str, FeedCoverage], span: Callable[[Fact], Span]
) -> Coverage | None:
    """The months in which a fact over one concept is whole: by its monthly feeds or, without one, by its rows.

    `span` looks at the rows: the first and the last day, and whether some row has no end yet.
    """
    delivered = [feeds[feed] for feed in feeds_counted(model, part.of) if feed in feeds]
    if not delivered:
        return None
    if by_feeds := delivered_months(in_succession(delivered, model)):
        return by_feeds
    first, last, without_end = span(part)
    if not isinstance(first, date) or not isinstance(last, date):
        return None
    now = last_whole_month(feeds.values())
    newest = now if without_end else min(period_of(last, Grain.MONTH), now)
    oldest = period_of(max(first, EARLIEST), Grain.MONTH)
    return Coverage(oldest, newest) if oldest <= newest else None


def in_succession(delivered: Iterable[FeedCoverage], model: Model) -> list[FeedCoverage]:
    """Feeds of which one took the place of another count as one: from the first month of the older on."""
    by_feed = {coverage.feed: coverage for coverage in delivered}
    # Once for each step a chain of replacements may have.
    known = [feed for feed in model.feeds if feed.id in by_feed]
    for feed in [feed for _ in by_feed for feed in known]:
        for old in (by_feed[name] for name in feed.replaces if name in by_feed and feed.id in by_feed):
            new = by_feed[feed.id]
            by_feed[feed.id] = replace(
                new,
                first=min(old.first, new.first),
                last=max(old.last, new.last),
                monthly=old.monthly or new.monthly,
            )
    gone = {name for feed in known for name in feed.replaces}
    return [coverage for feed, coverage in by_feed.items() if feed not in gone]


def coverage_of_metric(
    metric: Metric, catalogue: Catalogue, of_fact: Callable[[Fact], Coverage | None]
) -> Coverage | None:
    """The months the facts of a metric have in common; None when it cannot be computed."""
    facts = [catalogue.fact(measure.fact) for measure in measures_of(metric)]
    parts = dict.fromkeys(part for fact in facts for part in parts_of(fact, catalogue))
    known = [of_fact(part) for part in parts]
    return overlap(tuple(months for months in known if months)) if all(known) else None


def coverage_of_metrics(
    names: Iterable[str],
    catalogue: Catalogue,
    model: Model,
    batches: Iterable[Batch],
    span: Callable[[Fact], Span],
) -> dict[str, Coverage]:
    """The months for which metrics are whole by these batches; those that cannot be computed are left out."""
    full = frozenset(feed.id for feed in model.feeds if feed.delivery is Delivery.FULL)
    feeds = feed_coverages(batches, full)
    known: dict[str, Coverage | None] = {}

    def of_fact(part: Fact) -> Coverage | None:
        if part.name not in known:
            known[part.name] = coverage_of_fact(part, model, feeds, span)
        return known[part.name]

    defined = {metric.name: metric for metric in catalogue.metrics}
    found = {name: coverage_of_metric(defined[name], catalogue, of_fact) for name in names if name in defined}
    return {name: coverage for name, coverage in found.items() if coverage}


def _coverage(feed: str, batches: list[Batch], known_until: datetime | None) -> FeedCoverage:
    # A delivery extracted in the first moment of a month tells of the month before.
    told = sorted({period_of((b.extracted - timedelta(microseconds=1)).date(), Grain.MONTH) for b in batches})
    gaps = [_months(later) - _months(earlier) for earlier, later in pairwise(told)]
    newest = known_until or max(batch.extracted for batch in batches)
    return FeedCoverage(
        feed=feed,
        first=told[0],
        last=period_of(newest.date().replace(day=1) - timedelta(days=1), Grain.MONTH),
        deliveries=len(batches),
        monthly=len(told) >= ENOUGH_TO_SEE_A_RHYTHM and median(gaps) == 1,
    )


def _months(day: date) -> int:
    return day.year * 12 + day.month
