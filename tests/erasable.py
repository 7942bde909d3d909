"""A small project whose persons can be destroyed: a register, visits with diagnoses, cases, staff; rows set aside."""

from __future__ import annotations

from pathlib import Path

from torture.clinic import identity
from virtaama.project.create import create_empty
from virtaama.project.project import Project

W = "{fi: Sana, sv: Ord, en: Word}"
_CSV = """format: csv
csv: {delimiter: ";", encoding: utf-8, decimal: ",", date: "%d.%m.%Y", timestamp: "%d.%m.%Y %H:%M"}
extracted: '/(?P<year>\\d{4})-(?P<month>\\d{2})/'
"""
_CLIENT = "rule: potilasasiakirjat.hoitomerkinnat, facts: {death: resident.died, birth: resident.born}"

APPROVED = (
    "{use_of_visits: {purposes: [planning], decided_by: The board, record: HVA/1/2026, from: 2020-01-01}}"
)

FILES = {
    "systems/register.yaml": f"""
system: register
labels: {W}
{_CSV}
reject_at_most: 0.5
feeds:
  people:
    labels: {W}
    files: "register/*/people*.csv"
    delivery: full
    fields:
      ID: {{type: identity, required: true}}
      NAME: {{type: text, direct: true}}
      BORN: {{type: date}}
      DIED: {{type: date}}
      HOME: {{type: text}}
""",
    "systems/care.yaml": f"""
system: care
labels: {W}
{_CSV}
reject_at_most: 0.5
feeds:
  visits:
    labels: {W}
    files: "care/*/visits*.csv"
    delivery: events
    fields:
      VISIT: {{type: text, required: true}}
      ID: {{type: identity}}
      UNIT: {{type: text}}
      STARTED: {{type: timestamp}}
  diagnoses:
    labels: {W}
    files: "care/*/diagnoses*.csv"
    delivery: events
    fields:
      VISIT: {{type: text}}
      PLACE: {{type: integer}}
      CODE: {{type: text}}
  clients:
    labels: {W}
    files: "care/*/clients*.csv"
    delivery: changes
    fields:
      NR: {{type: text, required: true}}
      ID: {{type: identity}}
      NAME: {{type: text, direct: true, whose: [ID, NR]}}
  cases:
    labels: {W}
    files: "care/*/cases*.csv"
    delivery: full
    fields:
      CASE_NR: {{type: text}}
      ID: {{type: identity}}
      CLOSED: {{type: date}}
""",
    "systems/staff.yaml": f"""
system: staff
labels: {W}
{_CSV}
feeds:
  people:
    labels: {W}
    files: "staff/*/people*.csv"
    delivery: full
    fields:
      NR: {{type: text}}
      ID: {{type: identity}}
      JOB: {{type: text}}
""",
    "concepts/concepts.yaml": f"""
concepts:
  municipality:
    kind: entity
    labels: {W}
    definition: {W}
    key: [code]
    attributes:
      code: {{type: text, labels: {W}}}
  resident:
    kind: entity
    labels: {W}
    definition: {W}
    key: [person]
    retention: {{rule: potilasasiakirjat.hoitomerkinnat, facts: {{death: died, birth: born}}}}
    attributes:
      person: {{type: identity, sensitivity: personal, labels: {W}}}
      name: {{type: text, sensitivity: direct, labels: {W}}}
      born: {{type: date, sensitivity: personal, labels: {W}}}
      died: {{type: date, sensitivity: personal, labels: {W}}}
    relationships:
      home: {{to: municipality, labels: {W}}}
  visit:
    kind: event
    labels: {W}
    definition: {W}
    key: [number]
    time: [started]
    retention: {{{_CLIENT}}}
    attributes:
      number: {{type: text, sensitivity: personal, labels: {W}}}
      unit: {{type: text, sensitivity: personal, labels: {W}}}
      started: {{type: timestamp, sensitivity: personal, labels: {W}}}
    relationships:
      resident: {{to: resident, labels: {W}}}
  diagnosis:
    kind: event
    labels: {W}
    definition: {W}
    key: [visit_number, place]
    retention:
      rule: potilasasiakirjat.hoitomerkinnat
      facts: {{death: visit.resident.died, birth: visit.resident.born}}
    attributes:
      visit_number: {{type: text, sensitivity: personal, labels: {W}}}
      place: {{type: integer, sensitivity: personal, labels: {W}}}
      code: {{type: text, sensitivity: special, purposes: [planning], labels: {W}}}
    relationships:
      visit: {{to: visit, labels: {W}}}
  client:
    kind: entity
    labels: {W}
    definition: {W}
    key: [number]
    retention: {{{_CLIENT}}}
    attributes:
      number: {{type: text, sensitivity: personal, labels: {W}}}
      name: {{type: text, sensitivity: direct, labels: {W}}}
    relationships:
      resident: {{to: resident, labels: {W}}}
  case:
    kind: entity
    labels: {W}
    definition: {W}
    key: [number]
    retention: {{rule: sosiaalihuolto.iakkaat, facts: {{case_closed: closed}}}}
    attributes:
      number: {{type: text, sensitivity: personal, labels: {W}}}
      closed: {{type: date, sensitivity: personal, labels: {W}}}
    relationships:
      resident: {{to: resident, labels: {W}}}
  employee:
    kind: entity
    labels: {W}
    definition: {W}
    key: [number]
    retention: {{none: Documents of staff follow a plan of their own.}}
    attributes:
      number: {{type: text, sensitivity: personal, labels: {W}}}
      job: {{type: text, sensitivity: personal, labels: {W}}}
""",
    "mappings/mappings.yaml": """
mappings:
  - feed: register.people
    concept: resident
    key: {person: ID}
    attributes: {name: NAME, born: BORN, died: DIED}
    relationships: {home: HOME}
  - feed: care.visits
    concept: visit
    key: {number: VISIT}
    attributes: {unit: UNIT, started: STARTED}
    relationships: {resident: ID}
  - feed: care.diagnoses
    concept: diagnosis
    key: {visit_number: VISIT, place: PLACE}
    attributes: {code: CODE}
    relationships: {visit: VISIT}
  - feed: care.clients
    concept: client
    key: {number: NR}
    attributes: {name: NAME}
    relationships: {resident: ID}
  - feed: care.cases
    concept: case
    key: {number: CASE_NR}
    attributes: {closed: CLOSED}
    relationships: {resident: ID}
  - feed: staff.people
    concept: employee
    key: {number: NR}
    attributes: {job: JOB}
""",
    "calendars/calendars.yaml": f"""
calendars:
  month_ends:
    labels: {W}
    definition: {W}
    every: month
""",
    "metrics/visits.yaml": f"""
facts:
  visits_of_residents:
    of: visit
    time: started
    person: resident
metrics:
  visits:
    labels: {W}
    definition: {W}
    family: need
    unit: {W}
    direction: neutral
    decimals: 0
    numerator: {{fact: visits_of_residents, aggregate: count}}
    levels: [county]
    legal_basis: test
    source: care
    owner: test
""",
    "features/use.yaml": f"""
features:
  use_of_visits:
    labels: {W}
    definition: {W}
    of: resident
    calendar: month_ends
    purposes: [planning]
    legal_basis: test
    owner: test
    columns:
      visits_3m: {{labels: {W}, fact: visits_of_residents, aggregate: count, last: 3 months}}
""",
}
PEOPLE, MONTHS = 12, 3
LONG_DEAD, PARTED, WORKER = 0, 1, 2
"""Who died 12 years ago and more; whose case was closed long ago, and who lives; who is staff as well."""


