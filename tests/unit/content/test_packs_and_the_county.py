"""What the invented county has of its own agrees with the packs, wherever both say it."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.content.county import shipped_model
from virtaama.project.statutes import shipped_statutes
from virtaama.statutes.hilmo import HILMO
from virtaama.statutes.regions import REGIONS
from virtaama.synthetic.facts import MUNICIPALITIES

CODES = shipped_statutes().content(HILMO).lists


@pytest.mark.parametrize(
    ("own", "packed"),
    [
        ("contact_type", "contact_types"),
        ("service_form", "service_forms"),
        ("service_area", "service_areas"),
        ("urgency", "urgencies"),
        ("speciality", "specialities"),
    ],
)
def test_its_codes_are_codes_of_hilmo_to_the_day(own: str, packed: str) -> None:
    [listed] = [each for each in shipped_model().code_lists if each.name == own]
    known = {(code.code, code.valid_from, code.valid_until) for code in CODES[packed]}
    assert {(code.code, code.valid_from, code.valid_until) for code in listed.codes} <= known


def test_its_municipalities_are_those_of_paijat_hame() -> None:
    land = shipped_statutes().content(REGIONS).municipalities(date(2026, 10, 1), "09")
    assert {(each.code, each.fi, each.sv) for each in land} == {
        (each.code, each.name_fi, each.name_sv) for each in MUNICIPALITIES
    }
