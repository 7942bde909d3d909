"""A small warehouse with its metrics, loaded from deliveries and published to a folder."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from pathlib import Path

from tests.small_warehouse import Warehouse, attribute, concept, feed, mapping, model
from tests.unit.published_county import ROLES
from virtaama.access.audit import AuditLog
from virtaama.access.door import Door
from virtaama.engines.duckdb import DuckDB
from virtaama.loading.publish import Publication, publish
from virtaama.metrics.definitions import Catalogue
from virtaama.metrics.parse import parse_catalogue
from virtaama.model.concepts import Kind, Sensitivity, Text, Type
from virtaama.model.feeds import Delivery
from virtaama.vault.derive import star
from virtaama.vault.design import design

MODEL = model(
    concepts=[
        concept("municipality", attribute("code"), key=["code"]),
        concept(
            "resident",
            attribute("person", Type.IDENTITY, sensitivity=Sensitivity.PERSONAL),
            attribute("name", sensitivity=Sensitivity.DIRECT),
            key=["person"],
            relationships={"home": "municipality"},
        ),
        concept(
            "visit",
            attribute("id"),
            attribute("started", Type.DATE),
            key=["id"],
            kind=Kind.EVENT,
            relationships={"visitor": "resident"},
        ),
        concept("posting", attribute("id"), attribute("day", Type.DATE), key=["id"], kind=Kind.EVENT),
    ],
    feeds=[
        feed("register.people", Delivery.FULL, dict.fromkeys(("ID", "NAME", "HOME"), Type.TEXT)),
        feed("care.visits", Delivery.EVENTS, {"ID": Type.TEXT, "WHO": Type.TEXT, "DAY": Type.DATE}),
        feed("books.postings", Delivery.CHANGES, {"ID": Type.TEXT, "DAY": Type.DATE}),
    ],
    mappings=[
        mapping(
            "register.people",
            "resident",
            key=["ID"],
            attributes={"name": "NAME"},
            relationships={"home": ["HOME"]},
        ),
        mapping(
            "care.visits",
            "visit",
            key=["ID"],
            attributes={"started": "DAY"},
            relationships={"visitor": ["WHO"]},
        ),
        mapping("books.postings", "posting", key=["ID"], attributes={"day": "DAY"}),
    ],
)

FACTS = """
facts:
  visit:
    of: visit
    time: started
    person: visitor
    by: {municipality: visitor.home.code}
  posting: {of: posting, time: day}
dimensions:
  municipality: {labels: {fi: Kunta, sv: Kommun, en: Municipality}, concept: municipality}
"""
METRIC = """
metrics:
  NAME:
    labels: {fi: Luku, sv: Tal, en: Number}
    definition: {fi: Luku, sv: Tal, en: Number}
    family: need
    unit: {fi: kpl, sv: st, en: pcs}
    direction: neutral
    decimals: 0
    numerator: {fact: FACT, aggregate: count}
    levels: LEVELS
    legal_basis: "612/2021 29 §"
    source: tests
    owner: tests
    minimum_group: 1
"""


def metric(name: str, fact: str, levels: str) -> str:
    return METRIC.replace("NAME", name).replace("FACT", fact).replace("LEVELS", levels)


CATALOGUE = parse_catalogue(
    {
        "facts.yaml": FACTS,
        "visits.yaml": metric("visits", "visit", "[county, municipality]"),
        "postings.yaml": metric("postings", "posting", "[county]"),
    },
    MODEL,
)


class Published(Warehouse):
    """A warehouse that is published to a folder."""

    catalogue: Catalogue = CATALOGUE

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(MODEL, folder, in_memory=True)

    def open_engine(self) -> DuckDB:
        return DuckDB.open(folders=[self.folder], memory="500MB", threads=2)

    def publish(self, to: str = "published") -> Publication:
        return publish(
            self.engine,
            star=partial(star, self.model, design(self.model)),
            model=self.model,
            catalogue=self.catalogue,
            batches=self.ledger.batches(),
            folder=self.folder / to,
            county_code="07",
            moment=datetime(2026, 1, 1),
        )

    def person(self, month: int, *homes: str) -> None:
        """A full delivery of the register when a month is over: persons 0, 1, … with their homes."""
        rows = [{"ID": f"p{n}", "NAME": f"Name {n}", "HOME": home} for n, home in enumerate(homes) if home]
        self.deliver("register.people", datetime(2025, month + 1, 1), *rows)

    def visit(self, month: int, *persons: int) -> None:
        rows = [{"ID": f"{month}/{n}", "WHO": f"p{n}", "DAY": date(2025, month, 1 + n % 27)} for n in persons]
        self.deliver("care.visits", datetime(2025, month + 1, 1), *rows)

    def post(self, month: int) -> None:
        row = {"ID": f"{month}", "DAY": date(2025, month, 2)}
        self.deliver("books.postings", datetime(2025, month + 1, 1), row)

    def door(self, to: str = "published") -> Door:
        return Door(
            published=self.folder / to,
            catalogue=self.catalogue,
            model=self.model,
            roles=ROLES,
            audit=AuditLog(self.folder / "audit.sqlite", b"a key of the tests"),
            ledger=self.ledger,
            county_code="07",
            county=Text("Esimerkkialue", "Exempelområdet", "Example county"),
            clock=lambda: datetime(2026, 1, 2),
            rounding_key=b"a key of the tests",
        )
