"""A model of the interoperability platform as concepts of ours: a proposal to read through.

The words of the standards decide; what stands under `urn:virtaama:model:` adds what they have no words for. What
cannot be taken over, and what had to be assumed, is told.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass

from rdflib import URIRef
from rdflib.namespace import OWL, RDFS, SH

from virtaama.interchange.constraints import checks_of, known_of
from virtaama.interchange.graph import Statements, read_graph
from virtaama.interchange.members_in import NOBODY, Members, Plain, Property, local
from virtaama.interchange.notes import Notes
from virtaama.model.concepts import Type
from virtaama.model.naming import as_name
from virtaama.problems import Place, Problem, ProblemsFound

_USUAL_KEYS = ("identifier", "id", "code", "tunniste", "koodi")
_IDENTIFIER = {"fi": "Tunniste", "sv": "Identifierare", "en": "Identifier"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadModel:
    """What a model became: entries of files in concepts/, derived/ and codes/; what was left out or assumed.

    `titles` are what the model and its profile are called there.
    """

    titles: tuple[str, ...]
    concepts: dict[str, Plain]
    derived: dict[str, Plain]
    code_lists: dict[str, Plain]
    left_out: tuple[str, ...]


def read_model(
    files: Mapping[str, str], known_lists: frozenset[str] = frozenset(), *, plain: bool = False
) -> ReadModel:
    """The concepts that files (name → text) describe together: a library, its profile, or both.

    `known_lists` are code lists there are already. `plain`: only what the standards say counts. Raises
    ProblemsFound where a file cannot be read, or none describes a class.
    """
    found = _Reading(Statements(read_graph(files)), known_lists, plain=plain).read()
    if not (found.concepts or found.derived):
        what = "there is no class and no shape with an address in it."
        advice = (
            "Take the whole of a model. Of a draft that is not yours the platform gives the front page alone."
        )
        raise ProblemsFound((Problem(Place(next(iter(files), "")), what, advice),))
    return found


class _Reading:
    def __init__(self, said: Statements, known_lists: frozenset[str], *, plain: bool) -> None:
        self._said = said
        self._notes = Notes()
        self._names: dict[URIRef, str] = {}  # of concepts, by class and by shape
        self._members = Members(said, self._notes, self._names, known_lists, plain=plain)
        self._met: set[URIRef] = set()  # properties of some class

    def read(self) -> ReadModel:
        shapes_of: dict[URIRef, list[URIRef]] = {
            each: [] for each in self._said.of_type(OWL.Class, RDFS.Class) if each != OWL.Thing
        }
        for each in shapes_of:
            self._names[each] = _free(as_name(local(each)), self._names.values())
        alone = [shape for shape in self._said.of_type(SH.NodeShape) if not self._joins(shape, shapes_of)]
        for shape in alone:
            self._names[shape] = _free(as_name(local(shape)), self._names.values())
            if (target := self._said.address(shape, SH.targetClass)) is not None and target != OWL.Thing:
                self._names.setdefault(target, self._names[shape])
        found = {self._names[each]: self._concept(each, shapes) for each, shapes in shapes_of.items()}
        found |= {self._names[shape]: self._concept(None, [shape]) for shape in alone}
        titles = self._titles()
        self._tell_the_rest()
        return ReadModel(
            titles=titles,
            concepts={name: entry for name, entry in sorted(found.items()) if "rules" not in entry},
            derived={name: entry for name, entry in sorted(found.items()) if "rules" in entry},
            code_lists=dict(sorted(self._members.code_lists.items())),
            left_out=self._notes.told(),
        )

    def _titles(self) -> tuple[str, ...]:
        models = self._said.of_type(OWL.Ontology)
        for each in models:
            self._said.words(each, RDFS.comment)
        said = (self._said.words(each, RDFS.label) for each in models)
        return tuple(each.get("en") or next(iter(each.values())) for each in said if each)

    def _joins(self, shape: URIRef, shapes_of: Mapping[URIRef, list[URIRef]]) -> bool:
        """Whether a shape is of a class that was read; then it is put with it."""
        target = self._said.address(shape, SH.targetClass)
        if target is None or target not in shapes_of:
            return False
        shapes_of[target].append(shape)
        self._names[shape] = self._names[target]
        return True

    def _concept(self, library: URIRef | None, shapes: list[URIRef]) -> Plain:
        subjects = (*shapes, *((library,) if library is not None else ()))
        name = self._names[subjects[0]]
        written = self._members.written(library)
        keys = [] if library is None else self._said.list(library, OWL.hasKey)
        attributes: dict[str, Plain] = {}
        relationships: dict[str, Plain] = {}
        expectations: dict[str, Plain] = dict(written.pop("expectations", {}))
        key: dict[object, str] = {}
        for each in self._properties(library, shapes):
            own = _free(_name_of(each, subjects), {*attributes, *relationships})
            if self._members.is_association(each):
                entry = self._members.relationship(each, f"{name}.{own}")
                if entry is None:
                    continue
                relationships[own] = entry
            else:
                attributes[own] = self._members.attribute(each, f"{name}.{own}")
                key |= {each.library: own} if each.library in keys else {}
            known = known_of(own, expectations.values(), is_key=own in key.values())
            for called, check in checks_of(own, self._members.constraints(each), known).items():
                expectations[_free(called, expectations)] = {**check, "owner": NOBODY}
        labels = self._members.words(subjects, RDFS.label, name)
        return {
            "kind": written.pop("kind", "")
            or self._notes.assume("kind of a concept, entity or event: entity", "entity"),
            "labels": labels,
            "definition": self._members.definition(subjects) or labels,
            "key": [key[each] for each in keys if each in key] or self._assumed_key(name, attributes),
            **written,
            "attributes": attributes,
            **({"relationships": relationships} if relationships else {}),
            **({"expectations": expectations} if expectations else {}),
        }

    def _assumed_key(self, name: str, attributes: dict[str, Plain]) -> list[str]:
        usual = [each for each in (*_USUAL_KEYS, f"{name}_id") if each in attributes]
        if usual:
            return self._notes.assume(f"key of {name}: {usual[0]}", usual[:1])
        chosen = _free(f"{name}_id", attributes)
        attributes[chosen] = {"type": Type.TEXT.value, **self._members.guard(), "labels": dict(_IDENTIFIER)}
        return self._notes.assume(f"key of {name}: {chosen}, an attribute that is not there", [chosen])

    def _properties(self, library: URIRef | None, shapes: list[URIRef]) -> list[Property]:
        """The properties of a class: in the order the class gives them, then in that of its shapes."""
        leads_to: dict[URIRef, URIRef | None] = {}
        if library is not None:
            for node in self._said.values(library, OWL.equivalentClass):
                for restriction in self._said.list(node, OWL.intersectionOf):
                    held = self._said.address(restriction, OWL.onProperty)
                    towards = self._said.address(restriction, OWL.someValuesFrom)
                    if held is not None:
                        leads_to.setdefault(held, towards)
            for held in self._said.subjects(RDFS.domain, library):
                leads_to.setdefault(held, None)
        paired: dict[URIRef, URIRef | None] = dict.fromkeys(leads_to)
        for each in self._shapes(shapes):
            path = self._said.address(each, SH.path)
            self._met.add(each)
            if self._said.text(each, SH.deactivated) == "true":
                self._notes.leave_out(f"{local(each)}: it is turned off in the profile")
                if path is not None:
                    self._met.add(path)
                    paired.pop(path, None)
                continue
            paired[each if path is None else path] = each
        self._met |= paired.keys()
        return [
            Property(None if address == shape else address, shape, leads_to.get(address))
            for address, shape in paired.items()
        ]

    def _shapes(self, shapes: list[URIRef]) -> list[URIRef]:
        """The property shapes of node shapes, in their order."""
        found = {
            each: self._said.text(each, SH.order)
            for shape in shapes
            for each in self._said.values(shape, SH.property)
            if isinstance(each, URIRef)
        }
        return sorted(found, key=lambda each: (_number(found[each]), str(each)))

    def _tell_the_rest(self) -> None:
        for each in self._said.of_type(OWL.DatatypeProperty, OWL.ObjectProperty, SH.PropertyShape):
            if each not in self._met:
                self._notes.leave_out(f"{local(each)}: it belongs to no class")
        for what, count in self._said.not_looked_at().items():
            self._notes.leave_out(f"{what}: {count} times")
        if kept := self._said.bookkeeping():
            self._notes.leave_out(
                f"what a registry notes of its entries (days, statuses, owners): {kept} times"
            )


def _name_of(each: Property, owners: tuple[URIRef, ...]) -> str:
    """Without the name of its class before it, where that tells it from properties of others."""
    name = local(each.library if each.library is not None else each.shape)
    for owner in owners:
        name = name.removeprefix(f"{local(owner)}-")
    return as_name(name)


def _free(name: str, taken: Container[str]) -> str:
    free, number = name, 2
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free


def _number(written: str) -> float:
    return float(written) if written.replace(".", "", 1).isdecimal() else float("inf")
