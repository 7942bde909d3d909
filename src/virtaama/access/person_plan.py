"""What must be read to open a person. Needs the leave to do so: no decision, no plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from virtaama.metrics.functions import functions_by
from virtaama.metrics.person_views import CareRelation, Limit, PersonViews, Section
from virtaama.metrics.render.person import (
    Query,
    address_query,
    bound_in,
    number_query,
    person_query,
    relation_query,
    section_query,
    staff_query,
)
from virtaama.metrics.render.trees import StarsOfCarers
from virtaama.model.model import Model
from virtaama.privacy.person_policy import LookUpAllowed, PersonAllowed, SectionScope
from virtaama.sql.spelling import spelled
from virtaama.vault.keys import key_of

MOST_ROWS = 200
"""Rows of a section that are shown; the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonReading:
    """One query with the values it binds, and the marts it reads."""

    sql: str
    parameters: Mapping[str, object]
    marts: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionReading:
    section: Section
    scope: SectionScope
    reading: PersonReading


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPlan:
    """The readings that open a person, and the sections that are not opened."""

    person: PersonReading
    address: PersonReading | None
    staff: PersonReading | None
    sections: tuple[SectionReading, ...]
    closed: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class _Statement:
    sql: str
    binds: frozenset[str]
    marts: frozenset[str]

    def reading(self, values: Mapping[str, object]) -> PersonReading:
        """A statement with its own of the values."""
        own = {name: values[name] for name in self.binds}
        return PersonReading(sql=self.sql, parameters=own, marts=self.marts)


class Statements:
    """The statements of person views, each made when it is first needed: a question changes values alone."""

    def __init__(self, views: PersonViews, model: Model) -> None:
        self.views = views
        self._stars = StarsOfCarers(model)
        self._functions = functions_by(views.limits)
        self._made: dict[tuple[object, ...], _Statement] = {}
        of = model.concept(views.persons.of)
        closed = {attribute.name for attribute in of.attributes if attribute.sensitivity == "direct"}
        self.open_address = tuple(name for name in views.persons.address if name not in closed)

    def number(self) -> _Statement:
        return self._statement(("number",), lambda: number_query(self.views.persons, self._stars))

    def person(self) -> _Statement:
        return self._statement(("person",), lambda: person_query(self.views.persons, self._stars))

    def address(self) -> _Statement | None:
        """The parts of an address that are not enciphered; None where there are none."""
        if not self.open_address:
            return None
        return self._statement(
            ("address",), lambda: address_query(self.views.persons, self.open_address, self._stars)
        )

    def staff(self) -> _Statement | None:
        if self.views.persons.staff is None:
            return None
        return self._statement(("staff",), lambda: staff_query(self.views.persons, self._stars))

    def relation(self, relation: CareRelation, limit: Limit) -> _Statement:
        what = ("relation", relation.name, limit.valid_from)
        return self._statement(what, lambda: relation_query(relation, limit, self._stars, self._functions))

    def section(self, section: Section, every: bool) -> _Statement:
        what = ("section", section.name, every)
        return self._statement(
            what,
            lambda: section_query(section, self._stars, self._functions, every=every, most=MOST_ROWS + 1),
        )

    def _statement(self, what: tuple[object, ...], make: Callable[[], Query]) -> _Statement:
        if what not in self._made:
            query = make()
            marts = frozenset(f"star/{concept}" for concept in self._stars.concepts_in(query))
            self._made[what] = _Statement(spelled(query), bound_in(query), marts)
        return self._made[what]


def plan_number(allowed: LookUpAllowed, number: str, statements: Statements) -> PersonReading:
    """Whose a client number is."""
    assert isinstance(allowed, LookUpAllowed)
    return statements.number().reading({"number": number})


def plan_relations(
    allowed: LookUpAllowed, person: bytes, today: date, statements: Statements
) -> tuple[PersonReading, ...]:
    """Each a row where the person has a care relation with the asker's units today."""
    assert isinstance(allowed, LookUpAllowed)
    values = {"person": _key(person), "units": _units(allowed.units), "today": today}
    return tuple(
        statements.relation(relation, limit).reading(values)
        for relation in statements.views.relations
        if (limit := relation.limit(today))
    )


def plan_person(allowed: PersonAllowed, statements: Statements) -> PersonPlan:
    """The sections that are opened, each narrowed to the services and units it is opened of."""
    assert isinstance(allowed, PersonAllowed)
    person = {"person": _key(allowed.person)}
    opened, closed = [], []
    for section in statements.views.sections:
        scope = scope_of(allowed, section)
        if scope.is_empty:
            closed.append(section)
            continue
        values = {
            **person,
            "services": sorted(scope.services),
            "services_at_units": sorted(scope.services_at_units),
            "units": _units(allowed.units),
        }
        reading = statements.section(section, scope.every).reading(values)
        opened.append(SectionReading(section=section, scope=scope, reading=reading))
    address, staff = statements.address(), statements.staff()
    return PersonPlan(
        person=statements.person().reading(person),
        address=address.reading(person) if address else None,
        staff=staff.reading(person) if staff else None,
        sections=tuple(opened),
        closed=tuple(closed),
    )


def scope_of(allowed: PersonAllowed, section: Section) -> SectionScope:
    """Which rows of a section are opened; none where its rows are all of services the asker's work does not open."""
    scope = allowed.scope(section.services.domain, section.content)
    return scope if scope.every else scope.among(section.services.known)


def plan_own_address(allowed: PersonAllowed, asker: bytes, statements: Statements) -> PersonReading | None:
    """The open parts of the asker's own address as a resident; looked at, and given to nobody."""
    assert isinstance(allowed, PersonAllowed)
    address = statements.address()
    return address.reading({"person": _key(asker)}) if address else None


def _key(person: bytes) -> str:
    return str(UUID(bytes=person))


def _units(codes: frozenset[str]) -> list[str]:
    return [str(key_of(code)) for code in sorted(codes)]
