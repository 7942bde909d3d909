"""Models others wrote, as a graph of statements: nothing is fetched, and it is noted what was looked at."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from rdflib import Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SH
from rdflib.plugins.parsers.jsonld import to_rdf
from rdflib.plugins.parsers.notation3 import BadSyntax
from rdflib.plugins.shared.jsonld.errors import JSONLDException
from rdflib.term import Node

from virtaama.interchange.linked import PREFIXES
from virtaama.problems import Place, Problem, ProblemsFound

LANGUAGES = ("fi", "sv", "en")
META, OLDER_META = PREFIXES["suomi-meta"], "http://uri.suomi.fi/datamodel/ns/suomi-meta/"
_BASE = "urn:virtaama:read"
_FORMATS = {"jsonld": "json-ld", "json": "json-ld", "ttl": "turtle"}
_BOOKKEEPING = (
    *(
        DCTERMS[name]
        for name in (
            "created",
            "modified",
            "identifier",
            "hasPart",
            "isPartOf",
            "language",
            "contributor",
            "requires",
            "relation",
        )
    ),
    RDFS.isDefinedBy,
    OWL.imports,
    OWL.versionInfo,
    OWL.priorVersion,
    URIRef(f"{OWL}versionIRI"),
    *(
        URIRef(META + name)
        for name in ("publicationStatus", "contentModified", "creator", "modifier", "contact")
    ),
    URIRef(PREFIXES["dcap"] + "preferredXMLNamespace"),
    URIRef(PREFIXES["dcap"] + "preferredXMLNamespacePrefix"),
    URIRef(PREFIXES["dcap"] + "preferredXMLNamespaceName"),
)
"""What a registry notes of its own entries: it has no place in a model of ours."""


_ABOVE_ALL = (OWL.Thing, OWL.topDataProperty, OWL.topObjectProperty)
_KNOWN = (
    OWL.Class,
    OWL.DatatypeProperty,
    OWL.FunctionalProperty,  # one value at most: so is every attribute here
    OWL.ObjectProperty,
    OWL.Ontology,
    OWL.Restriction,
    RDFS.Class,
    RDF.Property,
    SH.NodeShape,
    SH.PropertyShape,
    URIRef(META + "ApplicationProfile"),
)


def read_graph(files: Mapping[str, str]) -> Graph:
    """The statements of files (name → text): JSON-LD or Turtle by the end of the name.

    Raises ProblemsFound where a file is neither, cannot be read, or asks for something at another address.
    """
    graph = Graph(bind_namespaces="none")
    problems: list[Problem] = []
    for name, text in files.items():
        form = _FORMATS.get(name.rpartition(".")[2].lower())
        if form is None:
            what = "the file is of no kind that is read here."
            problems.append(Problem(Place(name), what, "Take JSON-LD (.jsonld) or Turtle (.ttl)."))
            continue
        try:
            if form == "json-ld":
                problems += _read_json(name, text, graph)
            else:
                graph.parse(data=text, format=form, publicID=_BASE)
        except json.JSONDecodeError as error:
            what = f"the file cannot be read as JSON: {error.msg}."
            problems.append(Problem(Place(name, error.lineno), what))
        except (BadSyntax, JSONLDException, RecursionError, KeyError, TypeError, ValueError, AttributeError):
            # The reader has no error of its own for most of what a file can get wrong.
            what = f"the file cannot be read as {'JSON-LD' if form == 'json-ld' else 'Turtle'}."
            problems.append(Problem(Place(name), what, "Export it again where it comes from."))
    if problems:
        raise ProblemsFound(tuple(problems))
    for subject, predicate, value in [*graph]:  # the platform's vocabulary had another address before
        if str(predicate).startswith(OLDER_META):
            graph.remove((subject, predicate, value))
            graph.add((subject, URIRef(META + str(predicate).removeprefix(OLDER_META)), value))
        if str(value).startswith(OLDER_META):
            graph.remove((subject, predicate, value))
            graph.add((subject, predicate, URIRef(META + str(value).removeprefix(OLDER_META))))
    return graph


def _read_json(name: str, text: str, graph: Graph) -> list[Problem]:
    """Add the statements of JSON-LD to a graph, whichever named graph they are in; or tell what keeps from it."""
    document = json.loads(text)
    if problems := [*_elsewhere(name, document)]:
        return problems
    to_rdf(document, graph, base=_BASE)
    return []


def _elsewhere(file: str, value: Any) -> Iterator[Problem]:
    """Contexts at other addresses: nothing is fetched for a file."""
    waiting = [value]
    while waiting:
        here = waiting.pop()
        if isinstance(here, list):
            waiting += here
        if not isinstance(here, dict):
            continue
        contexts = here.get("@context", [])
        for context in contexts if isinstance(contexts, list) else [contexts]:
            if isinstance(context, str) or (isinstance(context, dict) and "@import" in context):
                what = "the file takes its @context from another address, which is not asked."
                yield Problem(Place(file), what, "Put the context itself into the file.")
        waiting += here.values()


class Statements:
    """Statements of a graph, with a note of which were looked at: the rest can be told."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._seen: set[tuple[Node, Node]] = set()

    def of_type(self, *types: URIRef) -> list[URIRef]:
        """Whatever has one of these types and an address, by address."""
        found = {subject for kind in types for subject in self._graph.subjects(RDF.type, kind)}
        return sorted(subject for subject in found if isinstance(subject, URIRef))

    def is_a(self, subject: Node, kind: URIRef) -> bool:
        return (subject, RDF.type, kind) in self._graph

    def values(self, subject: Node, predicate: URIRef) -> list[Node]:
        self._seen.add((subject, predicate))
        return sorted(self._graph.objects(subject, predicate), key=str)

    def value(self, subject: Node, predicate: URIRef) -> Node | None:
        return next(iter(self.values(subject, predicate)), None)

    def address(self, subject: Node, predicate: URIRef) -> URIRef | None:
        """An address, also where it is written as a text."""
        found = self.value(subject, predicate)
        if isinstance(found, Literal) and "://" in str(found):
            return URIRef(str(found))
        return found if isinstance(found, URIRef) else None

    def text(self, subject: Node, predicate: URIRef) -> str:
        found = self.value(subject, predicate)
        return str(found) if isinstance(found, Literal) else ""

    def words(self, subject: Node, predicate: URIRef) -> dict[str, str]:
        """By language; of those we do not write, the word stands under its own."""
        found: dict[str, str] = {}
        for value in self.values(subject, predicate):
            if isinstance(value, Literal):
                found.setdefault(value.language or "", str(value))
        return found

    def subjects(self, predicate: URIRef, value: Node) -> list[URIRef]:
        found = sorted(each for each in self._graph.subjects(predicate, value) if isinstance(each, URIRef))
        self._seen.update((each, predicate) for each in found)
        return found

    def list(self, subject: Node, predicate: URIRef) -> list[Node]:
        """The items of a list, or the values themselves where they are not in one."""
        found: list[Node] = []
        for value in self.values(subject, predicate):
            if (value, RDF.first, None) in self._graph:
                found += [*Collection(self._graph, value)]
                self._see_list(value)
            elif value != RDF.nil:
                found.append(value)
        return found

    def _see_list(self, start: Node) -> None:
        here: Node | None = start
        while here is not None and here != RDF.nil:
            self._seen |= {(here, RDF.first), (here, RDF.rest)}
            here = self._graph.value(here, RDF.rest)

    def not_looked_at(self) -> dict[str, int]:
        """How often each property stands there that nobody looked at, and each type nobody knows here."""
        counts = Counter(
            self._short(predicate)
            for subject, predicate, value in self._graph
            if (subject, predicate) not in self._seen
            and predicate != RDF.type
            and predicate not in _BOOKKEEPING
            and value not in _ABOVE_ALL
        )
        counts.update(
            f"rdf:type {self._short(kind)}"
            for kind in self._graph.objects(None, RDF.type)
            if kind not in _KNOWN
        )
        return dict(sorted(counts.items()))

    def bookkeeping(self) -> int:
        return sum(1 for _, predicate, _ in self._graph if predicate in _BOOKKEEPING)

    def _short(self, predicate: Node) -> str:
        written = str(predicate)
        for prefix, address in PREFIXES.items():
            if written.startswith(address):
                return f"{prefix}:{written.removeprefix(address)}"
        return written
