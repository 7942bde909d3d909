"""What is told of the concept model in the forms of the interoperability platform: a library of it, and a profile.

What a concept is called, means, refers to and holds is said in the words of OWL, SHACL and the platform's own
vocabulary. What they have no words for stands beside it under `urn:virtaama:model:`, which others pass over, so that
a model that is read back is the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from virtaama.interchange.linked import (
    Node,
    moment,
    ref,
    refs,
    typed,
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


def too_long(model: Model) -> Iterator[Problem]:
    """Whatever the platform would refuse for its length."""
    for concept in model.every_concept:
        all_of_it: tuple[Concept | Attribute | Relationship, ...] = (concept, *members_of(concept))
        for each in all_of_it:
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
        counts.update(f"{name} of concepts" for name in more_of(concept, SAID_OF_CONCEPTS))
        for kind in ("attributes", "relationships"):
            for each in within(concept, kind).values():
                counts.update(f"{name} of {kind}" for name in more_of(each, SAID_OF_PROPERTIES))
                if each.get("type") == Type.IDENTITY:
                    counts["that attributes are pseudonyms"] += 1
    return tuple(f"{what}: {count} times" for what, count in sorted(counts.items()))


# The model itself

NAMES_OF_LIBRARY = Text("tietokomponenttikirjasto", "komponentbibliotek", "core vocabulary")
NAMES_OF_PROFILE = Text("soveltamisprofiili", "tillämpningsprofil", "application profile")


def ontology(told: Told, address: str, prefix: str, kind: Text) -> Node:
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


def names(model: Model) -> Iterator[str]:
    for concept in model.every_concept:
        yield concept.name
        for each in members_of(concept):
            yield name_of(concept, each)


def members_of(concept: Concept) -> tuple[Attribute | Relationship, ...]:
    return (*concept.attributes, *concept.relationships)


def name_of(concept: Concept, member: Attribute | Relationship) -> str:
    """The identifier of a property: no name of ours has a hyphen, so it is read back as it was."""
    return f"{concept.name}-{member.name}"


def described(told: Told, model: str, name: str, each: Concept | Attribute | Relationship) -> Node:
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


def within(entry: Plain, members: str) -> Mapping[str, Plain]:
    found = entry.get(members)
    return found if isinstance(found, Mapping) else {}


def more_of(entry: Plain, said: tuple[str, ...]) -> dict[str, object]:
    """What an entry says besides."""
    return {name: value for name, value in entry.items() if name not in said}
