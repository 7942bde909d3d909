"""A county whose data is expected to be something: delivered month by month, loaded, checked and published."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from textwrap import indent
from typing import Any

import duckdb

from tests.expecting import expecting
from tests.small_warehouse import Warehouse
from virtaama.access.audit import AuditLog
from virtaama.access.door import Door
from virtaama.engines.duckdb import DuckDB
from virtaama.loading.publish import Publication, publish
from virtaama.loading.quality import check_deliveries
from virtaama.metrics.parse import parse_catalogue
from virtaama.model.concepts import Text
from virtaama.privacy.policy import Role
from virtaama.quality.held import HeldBack, held_back
from virtaama.quality.results import Result
from virtaama.vault.derive import star
from virtaama.vault.design import design

WORDS = "{fi: a, sv: b, en: c}"
METRIC = """
  {name}:
    labels: {words}
    definition: {words}
    family: need
    unit: {words}
    direction: neutral
    numerator: {{fact: {fact}, aggregate: count}}
    levels: [county]
    legal_basis: "612/2021 29 §"
    source: tests
    owner: tests
    minimum_group: 0
"""
CATALOGUE = f"""
facts:
  visit: {{of: visit, time: started, by: {{unit: unit.code}}}}
  contact: {{of: contact, time: made}}
dimensions:
  unit: {{labels: {WORDS}, concept: unit}}
metrics:
{METRIC.format(name="visits", fact="visit", words=WORDS)}
{METRIC.format(name="contacts", fact="contact", words=WORDS)}
"""
CONTACTS = {
    "systems/centre.yaml": """\
system: centre
labels: {fi: Keskus, sv: Central, en: Centre}
format: csv
feeds:
  contacts:
    labels: {fi: Yhteydenotot, sv: Kontakter, en: Contacts}
    files: "centre/*.csv"
    delivery: events
    fields: {ID: {type: text}, MADE: {type: timestamp}}
""",
    "concepts/contact.yaml": f"""\
concepts:
  contact:
    kind: event
    labels: {WORDS}
    definition: {WORDS}
    key: [id]
    attributes:
      id: {{type: text, sensitivity: personal, labels: {WORDS}}}
      made: {{type: timestamp, sensitivity: personal, labels: {WORDS}}}
""",
    "mappings/contact.yaml": """\
mappings:
  - {feed: centre.contacts, concept: contact, key: {id: ID}, attributes: {made: MADE}}
""",
}


CLIENTS = f"""\
derived:
  client:
    kind: event
    labels: {WORDS}
    definition: {WORDS}
    key: [first_visit]
    time: [since]
    legal_basis: tests
    source: tests
    owner: tests
    attributes:
      first_visit: {{type: text, sensitivity: personal, labels: {WORDS}}}
      since: {{type: timestamp, sensitivity: personal, labels: {WORDS}}}
      form: {{type: text, sensitivity: personal, code_list: form, labels: {WORDS}}}
      visits: {{type: integer, sensitivity: personal, labels: {WORDS}}}
    relationships:
      resident: {{to: resident, labels: {WORDS}}}
      unit: {{to: unit, labels: {WORDS}}}
    rules:
      - version: 1
        valid_from: 2000-01-01
        sql: >-
          SELECT min(id) AS first_visit, min(started) AS since, min(form) AS form, count(*) AS visits,
          resident_key, min(unit_key) AS unit_key FROM visit GROUP BY resident_key
    expectations:
"""
CLIENT_METRIC = f"""
facts:
  client: {{of: client, time: since}}
metrics:
{METRIC.format(name="clients", fact="client", words=WORDS)}
"""


class County:
    """Visits and contacts, delivered month by month and published.

    With `of_derived` there are also clients, made of visits by a rule, of which this is expected.
    """

    def __init__(self, folder: Path, *, of_derived: str = "", **expected: str) -> None:
        self.folder = folder
        self.of_derived = of_derived
        self.model = expecting(more=self._more(), **expected)
        metrics = {"metrics.yaml": CATALOGUE} | ({"clients.yaml": CLIENT_METRIC} if of_derived else {})
        self.catalogue = parse_catalogue(metrics, self.model)
        self.warehouse = Warehouse(self.model, folder)
        self.run = 0

    def _more(self) -> dict[str, str]:
        if not self.of_derived:
            return CONTACTS
        return {**CONTACTS, "derived/client.yaml": CLIENTS + indent(self.of_derived.strip() + "\n", " " * 6)}

    def expect(self, *, of_derived: str = "", **expected: str) -> None:
        self.of_derived = of_derived
        self.model = self.warehouse.model = expecting(more=self._more(), **expected)

    def month(self, month: int, *visits: dict[str, Any]) -> None:
        extracted = datetime(2025, month + 1, 1)
        self.warehouse.deliver("register.units", extracted, {"CODE": "U1"}, {"CODE": "U2"})
        self.warehouse.deliver("care.visits", extracted, *visits)
        made = {"ID": f"c{month}", "MADE": datetime(2025, month, 3)}
        self.warehouse.deliver("centre.contacts", extracted, made)

    def publish(self) -> Publication:
        self.run += 1
        house = self.warehouse
        now = datetime(2025, 12, 1, 6)
        house.load()
        check_deliveries(self.model, house.ledger, house.lake, house.engine, run=self.run, now=now)

        def judge(results: tuple[Result, ...]) -> HeldBack:
            house.ledger.record_results(results)
            return held_back(house.ledger.results(), self.model, self.catalogue)

        folder = self.folder / "published"
        folder.mkdir(exist_ok=True)
        house.engine.close()
        engine = DuckDB.open(house.file, folders=[house.lake.folder, folder], threads=2)
        house.engine = engine
        publication = publish(
            engine,
            star=partial(star, self.model, design(self.model)),
            model=self.model,
            catalogue=self.catalogue,
            batches=house.ledger.batches(),
            folder=folder,
            county_code="07",
            moment=now,
            judge=judge,
            run=self.run,
        )
        self.published = publication.folder
        return publication

    def door(self, *roles: Role) -> Door:
        self.audit = AuditLog(self.folder / "audit.sqlite", b"a key of the tests")
        return Door(
            published=self.folder / "published",
            catalogue=self.catalogue,
            model=self.model,
            roles=roles,
            audit=self.audit,
            ledger=self.warehouse.ledger,
            county_code="07",
            county=Text("Alue", "Område", "County"),
            clock=lambda: datetime(2025, 12, 1, 6),
            rounding_key=b"a key of the tests",
        )

    def figures(self, metric: str) -> dict[int, float]:
        """The monthly figures that are published, by month."""
        file = self.published / "figures" / f"{metric}.parquet"
        if not file.exists():
            return {}
        rows = duckdb.sql(f"SELECT month(period), value FROM '{file}' WHERE grain = 'month'").fetchall()
        return dict(rows)

    def count(self, mart: str) -> int:
        (found,) = duckdb.sql(f"SELECT count(*) FROM '{self.published / mart}.parquet'").fetchall()
        return int(found[0])


def visit(number: int, month: int, unit: str | None = "U1") -> dict[str, Any]:
    return {
        "ID": f"{month}-{number}",
        "PERSON": f"p{number}",
        "UNIT": unit,
        "STARTED": datetime(2025, month, 5),
    }
