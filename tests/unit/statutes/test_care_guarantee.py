"""A limit is looked up by date and age; there is a test for each day on which one changed."""

from datetime import date

import pytest

from virtaama.statutes.care_guarantee import (
    WAIT_LIMITS,
    WaitUnit,
    care_guarantee_deadline,
    wait_limit,
    wait_limits,
)

ADULT = date(1980, 6, 15)


@pytest.mark.parametrize(
    ("section", "age", "on", "amount", "unit"),
    [
        ("51a", 40, date(2023, 8, 31), 3, WaitUnit.MONTH),
        ("51a", 40, date(2023, 9, 1), 14, WaitUnit.DAY),
        (
            "51a",
            40,
            date(2024, 11, 1),
            14,
            WaitUnit.DAY,
        ),  # the repealed tightening to seven days
        ("51a", 40, date(2024, 12, 31), 14, WaitUnit.DAY),
        ("51a", 40, date(2025, 1, 1), 3, WaitUnit.MONTH),
        ("51a", 22, date(2024, 12, 31), 14, WaitUnit.DAY),
        ("51a", 22, date(2025, 1, 1), 14, WaitUnit.DAY),
        ("51a", 23, date(2025, 1, 1), 3, WaitUnit.MONTH),
        ("51b", 40, date(2023, 8, 31), 6, WaitUnit.MONTH),
        ("51b", 40, date(2023, 9, 1), 4, WaitUnit.MONTH),
        ("51b", 40, date(2024, 10, 31), 4, WaitUnit.MONTH),
        ("51b", 40, date(2024, 11, 1), 3, WaitUnit.MONTH),
        ("51b", 40, date(2025, 1, 1), 6, WaitUnit.MONTH),
        ("51b", 22, date(2025, 1, 1), 3, WaitUnit.MONTH),
        ("51c", 40, date(2025, 1, 1), 3, WaitUnit.MONTH),
        ("52", 40, date(2026, 1, 1), 6, WaitUnit.MONTH),
        ("53_method", 15, date(2025, 5, 1), 28, WaitUnit.DAY),
    ],
)
def test_the_limit_is_the_one_in_force_when_the_wait_began(
    section: str, age: int, on: date, amount: int, unit: WaitUnit
) -> None:
    limit = wait_limit(section, age, on)
    assert limit is not None
    assert (limit.amount, limit.unit) == (amount, unit)


def test_need_is_assessed_the_same_day_since_september_2023() -> None:
    assert care_guarantee_deadline("51", ADULT, date(2023, 8, 31)) is None
    assert care_guarantee_deadline("51", ADULT, date(2023, 9, 1)) == date(2023, 9, 1)


def test_there_is_no_limit_before_the_law_set_one() -> None:
    assert wait_limit("53_method", 15, date(2025, 4, 30)) is None
    assert wait_limit("53_method", 23, date(2025, 5, 1)) is None
    assert care_guarantee_deadline("51a", ADULT, date(2010, 1, 1)) is None


def test_age_is_counted_on_the_day_the_wait_begins() -> None:
    born = date(2002, 3, 10)
    assert care_guarantee_deadline("51a", born, date(2025, 3, 9)) == date(2025, 3, 23)
    assert care_guarantee_deadline("51a", born, date(2025, 3, 10)) == date(2025, 6, 10)


def test_three_months_from_the_last_day_of_a_month_end_on_the_last_day_of_a_month() -> None:
    assert care_guarantee_deadline("51a", ADULT, date(2025, 11, 30)) == date(2026, 2, 28)


@pytest.mark.parametrize("section", sorted({limit.section for limit in WAIT_LIMITS}))
def test_never_do_two_limits_of_one_section_hold_at_once(section: str) -> None:
    firsts = {limit.valid_from for limit in WAIT_LIMITS}
    lasts = {limit.valid_until for limit in WAIT_LIMITS if limit.valid_until is not None}
    for day in firsts | lasts:
        for age in (0, 22, 23, 90):
            assert sum(limit.holds(age, day) for limit in wait_limits(section)) <= 1


def test_every_limit_names_its_legal_basis() -> None:
    assert all("1326/2010" in limit.source for limit in WAIT_LIMITS)
