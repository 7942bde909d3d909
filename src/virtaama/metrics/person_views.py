"""What of one person can be shown to a professional, as data: sections, and what counts as a care relation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from virtaama.model.concepts import Attribute, Concept, Sensitivity, Text
from virtaama.model.model import Model
from virtaama.model.paths import Name
from virtaama.problems import Place
from virtaama.statutes.access_rights import Content, Domain, Service
from virtaama.statutes.care_guarantee import WaitLimit

Path = tuple[str, ...]
"""Relationships followed from a concept, and at their end an attribute or nothing: ("service_event", "unit")."""


@dataclass(frozen=True, slots=True)
class Column:
    """A value of a section: a column of its concept, or one reached through relationships."""

    path: Name
    locates: bool = False  # a place by the model: withheld under a protection order

    @property
    def name(self) -> str:
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class Services:
    """Which service or service task a row belongs to: one for all, or told by the first value that is there.

    A row of which nothing tells it is opened to those alone who open every service of the domain.
    """

    domain: Domain | None  # None: the section belongs to no service, as who somebody is
    every: Service | None = None
    by: tuple[Path, ...] = ()
    values: Mapping[str, Service] = field(default_factory=dict)

    @property
    def known(self) -> frozenset[Service]:
        """Every service its rows can be of, as far as that is told."""
        return frozenset({self.every} if self.every else self.values.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of a person's record: the rows of a concept that belong to the person.

    A row belongs to the person where one of the paths of `person` leads to them. `person` empty: the concept is that
    of persons itself.
    """

    name: str
    labels: Text
    content: Content
    services: Services
    of: str
    person: tuple[Path, ...]
    unit: tuple[Path, ...] = ()
    time: tuple[Path, ...] = ()  # newest rows first, by the first that is there
    where: str = ""
    columns: tuple[Column, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Limit:
    """How long an event gives a care relation, and from which day this holds."""

    valid_from: date
    days_after: int
    days_before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CareRelation:
    """Events of a person at a unit that give its staff a care relation with them.

    It holds from `days_before` the event starts until `days_after` it ends. An event with `ends` whose end is not
    known goes on; one without `ends` is over when it starts.
    """

    name: str
    of: str
    person: Path
    unit: Path
    starts: tuple[Path, ...]
    ends: Path = ()
    where: str = ""
    limits: tuple[Limit, ...]
    place: Place

    def limit(self, on: date) -> Limit | None:
        """The limit of a day: the newest that is valid by then."""
        valid = [limit for limit in self.limits if limit.valid_from <= on]
        return max(valid, key=lambda limit: limit.valid_from, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Persons:
    """The concept of persons, and where the rest of what is known of who they are stands."""

    of: str  # a concept whose key is one identity
    protection: str = ""  # the truth value the model says tells who has a protection order
    family_name: str = (
        ""  # these three are looked at to flag openings that a data protection officer asks about
    )
    address: tuple[str, ...] = ()
    staff: tuple[str, Path] | None = None  # a concept of the county's own staff, and the way to the person
    numbers: tuple[str, str, Path] | None = None  # a concept, its client number, and the way to the person
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonViews:
    """Everything that can be shown of one person. Nothing where a project shows no persons."""

    persons: Persons
    relations: tuple[CareRelation, ...]
    sections: tuple[Section, ...]
    limits: tuple[WaitLimit, ...] = ()  # of the care guarantee, which conditions may ask for

    def direct(self, model: Model) -> tuple[str, ...]:
        """The attributes that name a person and are shown, or looked at to flag openings."""
        of = model.concept(self.persons.of)
        shown = [c.path[-1] for s in self.sections if not s.person for c in s.columns if len(c.path) == 1]
        looked_at = (self.persons.family_name, *self.persons.address)
        return tuple(dict.fromkeys(name for name in (*shown, *looked_at) if is_direct(of.attribute(name))))


def is_direct(attribute: Attribute | None) -> bool:
    return attribute is not None and attribute.sensitivity is Sensitivity.DIRECT


def end_of(model: Model, concept: Concept, path: Iterable[str]) -> Concept | None:
    """The concept a path of relationships leads to; None where a step leads nowhere."""
    here = concept
    for step in path:
        relationship = here.relationship(step)
        if relationship is None:
            return None
        here = model.concept(relationship.to)
    return here


def words_of_column(column: Column, section: Section, model: Model) -> Text:
    """What a column is called: as its attribute, or as the last relationship on the way to it."""
    concept = model.concept(section.of)
    *steps, last = column.path
    if steps:
        before = end_of(model, concept, steps[:-1])
        relationship = before.relationship(steps[-1]) if before else None
        if relationship:
            return relationship.labels
    attribute = concept.attribute(last)
    return attribute.labels if attribute else Text(last, last, last)


def code_list_of(column: Column, section: Section, model: Model) -> str:
    """The list whose codes a column holds; empty where it holds none."""
    *steps, last = column.path
    concept = end_of(model, model.concept(section.of), steps)
    attribute = concept.attribute(last) if concept else None
    return (attribute.code_list or "") if attribute else ""
