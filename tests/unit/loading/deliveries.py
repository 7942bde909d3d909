"""A small project's landing: a feed described in a few words, deliveries as bytes, what became of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from virtaama.identities.store import Identities
from virtaama.keyring import Keyring
from virtaama.lake.batches import Batch
from virtaama.lake.files import Lake
from virtaama.lake.ledger import Ledger
from virtaama.loading.land import LandReport, land_deliveries
from virtaama.model.concepts import Text, Type
from virtaama.model.feeds import Delivery, Feed, Field, Format
from virtaama.problems import Place

NOW = datetime(2026, 11, 2, 6, 30)
NAMED = Text("nimi", "namn", "name")
PLACE = Place("systems/register.yaml", 3)


def fields(**types: str | dict[str, Any]) -> tuple[Field, ...]:
    """`fields(CODE="identity", DAY={"type": "date", "format": "%Y%m%d"})`"""
    return tuple(
        Field(name=name, place=PLACE, **({**described, "type": Type(described["type"])}))
        if isinstance(described, dict)
        else Field(name=name, type=Type(described), place=PLACE)
        for name, described in types.items()
    )


def feed(*declared: Field, **described: Any) -> Feed:
    usual: dict[str, Any] = {
        "system": "register",
        "name": "rows",
        "format": Format.CSV,
        "files": "register/*/*.csv",
        "delivery": Delivery.CHANGES,
        "labels": NAMED,
        "place": PLACE,
        "extracted": r"/(?P<year>\d{4})-(?P<month>\d{2})/",
    }
    return Feed(fields=declared, **{**usual, **described})


@dataclass
class Landing:
    """A project folder with one feed or several, and what the test wants to know about it."""

    folder: Path
    feeds: tuple[Feed, ...]
    ledger: Ledger = field(init=False)
    keyring: Keyring = field(init=False)
    identities: Identities = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = Ledger.open(self.folder / "data" / "lake" / "ledger.sqlite")
        self.keyring = Keyring.create(self.folder / "keys")
        self.identities = Identities(self.folder / "identities", self.keyring, lambda: NOW)

    @property
    def lake(self) -> Lake:
        return Lake(self.folder / "data" / "lake")

    def deliver(self, content: bytes | str, file: str = "register/2026-09/rows.csv") -> Path:
        path = self.folder / "deliveries" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def land(self) -> LandReport:
        return land_deliveries(
            self.feeds,
            self.folder / "deliveries",
            self.lake,
            self.ledger,
            self.keyring,
            self.identities,
            NOW,
        )

    def table(self, batch: Batch) -> pa.Table:
        return pq.read_table(self.lake.verified_path(batch))

    def rows(self, batch: Batch | None = None) -> list[dict[str, Any]]:
        chosen = [batch] if batch else self.ledger.batches()
        return [row for one in chosen for row in self.table(one).to_pylist()]

    def set_aside(self, batch: Batch | None = None) -> list[tuple[int, str, bytes]]:
        """Line, reason and the bytes as they were delivered, of every rejected row."""
        chosen = [batch] if batch else self.ledger.batches()
        return [
            (row.line, row.reason, self.keyring.unseal(row.raw, one.feed))
            for one in chosen
            for row in self.ledger.rejected(one.number)
        ]
