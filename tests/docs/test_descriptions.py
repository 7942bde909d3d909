"""What the descriptions claim is held by tests is held by tests that are there."""

from pathlib import Path

import pytest

from virtaama.descriptions.measures import MEASURES
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
