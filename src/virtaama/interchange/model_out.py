"""The concept model as the interoperability platform has models: an OWL library, and a SHACL profile of it.

What a concept is called, means, refers to and holds is said in the words of OWL, SHACL and the platform's own
vocabulary. What they have no words for stands beside it under `urn:virtaama:model:`, which others pass over, so that
a model that is read back is the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from virtaama.interchange.constraints import Constraints, constraints_of
from virtaama.interchange.linked import (
    Node,
    document,
    listed,
    moment,
    own,
    ref,
    refs,
    typed,
    whole_number,
    without_nothing,
    words,
)
from virtaama.interchange.platform import (
    DOMAIN,
    DOMAINS,
    LONGEST_COMMENT,
    LONGEST_LABEL,
    MODELS,
    ORGANISATION,
    PROFILE,
    STATUSES,
    Publisher,
)
from virtaama.model.concepts import Attribute, Concept, Relationship, Text, Type
from virtaama.model.model import Model
from virtaama.problems import Problem

Plain = Mapping[str, object]

RANGES = {
    Type.TEXT: "xsd:string",
    Type.IDENTITY: "xsd:string",
    Type.INTEGER: "xsd:integer",
    Type.DECIMAL: "xsd:decimal",
    Type.DATE: "rdfs:Literal",  # a library of the platform has no xsd:date; its profiles do
    Type.TIMESTAMP: "xsd:dateTime",
    Type.BOOLEAN: "xsd:boolean",
}
DATATYPES = {**RANGES, Type.DATE: "xsd:date"}

SAID_OF_CONCEPTS = ("labels", "definition", "key", "attributes", "relationships")
SAID_OF_PROPERTIES = ("labels", "definition", "type", "code_list", "to")
"""Members the standards have words for. The type of a pseudonym is text to them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is told of a model: to whom it belongs, when, and what stands in its files, by concept.

    `written` gives each concept as its file has it; without them the standards' words are all there is.
    """

    model: Model
    publisher: Publisher
    county: Text
    made: datetime
    written: Mapping[str, Plain]

    @property
    def library(self) -> str:
        return f"{MODELS}{self.publisher.prefix}/"

    @property
    def profile(self) -> str:
        return f"{MODELS}{self.publisher.prefix}{PROFILE}/"

    @property
    def lists(self) -> tuple[str, ...]:
        """The code lists that are referred to."""
        named = (a.code_list for concept in self.model.every_concept for a in concept.attributes)
        return tuple(dict.fromkeys(filter(None, named)))


def library_of(told: Told) -> str:
    """Classes, attributes and associations as JSON-LD."""
    about = {
        **_ontology(told, told.library, told.publisher.prefix, _NAMES_OF_LIBRARY),
        "@type": "owl:Ontology",
        "dcterms:hasPart": refs(told.library + name for name in _names(told.model)),
    }
    nodes: list[Node] = [about]
    for concept in told.model.every_concept:
        nodes += [_class(told, concept), *_properties(told, concept)]
    return document(map(without_nothing, nodes), **{told.publisher.prefix: told.library})


def profile_of(told: Told) -> str:
    """Shapes of instances as JSON-LD: which values, of which type, from which list, how many."""
    prefix = told.publisher.prefix + PROFILE
    about = {
        **_ontology(told, told.profile, prefix, _NAMES_OF_PROFILE),
        "@type": ["owl:Ontology", "suomi-meta:ApplicationProfile"],
        "dcterms:requires": refs((told.library, *map(told.publisher.code_list, told.lists))),
    }
    nodes: list[Node] = [about]
    for concept in told.model.every_concept:
        nodes += [_node_shape(told, concept), *_property_shapes(told, concept)]
    prefixes = {told.publisher.prefix: told.library, prefix: told.profile}
    return document(map(without_nothing, nodes), **prefixes)


def too_long(model: Model) -> Iterator[Problem]:
    """Whatever the platform would refuse for its length."""
    for concept in model.every_concept:
        described: tuple[Concept | Attribute | Relationship, ...] = (concept, *_members(concept))
        for each in described:
            for what, text, most in (
                ("label", each.labels, LONGEST_LABEL),
                ("definition", each.definition, LONGEST_COMMENT),
            ):
                if max(map(len, (text.fi, text.sv, text.en))) > most:
                    said = f"the {what} of '{each.name}' has more than {most} letters."
                    yield Problem(each.place, said, "The platform takes no longer one: say it in fewer.")


def without_words(written: Mapping[str, Plain]) -> tuple[str, ...]:
    """What of concepts the standards have no words for, as sentences: which members, how often."""
    counts: Counter[str] = Counter()
    for concept in written.values():
        counts.update(f"{name} of concepts" for name in _more_of(concept, SAID_OF_CONCEPTS))
        for members in ("attributes", "relationships"):
            for each in _within(concept, members).values():
                counts.update(f"{name} of {members}" for name in _more_of(each, SAID_OF_PROPERTIES))
                if each.get("type") == Type.IDENTITY:
                    counts["that attributes are pseudonyms"] += 1
    return tuple(f"{what}: {count} times" for what, count in sorted(counts.items()))


# The model itself

_NAMES_OF_LIBRARY = Text("tietokomponenttikirjasto", "komponentbibliotek", "core vocabulary")
_NAMES_OF_PROFILE = Text("soveltamisprofiili", "tillämpningsprofil", "application profile")


def _ontology(told: Told, address: str, prefix: str, kind: Text) -> Node:
    county, publisher = told.county, told.publisher
    return {
        "@id": address,
        "rdfs:label": words(
            Text(f"{county.fi}: {kind.fi}", f"{county.sv}: {kind.sv}", f"{county.en}: {kind.en}")
        ),
        "rdfs:comment": words(
            Text(
                f"Käsitemallin versio {told.model.version}.",
                f"Begreppsmodellens version {told.model.version}.",
                f"Version {told.model.version} of the concept model.",
            )
        ),
        "dcterms:language": ["fi", "sv", "en"],
        "dcterms:contributor": ref(ORGANISATION + publisher.organisation) if publisher.organisation else None,
        "dcterms:isPartOf": refs(DOMAIN + DOMAINS[domain] for domain in publisher.domains),
        "dcterms:created": moment(told.made),
        "dcterms:modified": moment(told.made),
        "suomi-meta:contentModified": moment(told.made),
        "dcap:preferredXMLNamespace": address,
        "dcap:preferredXMLNamespacePrefix": prefix,
        "suomi-meta:publicationStatus": ref(STATUSES + publisher.status),
    }


def _names(model: Model) -> Iterator[str]:
    for concept in model.every_concept:
        yield concept.name
        for each in _members(concept):
            yield _name(concept, each)


def _members(concept: Concept) -> tuple[Attribute | Relationship, ...]:
    return (*concept.attributes, *concept.relationships)


def _name(concept: Concept, member: Attribute | Relationship) -> str:
    """The identifier of a property: no name of ours has a hyphen, so it is read back as it was."""
    return f"{concept.name}-{member.name}"


def _described(told: Told, model: str, name: str, each: Concept | Attribute | Relationship) -> Node:
    """What every class, property and shape has."""
    definition = each.definition if each.definition != each.labels else None
    return {
        "@id": model + name,
        "rdfs:isDefinedBy": ref(model),
        "dcterms:identifier": typed(name, "xsd:NCName"),
        "dcterms:created": moment(told.made),
        "dcterms:modified": moment(told.made),
        "suomi-meta:publicationStatus": ref(STATUSES + told.publisher.status),
        "rdfs:label": words(each.labels),
        "rdfs:comment": words(definition) if definition else None,
    }


# The library


def _class(told: Told, concept: Concept) -> Node:
    more = _more_of(told.written.get(concept.name, {}), SAID_OF_CONCEPTS)
    return {
        **_described(told, told.library, concept.name, concept),
        "@type": "owl:Class",
        "rdfs:subClassOf": ref("owl:Thing"),
        "owl:hasKey": listed(refs(f"{told.library}{concept.name}-{name}" for name in concept.key)),
        # As the platform writes what a class holds, in its order.
        "owl:equivalentClass": {
            "@type": "owl:Class",
            "owl:intersectionOf": listed(_restriction(told, concept, each) for each in _members(concept)),
        },
        "virtaama:written": own(more) if more else None,
    }


def _restriction(told: Told, concept: Concept, member: Attribute | Relationship) -> Node:
    return {
        "@type": "owl:Restriction",
        "owl:onProperty": ref(told.library + _name(concept, member)),
        "owl:someValuesFrom": ref(_range(told, member)),
    }


def _range(told: Told, member: Attribute | Relationship) -> str:
    return RANGES[member.type] if isinstance(member, Attribute) else told.library + member.to


def _properties(told: Told, concept: Concept) -> Iterator[Node]:
    written = told.written.get(concept.name, {})
    for members in ("attributes", "relationships"):
        entries = _within(written, members)
        for each in concept.attributes if members == "attributes" else concept.relationships:
            more = _more_of(entries.get(each.name, {}), SAID_OF_PROPERTIES)
            is_attribute = isinstance(each, Attribute)
            if isinstance(each, Attribute) and written:
                more["sensitivity"] = (
                    each.sensitivity.value
                )  # what stands nowhere there is guarded most closely
                more |= {"type": each.type.value} if each.type is Type.IDENTITY else {}
            yield {
                **_described(told, told.library, _name(concept, each), each),
                "@type": ["owl:DatatypeProperty", "owl:FunctionalProperty"]
                if is_attribute
                else "owl:ObjectProperty",
                "rdfs:subPropertyOf": ref("owl:topDataProperty" if is_attribute else "owl:topObjectProperty"),
                "rdfs:domain": ref(told.library + concept.name),
                "rdfs:range": ref(_range(told, each)),
                "virtaama:written": own(more) if more else None,
            }


# The profile


def _node_shape(told: Told, concept: Concept) -> Node:
    return {
        **_described(told, told.profile, concept.name, concept),
        "@type": "sh:NodeShape",
        "sh:targetClass": ref(told.library + concept.name),
        "sh:property": refs(told.profile + _name(concept, each) for each in _members(concept)),
    }


def _property_shapes(told: Told, concept: Concept) -> Iterator[Node]:
    expected = told.model.expected_of(concept.name)
    for order, each in enumerate(_members(concept), start=1):
        constraints = constraints_of(concept, each.name, expected)
        yield {
            **_described(told, told.profile, _name(concept, each), each),
            "@type": [
                "sh:PropertyShape",
                "owl:DatatypeProperty" if isinstance(each, Attribute) else "owl:ObjectProperty",
            ],
            "sh:path": ref(told.library + _name(concept, each)),
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


def _within(entry: Plain, members: str) -> Mapping[str, Plain]:
    found = entry.get(members)
    return found if isinstance(found, Mapping) else {}


def _more_of(entry: Plain, said: tuple[str, ...]) -> dict[str, object]:
    """What an entry says besides."""
    return {name: value for name, value in entry.items() if name not in said}
