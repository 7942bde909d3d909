"""JSON-LD in few words: nodes as dictionaries, under the prefixes the interoperability platform uses."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from virtaama.model.concepts import Text

Node = dict[str, Any]
OWN = "urn:virtaama:model:"
"""What the standards have no words for stands under this; others pass it over."""

PREFIXES = {
    "dcap": "http://purl.org/ws-mmi-dc/terms/",
    "dcterms": "http://purl.org/dc/terms/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "sh": "http://www.w3.org/ns/shacl#",
    "suomi-meta": "https://iri.suomi.fi/model/suomi-meta/",
    "virtaama": OWN,
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def document(nodes: Iterable[Node], **prefixes: str) -> str:
    """The text of a document: the same nodes give the same text."""
    whole = {"@context": {**PREFIXES, **prefixes}, "@graph": list(nodes)}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def ref(address: str) -> Node:
    return {"@id": address}


def refs(addresses: Iterable[str]) -> list[Node]:
    return [ref(address) for address in addresses]


def words(text: Text) -> list[Node]:
    given = (("fi", text.fi), ("sv", text.sv), ("en", text.en))
    return [{"@language": language, "@value": value} for language, value in given if value]


def typed(value: str, kind: str) -> Node:
    """A value of a type, such as xsd:integer."""
    return {"@type": kind, "@value": value}


def whole_number(value: int) -> Node:
    return typed(str(value), "xsd:integer")


def moment(value: datetime) -> Node:
    return typed(value.isoformat(timespec="seconds"), "xsd:dateTime")


def listed(items: Iterable[Any]) -> Node:
    """Items in their order."""
    return {"@list": list(items)}


def own(value: object) -> Node:
    """A value of ours, whole."""
    return typed(json.dumps(value, ensure_ascii=False), "rdf:JSON")


def without_nothing(node: Node) -> Node:
    return {name: value for name, value in node.items() if value not in (None, "", [], {})}
