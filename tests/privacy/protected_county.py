"""A small county with a register that tells of protection orders, and a way to see every view of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from tests.published_warehouse import FACTS, Published, metric
from tests.small_warehouse import HERE, attribute, concept, feed, mapping, model
from virtaama.loading.publish import Publication, publish
from virtaama.metrics.parse import parse_catalogue
from virtaama.model.concepts import Concept, Kind, Protection, Sensitivity, Type
from virtaama.model.feeds import Delivery
from virtaama.model.model import Model
from virtaama.quality.held import HeldBack
from virtaama.vault.derive import star
from virtaama.vault.design import design

PERSONAL = {"sensitivity": Sensitivity.PERSONAL}
PROTECTIONS = {
    "resident": Protection(place=HERE, told_by="order", places=("home", "postal_code")),
    "residence": Protection(place=HERE, through="resident", places=("municipality", "code")),
    "visit": Protection(place=HERE, through="visitor", places=("home",), hints=("unit",)),
}


def protected(described: Concept) -> Concept:
    return replace(described, protection=PROTECTIONS.get(described.name))


PLAIN = model(
    concepts=[
        concept("municipality", attribute("code"), key=["code"]),
        concept("unit", attribute("code"), key=["code"]),
        concept(
            "resident",
            attribute("person", Type.IDENTITY, **PERSONAL),
            attribute("order", Type.BOOLEAN, **PERSONAL),
            attribute("postal_code", **PERSONAL),
            key=["person"],
            relationships={"home": "municipality"},
        ),
        concept(
            "residence",
            attribute("person", Type.IDENTITY, **PERSONAL),
            attribute("code", **PERSONAL),
            attribute("since", Type.DATE, **PERSONAL),
            key=["person", "code"],
            relationships={"resident": "resident", "municipality": "municipality"},
        ),
        concept(
            "visit",
            attribute("id"),
            attribute("started", Type.DATE),
            key=["id"],
            kind=Kind.EVENT,
            relationships={"visitor": "resident", "home": "municipality", "unit": "unit"},
        ),
    ],
    feeds=[
        feed(
            "register.people",
            Delivery.CHANGES,
            {"ID": Type.TEXT, "ORDER": Type.BOOLEAN, "POST": Type.TEXT, "HOME": Type.TEXT},
        ),
        feed("register.homes", Delivery.CHANGES, {"ID": Type.TEXT, "HOME": Type.TEXT, "SINCE": Type.DATE}),
        feed(
            "care.visits",
            Delivery.EVENTS,
            {"ID": Type.TEXT, "WHO": Type.TEXT, "DAY": Type.DATE, "HOME": Type.TEXT, "UNIT": Type.TEXT},
        ),
    ],
    mappings=[
        mapping(
            "register.people",
            "resident",
            key=["ID"],
            attributes={"order": '"ORDER"', "postal_code": "POST"},
            relationships={"home": ["HOME"]},
        ),
        mapping(
            "register.homes",
            "residence",
            key=["ID", "HOME"],
            attributes={"since": "SINCE"},
            relationships={"resident": ["ID"], "municipality": ["HOME"]},
        ),
        mapping(
            "care.visits",
            "visit",
            key=["ID"],
            attributes={"started": "DAY"},
            relationships={"visitor": ["WHO"], "home": ["HOME"], "unit": ["UNIT"]},
        ),
    ],
)
MODEL: Model = replace(PLAIN, concepts=tuple(map(protected, PLAIN.concepts)))
UNITS = """
  unit: {labels: {fi: Yksikkö, sv: Enhet, en: Unit}, concept: unit}
"""
CATALOGUE = parse_catalogue(
    {
        "facts.yaml": FACTS.replace(
            "by: {municipality: visitor.home.code}",
            "by: {municipality: 'coalesce(home.code, visitor.home.code)', unit: unit.code}",
        ).replace("  posting: {of: posting, time: day}\n", "")
        + UNITS,
        "visits.yaml": metric("visits", "visit", "[county, municipality, unit]"),
    },
    MODEL,
)


class ProtectedCounty(Published):
    """A county whose register tells of orders. `plain` is the same without any word of them in its model."""

    catalogue = CATALOGUE

    def __init__(self, folder: Path, *, plain: bool = False) -> None:
        super().__init__(folder)
        self.model = PLAIN if plain else MODEL

    def people(self, month: int, *told: tuple[str, str, bool]) -> None:
        """Who lives where and has an order, as told when a month is over."""
        rows = [{"ID": who, "HOME": home, "ORDER": order, "POST": f"{home}00"} for who, home, order in told]
        self.deliver("register.people", datetime(2025, month + 1, 1), *rows)

    def homes(self, month: int, *told: tuple[str, str]) -> None:
        rows = [{"ID": who, "HOME": home, "SINCE": date(2025, month, 1)} for who, home in told]
        self.deliver("register.homes", datetime(2025, month + 1, 1), *rows)

    def visits(self, month: int, *told: tuple[str, str, str]) -> None:
        """Who visited which unit, living where."""
        rows = [
            {
                "ID": f"{month}/{n}",
                "WHO": who,
                "HOME": home,
                "UNIT": unit,
                "DAY": date(2025, month, 1 + n % 27),
            }
            for n, (who, home, unit) in enumerate(told)
        ]
        self.deliver("care.visits", datetime(2025, month + 1, 1), *rows)

    def publish(self, to: str = "published", held: frozenset[str] = frozenset()) -> Publication:
        return publish(
            self.engine,
            star=partial(star, self.model, design(self.model)),
            model=self.model,
            catalogue=self.catalogue,
            batches=self.ledger.batches(),
            folder=self.folder / to,
            county_code="07",
            moment=datetime(2026, 1, 1),
            held=held,
            judge=lambda results: HeldBack(),
        )

    def view(self, query: Any) -> list[dict[str, Any]]:
        rows = self.engine.read(query).to_pylist()
        return sorted(({n: None if v is None else str(v) for n, v in r.items()} for r in rows), key=repr)


def with_records(told: Model) -> Model:
    """The same, with visits that may say by a client number alone whose they are."""
    record = concept(
        "client_record",
        attribute("number", **PERSONAL),
        key=["number"],
        relationships={"resident": "resident"},
    )

    def linked(described: Concept) -> Concept:
        if described.name != "visit":
            return described
        visitor, *others = described.relationships
        by_number = replace(visitor, name="record", to="client_record")
        completed = replace(visitor, otherwise="record.resident")
        return replace(described, relationships=(completed, *others, by_number))

    return model(
        concepts=[*map(linked, told.concepts), record],
        feeds=[
            *told.feeds[:2],
            feed("care.records", Delivery.CHANGES, {"NUMBER": Type.TEXT, "WHO": Type.TEXT}),
            feed(
                "care.visits",
                Delivery.EVENTS,
                {
                    "ID": Type.TEXT,
                    "WHO": Type.TEXT,
                    "NUMBER": Type.TEXT,
                    "HOME": Type.TEXT,
                    "UNIT": Type.TEXT,
                },
            ),
        ],
        mappings=[
            *told.mappings[:2],
            mapping("care.records", "client_record", key=["NUMBER"], relationships={"resident": ["WHO"]}),
            mapping(
                "care.visits",
                "visit",
                key=["ID"],
                relationships={
                    "visitor": ["WHO"],
                    "home": ["HOME"],
                    "unit": ["UNIT"],
                    "record": ["NUMBER"],
                },
            ),
        ],
    )
