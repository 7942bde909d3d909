"""Models of others, in the forms the interoperability platform has given them: what is taken, and what is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.interchange.test_model import few, parsed
from virtaama.interchange.graph import read_graph
from virtaama.interchange.model_in import ReadModel, read_model
from virtaama.problems import ProblemsFound

PREFIXES = """
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix lib: <https://iri.suomi.fi/model/hoito/> .
@prefix ap: <https://iri.suomi.fi/model/hoito-ap/> .
"""
LIBRARY = (
    PREFIXES
    + """
<https://iri.suomi.fi/model/hoito/> a owl:Ontology ; rdfs:label "Hoito"@fi ; dcterms:language "fi" .
lib:Hoitojakso a owl:Class ;
    rdfs:label "Hoitojakso"@fi, "Vårdperiod"@sv ;
    rdfs:comment "Aika osastolla."@fi ;
    rdfs:subClassOf lib:Tapahtuma ;
    dcterms:subject <https://iri.suomi.fi/terminology/sote/c1> ;
    owl:equivalentClass [ a owl:Class ; owl:intersectionOf (
        [ a owl:Restriction ; owl:onProperty lib:alkamisHetki ; owl:someValuesFrom xsd:dateTime ]
        [ a owl:Restriction ; owl:onProperty lib:osasto ; owl:someValuesFrom lib:Yksikko ]
        [ a owl:Restriction ; owl:onProperty lib:laakari ]
    ) ] .
lib:Tapahtuma a owl:Class ; rdfs:label "Tapahtuma"@fi .
lib:Yksikko a owl:Class ; rdfs:label "Yksikkö"@fi, "Enhet"@sv, "Unit"@en .
lib:tunniste a owl:DatatypeProperty ; rdfs:label "Tunniste"@fi ; rdfs:domain lib:Yksikko ; rdfs:range xsd:token .
lib:alkamisHetki a owl:DatatypeProperty ; rdfs:label "Alkoi"@fi ; rdfs:range xsd:dateTime .
lib:osasto a owl:ObjectProperty, owl:TransitiveProperty ; rdfs:label "Osasto"@fi .
lib:laakari a owl:ObjectProperty ; rdfs:label "Lääkäri"@fi ; rdfs:range <http://xmlns.com/foaf/0.1/Person> .
lib:irrallinen a owl:DatatypeProperty ; rdfs:label "Irrallinen"@fi .
"""
)
# As the platform writes profiles: types and lists of values as texts, counts as xsd:long.
PROFILE = (
    PREFIXES.replace(
        "@prefix skos:", "@prefix suomi-meta: <http://uri.suomi.fi/datamodel/ns/suomi-meta/> .\n@prefix skos:"
    )
    + """
<https://iri.suomi.fi/model/hoito-ap/> a owl:Ontology, suomi-meta:ApplicationProfile ; rdfs:label "Hoidon profiili"@fi .
ap:Jakso a sh:NodeShape ; sh:targetClass lib:Hoitojakso ; rdfs:label "Jakso"@fi ;
    sh:property ap:alku, ap:kiire, ap:kesto, ap:numero, ap:poistettu .
ap:alku a sh:PropertyShape, owl:DatatypeProperty ; sh:path lib:alkamisHetki ; rdfs:label "Alku"@fi ;
    sh:datatype "http://www.w3.org/2001/XMLSchema#dateTime" ; sh:minCount "1"^^xsd:long ; sh:maxCount "1"^^xsd:long .
ap:kiire a sh:PropertyShape, owl:DatatypeProperty ; rdfs:label "Kiireellisyys"@fi ; sh:in "1", "2" ;
    suomi-meta:codeList <http://uri.suomi.fi/codelist/sote/Kiireellisyys> ; sh:maxCount "3"^^xsd:long .
ap:kesto a sh:PropertyShape, owl:DatatypeProperty ; rdfs:label "Kesto"@fi ; sh:datatype xsd:duration ;
    sh:maxCount 1 ; sh:defaultValue "P1D" .
ap:numero a sh:PropertyShape, owl:DatatypeProperty ; rdfs:label "Numero"@fi ; sh:datatype xsd:string ; sh:maxCount 1 ;
    sh:pattern "^[0-9]+$" ; sh:minLength 3 .
