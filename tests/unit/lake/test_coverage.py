from __future__ import annotations

from datetime import date, datetime

from virtaama.lake.batches import Batch
from virtaama.lake.coverage import delivered_months, feed_coverages
from virtaama.metrics.plan import Coverage


def batch(feed: str, extracted: datetime) -> Batch:
    return Batch(
        number=1,
        feed=feed,
        file="f.csv",
        sha256="s",
        parquet="p",
        parquet_sha256="s",
        extracted=extracted,
        landed=extracted,
        rows=1,
        rejected=0,
        contract="c",
    )


def months(feed: str, *numbers: int) -> list[Batch]:
    """Deliveries of a feed extracted in the first moment of these months of 2024."""
    return [batch(feed, datetime(2024, number, 1)) for number in numbers]


def test_delivery_covers_the_months_before_its_extraction() -> None:
    [feed] = feed_coverages(months("visits", 2, 3, 4), frozenset()).values()
    assert (feed.first, feed.last, feed.monthly) == (date(2024, 1, 1), date(2024, 3, 1), True)


def test_delivery_in_the_middle_of_a_month_does_not_make_that_month_whole() -> None:
    [feed] = feed_coverages([batch("visits", datetime(2024, 3, 15, 4))], frozenset()).values()
    assert feed.last == date(2024, 2, 1)


def test_late_feed_holds_its_concept_back() -> None:
    feeds = feed_coverages([*months("a", 2, 3, 4, 5), *months("b", 2, 3, 4)], frozenset())
    assert delivered_months(feeds.values()) == Coverage(date(2024, 1, 1), date(2024, 3, 1))


def test_system_that_was_closed_down_holds_nothing_back() -> None:
    feeds = feed_coverages([*months("a", 2, 3, 4, 5), *months("old", 2, 3)], frozenset())
    assert delivered_months(feeds.values()) == Coverage(date(2024, 1, 1), date(2024, 4, 1))


def test_unchanged_register_is_not_a_late_one() -> None:
    feeds = feed_coverages([*months("a", 2, 3, 4, 5, 6), *months("staff", 2, 3, 4)], frozenset({"staff"}))
    assert delivered_months([feeds["staff"]]) == Coverage(date(2024, 1, 1), date(2024, 5, 1))


def test_feed_without_a_rhythm_says_nothing_of_months() -> None:
    feeds = feed_coverages(months("budget", 1, 12), frozenset())
    assert delivered_months(feeds.values()) is None
