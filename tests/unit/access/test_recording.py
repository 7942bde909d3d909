"""How units record, asked through the door: who may, what is on record, what is looked at."""

from __future__ import annotations

import json
from datetime import date

import pytest

from tests.expecting_county import County, visit
from virtaama.access.door import Door
from virtaama.access.recording import By, RecordingQuestion
from virtaama.privacy.policy import Asker, Purpose, Role
from virtaama.problems import NotAllowed

RULES = """
form: {codes: form, owner: Reception}
weight: {required: weight, where: FORM = 'R10', owner: Reception}
"""


def role(
    name: str, levels: str = "county unit", pages: str = "recording", purpose: str = "data_quality"
) -> Role:
    return Role(
        name=name,
        purposes=frozenset({Purpose(purpose)}),
        levels=frozenset(levels.split()),
        pages=frozenset(pages.split()),
        minimum_group=1,
    )


ROLES = (
    role("recorder"),
    role("county recorder", levels="county"),
    role("reader", purpose="steering"),
    role("elsewhere", pages="quality steering"),
)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    """Two units: in the first a weight is missing in March and a form is unknown in February."""
    county = County(tmp_path_factory.mktemp("county"), of_concept=RULES)
    for month in (1, 2, 3):
        visits = [visit(n, month, "U1" if n < 3 else "U2") | {"FORM": "R10", "WEIGHT": 70} for n in range(6)]
        if month == 2:
            visits[0]["FORM"] = "R99"
        if month == 3:
            visits[1]["WEIGHT"] = None
        county.month(month, *visits)
    county.publish()
    return county


@pytest.fixture
def door(county: County) -> Door:
    return county.door(*ROLES)


def asker(role: str) -> Asker:
    return Asker(id="anna", role=role)


def told(door: Door, by: By, **more: object) -> dict[object, tuple[int, int, int]]:
    answer = door.recording(RecordingQuestion(by=by, **more), asker("recorder"))  # type: ignore[arg-type]
    return {
        (line.field or line.rule) if by is By.FIELD else line.unit if by is By.UNIT else line.month: (
            line.rows,
            line.missing,
            line.wrong,
        )
        for line in answer.lines
    }


def test_sums_are_made_for_fields_units_and_months(door: Door) -> None:
    assert told(door, By.FIELD) == {"form": (18, 0, 1), "weight": (17, 1, 0)}
    assert told(door, By.UNIT) == {"U1": (17, 1, 1), "U2": (18, 0, 0)}
    assert told(door, By.MONTH) == {
        date(2025, 1, 1): (12, 0, 0),
        date(2025, 2, 1): (11, 0, 1),
        date(2025, 3, 1): (12, 1, 0),
    }


def test_what_nobody_expects_is_counted_when_it_is_asked_for(door: Door) -> None:
    everything = told(door, By.FIELD, expected_only=False)
    assert everything["ended"] == (18, 18, 0)
    assert everything["resident"] == (18, 0, 0)


def test_filters_say_what_is_looked_at(door: Door) -> None:
    assert told(door, By.FIELD, area="U2") == {"form": (9, 0, 0), "weight": (9, 0, 0)}
    assert told(door, By.FIELD, first=date(2025, 3, 1), last=date(2025, 3, 1))["weight"] == (6, 1, 0)
    assert told(door, By.FIELD, field="form") == {"form": (18, 0, 1)}
    assert told(door, By.FIELD, system="register") == {}
    assert told(door, By.FIELD, concept="contact") == {}


def test_the_question_is_on_record(county: County, door: Door) -> None:
    answer = door.recording(RecordingQuestion(by=By.UNIT, system="care"), asker("recorder"))
    entry = county.audit.entries()[answer.record - 1]
    assert (entry.asker, entry.purpose, entry.decision, entry.rows) == ("anna", "data_quality", "allowed", 2)
    assert json.loads(entry.question)["system"] == "care"


@pytest.mark.parametrize(
    ("role", "by", "reason"),
    [
        ("county recorder", By.UNIT, "does not see the level 'unit'"),
        ("reader", By.FIELD, "has no purpose 'data_quality'"),
        ("elsewhere", By.FIELD, "does not open the page 'recording'"),
        ("nobody", By.FIELD, "does not open the page 'recording'"),
    ],
)
def test_who_may_not_is_refused_and_that_is_on_record(
    county: County, door: Door, role: str, by: By, reason: str
) -> None:
    before = len(county.audit.entries())
    with pytest.raises(NotAllowed, match=reason):
        door.recording(RecordingQuestion(by=by), asker(role))
    assert len(county.audit.entries()) == before + 1


def test_who_sees_the_county_alone_gets_its_sums(door: Door) -> None:
    answer = door.recording(RecordingQuestion(by=By.FIELD), asker("county recorder"))
    assert {line.field: line.rows for line in answer.lines} == {"form": 18, "weight": 17}


def test_the_state_of_what_is_expected_is_told_with_its_history(county: County, door: Door) -> None:
    form, weight = door.expectations(asker("elsewhere"))
    assert form.last is not None
    assert (form.last.passed, form.last.rows, form.subject.en) == (False, 1, "Visit")
    assert form.failing_since == form.last.moment
    assert [r.expectation for r in door.expectation_results(asker("elsewhere"), weight)] == ["weight"]
    with pytest.raises(NotAllowed):
        door.expectations(asker("recorder"))
