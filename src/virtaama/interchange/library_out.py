"""The library: classes, attributes and associations in OWL."""

from __future__ import annotations

from collections.abc import Iterator

from virtaama.interchange.linked import Node, document, listed, own, ref, refs, without_nothing
from virtaama.interchange.model_told import (
    NAMES_OF_LIBRARY,
    RANGES,
    SAID_OF_CONCEPTS,
    SAID_OF_PROPERTIES,
    Told,
    described,
    members_of,
    more_of,
    name_of,
    names,
    ontology,
    within,
)
from virtaama.model.concepts import Attribute, Concept, Relationship, Type


def library_of(told: Told) -> str:
    """Classes, attributes and associations as JSON-LD."""
    about = {
        **ontology(told, told.library, told.publisher.prefix, NAMES_OF_LIBRARY),
        "@type": "owl:Ontology",
        "dcterms:hasPart": refs(told.library + name for name in names(told.model)),
    }
    nodes: list[Node] = [about]
    for concept in told.model.every_concept:
        nodes += [_class(told, concept), *_properties(told, concept)]
    return document(map(without_nothing, nodes), **{told.publisher.prefix: told.library})


def _class(told: Told, concept: Concept) -> Node:
    more = more_of(told.written.get(concept.name, {}), SAID_OF_CONCEPTS)
    return {
        **described(told, told.library, concept.name, concept),
        "@type": "owl:Class",
        "rdfs:subClassOf": ref("owl:Thing"),
        "owl:hasKey": listed(refs(f"{told.library}{concept.name}-{name}" for name in concept.key)),
        # As the platform writes what a class holds, in its order.
        "owl:equivalentClass": {
            "@type": "owl:Class",
            "owl:intersectionOf": listed(_restriction(told, concept, each) for each in members_of(concept)),
        },
        "virtaama:written": own(more) if more else None,
    }


def _restriction(told: Told, concept: Concept, member: Attribute | Relationship) -> Node:
    return {
        "@type": "owl:Restriction",
        "owl:onProperty": ref(told.library + name_of(concept, member)),
        "owl:someValuesFrom": ref(_range(told, member)),
    }


def _range(told: Told, member: Attribute | Relationship) -> str:
    return RANGES[member.type] if isinstance(member, Attribute) else told.library + member.to


def _properties(told: Told, concept: Concept) -> Iterator[Node]:
    written = told.written.get(concept.name, {})
    for kind in ("attributes", "relationships"):
        entries = within(written, kind)
        for each in concept.attributes if kind == "attributes" else concept.relationships:
            more = more_of(entries.get(each.name, {}), SAID_OF_PROPERTIES)
            is_attribute = isinstance(each, Attribute)
            if isinstance(each, Attribute) and written:
                more["sensitivity"] = (
                    each.sensitivity.value
                )  # what stands nowhere there is guarded most closely
                more |= {"type": each.type.value} if each.type is Type.IDENTITY else {}
            yield {
                **described(told, told.library, name_of(concept, each), each),
                "@type": ["owl:DatatypeProperty", "owl:FunctionalProperty"]
                if is_attribute
                else "owl:ObjectProperty",
                "rdfs:subPropertyOf": ref("owl:topDataProperty" if is_attribute else "owl:topObjectProperty"),
                "rdfs:domain": ref(told.library + concept.name),
                "rdfs:range": ref(_range(told, each)),
                "virtaama:written": own(more) if more else None,
            }
