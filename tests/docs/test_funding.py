"""The how-to of the funding names every column that is read, and its scenario could stand in a project."""

from __future__ import annotations

import re
from pathlib import Path

from virtaama.project.funding import law_of, organisers_of
from virtaama.project.statutes import shipped_statutes
from virtaama.steering.funding.determinants import ABOUT
from virtaama.steering.funding.scenario_parse import parse_scenarios

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "funding.md").read_text(encoding="utf-8")


def test_every_determinant_is_in_the_table_by_its_finnish_heading_and_its_name() -> None:
    for name, about in ABOUT.items():
        assert re.search(rf"^\| `{re.escape(about.label.fi)}` \| `{name}` \|", PAGE, re.M), name


def test_the_scenario_of_the_page_has_no_problem() -> None:
    written = re.search(r"^```yaml\n(scenarios:.*?)^```", PAGE, re.M | re.S)
    assert written
    (scenario,) = parse_scenarios(written[1], organisers_of(law_of(shipped_statutes())))
    assert set(scenario.years) == {2025, 2026, 2027}
