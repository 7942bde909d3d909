"""The whole concept model of a county, as a value."""

from __future__ import annotations

from dataclasses import dataclass

from virtaama.model.calendars import Calendar
from virtaama.model.concepts import CodeList, Concept
from virtaama.model.derived import Derived
from virtaama.model.expectations import Expectation
from virtaama.model.feeds import Feed, System
from virtaama.model.mappings import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Concepts, code lists, systems and mappings that have been checked against each other.

    Mappings keep the order of their files: where two sources disagree about an attribute, the
    earlier mapping wins. `concepts` are those that sources describe; `derived` those that rules make from
    them. `version` is the first 12 hex digits of the SHA-256 of the model's files.
    """

    version: str
    concepts: tuple[Concept, ...]
    code_lists: tuple[CodeList, ...]
    systems: tuple[System, ...]
    mappings: tuple[Mapping, ...]
    expectations: tuple[Expectation, ...] = ()
    derived: tuple[Derived, ...] = ()
    calendars: tuple[Calendar, ...] = ()

    @property
    def every_concept(self) -> tuple[Concept, ...]:
        """Those that sources describe, then those that rules make."""
        return (*self.concepts, *(derived.concept for derived in self.derived))

    def concept(self, name: str) -> Concept:
        return next(c for c in self.every_concept if c.name == name)

    def derived_as(self, name: str) -> Derived | None:
        """The rules that make a concept; None where sources describe it."""
        return next((d for d in self.derived if d.concept.name == name), None)

    def calendar(self, name: str) -> Calendar:
        return next(c for c in self.calendars if c.name == name)

    def code_list(self, name: str) -> CodeList:
        return next(c for c in self.code_lists if c.name == name)

    def feed(self, id: str) -> Feed:
        return next(f for s in self.systems for f in s.feeds if f.id == id)

    @property
    def feeds(self) -> tuple[Feed, ...]:
        return tuple(f for s in self.systems for f in s.feeds)

    def expected_of(self, subject: str) -> tuple[Expectation, ...]:
        """What is expected of a concept, or of the feed of this id."""
        return tuple(e for e in self.expectations if e.subject == subject)
