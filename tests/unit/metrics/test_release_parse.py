"""What can be wrong with a release, and what its writer is told."""

from __future__ import annotations

import pytest

from tests.privacy.crowded_county import CATALOGUE, RELEASE
from virtaama.metrics.question import Grain, Level
from virtaama.metrics.release_parse import parse_releases
from virtaama.metrics.releases import Audience
from virtaama.problems import ProblemsFound

FILE = "releases/public.yaml"


def test_a_release_is_read_with_all_it_says() -> None:
    (found,) = parse_releases({FILE: RELEASE}, CATALOGUE, 5)
    assert (found.name, found.threshold, found.rounding) == ("visits_by_place", 5, 5)
    assert found.levels == (Level.COUNTY, Level.MUNICIPALITY)
    assert found.grains == (Grain.MONTH, Grain.QUARTER)
    assert (found.first_year, found.last_year) == (2024, None)
    assert found.audience is Audience.EVERYBODY


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[visits, ", "[visit, ", "'visit' is not a metric Did you mean 'visits'?"),
        ("breakdowns: [sex]", "breakdowns: [sax]", "'sax' is not a dimension Did you mean 'sex'?"),
        ("breakdowns: [sex]", "breakdowns: [service]", "none of its metrics can be broken down by 'service'"),
        ("municipality]", "unit]", "none of its metrics has figures at the level 'unit'"),
        ("first_year: 2024", "first_year: 2024\n    last_year: 2023", "it ends before it begins"),
        ("audience:", "threshold: 4\n    audience:", "the project shows no group smaller than 5"),
        ("audience:", "rounding: 20\n    audience:", "would make a shown group of 5 into nobody"),
        ("everybody", "anybody", "is 'anybody', which is not known"),
        ("    owner: tests\n", "", "has no 'owner'"),
    ],
)
def test_what_is_wrong_is_said(old: str, new: str, said: str) -> None:
    assert old in RELEASE
    with pytest.raises(ProblemsFound) as found:
        parse_releases({FILE: RELEASE.replace(old, new)}, CATALOGUE, 5)
    assert said in str(found.value).replace("\n  ", " ")
    assert FILE in str(found.value)


def test_two_releases_of_one_name_are_a_problem() -> None:
    with pytest.raises(ProblemsFound, match="is already described at releases/a.yaml:3"):
        parse_releases({"releases/a.yaml": RELEASE, "releases/b.yaml": RELEASE}, CATALOGUE, 5)
