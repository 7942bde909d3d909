"""Codes of Hilmo by day: a row for each day on which a list changed, as the code server dates its codes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from virtaama.project.statutes import shipped_statutes
from virtaama.statutes.hilmo import HILMO

CODES = shipped_statutes().content(HILMO)


@pytest.mark.parametrize(
    ("list_name", "first_day", "began", "ended"),
    [
        ("contact_types", date(2009, 12, 1), {"R70"}, set()),
        (
            "contact_types",
            date(2019, 1, 1),
            {"R41", "R52", "R56", "R71", "R72", "R80"},
            {"R40", "R50", "R51", "R55", "R70"},
        ),
        ("service_forms", date(2012, 1, 1), {"T58"}, set()),
        ("service_forms", date(2013, 1, 1), {"T25"}, set()),
        ("service_forms", date(2018, 1, 1), {"T43"}, set()),
        ("urgencies", date(2015, 1, 1), {"1", "2"}, {"K", "V"}),
        ("urgencies", date(2019, 1, 1), {"3", "4", "5", "6"}, {"1", "2"}),
        ("service_areas", date(2006, 1, 1), {"33", "34", "84", "85"}, set()),
        ("service_areas", date(2007, 1, 1), {"86"}, set()),
        ("service_areas", date(2011, 1, 1), set(), {"8"}),
        ("service_areas", date(2019, 1, 1), set(), {"1", "2", "91", "92", "93", "94"}),
        ("service_areas", date(2022, 1, 1), {"38", "88"}, {"33", "34", "6", "7", "81", "83", "86"}),
    ],
)
def test_codes_begin_and_end_on_their_day(
    list_name: str, first_day: date, began: set[str], ended: set[str]
) -> None:
    before = {each.code for each in CODES.codes(list_name, first_day - timedelta(days=1))}
    after = {each.code for each in CODES.codes(list_name, first_day)}
    assert (after - before, before - after) == (began, ended)


def test_these_are_all_days_on_which_a_list_changes() -> None:
    assert CODES.breaks("contact_types") == (date(2009, 12, 1), date(2019, 1, 1))
    assert CODES.breaks("urgencies") == (date(2015, 1, 1), date(2019, 1, 1))
    assert CODES.breaks("service_forms") == (date(2012, 1, 1), date(2013, 1, 1), date(2018, 1, 1))


@pytest.mark.parametrize(
    ("code", "on", "counted_as"),
    [
        ("R50", date(2018, 12, 31), "R50"),
        ("R50", date(2019, 1, 1), "R52"),
        ("R51", date(2019, 1, 1), "R56"),
        ("R55", date(2025, 6, 1), "R56"),
        ("R10", date(2025, 6, 1), "R10"),
        ("R40", date(2025, 6, 1), "R40"),  # nothing followed it
    ],
)
def test_a_contact_type_that_ended_is_counted_as_the_one_that_followed(
    code: str, on: date, counted_as: str
) -> None:
    assert CODES.counted_as("contact_types", code, on) == counted_as


def test_a_code_has_its_name_while_it_holds() -> None:
    found = CODES.code("contact_types", "R52", date(2019, 1, 1))
    assert found is not None
    assert found.name == "Reaaliaikainen etäasiointi"
    assert CODES.code("contact_types", "R52", date(2018, 12, 31)) is None
