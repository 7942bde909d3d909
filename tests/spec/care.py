"""Residents, their stays and their visits, in a model small enough to read; rules are added by each test."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from tests.small_warehouse import Warehouse
from virtaama.model.model import Model
from virtaama.model.parse import parse_model
from virtaama.vault.derive import as_of, star
from virtaama.vault.design import design

WORDS = "{fi: Sana, sv: Ord, en: Word}"
SPECIAL = "sensitivity: special, purposes: [planning, evaluation]"

FILES = {
    "systems/hospital.yaml": f"""
system: hospital
labels: {WORDS}
format: csv
feeds:
  people:
    labels: {WORDS}
    files: people.csv
    delivery: changes
    fields:
      ID: {{type: identity}}
      BORN: {{type: date}}
      HOME: {{type: text}}
  stays:
    labels: {WORDS}
    files: stays.csv
    delivery: changes
    fields:
      ID: {{type: text}}
      PERSON: {{type: identity}}
      IN: {{type: date}}
      OUT: {{type: date}}
      WARD: {{type: text}}
      GONE: {{type: text}}
  visits:
    labels: {WORDS}
    files: visits.csv
    delivery: events
    fields:
      ID: {{type: text}}
      PERSON: {{type: identity}}
      AT: {{type: timestamp}}
""",
    "concepts/care.yaml": f"""
concepts:
  resident:
    kind: entity
    labels: {WORDS}
    definition: {WORDS}
    key: [person]
    attributes:
      person: {{type: identity, sensitivity: personal, labels: {WORDS}}}
      birth_date: {{type: date, sensitivity: personal, labels: {WORDS}}}
      home: {{type: text, sensitivity: personal, labels: {WORDS}}}
  stay:
    kind: event
    labels: {WORDS}
    definition: {WORDS}
    key: [stay_id]
    time: [admitted_on]
    attributes:
      stay_id: {{type: text, sensitivity: personal, labels: {WORDS}}}
      admitted_on: {{type: date, {SPECIAL}, labels: {WORDS}}}
      discharged_on: {{type: date, {SPECIAL}, labels: {WORDS}}}
      ward: {{type: text, {SPECIAL}, labels: {WORDS}}}
      # computed
    relationships:
      resident: {{to: resident, labels: {WORDS}}}
  visit:
    kind: event
    labels: {WORDS}
    definition: {WORDS}
    key: [visit_id]
    time: [visited_at]
    attributes:
      visit_id: {{type: text, sensitivity: personal, labels: {WORDS}}}
      visited_at: {{type: timestamp, {SPECIAL}, labels: {WORDS}}}
    relationships:
      resident: {{to: resident, labels: {WORDS}}}
""",
    "mappings/hospital.yaml": """
mappings:
  - feed: hospital.people
    concept: resident
    key: {person: ID}
    attributes: {birth_date: BORN, home: HOME}
  - feed: hospital.stays
    concept: stay
    deleted: GONE = 'yes'
    key: {stay_id: ID}
    attributes: {admitted_on: "\\"IN\\"", discharged_on: OUT, ward: WARD}
    relationships: {resident: PERSON}
  - feed: hospital.visits
    concept: visit
    key: {visit_id: ID}
    attributes: {visited_at: AT}
    relationships: {resident: PERSON}
