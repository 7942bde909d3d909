"""A row that belongs to no member of a dimension counts as not told or as unknown, and sums agree with the whole."""

from __future__ import annotations

from datetime import date

import pytest

from tests.spec.metrics.small_county import Cell, SmallCounty
from virtaama.metrics.members import NOT_TOLD, UNKNOWN, WORDS
from virtaama.metrics.question import Level

JANUARY = (date(2024, 1, 1), date(2024, 1, 1))
VISITS = """
numerator: {fact: visit, aggregate: count}
levels: [county, municipality]
by: [sex, age_group, form]
"""
PER_RESIDENT = """
numerator: {fact: visit, aggregate: count}
denominator: {fact: residence, aggregate: persons, window: month_ends}
levels: [county]
by: [sex]
"""
# Resident 4 tells neither sex nor birth date nor home. Nobody has delivered resident 9, nor the home of resident 5.
RESIDENTS = ("4, 'p4', NULL, NULL, NULL", "5, 'p5', '2000-01-01', 'male', 7")
VISIT = {
    "of somebody": "1, 'a', '2024-01-05', 2, true, 'R10', 40, 1, 1",
    "of one who tells little": "2, 'b', '2024-01-05', 2, true, NULL, 40, 4, 1",
    "of one nobody delivered": "3, 'c', '2024-01-05', 2, true, 'R52', 40, 9, 1",
    "of nobody": "4, 'd', '2024-01-05', 2, true, 'R52', 40, NULL, 1",
    "of one from a place nobody delivered": "5, 'e', '2024-01-05', 2, true, 'R52', 40, 5, 1",
}


@pytest.mark.parametrize(
    ("visit", "sex", "age_group", "form"),
    [
        ("of somebody", "female", "65-74", "R10"),
        ("of one who tells little", NOT_TOLD, NOT_TOLD, NOT_TOLD),
        ("of one nobody delivered", UNKNOWN, UNKNOWN, "R52"),
        ("of nobody", NOT_TOLD, NOT_TOLD, "R52"),
    ],
)
def test_what_is_not_told_is_not_what_is_unknown(
    county: SmallCounty, visit: str, sex: str, age_group: str, form: str
) -> None:
    county.add("resident", *RESIDENTS)
    county.add("visit", VISIT[visit])
    found = [members(county.ask(VISITS, by=by, months=JANUARY)) for by in ("sex", "age_group", "form")]
    assert found == [{sex: 1}, {age_group: 1}, {form: 1}]


@pytest.mark.parametrize("by", ["sex", "age_group", "form"])
def test_members_add_up_to_the_whole(county: SmallCounty, by: str) -> None:
    county.add("resident", *RESIDENTS)
    county.add("visit", *VISIT.values())
    [whole] = county.ask(VISITS, months=JANUARY)
    assert sum(members(county.ask(VISITS, by=by, months=JANUARY)).values()) == whole.value == 5


def test_an_area_is_one_that_is_known(county: SmallCounty) -> None:
    """Rows without an area, or in one nobody delivered, count in the county alone."""
    county.add("resident", *RESIDENTS)
    county.add("visit", *VISIT.values())
    cells = county.ask(VISITS, level=Level.MUNICIPALITY, months=JANUARY)
    assert [(cell.area, cell.value) for cell in cells] == [("398", 1)]


def test_what_is_counted_of_no_member_is_there_without_a_denominator(county: SmallCounty) -> None:
    county.add("resident", *RESIDENTS)
    county.add("residence", "1, 'a', '2000-01-01', NULL, 1, 1", "2, 'b', '2000-01-01', NULL, 4, 1")
    county.add("visit", *VISIT.values())
    cells = county.ask(PER_RESIDENT, by="sex", months=JANUARY)
    assert [(cell.member, cell.numerator, cell.denominator, cell.value, cell.missing) for cell in cells] == [
        (NOT_TOLD, 2, 1, 2, None),
        (UNKNOWN, 1, None, None, "no_denominator"),
        ("female", 1, 1, 1, None),
    ]


def test_an_author_may_still_ask_whether_a_dimension_is_told(county: SmallCounty) -> None:
    county.add("resident", *RESIDENTS)
    county.add("visit", *VISIT.values())
    body = "numerator: {fact: visit, aggregate: count, where: sex IS NULL}\nlevels: [county]"
    assert county.values(body, months=JANUARY) == [3]


def test_every_language_has_words_for_them() -> None:
    assert {member: (words.fi, words.sv, words.en) for member, words in WORDS.items()} == {
        NOT_TOLD: ("Ei kerrottu", "Ej uppgivet", "Not told"),
        UNKNOWN: ("Tuntematon", "Okänd", "Unknown"),
    }


def members(cells: list[Cell]) -> dict[str, float | None]:
    return {cell.member: cell.value for cell in cells}
