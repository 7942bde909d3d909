from __future__ import annotations

import pytest

from tests.shipped_law import RIGHTS
from virtaama.access.roles import parse_roles
from virtaama.privacy.policy import Purpose
from virtaama.problems import ProblemsFound

ROLES = """
roles:
  contact:
    labels: {fi: Yhteyshenkilö, sv: Kontaktperson, en: Contact}
    purposes: [planning]
    levels: [county, municipality]
    pages: [steering]
    own_municipality_only: true
    minimum_group: 10
demo_users: {anyone: {role: contact, password: x}}
"""


def test_role_is_read_with_all_its_members() -> None:
    [role] = parse_roles(ROLES, RIGHTS)
    assert (role.name, role.own_municipality_only, role.minimum_group) == ("contact", True, 10)
    assert role.purposes == {Purpose.PLANNING}
    assert role.levels == {"county", "municipality"}


def test_every_problem_is_told_at_once_with_its_line() -> None:
    text = ROLES.replace("planning", "planing").replace("municipality]", "munic]").replace("true", "yes")
    with pytest.raises(ProblemsFound) as found:
        parse_roles(text, RIGHTS)
    assert [problem.place.line for problem in found.value.problems] == [5, 6, 8]
    assert "Did you mean 'planning'?" in str(found.value)


def test_file_without_roles_is_a_problem() -> None:
    with pytest.raises(ProblemsFound, match="the file has no 'roles'"):
        parse_roles("demo_users: {}", RIGHTS)


def test_demo_user_of_an_unknown_role_is_a_problem() -> None:
    with pytest.raises(ProblemsFound, match=r"access.yaml:10: demo user 'anyone' has the role 'contract'"):
        parse_roles(ROLES.replace("role: contact", "role: contract"), RIGHTS)


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("purposes: [evaluation], from: 2026-01-01", "may open 'use' for 'evaluation', which is no purpose"),
        ("purposes: [planning], from: 2026-02-01, until: 2026-01-31", "ends before it begins"),
        ("purposes: [planning], from: soon", "soon"),
        ("purposes: [planning]", "from"),
    ],
)
def test_an_approval_that_cannot_be_meant_is_a_problem(said: str, problem: str) -> None:
    text = f"""
roles:
  analyst:
    purposes: [planning]
    levels: [county]
    features:
      use: {{decided_by: The board, record: HVA/1/2026, {said}}}
"""
    with pytest.raises(ProblemsFound, match=problem):
        parse_roles(text, RIGHTS)
