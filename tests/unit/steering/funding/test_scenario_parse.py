"""The file of scenarios, and what is wrong with it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.spec.funding.shared import law
from virtaama.problems import ProblemsFound
from virtaama.project.funding import organisers_of
from virtaama.statutes.funding_parameters import Rule
from virtaama.steering.funding.determinants import Determinant
from virtaama.steering.funding.inputs import Assumption, assumption, rule
from virtaama.steering.funding.scenario_parse import parse_scenarios

TEXT = """scenarios:
  basic:
    labels: {fi: Perusura, sv: Grundbana, en: Basic}
    source: Forecast of 1.10.2026
    years:
      2027: {need_growth: 1.05, earnings: 2.5}
    growth:
      - {of: residents, organiser: all, percent: 0.1, from: 2026, until: 2030}
      - {of: residents, organiser: "21", percent: -0.5, from: 2026, until: 2028}
"""


def test_assumptions_are_read_exactly_with_their_source() -> None:
    (scenario,) = parse_scenarios(TEXT, organisers_of(law()))
    values = scenario.values(2027)
    assert values[rule(Rule.NEED_GROWTH)].value == Fraction("1.05")
    assert values[assumption(Assumption.EARNINGS)].basis == "Forecast of 1.10.2026"
    assert not values[assumption(Assumption.EARNINGS)].invented
    assert scenario.values(2028) == {}


@pytest.mark.parametrize(
    ("organiser", "year", "percent"),
    [("21", 2028, "-0.5"), ("21", 2029, "0.1"), ("20", 2026, "0.1"), ("20", 2031, "0")],
)
def test_what_is_said_of_an_organiser_counts_before_what_is_said_of_all(
    organiser: str, year: int, percent: str
) -> None:
    (scenario,) = parse_scenarios(TEXT, organisers_of(law()))
    assert scenario.growth(Determinant.RESIDENTS, organiser, year) == Fraction(percent)


@pytest.mark.parametrize(
    ("before", "after", "line", "what"),
    [
        ('organiser: "21"', 'organiser: "91"', 9, "'91' is no organiser"),
        ("from: 2026, until: 2028", "from: 2028, until: 2026", 9, "ends in 2026, before it begins"),
        ('organiser: "21"', "organiser: all", 9, "two growths of 'residents'"),
        ("earnings: 2.5", "earning: 2.5", 6, "no member 'earning'"),
        (
            "of: residents, organiser: all",
            "of: land_area, organiser: all",
            8,
            "'land_area', which is not known",
        ),
        ("    source: Forecast of 1.10.2026\n", "", 2, "has no 'source'"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(before: str, after: str, line: int, what: str) -> None:
    with pytest.raises(ProblemsFound) as found:
        parse_scenarios(TEXT.replace(before, after, 1), organisers_of(law()))
    (problem,) = found.value.problems
    assert problem.place.line == line, problem
    assert what in problem.what


def test_no_file_has_no_scenarios() -> None:
    assert parse_scenarios("", organisers_of(law())) == ()
