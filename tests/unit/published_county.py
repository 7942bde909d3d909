"""A small county published to a folder, and a door to it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import duckdb
from sqlglot import exp

from tests.spec.metrics.small_county import FACTS, MODEL, STARS
from virtaama.access.audit import AuditLog
from virtaama.access.door import Door
from virtaama.engines.duckdb import DuckDB
from virtaama.lake.batches import Batch
from virtaama.lake.ledger import Ledger
from virtaama.loading.publish import Publication, publish
from virtaama.metrics.definitions import Catalogue
from virtaama.metrics.parse import parse_catalogue
from virtaama.model.concepts import Text, Type
from virtaama.model.feeds import Delivery, Feed, Field, Format, System
from virtaama.model.mappings import Expression, Mapping
from virtaama.model.model import Model
from virtaama.privacy.policy import Asker, Purpose, Role
from virtaama.problems import Place

MOMENT = datetime(2024, 5, 2, 6, 0)
HERE = Place("x.yaml", 1)

METRICS = """
metrics:
  visits_per_1000:
    labels: &words {fi: Käynnit, sv: Besök, en: Visits}
    definition: *words
    family: need
    unit: *words
    direction: neutral
    decimals: 1
    numerator: {fact: visit, aggregate: count}
    denominator: {fact: residence, aggregate: persons, window: month_ends}
    scale: 1000
    levels: [county, municipality]
    by: [sex, form]
    legal_basis: "612/2021 29 §"
    source: tests
    owner: tests
    minimum_group: 2
  median_wait:
    labels: *words
    definition: *words
    family: availability
    unit: *words
    direction: lower_is_better
    decimals: 0
    numerator: {fact: visit, aggregate: median(days)}
    levels: [county, municipality, unit]
    by: [sex]
    legal_basis: "612/2021 29 §"
    source: tests
    owner: tests
    minimum_group: 2
  cost:
    labels: *words
    definition: *words
    family: cost
    unit: *words
    direction: lower_is_better
    decimals: 0
    numerator: {fact: posting, aggregate: sum(euros)}
    levels: [county]
    by: [service]
    legal_basis: "612/2021 29 §"
    source: tests
    owner: tests
    minimum_group: 0
