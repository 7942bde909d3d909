"""The application profile: shapes of instances in SHACL."""

from __future__ import annotations

from collections.abc import Iterator

from virtaama.interchange.constraints import Constraints, constraints_of
from virtaama.interchange.linked import (
    Node,
    document,
    listed,
    ref,
    refs,
    typed,
    whole_number,
    without_nothing,
)
from virtaama.interchange.model_told import (
    DATATYPES,
    NAMES_OF_PROFILE,
    Told,
    described,
    members_of,
    name_of,
    ontology,
)
from virtaama.interchange.platform import PROFILE
from virtaama.model.concepts import Attribute, Concept


def profile_of(told: Told) -> str:
    """Shapes of instances as JSON-LD: which values, of which type, from which list, how many."""
    prefix = told.publisher.prefix + PROFILE
    about = {
        **ontology(told, told.profile, prefix, NAMES_OF_PROFILE),
        "@type": ["owl:Ontology", "suomi-meta:ApplicationProfile"],
        "dcterms:requires": refs((told.library, *map(told.publisher.code_list, told.lists))),
    }
    nodes: list[Node] = [about]
    for concept in told.model.every_concept:
        nodes += [_node_shape(told, concept), *_property_shapes(told, concept)]
    prefixes = {told.publisher.prefix: told.library, prefix: told.profile}
    return document(map(without_nothing, nodes), **prefixes)


def _node_shape(told: Told, concept: Concept) -> Node:
    return {
        **described(told, told.profile, concept.name, concept),
        "@type": "sh:NodeShape",
        "sh:targetClass": ref(told.library + concept.name),
        "sh:property": refs(told.profile + name_of(concept, each) for each in members_of(concept)),
    }


def _property_shapes(told: Told, concept: Concept) -> Iterator[Node]:
    expected = told.model.expected_of(concept.name)
    for order, each in enumerate(members_of(concept), start=1):
        constraints = constraints_of(concept, each.name, expected)
        yield {
            **described(told, told.profile, name_of(concept, each), each),
            "@type": [
                "sh:PropertyShape",
                "owl:DatatypeProperty" if isinstance(each, Attribute) else "owl:ObjectProperty",
            ],
            "sh:path": ref(told.library + name_of(concept, each)),
            "sh:order": whole_number(order),
            "sh:minCount": whole_number(1) if constraints.required else None,
            "sh:maxCount": whole_number(1),
            **(
                _of_values(told, each, constraints)
                if isinstance(each, Attribute)
                else {"sh:class": ref(told.library + each.to)}
            ),
        }


def _of_values(told: Told, attribute: Attribute, constraints: Constraints) -> Node:
    kind = DATATYPES[attribute.type]
    codes = told.model.code_list(attribute.code_list).codes if attribute.code_list else ()
    return {
        "sh:datatype": ref(kind),
        "sh:pattern": constraints.pattern,
        "sh:minInclusive": typed(constraints.least, kind) if constraints.least else None,
        "sh:maxInclusive": typed(constraints.most, kind) if constraints.most else None,
        "suomi-meta:codeList": ref(told.publisher.code_list(attribute.code_list))
        if attribute.code_list
        else None,
        "sh:in": listed(code.code for code in codes) if codes else None,
    }
