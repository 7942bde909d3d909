"""A county of a few persons and units, published, with the door to persons in front of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from tests.look_ups import unlimited_look_ups
from tests.shipped_law import RIGHTS
from tests.small_warehouse import Warehouse
from virtaama.access.audit import AuditLog
from virtaama.access.look_ups import LookUps
from virtaama.access.opened import NotOpened, OpenedPerson, PersonQuestion
from virtaama.access.person_door import PersonDoor
from virtaama.access.persons import person_key
from virtaama.access.roles import parse_roles
from virtaama.engines.duckdb import DuckDB
from virtaama.loading.direct import publish_direct
from virtaama.loading.publish import publish
from virtaama.metrics.definitions import Catalogue
from virtaama.metrics.person_view_parse import parse_person_views
from virtaama.metrics.person_views import PersonViews
from virtaama.model.parse import parse_model
from virtaama.privacy.policy import Asker, Purpose
from virtaama.statutes.access_rights import AccessRights
from virtaama.vault.derive import star
from virtaama.vault.design import design

WORDS = "{fi: Sana, sv: Ord, en: Word}"
PERSONAL = f"sensitivity: personal, labels: {WORDS}"
SPECIAL = f"sensitivity: special, purposes: [planning, client_care], labels: {WORDS}"
DIRECT = f"type: text, sensitivity: direct, labels: {WORDS}"

FILES = {
    "systems/care.yaml": f"""
system: care
labels: {WORDS}
format: csv
feeds:
  people:
    labels: {WORDS}
    files: people.csv
    delivery: full
    whose: ID
    fields: {{ID: {{type: identity, required: true}}, FAMILY: {{type: text, direct: true}},
      STREET: {{type: text, direct: true}}, POST: {{type: text}}, HIDDEN: {{type: boolean}},
      EMPLOYED: {{type: identity}}}}
  visits:
    labels: {WORDS}
    files: visits.csv
    delivery: events
    fields: {{ID: {{type: text}}, WHO: {{type: identity}}, DAY: {{type: date}}, UNIT: {{type: text}},
      SERVICE: {{type: text}}}}
  decisions:
    labels: {WORDS}
    files: decisions.csv
    delivery: events
    fields: {{ID: {{type: text}}, WHO: {{type: identity}}, DAY: {{type: date}}, UNIT: {{type: text}},
      TASK: {{type: text}}}}
  numbers:
    labels: {WORDS}
    files: numbers.csv
    delivery: events
    fields: {{ID: {{type: text}}, WHO: {{type: identity}}}}
""",
    "concepts/care.yaml": f"""
concepts:
  unit:
    kind: entity
    labels: {WORDS}
    definition: {WORDS}
    key: [code]
    attributes: {{code: {{type: text, labels: {WORDS}}}}}
  resident:
    kind: entity
    labels: {WORDS}
    definition: {WORDS}
    key: [person]
    protection: {{told_by: hidden, places: [street, postal_code]}}
    attributes:
      person: {{type: identity, {PERSONAL}}}
      family_name: {{{DIRECT}}}
      street: {{{DIRECT}}}
      postal_code: {{type: text, {PERSONAL}}}
      hidden: {{type: boolean, {PERSONAL}}}
  employed:
    kind: entity
    labels: {WORDS}
    definition: {WORDS}
    key: [person]
    attributes: {{person: {{type: identity, {PERSONAL}}}}}
    relationships: {{resident: {{to: resident, labels: {WORDS}}}}}
  visit:
    kind: event
    labels: {WORDS}
    definition: {WORDS}
    key: [visit_id]
    time: [day]
    attributes:
      visit_id: {{type: text, {PERSONAL}}}
      day: {{type: date, {SPECIAL}}}
      service: {{type: text, {SPECIAL}}}
    relationships:
      resident: {{to: resident, labels: {WORDS}}}
      unit: {{to: unit, labels: {WORDS}}}
  decision:
    kind: event
    labels: {WORDS}
    definition: {WORDS}
    key: [decision_id]
    time: [day]
    attributes:
      decision_id: {{type: text, {PERSONAL}}}
      day: {{type: date, {SPECIAL}}}
      task: {{type: text, {SPECIAL}}}
    relationships:
      resident: {{to: resident, labels: {WORDS}}}
      unit: {{to: unit, labels: {WORDS}}}
  record:
    kind: entity
    labels: {WORDS}
    definition: {WORDS}
    key: [number]
    attributes: {{number: {{type: text, {PERSONAL}}}}}
    relationships: {{resident: {{to: resident, labels: {WORDS}}}}}
