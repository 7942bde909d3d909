"""A county of a hundred invented persons: two feeds with corrections, deletions, repeats and a late delivery.

Some of them have a protection order now.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from torture.clinic import identity
from virtaama.cli.main import run

MODEL = {
    "systems/sources.yaml": """
system: sources
labels: {fi: Lähteet, sv: Källor, en: Sources}
format: csv
extracted: '_(?P<year>\\d{4})-(?P<month>\\d{2})'
csv: {delimiter: ";", encoding: utf-8, decimal: ",", date: "%d.%m.%Y", timestamp: "%d.%m.%Y %H:%M"}
feeds:
  people:
    labels: {fi: Väestö, sv: Befolkning, en: Population}
    files: "people_*.csv"
    delivery: full
    fields:
      ID: {type: identity, required: true}
      NAME: {type: text, direct: true}
      BORN: {type: date}
      SEX: {type: text}
      MOVED_IN: {type: date}
      HOME: {type: text}
      ORDER: {type: boolean}
  visits:
    labels: {fi: Käynnit, sv: Besök, en: Visits}
    files: "visits_*.csv"
    delivery: changes
    fields:
      ID: {type: integer, required: true}
      PERSON: {type: identity}
      HOME: {type: text}
      UNIT: {type: text}
      BOOKED: {type: timestamp}
      STARTED: {type: timestamp}
      KIND: {type: text}
      COST: {type: decimal}
      STATE: {type: text}
""",
    "concepts/concepts.yaml": """
concepts:
  resident:
    kind: entity
    labels: &resident {fi: Asukas, sv: Invånare, en: Resident}
    definition: *resident
    key: [person]
    protection: {told_by: order, places: [home]}
    attributes:
      person: {type: identity, sensitivity: personal, labels: *resident}
      name: {type: text, sensitivity: direct, labels: *resident}
      born: {type: date, sensitivity: personal, labels: *resident}
      sex: {type: text, sensitivity: personal, code_list: sex, labels: *resident}
      since: {type: date, sensitivity: personal, labels: *resident}
      home: {type: text, sensitivity: personal, labels: *resident}
      order: {type: boolean, sensitivity: personal, labels: *resident}
  visit:
    kind: event
    labels: &visit {fi: Käynti, sv: Besök, en: Visit}
    definition: *visit
    key: [visit_id]
    time: [started]
    protection: {through: resident, places: [home], hints: [unit]}
    attributes:
      visit_id: {type: text, labels: *visit}
      booked: {type: timestamp, sensitivity: personal, labels: *visit}
      started: {type: timestamp, sensitivity: personal, labels: *visit}
      visit_kind: {type: text, sensitivity: personal, code_list: visit_kind, labels: *visit}
      cost: {type: decimal, labels: *visit}
      home: {type: text, sensitivity: personal, labels: *visit}
      unit: {type: text, sensitivity: personal, labels: *visit}
    relationships: {resident: {to: resident, labels: *resident}}
""",
    "codes/codes.yaml": """
code_lists:
  sex:
    labels: {fi: Sukupuoli, sv: Kön, en: Sex}
    source: invented
    codes: {female: {fi: Nainen, sv: Kvinna, en: Female}, male: {fi: Mies, sv: Man, en: Male}}
  visit_kind:
    labels: {fi: Laji, sv: Typ, en: Kind}
    source: invented
    codes: {acute: {fi: Kiireellinen, sv: Akut, en: Acute}, planned: {fi: Varattu, sv: Bokad, en: Planned}}
""",
    "mappings/mappings.yaml": """
mappings:
  - feed: sources.people
    concept: resident
    key: {person: ID}
    attributes:
      name: NAME
      born: BORN
      sex: "CASE upper(SEX) WHEN 'N' THEN 'female' WHEN 'M' THEN 'male' END"
      since: MOVED_IN
      home: HOME
      order: '"ORDER"'
  - feed: sources.visits
    concept: visit
    deleted: STATE = 'P'
    key: {visit_id: "'visit:' || ID"}
    attributes: {booked: BOOKED, started: STARTED, visit_kind: lower(trim(KIND)), cost: COST, home: HOME, unit: UNIT}
    relationships: {resident: PERSON}
""",
    "metrics/metrics.yaml": """
