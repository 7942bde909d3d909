"""Where the columns of computed concepts come from."""

from __future__ import annotations

from tests.spec.care import COMPUTED, EPISODE, care, derived
from tests.unit.model.test_derived_problems import rule
from virtaama.model.lineage import described_by, lineage_of_concept
from virtaama.model.model import Model


def steps(model: Model, concept: str) -> dict[str, tuple[str, str]]:
    """For each column what it is computed from, and the fields it comes from."""
    return {
        found.column: (" ".join(map(str, found.computed_from)), ", ".join(map(str, found.fields)))
        for found in lineage_of_concept(model, concept)
    }


def test_delivered_columns_come_from_fields() -> None:
    assert steps(care(), "stay") == {
        "stay_key": ("", "hospital.stays ID"),
        "stay_id": ("", "hospital.stays ID"),
        "admitted_on": ("", "hospital.stays IN"),
        "discharged_on": ("", "hospital.stays OUT"),
        "ward": ("", "hospital.stays WARD"),
        "resident_key": ("", "hospital.stays PERSON"),
    }


def test_an_episode_comes_from_stays() -> None:
    found = steps(care(EPISODE), "care_episode")
    assert found["resident_key"] == ("stay.resident_key", "hospital.stays PERSON")
    assert found["starts_on"] == ("stay.admitted_on", "hospital.stays IN")
    assert found["ends_on"] == (
        "stay.admitted_on stay.discharged_on",
        "hospital.stays IN, hospital.stays OUT",
    )
    assert "hospital.stays WARD" in found["last_ward"][1]


def test_lineage_goes_through_every_rule_on_the_way() -> None:
    rule_over_rule = rule("SELECT episode_id AS stay_id, last_ward AS ward, resident_key FROM care_episode")
    found = {each.column: each for each in lineage_of_concept(care(EPISODE, rule_over_rule), "ward_stay")}
    assert [str(origin) for origin in found["ward"].computed_from] == ["care_episode.last_ward"]
    assert "stay.ward" in [str(origin) for origin in found["ward"].delivered_as]
    assert "hospital.stays WARD" in [str(field) for field in found["ward"].fields]


def test_a_computed_attribute_comes_from_what_it_follows() -> None:
    assert steps(care(computed=COMPUTED), "stay")["age_group"] == (
        "resident.birth_date stay.admitted_on",
        "hospital.people BORN, hospital.stays IN",
    )


def test_a_concept_is_described_by_the_feeds_behind_what_it_is_computed_from() -> None:
    ages = derived(
        "age_at_stay",
        key="stay_id",
        attributes="stay_id text, age_group text",
        rules="""
      - version: 1
        valid_from: 2000-01-01
        sql: SELECT stay_id, age_group, resident_key FROM stay
""",
    ).replace("[planning, evaluation]", "[planning]")
    model = care(ages, computed=COMPUTED)
    assert described_by(model, ("age_at_stay",)) == ("hospital.people", "hospital.stays")
    assert described_by(model, ("visit",)) == ("hospital.visits",)