ap:poistettu a sh:PropertyShape, owl:DatatypeProperty ; rdfs:label "Poistettu"@fi ; sh:deactivated true .
"""
)


def read(*texts: str, plain: bool = False) -> ReadModel:
    return read_model({f"{number}.ttl": text for number, text in enumerate(texts)}, plain=plain)


def test_a_library_with_its_profile_becomes_concepts() -> None:
    found = read(LIBRARY, PROFILE)
    assert [*found.concepts] == ["hoitojakso", "tapahtuma", "yksikko"]
    stay = found.concepts["hoitojakso"]
    assert stay["labels"] == {"fi": "Jakso", "sv": "Vårdperiod", "en": "Jakso"}
    assert {name: entry["type"] for name, entry in stay["attributes"].items()} == {
        "alkamis_hetki": "timestamp",
        "kesto": "text",
        "kiire": "text",
        "numero": "text",
        "hoitojakso_id": "text",
    }
    assert stay["relationships"]["osasto"]["to"] == "yksikko"
    assert "laakari" not in stay["relationships"]
    assert stay["expectations"] == {
        "alkamis_hetki_is_known": {"required": "alkamis_hetki", "owner": "not stated yet"},
        "numero_has_its_form": {"pattern": "numero", "matches": ".*(^[0-9]+$).*", "owner": "not stated yet"},
    }
    assert found.concepts["yksikko"]["key"] == ["tunniste"]
    assert [*found.code_lists["kiireellisyys"]["codes"]] == ["1", "2"]
    assert found.titles == ("Hoidon profiili", "Hoito")
    assert {concept.name for concept in parsed(found).concepts} == {*found.concepts}


@pytest.mark.parametrize(
    "said",
    [
        "hoitojakso.laakari: it leads to http://xmlns.com/foaf/0.1/Person, which is not in the files",
        "hoitojakso.kesto: values of type http://www.w3.org/2001/XMLSchema#duration are read as text",
        "hoitojakso.kiire: it may have up to 3 values there",
        "poistettu: it is turned off in the profile",
        "irrallinen: it belongs to no class",
        "rdf:type owl:TransitiveProperty: 1 times",
        "rdfs:subClassOf: 1 times",
        "dcterms:subject: 1 times",
        "sh:defaultValue: 1 times",
        "sh:minLength: 1 times",
        "words for the codes of kiireellisyys",
        "assumed: key of hoitojakso: hoitojakso_id, an attribute that is not there",
        "assumed: key of yksikko: tunniste",
        "assumed: words in en",
    ],
)
def test_what_has_no_counterpart_is_told(said: str) -> None:
    assert said in "\n".join(read(LIBRARY, PROFILE).left_out)


def test_a_profile_alone_is_a_model_too() -> None:
    found = read(PROFILE)
    assert [*found.concepts] == ["jakso"]
    assert {*found.concepts["jakso"]["attributes"]} == {
        "alkamis_hetki",
        "kesto",
        "kiire",
        "numero",
        "jakso_id",
    }


def test_a_library_alone_reads_days_as_text() -> None:
    """Its profile says that they are days: the platform's libraries cannot."""
    one = {"phhyva.jsonld": few()["phhyva.jsonld"]}
    both = read_model(few()).concepts["resident"]["attributes"]
    assert read_model(one).concepts["resident"]["attributes"]["birth_date"]["type"] == "text"
    assert both["birth_date"]["type"] == "date"


def test_turtle_says_the_same_as_json() -> None:
    turtle = {
        name.replace(".jsonld", ".ttl"): read_graph({name: text}).serialize(format="turtle")
        for name, text in few().items()
    }
    assert read_model(turtle).concepts == read_model(few()).concepts


def test_what_others_changed_counts_beside_what_we_wrote() -> None:
    files = dict(few())
    profile = json.loads(files["phhyva-ap.jsonld"])
    (shape,) = (node for node in profile["@graph"] if node["@id"].endswith("/unit-code"))
    shape["sh:pattern"] = "^(?:[0-9]{4})$"
    shape["rdfs:label"] = [{"@language": "fi", "@value": "Yksikön tunnus"}]
    files["phhyva-ap.jsonld"] = json.dumps(profile)
    unit = read_model(files).concepts["unit"]
    assert unit["attributes"]["code"]["labels"]["fi"] == "Yksikön tunnus"
    assert unit["expectations"]["code_has_its_form"]["matches"] == "[0-9]{4}"


def test_an_attribute_that_was_added_there_is_guarded_most_closely() -> None:
    files = dict(few())
    library = json.loads(files["phhyva.jsonld"])
    library["@graph"].append(
        {
            "@id": "https://iri.suomi.fi/model/phhyva/diagnosisText",
            "@type": "owl:DatatypeProperty",
            "rdfs:label": {"@language": "en", "@value": "Diagnosis in words"},
            "rdfs:domain": {"@id": "https://iri.suomi.fi/model/phhyva/unit"},
        }
    )
    files["phhyva.jsonld"] = json.dumps(library)
    added = read_model(files).concepts["unit"]["attributes"]["diagnosis_text"]
    assert (added["sensitivity"], added["purposes"]) == ("special", ["data_quality"])


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("x.jsonld", '{"@context": "https://elsewhere.example/context", "@graph": []}', "another address"),
        (
            "x.jsonld",
            '{"@graph": [{"@context": {"@import": "https://elsewhere.example"}}]}',
            "another address",
        ),
        ("x.jsonld", '{"@graph": [', "cannot be read as JSON"),
        ("x.jsonld", "[" * 100_000, "cannot be read as JSON-LD"),
        ("x.ttl", "@prefix : <x", "cannot be read as Turtle"),
        ("x.rdf", "<rdf/>", "of no kind that is read here"),
        ("x.jsonld", "{}", "no class and no shape"),
    ],
)
def test_what_cannot_be_read_is_told_and_nothing_is_fetched(
    name: str, text: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reached(*_: Any, **__: Any) -> None:
        raise AssertionError("something was fetched")

    monkeypatch.setattr("urllib.request.urlopen", reached)
    monkeypatch.setattr("rdflib.plugins.shared.jsonld.context.source_to_json", reached)
    with pytest.raises(ProblemsFound, match=said):
        read_model({name: text})