facts:
  living: {of: resident, during: [since, "CAST(NULL AS DATE)"], person: self, by: &by {sex: sex}}
  visit:
    of: visit
    time: started
    person: resident
    by: {sex: resident.sex, age_group: "age_group(resident.born, at)", municipality: "coalesce(home, resident.home)"}
    columns: {wait: "date_diff('hour', booked, started) / 24.0", acute: visit_kind = 'acute'}
dimensions:
  sex: {labels: {fi: Sukupuoli, sv: Kön, en: Sex}, code_list: sex}
  age_group: {labels: {fi: Ikä, sv: Ålder, en: Age}}
  municipality: {labels: {fi: Kunta, sv: Kommun, en: Municipality}}
""",
}
METRIC = """
  {name}:
    labels: {{fi: Luku, sv: Tal, en: Figure}}
    definition: {{fi: Luku, sv: Tal, en: Figure}}
    family: need
    unit: {{fi: kpl, sv: st, en: items}}
    direction: neutral
    decimals: 1
    {measures}
    levels: [{levels}]
    by: [{by}]
    legal_basis: invented
    source: invented
    owner: invented
"""
METRICS = {
    "visits_per_100": (
        "county",
        "sex",
        "numerator: {fact: visit, aggregate: count, where: acute}",
        "denominator: {fact: living, aggregate: persons, window: month_ends}",
        "scale: 100",
    ),
    "wait_p90": ("county, municipality", "sex, age_group", "numerator: {fact: visit, aggregate: p90(wait)}"),
}
PERSONS = 100
PROTECTED = (7, 8, 50)
"""Who has a protection order since March; before, nobody had."""


def small_county(folder: Path, settings: str = "") -> Path:
    """A project with its deliveries, not landed yet; `settings` are added to virtaama.yaml."""
    assert run(["new", str(folder)]) == 0
    for name, text in MODEL.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    with (folder / "metrics" / "metrics.yaml").open("a", encoding="utf-8") as file:
        file.write("metrics:")
        for name, (levels, by, *measures) in METRICS.items():
            file.write(METRIC.format(name=name, levels=levels, measures="\n    ".join(measures), by=by))
    with (folder / "virtaama.yaml").open("a", encoding="utf-8") as file:
        file.write(settings)
    deliveries = folder / "deliveries"
    for month in (1, 2, 3):
        (deliveries / f"people_2025-{month:02}.csv").write_text(people(month), encoding="utf-8")
        (deliveries / f"visits_2025-{month:02}.csv").write_text(visits(month), encoding="utf-8")
    return folder


def people(month: int) -> str:
    """Somebody moves away each month, and somebody's sex is told otherwise."""
    lines = []
    for n in range(PERSONS):
        born, sex = date(1930, 1, 31) + timedelta(days=331 * n), "NM"[(n + (n == month)) % 2]
        if n % 40 != month:
            told = (identity(n), f"Nimi {n}", f"{born:%d.%m.%Y}", sex, f"01.0{n % 3 + 1}.2024", home_of(n))
            lines.append(";".join((*told, str(int(month == 3 and n in PROTECTED)))))
    return "\n".join(["ID;NAME;BORN;SEX;MOVED_IN;HOME;ORDER", *lines, *lines[:2]]) + "\n"


def home_of(n: int) -> str:
    """The municipality in which a person lives."""
    return "016" if n % 2 else "398"


def visits(month: int) -> str:
    """New visits, one of the month before deleted, one corrected, one told twice with another content."""
    first = date(2025, month, 1)
    lines = [
        _visit(1000 * month + n, first, n, "acute " if n % 3 else " Planned", f"{n},{n:02}")
        for n in range(80)
    ]
    lines += [
        _visit(1000 * month - 999, first, 1, "ACUTE", "7,5"),
        _visit(1000 * month, first, 5, "new", "1,25"),
    ]
    lines.append(_visit(1000 * month - 990, first, 10, "acute", "0", state="P"))
    return "\n".join(["ID;PERSON;BOOKED;STARTED;KIND;COST;STATE;HOME;UNIT", *lines]) + "\n"


def _visit(number: int, first: date, n: int, kind: str, cost: str, state: str = "") -> str:
    day = first + timedelta(days=n % 28)
    booked, started = day - timedelta(days=n % 5), f"{day:%d.%m.%Y} 0{n % 10}:15"
    person = n % (PERSONS + 3)  # three of them are in no register
    where = f"{home_of(person)};U{person % 4}"
    return f"{number};{identity(person)};{booked:%d.%m.%Y} 23:{n % 60:02};{started};{kind};{cost};{state};{where}"
