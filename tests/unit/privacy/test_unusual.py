"""What stands out in a record of accesses."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from virtaama.privacy.unusual import Day, is_out_of_hours, unusual_volumes

TODAY = date(2026, 11, 26)


def days(asker: str, *persons: int, role: str = "analyst", entries: int = 1) -> list[Day]:
    """Days that end today, one after the other."""
    return [
        Day(
            asker=asker,
            role=role,
            day=TODAY - timedelta(days=len(persons) - 1 - n),
            entries=entries,
            persons=count,
        )
        for n, count in enumerate(persons)
    ]


def test_a_day_far_above_ones_own_stands_out() -> None:
    (found,) = unusual_volumes(days("a", *[10, 12, 9, 11, 10, 13, 8, 10], 400), TODAY)
    assert (found.count, found.usual, found.most, found.compared, found.own) == (400, 10, 13, 8, True)


def test_one_wild_day_does_not_make_the_next_usual() -> None:
    found = unusual_volumes(days("a", *[10] * 10, 5_000, 400), TODAY - timedelta(days=1))
    assert [volume.count for volume in found] == [5_000, 400]


@pytest.mark.parametrize(
    "persons",
    [
        [10, 12, 9, 11, 10, 13, 8, 10, 25],  # more, and within reason
        [0, 0, 0, 0, 0, 0, 0, 0, 19],  # few, whatever is usual
        [100, 900, 50, 700, 300, 20, 800, 400, 1200],  # who varies much, varies
        [10, 10, 10, 400],  # nothing to compare with
    ],
)
def test_what_is_usual_or_little_does_not_stand_out(persons: list[int]) -> None:
    assert unusual_volumes(days("a", *persons), TODAY) == ()


def test_who_is_new_is_compared_with_others_in_the_role() -> None:
    others = days("b", *[10] * 6) + days("c", *[12] * 6)
    (found,) = unusual_volumes([*others, *days("a", 500)], TODAY)
    assert (found.day.asker, found.own, found.compared) == ("a", False, 12)
    assert unusual_volumes([*others, *days("a", 500, role="manager")], TODAY) == ()


def test_days_before_are_compared_with_and_not_told_of() -> None:
    assert unusual_volumes(days("a", 400, *[10] * 10), TODAY) == ()


def test_many_entries_stand_out_too() -> None:
    every = days("a", *[0] * 10)
    busy = Day(asker="a", role="analyst", day=TODAY, entries=900, persons=0)
    (found,) = unusual_volumes([*every[:-1], busy], TODAY)
    assert (found.of_persons, found.count) == (False, 900)


@pytest.mark.parametrize(
    ("moment", "out"),
    [
        (datetime(2026, 11, 26, 5, 59), True),
        (datetime(2026, 11, 26, 6, 0), False),
        (datetime(2026, 11, 26, 20, 59), False),
        (datetime(2026, 11, 26, 21, 0), True),
        (datetime(2026, 11, 28, 12, 0), True),
    ],
)
def test_nights_and_weekends_are_out_of_hours(moment: datetime, out: bool) -> None:
    assert is_out_of_hours(moment) is out
    assert is_out_of_hours(datetime(2026, 11, 26, 12), frozenset({TODAY}))
