"""A relationship that another stands in for where no source tells it."""

from __future__ import annotations

import pytest

from tests.linked_model import FILES, MODEL
from virtaama.model.dependencies import needed_for, publication_order
from virtaama.model.lineage import lineage_of_concept
from virtaama.model.parse import parse_model
from virtaama.problems import ProblemsFound

OF_VISIT = "{to: resident, otherwise: client.resident,"


def said(written: str, instead: str) -> list[str]:
    concepts = FILES["concepts/clinic.yaml"]
    assert written in concepts
    with pytest.raises(ProblemsFound) as found:
        parse_model(FILES | {"concepts/clinic.yaml": concepts.replace(written, instead, 1)})
    return [problem.what for problem in found.value.problems]


@pytest.mark.parametrize(
    ("path", "what"),
    [
        (
            "client",
            "`otherwise` of relationship 'resident' of 'visit' is 'client', which is no path.",
        ),
        (
            "clients.resident",
            "`otherwise` of relationship 'resident' of 'visit': 'visit' has no relationship 'clients'; it has "
            "'client', 'resident'.",
        ),
        (
            "client.same",
            "`otherwise` of relationship 'resident' of 'visit' leads to 'client', and the relationship to 'resident'.",
        ),
        (
            "client.number",
            "`otherwise` of relationship 'resident' of 'visit' leads to an attribute, and the relationship to "
            "'resident'.",
        ),
    ],
)
def test_a_path_that_leads_elsewhere_is_a_problem(path: str, what: str) -> None:
    assert said(OF_VISIT, f"{{to: resident, otherwise: {path},") == [what]


def test_a_path_back_to_the_concept_itself_is_a_problem() -> None:
    assert said("otherwise: link.resident", "otherwise: same.resident") == [
        "rules go in circles: 'client' from 'client'."
    ]


def test_a_circle_is_a_problem() -> None:
    found = said(
        "      resident: {to: resident, labels: {fi: Sana, sv: Ord, en: Word}}\n  visit:",
        "      resident: {to: resident, otherwise: back.resident, labels: {fi: Sana, sv: Ord, en: Word}}\n"
        "      back: {to: client, labels: {fi: Sana, sv: Ord, en: Word}}\n  visit:",
    )
    assert found == ["rules go in circles: 'client' from 'client_link' from 'client'."]


def test_what_stands_in_is_computed_first() -> None:
    assert needed_for(MODEL, "visit") == ("client_link", "client")
    names = [concept.name for concept in publication_order(MODEL)]
    assert names.index("client_link") < names.index("client") < names.index("visit")


def test_lineage_tells_both_ways() -> None:
    found = {each.column: each for each in lineage_of_concept(MODEL, "visit")}["resident_key"]
    assert [str(origin) for origin in found.computed_from] == ["client.resident_key", "visit.resident_key"]
    assert [str(field) for field in found.fields] == [
        "clinic.clients ID",
        "clinic.visits ID",
        "linking.clients same_as",
    ]