def make(folder: Path) -> Project:
    """The project with its keys; nothing is delivered yet."""
    create_empty(folder)
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.lstrip("\n"), encoding="utf-8")
    access = folder / "access.yaml"
    text = access.read_text(encoding="utf-8")
    role = "  analyst:\n"
    assert role in text
    access.write_text(text.replace(role, f"{role}    features: {APPROVED}\n"), encoding="utf-8")
    return Project.open(folder)


def deliver(folder: Path) -> None:
    """Three months of everything, each with a row or two that cannot be read."""
    for month in range(1, MONTHS + 1):
        for name, content in deliveries(month).items():
            put(folder, f"{name.partition('/')[0]}/2026-{month:02}/{name.partition('/')[2]}", content)


def put(folder: Path, name: str, content: str) -> Path:
    path = folder / "deliveries" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def deliveries(month: int) -> dict[str, str]:
    """What is delivered of a month, by system and file."""
    people = ["ID;NAME;BORN;DIED;HOME"]
    for n in range(PEOPLE):
        died = "10.03.2013" if n == LONG_DEAD else ""
        people.append(f"{identity(n)};Nimi {n};{n % 28 + 1:02}.05.1930;{died};{'016' if n % 2 else '398'}")
    people.append(f"{identity(month)};Nimi;31.02.1930;;016")  # set aside, and names somebody
    visits = ["VISIT;ID;UNIT;STARTED"]
    diagnoses = ["VISIT;PLACE;CODE"]
    for n in range(PEOPLE):
        visits.append(f"{month}-{n};{identity(n)};U{n % 3};{n % 28 + 1:02}.{month:02}.2026 08:15")
        diagnoses += [f"{month}-{n};{place};J{n:02}" for place in range((n + 1) % 3)]
    visits.append(f"{month}-x;;U1;31.02.2026 08:15")
    visits.append(
        f"{month}-y;{identity(LONG_DEAD).lower()};U1;31.02.2026 08:15"
    )  # set aside, and names somebody
    cases = ["CASE_NR;ID;CLOSED"]
    cases += [f"c{n};{identity(n)};{'05.05.2015' if n == PARTED else ''}" for n in range(1, 5)]
    # In the first month nobody knows yet who the clients are.
    clients = ["NR;ID;NAME"]
    clients += (
        [f"k{n};{identity(n) if month > 1 else ''};Nimi {n}" for n in (LONG_DEAD, 5)] if month < 3 else []
    )
    staff = ["NR;ID;JOB", f"n1;{identity(WORKER)};nurse", f"n2;{identity(PEOPLE + 1)};doctor"]
    files = {
        "register/people.csv": people,
        "care/visits.csv": visits,
        "care/diagnoses.csv": diagnoses,
        "care/cases.csv": cases,
        "care/clients.csv": clients,
        "staff/people.csv": staff,
    }
    return {name: "\n".join(lines) + "\n" for name, lines in files.items()}


def filled(folder: Path) -> Project:
    """The project, landed, loaded and published."""
    project = make(folder)
    deliver(folder)
    report = project.land()
    assert not report.refused, report.refused
    project.load()
    project.publish()
    return project