""",
    "mappings/care.yaml": """
mappings:
  - feed: care.people
    concept: resident
    key: {person: ID}
    attributes: {family_name: FAMILY, street: STREET, postal_code: POST, hidden: HIDDEN}
  - feed: care.people
    concept: employed
    where: EMPLOYED IS NOT NULL
    key: {person: EMPLOYED}
    relationships: {resident: EMPLOYED}
  - feed: care.visits
    concept: visit
    key: {visit_id: ID}
    attributes: {day: DAY, service: SERVICE}
    relationships: {resident: WHO, unit: UNIT}
  - feed: care.decisions
    concept: decision
    key: {decision_id: ID}
    attributes: {day: DAY, task: TASK}
    relationships: {resident: WHO, unit: UNIT}
  - feed: care.numbers
    concept: record
    key: {number: ID}
    relationships: {resident: WHO}
""",
}
SERVICES = ("reception", "hospital", "mental_and_substance", "screening")
TASKS = ("families", "older_people", "child_protection")
DAYS_AFTER, DAYS_BEFORE = 100, 20
VIEWS = f"""
persons:
  of: resident
  family_name: family_name
  address: [street, postal_code]
  staff: {{of: employed, person: resident}}
  numbers: {{of: record, number: number, person: resident}}
care_relations:
  visit:
    of: visit
    person: resident
    unit: unit
    starts: day
    limits:
      - {{valid_from: 2020-01-01, days_after: 10}}
      - {{valid_from: 2025-01-01, days_after: {DAYS_AFTER}, days_before: {DAYS_BEFORE}}}
sections:
  basics:
    labels: {WORDS}
    content: basics
    of: resident
    columns: [family_name, street, postal_code, hidden]
  visits:
    labels: {WORDS}
    content: visits
    services: {{by: service, values: {{{", ".join(f"{each}: {each}" for each in SERVICES)}}}}}
    of: visit
    person: resident
    unit: unit
    time: day
    columns: [visit_id, day, unit.code]
  requests:
    labels: {WORDS}
    content: requests
    services: {{by: service, values: {{{", ".join(f"{each}: {each}" for each in SERVICES)}}}}}
    of: visit
    person: resident
    unit: unit
    time: day
    columns: [visit_id]
  decisions:
    labels: {WORDS}
    content: decisions
    services: {{by: task, values: {{{", ".join(f"{each}: {each}" for each in TASKS)}}}}}
    of: decision
    person: resident
    unit: unit
    time: day
    columns: [decision_id, day]
"""
ACCESS = """
roles:
  nurse:
    purposes: [client_care]
    levels: []
    pages: [persons]
    persons:
      work: [{role: health_limited, services: [reception]}]
      direct: [family_name, street]
      break_glass: true
  doctor:
    purposes: [client_care]
    levels: []
    pages: [persons]
    persons:
      work: [{role: health_broad, services: [hospital]}]
      direct: [family_name]
      break_glass: true
  secretary:
    purposes: [client_care]
    levels: []
    pages: [persons]
    persons:
      work: [{role: health_support, services: [reception, hospital]}]
  social_worker:
    purposes: [client_care]
    levels: []
    pages: [persons]
    persons:
      work: [{role: social_arranging, services: [families]}]
      direct: [family_name]
  manager:
    purposes: [steering]
    levels: [county]
    pages: [steering]
