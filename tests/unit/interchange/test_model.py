"""The concept model as OWL and SHACL: there and back, valid by pySHACL, and with nothing dropped in silence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from rdflib import RDF, Graph, URIRef
from rdflib.namespace import OWL, RDFS, SH

from tests.unit.interchange.county import county_model, model_files
from tests.unit.interchange.instances import PUBLISHER, instances, shapes, told_of, violations
from virtaama.interchange.graph import META, read_graph
from virtaama.interchange.library_out import library_of
from virtaama.interchange.model_in import ReadModel, read_model
from virtaama.interchange.model_told import too_long, without_words
from virtaama.interchange.platform import STATUSES, Status
from virtaama.interchange.profile_out import profile_of
from virtaama.model.concepts import Sensitivity, Text, Type
from virtaama.model.model import Model
from virtaama.model.parse import parse_model
from virtaama.model.record import meaning_of
from virtaama.model.schema import KINDS
from virtaama.project.contracts import as_yaml

LISTS = frozenset(codes.name for codes in county_model().code_lists)
LIBRARY, PROFILE = told_of(county_model()).library, told_of(county_model()).profile


@cache
def entries() -> Mapping[str, Any]:
    """Concepts as the county's files have them."""
    found: dict[str, Any] = {}
    for file, text in model_files().items():
        kind = file.partition("/")[0]
        if kind in ("concepts", "derived"):
            root, _ = KINDS[kind].read(file, text)
            assert root is not None
            whole = root.plain()
            assert isinstance(whole, dict)
            found |= whole[kind]
    return found


@cache
def exported(*, plain: bool = False) -> dict[str, str]:
    told = told_of(county_model(), {} if plain else entries())
    return {"phhyva.jsonld": library_of(told), "phhyva-ap.jsonld": profile_of(told)}


@cache
def few() -> dict[str, str]:
    """The same of residents and places alone: quicker."""
    county = county_model()
    kept = tuple(c for c in county.concepts if c.name in ("resident", "municipality", "unit"))
    told = told_of(replace(county, concepts=kept, derived=()), entries())
    return {"phhyva.jsonld": library_of(told), "phhyva-ap.jsonld": profile_of(told)}


def graph_of(name: str) -> Graph:
    return read_graph({name: exported()[name]})


def parsed(found: ReadModel) -> Model:
    """What was read, as a model with the county's code lists and calendars."""
    around = {file: text for file, text in model_files().items() if file.startswith(("codes/", "calendars/"))}
    return parse_model(
        {
            **around,
            "concepts/x.yaml": as_yaml({"concepts": found.concepts}),
            **({"derived/x.yaml": as_yaml({"derived": found.derived})} if found.derived else {}),
            **({"codes/x.yaml": as_yaml({"code_lists": found.code_lists})} if found.code_lists else {}),
        }
    )


def test_a_model_comes_back_as_it_went() -> None:
    found = read_model(exported(), LISTS)
    back, county = parsed(found), county_model()
    by_name = {concept.name: concept for concept in back.every_concept}
    assert by_name.keys() == {concept.name for concept in county.every_concept}
    for concept in county.every_concept:
        assert meaning_of(by_name[concept.name]) == meaning_of(concept)
        assert sorted(map(meaning_of, back.expected_of(concept.name))) == sorted(
            map(meaning_of, county.expected_of(concept.name))
        )
    assert {made.concept.name: meaning_of(made) for made in back.derived} == {
        made.concept.name: meaning_of(made) for made in county.derived
    }
    assert found.code_lists == {}
    (kept,) = found.left_out
    assert kept.startswith("what a registry notes of its entries")


def test_the_standards_alone_carry_names_words_types_keys_codes_and_references() -> None:
    found = read_model(exported(plain=True), LISTS)
    back = {concept.name: concept for concept in parsed(found).every_concept}
    for concept in county_model().every_concept:
        read = back[concept.name]
        assert (read.key, read.labels, read.definition) == (concept.key, concept.labels, concept.definition)
        for attribute in concept.attributes:
            other = read.attribute(attribute.name)
            assert other is not None
            kind = Type.TEXT if attribute.type is Type.IDENTITY else attribute.type
            assert (other.type, other.labels, other.definition, other.code_list) == (
                kind,
                attribute.labels,
                attribute.definition,
                attribute.code_list,
            )
            # Nobody says how closely it is to be guarded: as closely as can be.
            assert other.sensitivity is Sensitivity.SPECIAL
        assert [(r.name, r.to) for r in read.relationships] == [(r.name, r.to) for r in concept.relationships]
    told = "\n".join(found.left_out)
    assert "assumed: sensitivity of attributes: special" in told
    assert "assumed: kind of a concept" in told
    left_out = without_words(entries())
    with_purposes = [a for concept in county_model().every_concept for a in concept.attributes if a.purposes]
    assert f"purposes of attributes: {len(with_purposes)} times" in left_out
    assert any(line.startswith("retention of concepts") for line in left_out)


