"""A limit is looked up by date and age; there is a row for each day on which one changed."""

from __future__ import annotations

from datetime import date

import pytest

from virtaama.problems import ProblemsFound
from virtaama.project.statutes import shipped_statutes
from virtaama.statutes.care_guarantee import CARE_GUARANTEE
from virtaama.statutes.pack_parse import parse_pack

ADULT = date(1980, 6, 15)
LAW = shipped_statutes().content(CARE_GUARANTEE)


@pytest.mark.parametrize(
    ("wait", "age", "on", "within"),
    [
        ("51", 40, date(2023, 8, 31), None),
        ("51", 40, date(2023, 9, 1), "0 days"),
        ("51a", 40, date(2011, 4, 30), None),
        ("51a", 40, date(2011, 5, 1), "3 months"),
        ("51a", 40, date(2023, 8, 31), "3 months"),
        ("51a", 40, date(2023, 9, 1), "14 days"),
        ("51a", 40, date(2024, 11, 1), "14 days"),  # the repealed tightening to seven days
        ("51a", 40, date(2024, 12, 31), "14 days"),
        ("51a", 22, date(2024, 12, 31), "14 days"),
        ("51a", 22, date(2025, 1, 1), "14 days"),
        ("51a", 23, date(2025, 1, 1), "3 months"),
        ("51a_doctor", 22, date(2024, 12, 31), None),
        ("51a_doctor", 22, date(2025, 1, 1), "7 days"),
        ("51a_doctor", 23, date(2025, 1, 1), None),
        ("51b", 40, date(2011, 4, 30), None),
        ("51b", 40, date(2011, 5, 1), "6 months"),
        ("51b", 40, date(2023, 8, 31), "6 months"),
        ("51b", 40, date(2023, 9, 1), "4 months"),
        ("51b", 40, date(2024, 10, 31), "4 months"),
        ("51b", 40, date(2024, 11, 1), "3 months"),
        ("51b", 23, date(2025, 1, 1), "6 months"),
        ("51b", 22, date(2025, 1, 1), "3 months"),
        ("51c_assessment", 40, date(2023, 8, 31), None),
        ("51c_assessment", 40, date(2023, 9, 1), "3 weeks"),
        ("51c", 40, date(2023, 8, 31), None),
        ("51c", 40, date(2023, 9, 1), "3 months"),
        ("52_assessment", 40, date(2011, 5, 1), "3 weeks"),
        ("52_examinations", 40, date(2011, 5, 1), "3 months"),
        ("52", 40, date(2011, 4, 30), None),
        ("52", 40, date(2026, 1, 1), "6 months"),
        ("53_method", 15, date(2025, 4, 30), None),
        ("53_method", 15, date(2025, 5, 1), "28 days"),
        ("53_method", 23, date(2025, 5, 1), None),
        ("53_assessment", 22, date(2011, 5, 1), "3 weeks"),
        ("53_examinations", 22, date(2011, 5, 1), "6 weeks"),
        ("53", 22, date(2011, 5, 1), "3 months"),
        ("53", 23, date(2011, 5, 1), None),
    ],
)
def test_the_limit_is_the_one_in_force_when_the_wait_began(
    wait: str, age: int, on: date, within: str | None
) -> None:
    limit = LAW.limit(wait, age, on)
    assert (str(limit.within) if limit else None) == within


def test_every_day_on_which_a_limit_begins_has_its_row_above() -> None:
    assert {limit.valid_from for limit in LAW.waits} == {
        date(2011, 5, 1),
        date(2023, 9, 1),
        date(2024, 11, 1),
        date(2025, 1, 1),
        date(2025, 5, 1),
    }


def test_age_is_counted_on_the_day_the_wait_begins() -> None:
    born = date(2002, 3, 10)
    assert LAW.deadline("51a", born, date(2025, 3, 9)) == date(2025, 3, 23)
    assert LAW.deadline("51a", born, date(2025, 3, 10)) == date(2025, 6, 10)


def test_need_is_assessed_the_same_day_since_september_2023() -> None:
    assert LAW.deadline("51", ADULT, date(2023, 8, 31)) is None
    assert LAW.deadline("51", ADULT, date(2023, 9, 1)) == date(2023, 9, 1)


def test_three_months_from_the_last_day_of_a_month_end_on_the_last_day_of_a_month() -> None:
    assert LAW.deadline("51a", ADULT, date(2025, 11, 30)) == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("wait", "on", "every"),
    [
        ("51", date(2024, 12, 31), None),
        ("51", date(2025, 1, 1), "1 month"),
        ("51a", date(2025, 1, 1), "1 month"),
        ("51b", date(2025, 1, 1), "1 month"),
        ("51c", date(2025, 1, 1), "4 months"),
        ("52", date(2025, 1, 1), "4 months"),
        ("53_method", date(2025, 4, 30), None),
        ("53_method", date(2025, 5, 1), "1 month"),
        ("53", date(2025, 1, 1), "4 months"),
    ],
)
def test_waits_are_published_each_month_or_each_third_of_a_year(
    wait: str, on: date, every: str | None
) -> None:
    found = LAW.published_every(wait, on)
    assert (str(found) if found else None) == every


def test_every_wait_is_published() -> None:
    assert {each.wait for each in LAW.publications} == set(LAW.names)


HEAD = """pack: care_guarantee
edition: 2027-01-01
title: {fi: a, sv: b, en: c}
sources: {act: {title: Laki, taken: 2027-01-01}}
every: {from: 2027-01-01, source: act}
"""


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        (
            "waits: [{wait: a, within: 1 day, from_age: 18}, {wait: a, within: 2 days}]\npublications: []",
            "two rows of waits about the same hold on 2027-01-01",
        ),
        ("waits: [{wait: a, within: a week}]\npublications: []", "within of row 1 of waits is 'a week'"),
        (
            "waits: []\npublications: [{wait: a, every: 1 month}]",
            "'a' is published, and no wait is called so",
        ),
    ],
)
def test_limits_that_contradict_each_other_are_refused(tables: str, said: str) -> None:
    with pytest.raises(ProblemsFound, match=said):
        parse_pack(CARE_GUARANTEE, "own.yaml", HEAD + tables + "\n")


def test_ages_that_follow_each_other_may_have_their_own_limits() -> None:
    waits = "{wait: a, within: 1 day, from_age: 19}, {wait: a, within: 2 days, below_age: 19}"
    tables = f"waits: [{waits}]\npublications: []"
    found = parse_pack(CARE_GUARANTEE, "own.yaml", HEAD + tables + "\n").content
    assert [str(found.deadline("a", date(2008, 1, day), date(2027, 1, 2))) for day in (2, 3)] == [
        "2027-01-03",
        "2027-01-04",
    ]
