"""A right to something that is not there is told by the check, before anybody misses it."""

from __future__ import annotations

from pathlib import Path

import pytest

from virtaama.problems import ProblemsFound
from virtaama.project.create import create_county
from virtaama.project.project import Project


@pytest.mark.parametrize(
    ("right", "wrong", "problem"),
    [
        (
            "service_use_monthly:",
            "service_use_weekly:",
            "feature table 'service_use_weekly', which is not there",
        ),
        (
            "levels: [county, municipality, unit]",
            "levels: [county]\n    branches: [KOTIHOITTO]",
            "branch 'KOTIHOITTO', which is not there.\\n.*KOTIHOITO",
        ),
        ("access_to_care]", "access_to_cure]", "release 'access_to_cure', which is not there"),
    ],
)
def test_a_right_to_what_is_not_there_is_a_problem(
    right: str, wrong: str, problem: str, tmp_path: Path
) -> None:
    create_county(tmp_path / "county")
    access = tmp_path / "county" / "access.yaml"
    text = access.read_text(encoding="utf-8")
    assert right in text
    access.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(ProblemsFound, match=problem):
        Project.open(tmp_path / "county").check()


def test_branches_that_nothing_tells_of_are_a_problem(tmp_path: Path) -> None:
    create_county(tmp_path / "county")
    for name, right, wrong in (
        ("access.yaml", "levels: [county]", "levels: [county]\n    branches: [KOTIHOITO]"),
        ("metrics/dimensions.yaml", ", branch: service_class", ""),
    ):
        file = tmp_path / "county" / name
        text = file.read_text(encoding="utf-8")
        assert right in text
        file.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(ProblemsFound, match="nothing tells of a unit's branch"):
        Project.open(tmp_path / "county").check()