"""
NOW = datetime(2026, 6, 15, 12)
TOLD = datetime(2026, 6, 1)  # when deliveries were extracted
REASON = "Sovittu käynti tänään"
WRITTEN = "Potilas on tuotu tajuttomana päivystykseen ja hänen lääkityksensä pitää tarkistaa heti."

MODEL = parse_model(FILES)


def parsed_views(text: str = VIEWS) -> PersonViews:
    views = parse_person_views({"person_views/care.yaml": text}, MODEL)
    assert views
    return views


def day(days_ago: int) -> date:
    return NOW.date() - timedelta(days=days_ago)


class County(Warehouse):
    """Deliveries of persons, visits, decisions and client numbers, published where the door reads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(MODEL, folder, in_memory=True)
        self.audit = AuditLog(folder / "audit.sqlite", b"k" * 32)
        self.deciphered: list[tuple[str, str]] = []
        self._door: PersonDoor | None = None

    def open_engine(self) -> DuckDB:
        return DuckDB.open(folders=[self.folder], memory="500MB", threads=1)

    def people(self, *rows: dict[str, Any]) -> None:
        """Names and streets are enciphered as at the door where data comes in: here, turned around."""
        sealed = [
            {name: value[::-1] if name in ("FAMILY", "STREET") else value for name, value in row.items()}
            for row in rows
        ]
        self.deliver("care.people", TOLD, *sealed)

    def publish_all(self) -> None:
        self.load()
        views = parsed_views()
        publication = publish(
            self.engine,
            star=partial(star, self.model, design(self.model)),
            model=self.model,
            catalogue=CATALOGUE,
            batches=self.ledger.batches(),
            folder=self.folder / "published",
            county_code="07",
            moment=NOW,
        )
        wanted: Mapping[str, tuple[str, ...]] = {"resident": views.direct(self.model)}
        publish_direct(self.engine, self.model, wanted, self.folder / "direct", publication.number)

    def door(self) -> PersonDoor:
        """The one door, with a snapshot that stays open. Look-ups are not held back."""
        if self._door is None:
            self._door = self.door_by(RIGHTS)
        return self._door

    def door_by(self, law: AccessRights) -> PersonDoor:
        """A door of its own where another law holds."""
        return self.door_counting(unlimited_look_ups(self.audit, lambda: NOW), law)

    def door_counting(self, look_ups: LookUps, law: AccessRights = RIGHTS) -> PersonDoor:
        """A door that lets look-ups through as these do."""
        return PersonDoor(
            published=self.folder / "published",
            direct=self.folder / "direct",
            views=parsed_views(),
            catalogue=CATALOGUE,
            model=MODEL,
            roles=parse_roles(ACCESS, RIGHTS),
            law=law,
            audit=self.audit,
            clock=lambda: NOW,
            decipher=self._decipher,
            look_ups=look_ups,
        )

    def _decipher(self, person: str, field: str, value: str) -> str:
        self.deciphered.append((person, field))
        return value[::-1]


CATALOGUE = Catalogue(version="1", facts=(), dimensions=(), metrics=())


def asker(role: str, *units: str, **more: Any) -> Asker:
    return Asker(id=f"{role}@example", role=role, units=frozenset(units), **more)


def ask(door: PersonDoor, of: Asker, person: str, **more: Any) -> OpenedPerson | NotOpened:
    """Open a person by their pseudonym."""
    question = PersonQuestion(**{"person": person_key(person), "reason": REASON, **more})
    return door.open(question, of, Purpose.CLIENT_CARE)


def opened(found: OpenedPerson | NotOpened) -> OpenedPerson:
    assert isinstance(found, OpenedPerson)
    return found


def rows_of(found: OpenedPerson | NotOpened, section: str) -> list[Any]:
    """The first values of the rows of a section; nothing where it is not opened."""
    return [row.values[0] for each in opened(found).sections if each.name == section for row in each.rows]
