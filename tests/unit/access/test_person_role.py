"""What a role says of single persons, and what can be wrong with it."""

from __future__ import annotations

import pytest

from tests.privacy.persons_county import ACCESS, MODEL, parsed_views
from tests.shipped_law import RIGHTS
from virtaama.access.groups import standing_of
from virtaama.access.person_role import problems_with_views
from virtaama.access.roles import parse_groups, parse_roles
from virtaama.privacy.policy import HeldWork, PersonRights
from virtaama.problems import ProblemsFound


def test_a_role_is_read_with_what_it_opens() -> None:
    nurse, *_, manager = parse_roles(ACCESS, RIGHTS)
    assert nurse.persons == PersonRights(
        work=(HeldWork(work_role="health_limited", services=frozenset({"reception"})),),
        direct=frozenset({"family_name", "street"}),
        break_glass=True,
    )
    assert manager.persons is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("role: health_limited", "role: health_limted", "Did you mean 'health_limited'?"),
        ("limited, services: [reception]", "limited, services: [recepton]", "Did you mean 'reception'?"),
        (
            "services: [families]",
            "services: [hospital]",
            "the work role 'social_arranging' is not held in 'hospital'",
        ),
        ("broad, services: [hospital]", "broad, services: [pharmacy]", "is not held in 'pharmacy'"),
        ("purposes: [client_care]", "purposes: [planning]", "Add client_care to its purposes."),
        (
            "pages: [steering]",
            "pages: [persons]",
            "role 'manager' has the page 'persons' and opens no persons.",
        ),
        ("break_glass: true", "break_glas: true", "Did you mean 'break_glass'?"),
    ],
)
def test_what_is_wrong_is_said(old: str, new: str, said: str) -> None:
    assert old in ACCESS
    with pytest.raises(ProblemsFound) as found:
        parse_roles(ACCESS.replace(old, new, 1), RIGHTS)
    assert said in str(found.value).replace("\n  ", " ")


def test_names_nobody_has_are_told_by_the_model() -> None:
    roles = parse_roles(ACCESS.replace("direct: [family_name, street]", "direct: [familyname]"), RIGHTS)
    [problem] = problems_with_views(roles, parsed_views(), MODEL, "access.yaml")
    assert "is shown 'familyname', which is nothing that names a person" in str(problem)
    assert "Did you mean 'family_name'?" in str(problem)


def test_persons_need_views() -> None:
    problems = [
        str(problem)
        for problem in problems_with_views(parse_roles(ACCESS, RIGHTS), None, MODEL, "access.yaml")
    ]
    assert len(problems) == 4
    assert all("no file in person_views" in problem for problem in problems)


def test_units_of_all_groups_with_the_role_add_up() -> None:
    groups = parse_groups(
        ACCESS
        + """
groups:
  first: {role: nurse, units: ["U1"]}
  other: {role: manager, units: ["U9"]}
  second: {role: nurse, units: ["U2", "U3"]}
"""
    )
    standing = standing_of({"first", "second", "other"}, groups)
    assert standing
    assert (standing.role, standing.units) == ("nurse", {"U1", "U2", "U3"})
