"""What the shipped model promises beyond being sound."""

from __future__ import annotations

import pytest

from tests.unit.content.county import shipped_model, texts_of
from virtaama.model.concepts import Concept, Sensitivity, Text
from virtaama.model.remarks import remarks

ASKED_FOR = [
    "resident",
    "municipality",
    "unit",
    "professional",
    "service_event",
    "diagnosis",
    "stay",
    "client_relationship",
    "decision",
    "home_care_visit",
    "assessment",
    "contact",
    "feedback",
    "employee",
    "shift",
    "absence",
    "posting",
    "budget",
]


def concepts() -> list[Concept]:
    return list(shipped_model().concepts)


def test_the_model_covers_what_a_county_knows_about() -> None:
    assert set(ASKED_FOR) <= {concept.name for concept in concepts()}


def test_nothing_is_delivered_in_vain() -> None:
    model = shipped_model()
    assert {mapping.feed for mapping in model.mappings} == {feed.id for feed in model.feeds}
    assert {mapping.concept for mapping in model.mappings} == {concept.name for concept in concepts()}


def test_the_check_has_nothing_to_remark() -> None:
    assert remarks(shipped_model()) == ()


@pytest.mark.parametrize("concept", concepts(), ids=lambda concept: concept.name)
def test_every_concept_is_defined_in_a_sentence_of_each_language(concept: Concept) -> None:
    definition = concept.definition
    for words in (definition.fi, definition.sv, definition.en):
        assert words.endswith(".")
    assert len({definition.fi, definition.sv, definition.en}) == 3


def test_what_says_that_somebody_is_a_patient_or_client_is_special() -> None:
    about_care = [
        "service_event",
        "stay",
        "diagnosis",
        "procedure",
        "appointment",
        "referral",
        "client_relationship",
        "decision",
        "home_care_visit",
        "assessment",
        "sensor_event",
    ]
    for name in about_care:
        concept = shipped_model().concept(name)
        open_to_view = {
            attribute.name
            for attribute in concept.attributes
            if attribute.sensitivity is not Sensitivity.SPECIAL and attribute.name not in concept.key
        }
        assert open_to_view <= {"postal_code"}, name


def test_names_and_addresses_are_direct() -> None:
    direct = {
        f"{concept.name}.{attribute.name}"
        for concept in concepts()
        for attribute in concept.attributes
        if attribute.sensitivity is Sensitivity.DIRECT
    }
    assert direct == {
        "resident.family_name",
        "resident.given_names",
        "resident.street_address",
        "client_record.family_name",
        "client_record.given_names",
        "employee.family_name",
        "employee.given_names",
    }


def test_an_employee_is_never_joined_to_a_resident() -> None:
    employee = shipped_model().concept("employee")
    assert all(relationship.to != "resident" for relationship in employee.relationships)
    assert all(attribute.type != "identity" for attribute in employee.attributes)


def test_numbers_of_different_systems_never_meet() -> None:
    sources: dict[str, set[str]] = {}
    for mapping in shipped_model().mappings:
        sources.setdefault(mapping.concept, set()).add(mapping.feed.split(".")[0])
    for mapping in shipped_model().mappings:
        named_by_nature = mapping.concept in ("resident", "professional", "unit", "municipality")
        if len(sources[mapping.concept]) > 1 and not named_by_nature:
            assert mapping.key[0].sql.startswith("'"), f"{mapping.feed} to {mapping.concept}"


def test_contact_types_that_ended_in_2018_stay_in_the_list_with_their_last_day() -> None:
    ended = {
        code.code: code.valid_until
        for code in shipped_model().code_list("contact_type").codes
        if code.valid_until is not None
    }
    assert set(ended) == {"R40", "R50", "R51", "R55", "R70"}
    assert {day.isoformat() for day in ended.values()} == {"2018-12-31"}


def test_every_code_has_words_in_three_languages() -> None:
    def blank(text: Text) -> bool:
        return not (text.fi and text.sv and text.en)

    assert not [
        (codes.name, code.code)
        for codes in shipped_model().code_lists
        for code in codes.codes
        if blank(code.labels)
    ]


def test_every_folder_of_the_model_is_shipped() -> None:
    assert all(texts_of(folder) for folder in ("systems", "concepts", "codes", "mappings", "metrics"))
