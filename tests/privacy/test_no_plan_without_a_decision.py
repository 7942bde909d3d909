"""Property: what is read for an answer is planned only with a leave that only the policy gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.unit.published_county import CONTACT, ROLES
from virtaama.metrics.question import Grain, Level, Question
from virtaama.privacy.policy import Allowed, Asker, Purpose, Refused, Role, UnitPlace, decide

ROLE = ROLES[1]
QUESTION = Question(
    metrics=("cost",),
    grain=Grain.MONTH,
    first=date(2024, 1, 1),
    last=date(2024, 1, 1),
    level=Level.MUNICIPALITY,
    area="398",
)


def test_leave_cannot_be_made_by_hand() -> None:
    with pytest.raises(TypeError):
        Allowed(asker=CONTACT, purpose=Purpose.PLANNING, role=ROLE, own_only=False, seal=None)


def test_leave_cannot_be_widened() -> None:
    allowed = decide(QUESTION, CONTACT, Purpose.PLANNING, ROLE, {})
    assert isinstance(allowed, Allowed)
    with pytest.raises((TypeError, ValueError)):
        replace(allowed, own_only=False)


@pytest.mark.parametrize(
    ("question", "asker", "purpose"),
    [
        (QUESTION, CONTACT, Purpose.STEERING),
        (replace(QUESTION, area="098"), CONTACT, Purpose.PLANNING),
        (replace(QUESTION, within="098"), CONTACT, Purpose.PLANNING),
        (replace(QUESTION, level=Level.UNIT, area="U1"), CONTACT, Purpose.PLANNING),
        (QUESTION, Asker(id="a", role="contact"), Purpose.PLANNING),
    ],
)
def test_question_beyond_the_role_is_refused(question: Question, asker: Asker, purpose: Purpose) -> None:
    assert isinstance(decide(question, asker, purpose, ROLE, {"U1": UnitPlace("398")}), Refused)


def test_unit_of_the_own_municipality_is_seen_and_others_are_not() -> None:
    role = replace(ROLE, levels=frozenset({"unit"}))
    where = {"U1": UnitPlace("398"), "U2": UnitPlace("098")}
    own = replace(QUESTION, level=Level.UNIT, area="U1")
    assert isinstance(decide(own, CONTACT, Purpose.PLANNING, role, where), Allowed)
    assert isinstance(decide(replace(own, area="U2"), CONTACT, Purpose.PLANNING, role, where), Refused)
    assert isinstance(decide(replace(own, area="U9"), CONTACT, Purpose.PLANNING, role, where), Refused)


MANAGER = Role(
    name="manager",
    purposes=frozenset({Purpose.STEERING}),
    levels=frozenset(Level),
    pages=frozenset(),
    branches=frozenset({"home care", "wards"}),
)
PLACES = {
    "U1": UnitPlace("398", "home care"),
    "U2": UnitPlace("098", "wards"),
    "U3": UnitPlace("398", "oral health"),
    "U4": UnitPlace("398"),
}


@pytest.mark.parametrize(
    ("level", "area", "is_answered"),
    [
        (Level.COUNTY, None, True),
        (Level.MUNICIPALITY, "398", True),
        (Level.UNIT, "U1", True),
        (Level.UNIT, "U2", True),
        (Level.UNIT, "U3", False),  # of another branch
        (Level.UNIT, "U4", False),  # of a branch nobody knows
        (Level.UNIT, "U9", False),  # not there
        (Level.UNIT, None, True),  # those of the own branches; the others are left out
    ],
)
def test_a_manager_of_branches_sees_units_of_no_other(
    level: Level, area: str | None, is_answered: bool
) -> None:
    asked = replace(QUESTION, level=level, area=area)
    decision = decide(asked, Asker(id="a", role="manager"), Purpose.STEERING, MANAGER, PLACES)
    assert isinstance(decision, Allowed) is is_answered
    if isinstance(decision, Allowed) and level is Level.UNIT:
        seen = {code for code, place in PLACES.items() if decision.sees(level, place)}
        assert seen == {"U1", "U2"}
