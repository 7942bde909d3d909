"""Persons whose rows of a period satisfy a condition, and facts laid end to end."""

from __future__ import annotations

from datetime import date

import pytest

from tests.spec.metrics.small_county import SmallCounty
from virtaama.metrics.question import Level

JANUARY = (date(2024, 1, 1), date(2024, 1, 1))
SEVERAL = """
numerator: {fact: service_use, aggregate: "%s", per_person_having: "count(DISTINCT sector) >= 2"}
denominator: {fact: service_use, aggregate: "%s"}
scale: 100
levels: [county, municipality]
by: [sex]
"""


@pytest.fixture
def users(county: SmallCounty) -> SmallCounty:
    county.add(
        "visit",
        "1, 'a', '2024-01-05', 2, true, 'R10', 40, 1, 1",
        "2, 'b', '2024-01-06', 4, false, 'R10', 60, 2, 1",
    )
    county.add("stay", "1, 'a', '2024-01-02', '2024-02-02', 1, 1")
    return county


def test_union_counts_the_rows_of_all_its_facts(users: SmallCounty) -> None:
    body = "numerator: {fact: service_use, aggregate: count}\nlevels: [county]"
    assert users.values(body, months=JANUARY) == [3]


def test_only_persons_who_use_several_sectors_are_kept(users: SmallCounty) -> None:
    assert users.values(SEVERAL % ("persons", "persons"), months=JANUARY) == [50]


def test_their_share_of_cost_counts_all_their_rows(users: SmallCounty) -> None:
    assert users.values(SEVERAL % ("sum(cost)", "sum(cost)"), months=JANUARY) == [70]


def test_person_qualifies_by_rows_anywhere_in_the_county(users: SmallCounty) -> None:
    users.connection.execute("UPDATE star.stay SET resident_key = 3")
    users.connection.execute("UPDATE star.resident SET home_municipality_key = 2 WHERE resident_key = 3")
    users.add("visit", "3, 'c', '2024-01-07', 1, true, 'R52', 1, 3, 1")
    cells = users.ask(SEVERAL % ("persons", "persons"), level=Level.MUNICIPALITY, months=JANUARY)
    assert [(c.area, c.value) for c in cells] == [("098", 100), ("398", 0)]


def test_condition_looks_at_each_period_alone(users: SmallCounty) -> None:
    users.add("visit", "3, 'c', '2024-02-07', 1, true, 'R52', 1, 2, 1")
    values = users.values(SEVERAL % ("persons", "persons"), months=(date(2024, 1, 1), date(2024, 2, 1)))
    assert values == [50, 0]
