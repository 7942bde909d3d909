"""What a model says of its own past, where it cannot be meant."""

import pytest

from tests.unit.model.small_model import FILES, changed
from tests.unit.model.test_problems import CONCEPTS, SYSTEM, said_of
from virtaama.model.parse import parse_model

SEX = "sex: {type: text,"
SECOND = """\
  newcomers:
    labels: {fi: Uudet, sv: Nya, en: New ones}
    files: "register/*/new.csv"
    delivery: changes
    fields:
      HETU: {type: identity}
"""


def test_a_former_name_is_one_or_several() -> None:
    for written, was in (("gender", ("gender",)), ("[gender, kind]", ("gender", "kind"))):
        model = parse_model(changed(CONCEPTS, SEX, f"sex: {{was: {written}, type: text,"))
        attribute = model.concept("resident").attribute("sex")
        assert attribute is not None
        assert attribute.was == was


def test_a_name_that_is_still_there_is_no_former_name() -> None:
    assert said_of(changed(CONCEPTS, SEX, "sex: {was: name, type: text,")) == (
        "concepts/people.yaml:11: attribute 'sex' was 'name', and one of that name is still there.\n"
        "  `was` is for a name that is gone. What is new beside it needs none."
    )


def test_a_feed_replaces_one_that_is_known() -> None:
    assert said_of(changed(SYSTEM, "    delivery: full", "    delivery: full\n    replaces: old.people")) == (
        "systems/register.yaml:6: feed 'register.people' replaces 'old.people', which is not a feed.\n"
        "  Known here: 'register.people'."
    )


@pytest.mark.parametrize("replaced", ["register.people", "register.newcomers"])
def test_no_feed_replaces_itself(replaced: str) -> None:
    both = FILES[SYSTEM].replace("    delivery: full", f"    delivery: full\n    replaces: {replaced}") + (
        SECOND.replace("    delivery: changes", "    delivery: changes\n    replaces: [register.people]")
    )
    assert "feed 'register.people' replaces itself, if one follows `replaces`." in said_of(
        {**FILES, SYSTEM: both}
    )
