"""Attributes and relationships of a concept, from properties of a library and shapes of a profile."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rdflib import Literal, URIRef
from rdflib.namespace import OWL, RDF, RDFS, SH, XSD
from rdflib.term import Node

from virtaama.interchange.constraints import Constraints
from virtaama.interchange.graph import LANGUAGES, META, Statements
from virtaama.interchange.linked import OWN
from virtaama.interchange.notes import Notes
from virtaama.model.concepts import Sensitivity, Type
from virtaama.model.naming import as_name

Plain = dict[str, Any]

_TYPES = {
    Type.INTEGER: (
        "integer int long short byte nonNegativeInteger positiveInteger nonPositiveInteger negativeInteger "
        "unsignedInt unsignedLong unsignedShort unsignedByte"
    ),
    Type.DECIMAL: "decimal double float",
    Type.DATE: "date",
    Type.TIMESTAMP: "dateTime dateTimeStamp",
    Type.BOOLEAN: "boolean",
    Type.TEXT: "string normalizedString token anyURI language Name NCName NMTOKEN",
}
TYPES = {XSD[name]: kind for kind, names in _TYPES.items() for name in names.split()}
_ANY_TEXT = (None, RDFS.Literal, RDF.langString, RDF.PlainLiteral)
WRITTEN = URIRef(f"{OWN}written")
CODE_LIST = URIRef(f"{META}codeList")
NOBODY = "not stated yet"


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a class: where the library describes it, where the profile does, to what it leads."""

    library: URIRef | None
    shape: URIRef | None
    leads_to: URIRef | None = None

    @property
    def subjects(self) -> tuple[URIRef, ...]:
        """The profile says more exactly what the library says."""
        return tuple(each for each in (self.shape, self.library) if each is not None)


