"""The days of a calendar."""

from datetime import date
from typing import Any

import pytest

from virtaama.model.calendars import Calendar, Every
from virtaama.model.concepts import Text
from virtaama.problems import Place

WORD = Text("sana", "ord", "word")


@pytest.mark.parametrize(
    ("given", "days"),
    [
        ({"every": Every.MONTH}, ["2024-01-31", "2024-02-29", "2024-03-31"]),
        ({"every": Every.QUARTER}, ["2024-03-31"]),
        ({"every": Every.YEAR}, []),
        ({"yearly": ((2, 30), (3, 1))}, ["2024-02-29", "2024-03-01"]),
        ({"dates": (date(2024, 3, 5), date(2023, 3, 5))}, ["2024-03-05"]),
        ({"every": Every.MONTH, "keep": 2}, ["2024-02-29", "2024-03-31"]),
        ({"every": Every.MONTH, "begins": date(2024, 2, 1), "ends": date(2024, 3, 1)}, ["2024-02-29"]),
        ({"every": Every.MONTH, "dates": (date(2024, 1, 31),)}, ["2024-01-31", "2024-02-29", "2024-03-31"]),
    ],
)
def test_days_lie_between_the_first_and_the_last_asked_for(given: dict[str, Any], days: list[str]) -> None:
    calendar = Calendar(name="c", labels=WORD, definition=WORD, place=Place("c.yaml"), **given)
    assert [str(day) for day in calendar.days(date(2024, 1, 15), date(2024, 4, 15))] == days
