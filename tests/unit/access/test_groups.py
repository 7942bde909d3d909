from __future__ import annotations

import pytest

from tests.shipped_law import RIGHTS
from virtaama.access.groups import Group, Standing, standing_of
from virtaama.access.roles import parse_groups, parse_roles
from virtaama.problems import ProblemsFound

ROLES = """
roles:
  manager: {}
  contact: {own_municipality_only: true}
"""
GROUPS = (
    Group(name="leaders", role="manager"),
    Group(name="lahti", role="contact", municipalities=frozenset({"398"})),
    Group(name="hollola", role="contact", municipalities=frozenset({"098"})),
)


@pytest.mark.parametrize(
    ("held", "standing"),
    [
        ((), None),
        (("strangers",), None),
        (("Leaders",), None),
        (("leaders",), Standing(role="manager", municipalities=frozenset())),
        (("lahti",), Standing(role="contact", municipalities=frozenset({"398"}))),
        (
            ("hollola", "lahti", "strangers"),
            Standing(role="contact", municipalities=frozenset({"398", "098"})),
        ),
        (("hollola", "leaders"), Standing(role="manager", municipalities=frozenset())),
    ],
)
def test_the_first_known_group_gives_the_role_and_all_with_it_the_municipalities(
    held: tuple[str, ...], standing: Standing | None
) -> None:
    assert standing_of(held, GROUPS) == standing


def test_groups_may_be_called_anything() -> None:
    text = (
        ROLES
        + 'groups:\n  "CN=Johto, OU=Ryhmät": {role: manager}\n'
        + '  /lahti: {role: contact, municipalities: ["398"]}\n'
    )
    parse_roles(text, RIGHTS)
    assert parse_groups(text) == (
        Group(name="CN=Johto, OU=Ryhmät", role="manager"),
        Group(name="/lahti", role="contact", municipalities=frozenset({"398"})),
    )


@pytest.mark.parametrize(
    ("group", "said"),
    [
        ("{role: manger}", "group 'x' has the role 'manger', which is not there.\n  Did you mean 'manager'?"),
        ("{role: contact}", "group 'x' has no municipalities, and role 'contact' sees its own only."),
        ('{municipalities: ["398"]}', "group 'x' has no 'role'."),
        ("{role: manager, municipalities: [Lahti]}", "A municipality code: three digits, in quotes."),
        ("{role: manager, areas: [a]}", "group 'x' has no member 'areas'."),
    ],
)
def test_what_is_wrong_with_a_group_is_told(group: str, said: str) -> None:
    with pytest.raises(ProblemsFound) as found:
        parse_roles(f"{ROLES}groups:\n  x: {group}\n", RIGHTS)
    assert said in str(found.value)
