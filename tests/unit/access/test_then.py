"""How far back a question can be asked."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from tests.unit.published_county import published_county
from virtaama.access.then import FirstDays, as_published, first_days
from virtaama.lake.batches import Batch
from virtaama.metrics.plan import Coverage


def batch(number: int, extracted: datetime, landed: datetime) -> Batch:
    return Batch(
        number=number,
        feed="care.visits",
        file=f"{number}.csv",
        sha256="",
        parquet="",
        parquet_sha256="",
        extracted=extracted,
        landed=landed,
        rows=1,
        rejected=0,
        contract="c",
    )


def test_nothing_delivered_reaches_nowhere() -> None:
    assert first_days(()) is None


def test_what_is_told_and_what_was_known_begin_each_on_a_day_of_its_own() -> None:
    late = batch(2, datetime(2026, 1, 31), datetime(2026, 3, 2, 8))
    assert first_days((batch(1, datetime(2026, 2, 28), datetime(2026, 3, 1, 4)), late)) == FirstDays(
        as_of=date(2026, 1, 31), known=date(2026, 3, 1)
    )


def test_a_snapshot_without_history_reaches_nowhere(tmp_path: Path) -> None:
    assert published_county(tmp_path).door().first_days() is None


def months(first: int, last: int) -> Coverage:
    return Coverage(date(2026, first, 1), date(2026, last, 1))


def test_the_past_of_a_metric_that_is_held_back_ends_with_its_figures() -> None:
    told = {"held": months(1, 4), "free": months(1, 4), "never": months(1, 4), "later": months(4, 4)}
    published = {"held": months(1, 3), "free": months(1, 3), "later": months(1, 3)}
    assert as_published(told, published, {"held", "never", "later"}) == {
        "held": months(1, 3),
        "free": months(1, 4),
    }
