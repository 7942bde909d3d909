"""Property (S4): an answer kept for one is never given to another whose rights differ."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import virtaama
from virtaama.metrics.question import Grain, Question
from virtaama.privacy.policy import Allowed, Asker, Purpose, Role, decide
from virtaama.privacy.policy_mark import mark_of

QUESTION = Question(metrics=("visits",), grain=Grain.MONTH, first=date(2024, 1, 1), last=date(2024, 1, 1))
ROLE = Role(
    name="contact",
    purposes=frozenset({Purpose.PLANNING, Purpose.STEERING}),
    levels=frozenset({"county"}),
    pages=frozenset({"steering"}),
)
ASKER = Asker(id="kuisma", role="contact", municipalities=frozenset({"398"}))


def allowed(role: Role = ROLE, asker: Asker = ASKER, purpose: Purpose = Purpose.PLANNING) -> Allowed:
    decision = decide(QUESTION, asker, purpose, role, {})
    assert isinstance(decision, Allowed)
    return decision


def other(value: object) -> object:
    """Another value of the same kind."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return f"{value} of another"
        case frozenset():
            return value | {"another"}
        case tuple():
            return (*value, "another")
        case None:
            return "another"
    raise TypeError(f"say here what another {type(value).__name__} is")


@pytest.mark.parametrize("name", [each.name for each in fields(Role)])
def test_every_part_of_a_role_is_in_the_mark(name: str) -> None:
    changed = replace(ROLE, **{name: other(getattr(ROLE, name))})
    assert mark_of(allowed(changed)) != mark_of(allowed())


@pytest.mark.parametrize("name", [each.name for each in fields(Asker)])
def test_every_part_of_an_asker_is_in_the_mark(name: str) -> None:
    changed = replace(ASKER, **{name: other(getattr(ASKER, name))})
    assert mark_of(allowed(asker=changed)) != mark_of(allowed())


def test_the_purpose_is_in_the_mark() -> None:
    assert mark_of(allowed(purpose=Purpose.STEERING)) != mark_of(allowed())


askers = st.builds(
    Asker,
    id=st.sampled_from(["a", "b"]),
    role=st.just("r"),
    municipalities=st.frozensets(st.sampled_from(["398", "098", "016"])),
)
roles = st.builds(
    Role,
    name=st.just("r"),
    purposes=st.just(frozenset(Purpose)),
    levels=st.frozensets(st.sampled_from(["municipality", "unit"])).map(lambda some: some | {"county"}),
    pages=st.frozensets(st.sampled_from(["steering", "lineage"])),
    own_municipality_only=st.booleans(),
    minimum_group=st.integers(0, 3),
    rounding=st.sampled_from([1, 5]),
)


@given(one=st.tuples(roles, askers), another=st.tuples(roles, askers))
def test_marks_are_the_same_where_all_rights_are_and_nowhere_else(
    one: tuple[Role, Asker], another: tuple[Role, Asker]
) -> None:
    assert (mark_of(allowed(*one)) == mark_of(allowed(*another))) == (one == another)


KEPT = {
    "portal/api/schema.py": {"openapi", "as_json"},  # the same for everybody
    "portal/core/door.py": {
        "project",
        "door",
        "person_door",
        "link_review",
        "roles",
    },  # of the process, the same for everybody
    "portal/core/sign_in/in_use.py": {"provider"},  # likewise
    "portal/ui/charts.py": {"draw"},  # its key is everything the drawing shows
    "portal/ui/formats.py": {"locale_of"},
}
"""Everything that keeps what a function gave, where answers come by: reviewed by people. No answer is among it."""


def keeps(tree: ast.AST) -> Iterator[str]:
    """The functions a module keeps results of."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(
            "cache" in ast.unparse(decorator) for decorator in node.decorator_list
        ):
            yield node.name


def test_nothing_keeps_answers_without_having_been_looked_at() -> None:
    source = Path(virtaama.__file__).parent
    found: dict[str, set[str]] = {}
    for package in ("access", "portal"):
        for path in sorted((source / package).rglob("*.py")):
            if names := set(keeps(ast.parse(path.read_text(encoding="utf-8")))):
                found[path.relative_to(source).as_posix()] = names
    assert found == KEPT
