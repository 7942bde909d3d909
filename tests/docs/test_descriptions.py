"""What the descriptions claim is held by tests is held by tests that are there."""

import re
from pathlib import Path

import pytest

from virtaama.descriptions.measures import MEASURES
from virtaama.descriptions.organisation import Degree, parse_organisation
from virtaama.descriptions.risks import RISKS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", MEASURES)
def test_the_tests_of_every_measure_are_there(name: str) -> None:
    for test in MEASURES[name].tests:
        text = (ROOT / test).read_text(encoding="utf-8")
        assert "def test_" in text, test


def test_every_measure_is_against_some_risk_and_known() -> None:
    against = {measure for risk in RISKS.values() for measure in risk.measures}
    assert against == set(MEASURES)


def test_the_answers_of_the_guide_are_of_the_right_shape() -> None:
    page = (ROOT / "docs" / "how-to" / "describe.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```yaml\n(.*?)^```", page, re.M | re.S)
    said = parse_organisation(example, ("finance",))
    assert said.text("systems.finance.place", "fi") == "Suomi"
    assert said.risks["stolen_copy"].severity is Degree.HIGH
