"""Property (S3): whoever asks whatever in whichever county, the answer is what its rows and the policy say.

`make attack` asks 10 000 questions; here are a few of the same kind, each time the same ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from attack.naive import County, Reader
from attack.row_policy import AtTheDoor, Case, Judge, Made, asked, at_random, filled
from tests.privacy.county_of_rows import COUNTED, CountyOfRows, publish
from virtaama.metrics.question import Grain, Level, Missing, Question
from virtaama.privacy.policy import Asker, Purpose, Role

MADE = Made(
    municipalities=4, units=(2, 1, 1, 0, 0, 0), first_month=1, months=12, persons=60, visits=240, seed=7
)
ROLE = Role(
    name="contact",
    purposes=frozenset({Purpose.PLANNING}),
    levels=frozenset({"county", "municipality"}),
    pages=frozenset(),
    own_municipality_only=True,
)
ASKER = Asker(id="kuisma", role="contact", municipalities=frozenset({"098"}))


@pytest.fixture(scope="module")
def county() -> County:
    return filled(MADE)


@pytest.fixture(scope="module")
def published(county: County, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CountyOfRows]:
    made = publish(county, tmp_path_factory.mktemp("county"))
    yield made
    made.connection.close()


def case_of(role: Role = ROLE, **more: object) -> Case:
    given: dict[str, object] = {
        "metrics": ("visits",),
        "grain": Grain.YEAR,
        "level": Level.MUNICIPALITY,
        "by": "form",
    }
    first = filled(MADE).first
    question = Question(first=first, last=first.replace(month=12), **(given | more))  # type: ignore[arg-type]
    return Case(question=question, asker=ASKER, purpose=Purpose.PLANNING, role=role)


def test_generated_questions_are_answered_as_rows_and_policy_say() -> None:
    at_the_door = AtTheDoor(number=50, same_again=True)
    assert at_random(2, at_the_door, same_again=True) == []
    # The questions are worth asking: most are answered, and much is hidden.
    assert at_the_door.answered > 0.6 * at_the_door.asked > 50
    assert at_the_door.hidden > 10


def test_a_breakdown_names_no_member_that_stands_in_other_municipalities_alone(tmp_path: Path) -> None:
    there = filled(replace(MADE, visits=60))
    other = {n for n, person in enumerate(there.persons) if person.home == "398"}
    county = replace(
        there,
        visits=tuple(replace(v, form="R52" if v.person in other else "R10") for v in there.visits),
    )
    made = publish(county, tmp_path)
    answer = asked(made.door_for(ROLE), case_of())
    assert answer is not None
    assert {figure.member for figure in answer.figures} == {"R10"}
    made.connection.close()


@pytest.mark.parametrize(
    "role",
    [
        replace(ROLE, minimum_group=20),
        replace(ROLE, own_municipality_only=False),
        replace(ROLE, rounding=5),
        replace(ROLE, levels=frozenset({"county"})),
        replace(ROLE, purposes=frozenset({Purpose.STEERING})),
    ],
)
def test_an_answer_by_another_policy_is_told_apart(
    county: County, published: CountyOfRows, role: Role
) -> None:
    """So that the property is worth the name: the judge notices each part of a policy that is not kept."""
    case = case_of()
    judge = Judge(Reader(county, COUNTED))
    right = asked(published.door_for(ROLE), case)
    assert right is not None
    assert judge.differences(case, right.figures) == []
    wrong = asked(published.door_for(role), case)
    assert judge.differences(case, wrong.figures if wrong else None)


def test_a_sum_over_persons_has_a_reason_of_its_own_where_counts_are_rounded(published: CountyOfRows) -> None:
    role = replace(ROLE, own_municipality_only=False, rounding=5)
    answer = asked(published.door_for(role), case_of(role, metrics=("cost_of_visits",), by="sex"))
    assert answer is not None
    reasons = {figure.missing for figure in answer.figures}
    assert Missing.NOT_ROUNDED in reasons
    assert reasons <= {Missing.NOT_ROUNDED, Missing.TOO_FEW, Missing.NO_DATA}