class Members:
    """Reads them one by one; code lists that come with them are gathered."""

    def __init__(
        self,
        said: Statements,
        notes: Notes,
        concepts: Mapping[URIRef, str],
        known_lists: frozenset[str],
        *,
        plain: bool,
    ) -> None:
        self.code_lists: dict[str, Plain] = {}
        self._said = said
        self._notes = notes
        self._concepts = concepts
        self._known_lists = known_lists
        self._plain = plain

    def is_association(self, each: Property) -> bool:
        if any(self._said.is_a(subject, OWL.ObjectProperty) for subject in each.subjects):
            return True
        return each.shape is not None and self._said.address(each.shape, SH["class"]) is not None

    def attribute(self, each: Property, called: str) -> Plain:
        """Its entry. What is not said of how closely it is to be guarded is assumed to be most closely."""
        written = self.written(each.library)
        kind = self._type(each, called)
        said = written.pop("type", kind.value)
        entry: Plain = {"type": said if kind is Type.TEXT else kind.value}
        entry |= written if "sensitivity" in written else {**written, **self.guard()}
        if code_list := self._code_list(each, called):
            if kind is Type.TEXT:
                entry["code_list"] = code_list
            else:
                self._notes.leave_out(f"{called}: its code list {code_list}, as it is of type {kind}")
        self._tell_several(each, called)
        return {**entry, **self._described(each.subjects, called)}

    def relationship(self, each: Property, called: str) -> Plain | None:
        """Its entry; None where it leads to nothing that was read."""
        targets = [self._said.address(each.shape, SH["class"])] if each.shape is not None else []
        if each.library is not None:
            targets.append(self._said.address(each.library, RDFS.range))
        target = next(filter(None, (*targets, each.leads_to)), None)
        to = self._concepts.get(target) if target is not None else None
        if to is None:
            self._notes.leave_out(f"{called}: it leads to {target or 'nothing'}, which is not in the files")
            return None
        self._tell_several(each, called)
        return {"to": to, **self.written(each.library), **self._described(each.subjects, called)}

    def constraints(self, each: Property) -> Constraints:
        """What the profile says of its values, as far as expectations have words for it."""
        if each.shape is None:
            return Constraints()
        is_text = self._type(each, "") is Type.TEXT
        return Constraints(
            required=self._said.text(each.shape, SH.minCount) not in ("", "0"),
            pattern=self._said.text(each.shape, SH.pattern),
            least="" if is_text else self._said.text(each.shape, SH.minInclusive),
            most="" if is_text else self._said.text(each.shape, SH.maxInclusive),
        )

    def guard(self) -> Plain:
        """The closest there is, until somebody says what an attribute is."""
        closest: Plain = {"sensitivity": Sensitivity.SPECIAL.value, "purposes": ["data_quality"]}
        return self._notes.assume("sensitivity of attributes: special, for data_quality alone", closest)

    def written(self, subject: URIRef | None) -> Plain:
        """What we wrote beside the standards' words."""
        text = self._said.text(subject, WRITTEN) if subject is not None else ""
        if not text or self._plain:
            return {}
        try:
            found = json.loads(text)
        except (json.JSONDecodeError, RecursionError):
            found = None
        if not isinstance(found, dict):
            self._notes.leave_out(f"{local(subject)}: what stands under {WRITTEN} cannot be read")
            return {}
        return found

    def words(self, subjects: Iterable[URIRef], predicate: URIRef, stand_in: str) -> Plain:
        """Words in three languages; those of another stand in for one that is missing."""
        given: dict[str, str] = {}
        for subject in subjects:
            given = {**self._said.words(subject, predicate), **given}
        first = next((given[language] for language in LANGUAGES if language in given), "")
        first = first or next(iter(given.values()), stand_in)
        for language in given.keys() - {*LANGUAGES, ""}:
            self._notes.leave_out(f"words in {language}")
        return {
            language: given[language]
            if language in given
            else self._notes.assume(f"words in {language}: those of another language, or the name", first)
            for language in LANGUAGES
        }

    def definition(self, subjects: tuple[URIRef, ...]) -> Plain | None:
        given = [self._said.words(subject, RDFS.comment) for subject in subjects]
        return self.words(subjects, RDFS.comment, "") if any(given) else None

    def _described(self, subjects: tuple[URIRef, ...], called: str) -> Plain:
        labels = self.words(subjects, RDFS.label, called.partition(".")[2])
        definition = self.definition(subjects)
        return {"labels": labels, **({"definition": definition} if definition else {})}

    def _type(self, each: Property, called: str) -> Type:
        exact = self._said.address(each.shape, SH.datatype) if each.shape is not None else None
        range_ = self._said.address(each.library, RDFS.range) if each.library is not None else None
        found = range_ if exact is None else exact
        if found not in TYPES and found not in _ANY_TEXT and called:
            self._notes.leave_out(f"{called}: values of type {found} are read as text")
        return TYPES.get(found, Type.TEXT) if found is not None else Type.TEXT

    def _tell_several(self, each: Property, called: str) -> None:
        most = self._said.text(each.shape, SH.maxCount) if each.shape is not None else "1"
        if most not in ("0", "1"):
            many = f"up to {most}" if most else "any number of"
            self._notes.leave_out(f"{called}: it may have {many} values there, and has one here")

    def _code_list(self, each: Property, called: str) -> str:
        if each.shape is None:
            return ""
        lists = [str(found) for found in self._said.values(each.shape, CODE_LIST)]
        codes = [str(code) for code in self._said.list(each.shape, SH["in"]) if isinstance(code, Literal)]
        if len(lists) > 1:
            self._notes.leave_out(f"{called}: its code lists but the first: {', '.join(lists[1:])}")
        if not lists and not codes:
            return ""
        name = as_name(lists[0].rpartition("/")[2] if lists else called.replace(".", "_"))
        if name in self._known_lists or name in self.code_lists:
            return name
        if not codes:
            advice = "take its codes in first, with `virtaama codes import`"
            self._notes.leave_out(f"{called}: its code list {lists[0]}; {advice}")
            return ""
        self._notes.leave_out(f"words for the codes of {name}; `virtaama codes import` takes them in")
        self.code_lists[name] = {
            "labels": dict.fromkeys(LANGUAGES, name),
            "source": lists[0] if lists else NOBODY,
            "codes": {code: dict.fromkeys(LANGUAGES, code) for code in dict.fromkeys(codes)},
        }
        return name


def local(address: Node | None) -> str:
    """The last part of an address."""
    return str(address or "").rstrip("/#").rpartition("/")[2].rpartition("#")[2]