def test_what_is_expected_without_exception_is_a_constraint_and_comes_back_as_one() -> None:
    found = read_model(exported(plain=True), LISTS).concepts["service_event"]
    assert found["expectations"]["weight_in_range"] == {
        "range": "weight",
        "least": "0.3",
        "most": "400",
        "owner": "not stated yet",
    }
    assert found["expectations"]["visit_started_in_range"]["least"] == "1990-01-01"
    assert "expectations" not in read_model(exported(plain=True), LISTS).concepts["resident"]


def test_the_library_has_what_the_platform_asks_of_one() -> None:
    graph = graph_of("phhyva.jsonld")
    model = URIRef(LIBRARY)
    assert (model, RDF.type, OWL.Ontology) in graph
    assert graph.value(model, URIRef(META + "publicationStatus")) == URIRef(STATUSES + "DRAFT")
    assert {str(label) for label in graph.objects(model, RDFS.label)} == {
        "Keksitty: tietokomponenttikirjasto",
        "Påhittad: komponentbibliotek",
        "Invented: core vocabulary",
    }
    county = county_model().every_concept
    assert len(set(graph.subjects(RDF.type, OWL.DatatypeProperty))) == sum(len(c.attributes) for c in county)
    assert len(set(graph.subjects(RDF.type, OWL.ObjectProperty))) == sum(len(c.relationships) for c in county)
    # Of all types the platform takes in a library, none is a day.
    ranges = set(graph.objects(None, RDFS.range))
    assert not any(str(found).endswith("#date") for found in ranges)
    assert graph.value(URIRef(LIBRARY + "resident-birth_date"), RDFS.range) == RDFS.Literal


def test_the_profile_shapes_the_classes_of_the_library() -> None:
    graph = graph_of("phhyva-ap.jsonld")
    shape = URIRef(PROFILE + "resident-sex")
    assert (URIRef(PROFILE), RDF.type, URIRef(META + "ApplicationProfile")) in graph
    assert graph.value(shape, SH.path) == URIRef(LIBRARY + "resident-sex")
    assert str(graph.value(shape, URIRef(META + "codeList"))) == "http://uri.suomi.fi/codelist/phhyva/sex"
    assert graph.value(URIRef(PROFILE + "resident-birth_date"), SH.datatype) == URIRef(
        "http://www.w3.org/2001/XMLSchema#date"
    )


def test_who_publishes_is_said_where_it_is_known() -> None:
    told = told_of(county_model())
    assert "contributor" not in library_of(told)
    uuid = "7d3a3c00-5a6b-489b-a3ed-63bb58c26a63"
    named = replace(told, publisher=replace(PUBLISHER, organisation=uuid, status=Status.VALID))
    about = json.loads(library_of(named))["@graph"][0]
    assert about["dcterms:contributor"] == {"@id": f"urn:uuid:{uuid}"}
    assert about["suomi-meta:publicationStatus"] == {"@id": f"{STATUSES}VALID"}


def test_words_too_long_for_the_platform_are_told() -> None:
    model = county_model()
    long = replace(model.concepts[0], labels=Text("x" * 151, "x", "x"))
    (problem,) = too_long(replace(model, concepts=(long,), derived=()))
    assert "more than 150 letters" in problem.what
    assert not [*too_long(model)]


# Rows, by pySHACL

RESIDENT = {"person": "a", "birth_date": "1950-02-01", "sex": "male", "home_municipality_key": "m"}
EVENT = {"event_id": "1", "visit_started": "2026-01-02T10:00:00", "contact_type": "R10", "weight": "71.5"}


def test_right_rows_conform() -> None:
    found = violations(
        shapes(county_model(), "resident", "service_event"),
        instances(county_model(), {"resident": [RESIDENT], "service_event": [EVENT]}),
    )
    assert found == []


@pytest.mark.parametrize(
    ("concept", "row", "path", "constraint"),
    [
        ("resident", {**RESIDENT, "person": None}, "person", "MinCountConstraintComponent"),
        ("resident", {**RESIDENT, "birth_date": "1.2.1950"}, "birth_date", "DatatypeConstraintComponent"),
        ("resident", {**RESIDENT, "sex": "M"}, "sex", "InConstraintComponent"),
        ("service_event", {**EVENT, "weight": "7150"}, "weight", "MaxInclusiveConstraintComponent"),
        (
            "service_event",
            {**EVENT, "visit_started": "1026-01-02T10:00:00"},
            "visit_started",
            "MinInclusiveConstraintComponent",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore::UserWarning")  # rdflib's, of a day that is none
def test_a_wrong_row_does_not_conform(concept: str, row: dict[str, Any], path: str, constraint: str) -> None:
    data = instances(county_model(), {concept: [row]})
    assert [found[1:] for found in violations(shapes(county_model(), concept), data)] == [(path, constraint)]


def test_a_row_that_points_to_the_wrong_kind_does_not_conform() -> None:
    data = json.loads(instances(county_model(), {"resident": [RESIDENT]}))
    data["@graph"] = [
        {**node, "@type": LIBRARY + "unit"} if node["@id"] == "urn:referred:m" else node
        for node in data["@graph"]
    ]
    ((_, path, constraint),) = violations(shapes(county_model(), "resident"), json.dumps(data))
    assert (path, constraint) == ("home_municipality", "ClassConstraintComponent")
