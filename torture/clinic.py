"""A small project of two systems, and deliveries in three waves: late, repeated, refused, half unreadable."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from virtaama.project.create import create_empty
from virtaama.project.project import Project
from virtaama.synthetic.identity import CHECK_CHARACTERS

FILES = {
    "systems/register.yaml": r"""
system: register
labels: {fi: Rekisteri, sv: Register, en: Register}
format: csv
csv: {delimiter: ";", encoding: utf-8, decimal: ",", date: "%d.%m.%Y", timestamp: "%d.%m.%Y %H:%M"}
extracted: '/(?P<year>\d{4})-(?P<month>\d{2})(?:-(?P<day>\d{2}))?/'
feeds:
  people:
    labels: {fi: Asukkaat, sv: Invånare, en: People}
    files: "register/*/people*.csv"
    delivery: full
    fields:
      ID: {type: identity, required: true}
      NAME: {type: text, direct: true}
      HOME: {type: text}
""",
    "systems/care.yaml": r"""
system: care
labels: {fi: Hoito, sv: Vård, en: Care}
format: csv
csv: {delimiter: ";", encoding: utf-8, decimal: ",", date: "%d.%m.%Y", timestamp: "%d.%m.%Y %H:%M"}
extracted: '/(?P<year>\d{4})-(?P<month>\d{2})(?:-(?P<day>\d{2}))?/'
feeds:
  visits:
    labels: {fi: Käynnit, sv: Besök, en: Visits}
    files: "care/*/visits*.csv"
    delivery: events
    reject_at_most: 0.5
    fields:
      VISIT: {type: integer, required: true}
      ID: {type: identity}
      UNIT: {type: text}
      STARTED: {type: timestamp}
      COST: {type: decimal}
""",
    "concepts/concepts.yaml": """
concepts:
  municipality:
    kind: entity
    labels: {fi: kunta, sv: kommun, en: municipality}
    definition: {fi: Kunta., sv: Kommun., en: Municipality.}
    key: [code]
    attributes:
      code: {type: text, sensitivity: open, labels: {fi: koodi, sv: kod, en: code}}
  resident:
    kind: entity
    labels: {fi: asukas, sv: invånare, en: resident}
    definition: {fi: Asukas., sv: Invånare., en: Resident.}
    key: [person]
    attributes:
      person: {type: identity, sensitivity: personal, labels: {fi: henkilö, sv: person, en: person}}
      name: {type: text, sensitivity: direct, labels: {fi: nimi, sv: namn, en: name}}
    relationships:
      home: {to: municipality, labels: {fi: kotikunta, sv: hemkommun, en: home}}
  visit:
    kind: event
    labels: {fi: käynti, sv: besök, en: visit}
    definition: {fi: Käynti., sv: Besök., en: Visit.}
    key: [number]
    attributes:
      number: {type: integer, sensitivity: open, labels: {fi: numero, sv: nummer, en: number}}
      unit: {type: text, sensitivity: open, labels: {fi: yksikkö, sv: enhet, en: unit}}
      started: {type: timestamp, sensitivity: open, labels: {fi: alku, sv: början, en: started}}
      cost: {type: decimal, sensitivity: open, labels: {fi: hinta, sv: pris, en: cost}}
    relationships:
      client: {to: resident, labels: {fi: asiakas, sv: klient, en: client}}
""",
    "mappings/mappings.yaml": """
mappings:
  - feed: register.people
    concept: resident
    key: {person: "ID"}
    attributes: {name: "NAME"}
    relationships: {home: "HOME"}
  - feed: care.visits
    concept: visit
    key: {number: "VISIT"}
    attributes: {unit: "UNIT", started: "STARTED", cost: "COST"}
    relationships: {client: "ID"}
""",
    "metrics/visits.yaml": """
facts:
  visit_row:
    of: visit
    time: started
metrics:
  visits:
    labels: {fi: Käyntejä, sv: Besök, en: Visits}
    definition: {fi: Käynnit., sv: Besök., en: Visits.}
    family: need
    unit: {fi: käyntiä, sv: besök, en: visits}
    direction: neutral
    decimals: 0
    numerator: {fact: visit_row, aggregate: count}
    levels: [county]
    legal_basis: test
    source: care
    owner: test