"""

ROLES = (
    Role(
        name="manager",
        purposes=frozenset({Purpose.STEERING}),
        levels=frozenset({"county", "municipality", "unit"}),
        pages=frozenset({"steering", "lineage"}),
        minimum_group=1,
    ),
    Role(
        name="contact",
        purposes=frozenset({Purpose.PLANNING}),
        levels=frozenset({"county", "municipality"}),
        pages=frozenset({"steering"}),
        own_municipality_only=True,
        minimum_group=3,
    ),
    Role(
        name="engineer",
        purposes=frozenset({Purpose.DATA_QUALITY}),
        levels=frozenset({"county"}),
        pages=frozenset({"runs", "quality"}),
    ),
)
MANAGER = Asker(id="johtaja", role="manager")
CONTACT = Asker(id="yhteys", role="contact", municipalities=frozenset({"398"}))
ENGINEER = Asker(id="insinoori", role="engineer")

FEEDS = {
    "register.residences": "residence",
    "care.visits": "visit",
    "books.postings": "posting",
}


def mapping(feed: str, concept: str) -> Mapping:
    return Mapping(
        feed=feed, concept=concept, key=(Expression("id", HERE),), attributes=(), targets=(), place=HERE
    )


def system(id: str) -> System:
    name, feed = id.split(".")
    described = Feed(
        system=name,
        name=feed,
        format=Format.CSV,
        files=f"{name}/*.csv",
        delivery=Delivery.CHANGES,
        fields=(Field(name="id", type=Type.TEXT, place=HERE),),
        labels=Text("syöte", "flöde", "feed"),
        place=HERE,
    )
    return System(name=name, labels=Text("lähde", "källa", "source"), feeds=(described,), place=HERE)


PUBLISHED_MODEL = replace(
    MODEL,
    systems=tuple(system(feed) for feed in FEEDS),
    mappings=tuple(mapping(f, c) for f, c in FEEDS.items()),
)
CATALOGUE = parse_catalogue({"facts.yaml": FACTS, "metrics.yaml": METRICS}, PUBLISHED_MODEL)


@dataclass
class PublishedCounty:
    """A warehouse in memory whose star tables are filled by hand, and what is published from it."""

    folder: Path
    connection: duckdb.DuckDBPyConnection = field(default_factory=duckdb.connect)
    model: Model = PUBLISHED_MODEL
    catalogue: Catalogue = CATALOGUE

    def __post_init__(self) -> None:
        self.engine = DuckDB(self.connection, in_memory=True)
        self.connection.execute(STARS)
        self.connection.execute(
            "CREATE TABLE applied(batch INTEGER, feed VARCHAR, model_version VARCHAR, applied_at TIMESTAMP, "
            "rows_in INTEGER, rows_new INTEGER);"
            "CREATE TABLE ref_form(code VARCHAR, label_fi VARCHAR, label_sv VARCHAR, label_en VARCHAR, "
            "valid_from DATE, valid_until DATE);"
            "INSERT INTO ref_form VALUES ('R10', 'käynti', 'besök', 'visit', NULL, NULL), "
            "('R52', 'etäasiointi', 'distansbesök', 'remote visit', NULL, NULL)"
        )
        self.ledger = Ledger.open(self.folder / "ledger.sqlite")
        self.audit = AuditLog(self.folder / "audit.sqlite", b"a key of the tests")

    def add(self, table: str, *rows: str) -> None:
        values = ", ".join(f"({row})" for row in rows)
        self.connection.execute(f"INSERT INTO star.{table} VALUES {values}")

    def deliver(self, *extracted: datetime, feeds: tuple[str, ...] = tuple(FEEDS)) -> None:
        """Note a delivery of each feed at each moment, landed and loaded."""
        for moment in extracted:
            for feed in feeds:
                name = f"{feed}_{moment:%Y%m}"
                batch = self.ledger.record_batch(
                    feed=feed,
                    file=f"{name}.csv",
                    sha256=name,
                    parquet=f"{name}.parquet",
                    parquet_sha256=name,
                    extracted=moment,
                    landed=MOMENT,
                    rows=10,
                    contract="c",
                    rejected=(),
                    drift=(),
                )
                self.connection.execute(
                    "INSERT INTO applied VALUES (?, ?, ?, ?, 10, 10)",
                    [batch.number, feed, MODEL.version, MOMENT],
                )

    @property
    def batches(self) -> tuple[Batch, ...]:
        return self.ledger.batches()

    def publish(self, moment: datetime = MOMENT, held: frozenset[str] = frozenset()) -> Publication:
        return publish(
            self.engine,
            star=lambda concept, made: exp.select("*").from_(exp.table_(concept, db="star")),
            model=self.model,
            catalogue=self.catalogue,
            batches=self.batches,
            folder=self.folder / "published",
            county_code="07",
            moment=moment,
            held=held,
        )

    def door(self, catalogue: Catalogue | None = None, model: Model | None = None) -> Door:
        return Door(
            published=self.folder / "published",
            catalogue=catalogue or self.catalogue,
            model=model or self.model,
            roles=ROLES,
            audit=self.audit,
            ledger=self.ledger,
            county_code="07",
            county=Text("Esimerkkialue", "Exempelområdet", "Example county"),
            clock=lambda: MOMENT,
            rounding_key=b"a key of the tests",
        )


def published_county(folder: Path) -> PublishedCounty:
    """Residents of two municipalities with visits in January and March 2024, delivered to the end of April."""
    county = PublishedCounty(folder)
    county.deliver(*(datetime(2024, month, 1) for month in (2, 3, 4, 5)))
    county.add(
        "residence",
        "1, 'r1', '2000-01-01', NULL, 1, 1",
        "2, 'r2', '2000-01-01', NULL, 2, 1",
        "3, 'r3', '2000-01-01', NULL, 3, 2",
    )
    county.add(
        "visit",
        "1, 'a', '2024-01-05 10:00', 2, true, 'R10', 50, 1, 1",
        "2, 'b', '2024-01-06 10:00', 4, false, 'R52', 70.5, 2, 1",
        "3, 'c', '2024-01-31 23:59', 9, false, 'R52', 30, 3, 2",
        "4, 'd', '2024-03-31 23:59', 9, false, 'R52', 30, 1, 1",
        "5, 'e', '2024-03-30 23:59', 5, false, 'R52', 30, 2, 1",
    )
    county.add("posting", "1, 'p', '2024-02-03', 12.5, 'x'")
    county.publish()
    return county
