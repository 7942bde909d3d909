"""Property: what is read for an answer is planned only with a leave that only the policy gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.unit.published_county import CONTACT, ROLES
from virtaama.metrics.question import Grain, Level, Question
from virtaama.privacy.policy import Allowed, Asker, Purpose, Refused, decide

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
    assert isinstance(decide(question, asker, purpose, ROLE, {"U1": "398"}), Refused)


def test_unit_of_the_own_municipality_is_seen_and_others_are_not() -> None:
    role = replace(ROLE, levels=frozenset({"unit"}))
    where = {"U1": "398", "U2": "098"}
    own = replace(QUESTION, level=Level.UNIT, area="U1")
    assert isinstance(decide(own, CONTACT, Purpose.PLANNING, role, where), Allowed)
    assert isinstance(decide(replace(own, area="U2"), CONTACT, Purpose.PLANNING, role, where), Refused)
    assert isinstance(decide(replace(own, area="U9"), CONTACT, Purpose.PLANNING, role, where), Refused)
