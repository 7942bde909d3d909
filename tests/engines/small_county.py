"""A county of a hundred invented persons: two feeds with corrections, deletions, repeats and a late delivery."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

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
    fields: {ID: {type: text, required: true}, BORN: {type: date}, SEX: {type: text}, MOVED_IN: {type: date}}
  visits:
    labels: {fi: Käynnit, sv: Besök, en: Visits}
    files: "visits_*.csv"
    delivery: changes
    fields:
      ID: {type: integer, required: true}
      PERSON: {type: text}
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
    key: [number]
    attributes:
      number: {type: text, sensitivity: personal, labels: *resident}
      born: {type: date, sensitivity: personal, labels: *resident}
      sex: {type: text, sensitivity: personal, code_list: sex, labels: *resident}
      since: {type: date, sensitivity: personal, labels: *resident}
  visit:
    kind: event
    labels: &visit {fi: Käynti, sv: Besök, en: Visit}
    definition: *visit
    key: [visit_id]
    time: [started]
    attributes:
      visit_id: {type: text, labels: *visit}
      booked: {type: timestamp, sensitivity: personal, labels: *visit}
      started: {type: timestamp, sensitivity: personal, labels: *visit}
      visit_kind: {type: text, sensitivity: personal, code_list: visit_kind, labels: *visit}
      cost: {type: decimal, labels: *visit}
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
    key: {number: ID}
    attributes: {born: BORN, sex: "CASE upper(SEX) WHEN 'N' THEN 'female' WHEN 'M' THEN 'male' END", since: MOVED_IN}
  - feed: sources.visits
    concept: visit
    deleted: STATE = 'P'
    key: {visit_id: "'visit:' || ID"}
    attributes: {booked: BOOKED, started: STARTED, visit_kind: lower(trim(KIND)), cost: COST}
    relationships: {resident: PERSON}
""",
    "metrics/metrics.yaml": """
facts:
  living: {of: resident, during: [since, "CAST(NULL AS DATE)"], person: self, by: &by {sex: sex}}
  visit:
    of: visit
    time: started
    person: resident
    by: {sex: resident.sex, age_group: "age_group(resident.born, at)"}
    columns: {wait: "date_diff('hour', booked, started) / 24.0", acute: visit_kind = 'acute'}
dimensions:
  sex: {labels: {fi: Sukupuoli, sv: Kön, en: Sex}, code_list: sex}
  age_group: {labels: {fi: Ikä, sv: Ålder, en: Age}}
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
    levels: [county]
    by: [{by}]
    legal_basis: invented
    source: invented
    owner: invented
"""
METRICS = {
    "visits_per_100": (
        "sex",
        "numerator: {fact: visit, aggregate: count, where: acute}",
        "denominator: {fact: living, aggregate: persons, window: month_ends}",
        "scale: 100",
    ),
    "wait_p90": ("sex, age_group", "numerator: {fact: visit, aggregate: p90(wait)}"),
}
PERSONS = 100


def small_county(folder: Path, settings: str = "") -> Path:
    """A project with its deliveries, not landed yet; `settings` are added to virtaama.yaml."""
    assert run(["new", str(folder)]) == 0
    for name, text in MODEL.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    with (folder / "metrics" / "metrics.yaml").open("a", encoding="utf-8") as file:
        file.write("metrics:")
        for name, (by, *measures) in METRICS.items():
            file.write(METRIC.format(name=name, measures="\n    ".join(measures), by=by))
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
            lines.append(f"p{n};{born:%d.%m.%Y};{sex};01.0{n % 3 + 1}.2024")
    return "\n".join(["ID;BORN;SEX;MOVED_IN", *lines, *lines[:2]]) + "\n"


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
    return "\n".join(["ID;PERSON;BOOKED;STARTED;KIND;COST;STATE", *lines]) + "\n"


def _visit(number: int, first: date, n: int, kind: str, cost: str, state: str = "") -> str:
    day = first + timedelta(days=n % 28)
    booked, started = day - timedelta(days=n % 5), f"{day:%d.%m.%Y} 0{n % 10}:15"
    return f"{number};p{n % (PERSONS + 3)};{booked:%d.%m.%Y} 23:{n % 60:02};{started};{kind};{cost};{state}"
