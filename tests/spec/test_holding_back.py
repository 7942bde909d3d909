"""A failed `stop` keeps the previous publication of what it concerns, and only of that."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.expecting import expecting
from tests.small_warehouse import Warehouse
from virtaama.engines.duckdb import DuckDB
from virtaama.loading.publish import Publication, publish
from virtaama.loading.quality import check_deliveries
from virtaama.metrics.parse import parse_catalogue
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


class County:
    """Visits and contacts, delivered month by month and published."""

    def __init__(self, folder: Path, **expected: str) -> None:
        self.folder = folder
        self.model = expecting(more=CONTACTS, **expected)
        self.catalogue = parse_catalogue({"metrics.yaml": CATALOGUE}, self.model)
        self.warehouse = Warehouse(self.model, folder)
        self.run = 0

    def expect(self, **expected: str) -> None:
        self.model = self.warehouse.model = expecting(more=CONTACTS, **expected)

    def month(self, month: int, *visits: dict[str, Any]) -> None:
        extracted = datetime(2025, month + 1, 1)
        self.warehouse.deliver("register.units", extracted, {"CODE": "U1"}, {"CODE": f"U1{month}"})
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


KNOWN = "unit: {required: unit, severity: stop, owner: Reception}"
OF_FEED = "rows: {volume: {least: 2}, severity: stop, owner: Reception}"


@pytest.fixture(params=["of a concept", "of a feed"])
def rule(request: pytest.FixtureRequest) -> dict[str, str]:
    return {"of_concept": KNOWN} if request.param == "of a concept" else {"of_feed": OF_FEED}


def good(month: int) -> list[dict[str, Any]]:
    return [visit(1, month), visit(2, month)]


def bad(month: int) -> list[dict[str, Any]]:
    return [visit(1, month, unit=None)]


def test_what_it_concerns_stays_as_it_was_and_the_rest_goes_on(tmp_path: Path, rule: dict[str, str]) -> None:
    county = County(tmp_path, **rule)
    for month in (1, 2, 3):
        county.month(month, *good(month))
    assert county.publish().held == ()
    county.month(4, *bad(4))
    publication = county.publish()
    assert publication.held == ("visits",)
    assert county.figures("visits") == {1: 2, 2: 2, 3: 2}
    assert county.figures("contacts") == {1: 1, 2: 1, 3: 1, 4: 1}
    assert county.count("star/visit") == 6
    assert county.count("star/contact") == 4


def test_it_goes_on_when_the_next_delivery_is_as_expected(tmp_path: Path) -> None:
    county = County(tmp_path, of_feed=OF_FEED)
    for month in (1, 2, 3):
        county.month(month, *good(month))
    county.publish()
    county.month(4, *bad(4))
    county.publish()
    county.month(5, *good(5))
    assert county.publish().held == ()
    assert county.figures("visits") == {1: 2, 2: 2, 3: 2, 4: 1, 5: 2}


def test_it_goes_on_when_the_data_is_put_right(tmp_path: Path) -> None:
    county = County(tmp_path, of_concept=KNOWN)
    for month in (1, 2, 3):
        county.month(month, *good(month))
    county.publish()
    county.month(4, *bad(4))
    county.publish()
    assert county.publish().held == ("visits",)  # again: nothing has changed
    county.warehouse.deliver("care.visits", datetime(2025, 5, 2), visit(1, 4))
    assert county.publish().held == ()
    assert county.figures("visits")[4] == 1


def test_it_goes_on_when_more_is_allowed(tmp_path: Path) -> None:
    county = County(tmp_path, of_concept=KNOWN)
    for month in (1, 2, 3):
        county.month(month, *good(month))
    county.publish()
    county.month(4, *bad(4))
    county.publish()
    county.expect(of_concept=KNOWN.replace("owner", "at_most: 0.5, owner"))
    assert county.publish().held == ()
    assert county.figures("visits")[4] == 1


def test_what_was_never_published_is_not_there(tmp_path: Path, rule: dict[str, str]) -> None:
    county = County(tmp_path, **rule)
    for month in (1, 2, 3):
        county.month(month, *bad(month))
    assert county.publish().held == ("visits",)
    assert county.figures("visits") == {}
    assert county.count("star/visit") == 0
    assert county.figures("contacts") == {1: 1, 2: 1, 3: 1}


def test_readers_are_told_why(tmp_path: Path) -> None:
    county = County(tmp_path, of_feed=OF_FEED)
    for month in (1, 2, 3):
        county.month(month, *good(month))
    county.month(4, *bad(4))
    county.publish()
    rows = duckdb.sql(f"SELECT * FROM '{county.published / 'meta' / 'held'}.parquet'").fetchall()
    message = (
        "Toimituksessa on poikkeava määrä rivejä",
        "Leveransen har ett avvikande antal rader",
        "The delivery has an unusual number of rows",
    )
    assert rows == [("visits", "care.visits.rows", "Reception", *message, "2025-05-01T00:00:00")]


def test_how_units_record_is_published_though_the_figures_are_held(tmp_path: Path) -> None:
    county = County(tmp_path, of_concept=KNOWN)
    for month in (1, 2, 3):
        county.month(month, *good(month))
    county.month(4, *bad(4))
    county.publish()
    rows = duckdb.sql(
        f"SELECT month(month), sum(rows), sum(missing) FROM '{county.published}/recording/visit.parquet' "
        "WHERE field = 'unit' GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    assert rows == [(1, 2, 0), (2, 2, 0), (3, 2, 0), (4, 1, 1)]


def test_what_has_not_changed_is_not_counted_again(tmp_path: Path) -> None:
    county = County(tmp_path, of_concept=KNOWN)
    for month in (1, 2, 3):
        county.month(month, *good(month))
    county.publish()
    before = county.warehouse.ledger.results()
    assert "recording/visit" in county.publish().taken_over
    assert county.warehouse.ledger.results() == before
