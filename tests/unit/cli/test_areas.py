"""Areas are asked for by code or by name."""

import click
import pytest

from virtaama.access.answers import AreaName
from virtaama.cli.asked import find_area, level_of
from virtaama.metrics.question import Level
from virtaama.model.concepts import Text

LAHTI = AreaName(level="municipality", code="398", name=Text("Lahti", "Lahtis", "Lahti"))
CLINIC = AreaName(level="unit", code="U0701", name=Text("Keskus", "Centrum", "Keskus"), within="398")
AREAS = (LAHTI, CLINIC)


@pytest.mark.parametrize("text", ["398", "Lahti", "lahtis"])
def test_an_area_is_found_by_its_code_or_a_name_in_any_language(text: str) -> None:
    assert find_area(AREAS, text) == LAHTI


def test_a_misspelt_area_says_what_was_meant() -> None:
    with pytest.raises(click.ClickException, match="No area 'Lathi'. Did you mean 'Lahti'?"):
        find_area(AREAS, "Lathi")


def test_the_level_follows_the_area_asked_for() -> None:
    assert level_of(LAHTI, None) is Level.MUNICIPALITY
    assert level_of(None, LAHTI) is Level.UNIT
    assert level_of(None, None) is Level.COUNTY
