"""Rows of a concept as instances in JSON-LD, and whether they are what a profile says, by pySHACL."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from pyshacl import validate
from rdflib import Graph
from rdflib.namespace import SH

from virtaama.interchange.graph import read_graph
from virtaama.interchange.linked import PREFIXES
from virtaama.interchange.model_told import DATATYPES, Told
from virtaama.interchange.platform import Publisher
from virtaama.interchange.profile_out import profile_of
from virtaama.model.concepts import Concept, Text
from virtaama.model.model import Model

Row = Mapping[str, Any]
PUBLISHER = Publisher(prefix="phhyva", registry="phhyva")
MADE = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
COUNTY = Text("Keksitty", "Påhittad", "Invented")


def told_of(model: Model, written: Mapping[str, Mapping[str, object]] | None = None) -> Told:
    return Told(model=model, publisher=PUBLISHER, county=COUNTY, made=MADE, written=written or {})


def instances(model: Model, rows: Mapping[str, Iterable[Row]]) -> str:
    """Rows by concept as JSON-LD. What a row refers to stands there as well, as an instance without values."""
    library = told_of(model).library
    nodes: list[dict[str, Any]] = []
    for name, found in rows.items():
        concept = model.concept(name)
        for number, row in enumerate(found):
            nodes.append(_instance(concept, row, f"urn:row:{name}:{number}", library))
            nodes += [
                {"@id": _address(row[f"{r.name}_key"]), "@type": library + r.to}
                for r in concept.relationships
                if row.get(f"{r.name}_key") is not None
            ]
    return json.dumps({"@context": PREFIXES, "@graph": nodes})


def _instance(concept: Concept, row: Row, address: str, library: str) -> dict[str, Any]:
    node: dict[str, Any] = {"@id": address, "@type": library + concept.name}
    for attribute in concept.attributes:
        value = row.get(attribute.name)
        if value is not None:
            kind = DATATYPES[attribute.type]
            # A text is a text without its type: to JSON-LD the two are one, to rdflib they are not.
            written = value if kind == "xsd:string" else {"@type": kind, "@value": _written(value)}
            node[f"{library}{concept.name}-{attribute.name}"] = written
    for relationship in concept.relationships:
        key = row.get(f"{relationship.name}_key")
        if key is not None:
            node[f"{library}{concept.name}-{relationship.name}"] = {"@id": _address(key)}
    return node


def _address(key: Any) -> str:
    return f"urn:referred:{key.hex() if isinstance(key, bytes) else key}"


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def shapes(model: Model, *concepts: str) -> Graph:
    """The profile as a graph; only of some concepts, so that it is quick."""
    whole = json.loads(profile_of(told_of(model)))
    profile = told_of(model).profile
    whole["@graph"] = [
        node
        for node in whole["@graph"]
        if node["@id"].removeprefix(profile).partition("-")[0] in concepts or not concepts
    ]
    return read_graph({"profile.jsonld": json.dumps(whole)})


def violations(shapes: Graph, data: str) -> list[tuple[str, str, str]]:
    """What does not conform: the row, the last part of the path, and the constraint."""
    _, report, _ = validate(read_graph({"rows.jsonld": data}), shacl_graph=shapes)
    assert isinstance(report, Graph)
    return sorted(
        (
            str(report.value(result, SH.focusNode)),
            str(report.value(result, SH.resultPath)).rpartition("-")[2],
            str(report.value(result, SH.sourceConstraintComponent)).removeprefix(str(SH)),
        )
        for result in report.subjects(SH.focusNode)
    )