""",
}

MONTHS = 12
PEOPLE = 40
VISITS = 50


def make(folder: Path, people: Sequence[str] = ()) -> Project:
    """The project with its keys; nothing is delivered yet.

    Everybody is in its identity store, so that copies of the project know them by the same surrogates.
    """
    create_empty(folder)
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.lstrip("\n"), encoding="utf-8")
    with closing(Project.open(folder).identities) as identities:
        identities.persons(people or [identity(person) for person in range(PEOPLE * 5 // 4)])
    return Project.open(folder)


def deliver(folder: Path, wave: Mapping[str, bytes]) -> None:
    """Put the files of a wave into the deliveries folder."""
    for name, content in wave.items():
        path = folder / "deliveries" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def waves(seed: int = 1, *, months: int = MONTHS, visits: int = VISITS) -> tuple[dict[str, bytes], ...]:
    """Three waves of deliveries, by name: a year with gaps, then what was late, then what was sent again."""
    made = random.Random(seed)
    whole = {}
    for month in range(1, months + 1):
        whole[f"register/2025-{month:02}/people.csv"] = _people(made, month)
        whole[f"care/2025-{month:02}/visits.csv"] = _visits(made, month, visits)
    names = list(whole)
    late = {name: whole[name] for name in names[6:10] + names[17:18]}
    first = {name: content for name, content in whole.items() if name not in late}
    again = {
        "care/2025-05/visits_again.csv": whole["care/2025-05/visits.csv"],  # the same bytes, another name
        "care/2025-06/visits_corrected.csv": _visits(made, 6, visits),  # the same visits, otherwise
        "register/2025-02/people_2.csv": b"ID;HOME\n",  # refused: a column is missing
        f"care/2026-{1:02}/visits.csv": _visits(made, 13, visits),
    }
    return first, late, again


def small_delivery(number: int) -> bytes:
    """A few visits nobody has delivered before."""
    lines = ["VISIT;ID;UNIT;STARTED;COST"]
    lines += [f"{900_000 + number * 10 + n};{identity(n)};U1;0{n + 1}.01.2026 08:15;1,5" for n in range(7)]
    return "\n".join(lines).encode() + b"\n"


def _people(made: random.Random, month: int) -> bytes:
    lines = ["ID;NAME;HOME"]
    for person in range(PEOPLE):
        if made.random() < 0.1:  # moved out: a full delivery leaves them out
            continue
        home = made.choice(("016", "398", "098"))
        lines.append(f"{identity(person)};Nimi {person} {month // 4};{home}")
    lines.append("not a code;Nimi;016")
    return "\n".join(lines).encode() + b"\n"


def _visits(made: random.Random, month: int, count: int) -> bytes:
    lines = ["VISIT;ID;UNIT;STARTED;COST"]
    year, number = 2025 + (month - 1) // 12, (month - 1) % 12 + 1
    for visit in range(count):
        # Some are corrections of visits of the month before.
        id = (month - (made.random() < 0.1)) * 1_000 + visit
        person = identity(made.randrange(PEOPLE * 5 // 4))
        day = made.randrange(1, 29)
        lines.append(
            f"{id};{person};U{made.randrange(5)};{day:02}.{number:02}.{year} 08:15;{made.randrange(900)},5"
        )
    lines.append(lines[1])  # a row twice
    lines.insert(7, f"{month}999;;U1;31.02.2025 08:15;1,5")  # no such day
    lines.insert(11, "1;2;3")  # too few columns
    return "\n".join(lines).encode() + b"\n"


def identity(person: int) -> str:
    """A valid code with an individual number nobody has."""
    day, month, number = person % 28 + 1, person // 28 % 12 + 1, 900 + person % 100
    digits = f"{day:02}{month:02}50{number}"
    return f"{digits[:6]}-{number}{CHECK_CHARACTERS[int(digits) % 31]}"
