from datetime import date

import click
import pytest

from virtaama.cli.periods import first_day, last_day, spelled
from virtaama.metrics.question import Grain


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2025-Q3", date(2025, 7, 1), date(2025, 9, 30)),
        ("2025q4", date(2025, 10, 1), date(2025, 12, 31)),
    ],
)
def test_a_period_has_a_first_and_a_last_day(text: str, first: date, last: date) -> None:
    assert (first_day(text), last_day(text)) == (first, last)


@pytest.mark.parametrize("text", ["2025-13", "25-01", "January", "2025-Q5", ""])
def test_what_is_no_period_says_how_to_write_one(text: str) -> None:
    with pytest.raises(click.ClickException, match="Write 2025, 2025-Q3 or 2025-01"):
        first_day(text)


def test_a_period_is_spelled_by_its_grain() -> None:
    day = date(2025, 4, 1)
    assert [spelled(day, grain) for grain in (Grain.MONTH, Grain.QUARTER, Grain.YEAR)] == [
        "2025-04",
        "2025-Q2",
        "2025",
    ]