""",
}


def care(*derived: str, computed: str = "") -> Model:
    """The model with these derived concepts and, in `stay`, these computed attributes."""
    return parse_model(care_files(*derived, computed=computed))


def care_files(*derived: str, computed: str = "") -> dict[str, str]:
    files = dict(FILES)
    files["concepts/care.yaml"] = files["concepts/care.yaml"].replace("# computed", computed)
    if derived:
        files["derived/care.yaml"] = "derived:\n" + "".join(derived)
    return files


def derived(name: str, *, key: str, attributes: str, rules: str, more: str = "") -> str:
    """A derived concept of a resident. `attributes`: `name type` each, all special but for the key."""
    lines = [
        f"      {each.split()[0]}: {{type: {each.split()[1]}, labels: {WORDS}, "
        + ("sensitivity: personal" if each.split()[0] == key else SPECIAL)
        + "}"
        for each in attributes.split(", ")
    ]
    return "\n".join(
        [
            f"  {name}:",
            "    kind: event",
            f"    labels: {WORDS}",
            f"    definition: {WORDS}",
            f"    key: [{key}]",
            *([f"    {more}"] if more else []),
            "    legal_basis: 612/2021 29 §",
            "    source: hospital",
            "    owner: hospital",
            "    attributes:",
            *lines,
            f"    relationships: {{resident: {{to: resident, labels: {WORDS}}}}}",
            "    rules:",
            rules.rstrip(),
            "",
        ]
    )


EPISODE = derived(
    "care_episode",
    key="episode_id",
    attributes="episode_id text, starts_on date, ends_on date, stays integer, last_ward text",
    more="time: [starts_on]",
    rules="""
      - version: 1
        valid_from: 2000-01-01
        episode:
          of: stay
          by: [resident]
          from: admitted_on
          until: discharged_on
          gap: 1 day
          columns:
            episode_id: first(stay_id)
            starts_on: starts
            ends_on: ends
            stays: parts
            last_ward: last(ward)
""",
)


COMPUTED = """ward_group:
        type: text
        sensitivity: special
        purposes: [planning]
        labels: {fi: Sana, sv: Ord, en: Word}
        rule: CASE WHEN ward LIKE 'surg%' THEN 'surgical' WHEN ward IS NOT NULL THEN 'other' END
      age_group:
        type: text
        sensitivity: special
        purposes: [planning]
        labels: {fi: Sana, sv: Ord, en: Word}
        rule: age_group(resident.birth_date, admitted_on)
      long:
        type: boolean
        sensitivity: special
        purposes: [planning]
        labels: {fi: Sana, sv: Ord, en: Word}
        rules:
          - {version: 2, valid_from: 2025-06-01, rule: "date_diff('day', admitted_on, discharged_on) > 7"}
          - {version: 1, valid_from: 2025-01-01, rule: "date_diff('day', admitted_on, discharged_on) > 30"}
"""


class Care(Warehouse):
    """A warehouse of care; days are written as text, `3-14` for 14 March 2025."""

    def people(self, *rows: tuple[str, ...], on: str = "1-1") -> None:
        self.deliver("hospital.people", moment(on), *({"ID": r[0], "BORN": day(r[1])} for r in rows))

    def stays(self, *rows: str, on: str = "12-31") -> None:
        """Each `id person in out ward`; `-` where there is none."""
        names = ("ID", "PERSON", "IN", "OUT", "WARD", "GONE")
        whole = []
        for row in rows:
            given = dict(zip(names, (None if v == "-" else v for v in row.split()), strict=False))
            whole.append(given | {n: day(v) if (v := given.get(n)) else None for n in ("IN", "OUT")})
        self.deliver("hospital.stays", moment(on), *whole)

    def visits(self, *rows: str, on: str = "12-31") -> None:
        """Each `id person day`."""
        split = (row.split() for row in rows)
        self.deliver(
            "hospital.visits", moment(on), *({"ID": i, "PERSON": p, "AT": moment(d)} for i, p, d in split)
        )

    def shown(self, concept: str, *columns: str, on: str = "") -> list[tuple[Any, ...]]:
        """Columns of a concept as it is known now, or was on a day; days as `3-14`."""
        tables = design(self.model)
        query = as_of(self.model, tables, concept, moment(on)) if on else star(self.model, tables, concept)
        rows = self.engine.read(query).to_pylist()
        return sorted((tuple(short(row[column]) for column in columns) for row in rows), key=repr)


def care_warehouse(model: Model, folder: Path) -> Care:
    return Care(model, folder, in_memory=True)


def day(written: str) -> date:
    *year, month, of_month = written.split("-")
    return date(int(year[0]) if year else 2025, int(month), int(of_month))


def moment(written: str) -> datetime:
    found = day(written)
    return datetime(found.year, found.month, found.day)


def short(value: Any) -> Any:
    if isinstance(value, date):
        return (
            f"{value.month}-{value.day}" if value.year == 2025 else f"{value.year}-{value.month}-{value.day}"
        )
    return value
