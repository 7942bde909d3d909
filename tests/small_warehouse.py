"""A warehouse small enough to read: a model in a few lines, deliveries as rows, tables back as rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from virtaama.engines.duckdb import DuckDB
from virtaama.lake.batches import Batch
from virtaama.lake.files import Lake
from virtaama.lake.ledger import Ledger
from virtaama.loading.contract import contract_of
from virtaama.loading.load import Loaded, load
from virtaama.model.concepts import (
    Attribute,
    Code,
    CodeList,
    Concept,
    Kind,
    Relationship,
    Sensitivity,
    Text,
    Type,
)
from virtaama.model.feeds import Delivery, Feed, Field, Format, System
from virtaama.model.mappings import Expression, Mapping, Target
from virtaama.model.model import Model
from virtaama.problems import Place
from virtaama.sql.build import drop_table, parsed, temporary_table
from virtaama.vault.design import design
from virtaama.vault.endings import Endings, ending_name, endings_of

HERE = Place("small.yaml")
WORDS = Text("sana", "ord", "word")

ARROW = {
    Type.TEXT: pa.string(),
    Type.IDENTITY: pa.string(),
    Type.INTEGER: pa.int64(),
    Type.DECIMAL: pa.decimal128(18, 4),
    Type.DATE: pa.date32(),
    Type.TIMESTAMP: pa.timestamp("us"),
    Type.BOOLEAN: pa.bool_(),
}


def attribute(name: str, type: Type = Type.TEXT, **more: Any) -> Attribute:
    return Attribute(name=name, type=type, labels=WORDS, definition=WORDS, place=HERE, **more)


def concept(
    name: str,
    *attributes: Attribute,
    key: Sequence[str],
    kind: Kind = Kind.ENTITY,
    relationships: dict[str, str] | None = None,
    time: tuple[str, ...] = (),
) -> Concept:
    return Concept(
        name=name,
        kind=kind,
        labels=WORDS,
        definition=WORDS,
        key=tuple(key),
        attributes=attributes,
        relationships=tuple(
            Relationship(name=n, to=to, labels=WORDS, definition=WORDS, place=HERE)
            for n, to in (relationships or {}).items()
        ),
        place=HERE,
        time=time,
    )


def feed(
    id: str,
    delivery: Delivery,
    fields: dict[str, Type],
    row_order: str = "",
    complete_for: tuple[str, ...] = (),
) -> Feed:
    system, name = id.split(".")
    return Feed(
        system=system,
        name=name,
        format=Format.CSV,
        files=f"{system}/*.csv",
        delivery=delivery,
        fields=tuple(Field(name=n, type=t, place=HERE) for n, t in fields.items()),
        labels=WORDS,
        place=HERE,
        row_order=row_order,
        complete_for=complete_for,
    )


def mapping(
    feed: str,
    concept: str,
    *,
    key: Sequence[str],
    attributes: dict[str, str] | None = None,
    relationships: dict[str, Sequence[str]] | None = None,
    where: str = "",
    deleted: str = "",
) -> Mapping:
    return Mapping(
        feed=feed,
        concept=concept,
        key=tuple(Expression(sql, HERE) for sql in key),
        attributes=tuple((name, Expression(sql, HERE)) for name, sql in (attributes or {}).items()),
        targets=tuple(
            Target(relationship=name, key=tuple(Expression(sql, HERE) for sql in keys))
            for name, keys in (relationships or {}).items()
        ),
        place=HERE,
        where=Expression(where, HERE) if where else None,
        deleted=Expression(deleted, HERE) if deleted else None,
    )


def code_list(name: str, **codes: tuple[date | None, date | None]) -> CodeList:
    return CodeList(
        name=name,
        labels=WORDS,
        source="invented",
        codes=tuple(
            Code(code=c, labels=WORDS, valid_from=first, valid_until=last)
            for c, (first, last) in codes.items()
        ),
        place=HERE,
    )


def model(
    *,
    concepts: Iterable[Concept],
    feeds: Iterable[Feed],
    mappings: Iterable[Mapping],
    code_lists: Iterable[CodeList] = (),
    version: str = "0123456789ab",
) -> Model:
    by_system: dict[str, list[Feed]] = {}
    for one in feeds:
        by_system.setdefault(one.system, []).append(one)
    return Model(
        version=version,
        concepts=tuple(concepts),
        code_lists=tuple(code_lists),
        systems=tuple(
            System(name=name, labels=WORDS, feeds=tuple(of_system), place=HERE)
            for name, of_system in by_system.items()
        ),
        mappings=tuple(mappings),
    )


def residents(delivery: Delivery = Delivery.CHANGES) -> Model:
    """One concept from one feed: who lives where. STATE P takes a resident out."""
    return model(
        concepts=[
            concept("municipality", attribute("code"), key=["code"]),
            concept(
                "resident",
                attribute("person", Type.IDENTITY, sensitivity=Sensitivity.PERSONAL),
                attribute("language", sensitivity=Sensitivity.PERSONAL),
                attribute("name", sensitivity=Sensitivity.DIRECT),
                key=["person"],
                relationships={"home": "municipality"},
            ),
        ],
        feeds=[
            feed(
                "register.people",
                delivery,
                dict.fromkeys(("ID", "LANGUAGE", "NAME", "HOME", "STATE"), Type.TEXT),
            )
        ],
        mappings=[
            mapping(
                "register.people",
                "resident",
                key=["ID"],
                attributes={"language": "LANGUAGE", "name": "NAME"},
                relationships={"home": ["HOME"]},
                deleted="STATE = 'P'",
            )
        ],
    )


def diagnoses(complete_for: tuple[str, ...] = ("VISIT",), where: str = "", deleted: str = "") -> Model:
    """The diagnoses of visits, each with a certainty and who made it: a delivery holds all of each visit it names."""
    return model(
        concepts=[
            concept("professional", attribute("number"), key=["number"]),
            concept(
                "diagnosis",
                attribute("visit"),
                attribute("code"),
                attribute("certainty", sensitivity=Sensitivity.PERSONAL),
                key=["visit", "code"],
                relationships={"made_by": "professional"},
            ),
        ],
        feeds=[
            feed(
                "care.diagnoses",
                Delivery.CHANGES,
                dict.fromkeys(("VISIT", "CODE", "CERTAINTY", "WHO", "STATE"), Type.TEXT),
                complete_for=complete_for,
            )
        ],
        mappings=[
            mapping(
                "care.diagnoses",
                "diagnosis",
                key=["VISIT", "CODE"],
                attributes={"certainty": "CERTAINTY"},
                relationships={"made_by": ["WHO"]},
                where=where,
                deleted=deleted,
            )
        ],
    )


class Warehouse:
    """A model, its deliveries and what became of them."""

    landed: datetime | None = None  # when deliveries land; else the moment they describe

    def __init__(self, model: Model, folder: Path, *, in_memory: bool = False) -> None:
        self.model = model
        self.lake = Lake(folder / "lake")
        self.ledger = Ledger.open(folder / "lake" / "ledger.sqlite")
        self.file = None if in_memory else folder / "warehouse.duckdb"
        self.engine = self.open_engine()

    def open_engine(self) -> DuckDB:
        return DuckDB.open(self.file, folders=[self.lake.folder], memory="500MB", threads=2)

    def deliver(self, feed: str, extracted: datetime, *rows: dict[str, Any]) -> Batch:
        """Land rows; a field that is not given is null."""
        fields = self.model.feed(feed).fields
        schema = pa.schema([(field.name, ARROW[field.type]) for field in fields])
        whole = [{field.name: row.get(field.name) for field in fields} for row in rows]
        number = len(self.ledger.batches())
        identity = sha256(f"{feed} {number} {extracted} {whole}".encode()).hexdigest()
        relative = self.lake.path_of(feed, identity)
        digest = self.lake.store(
            relative, lambda path: pq.write_table(pa.Table.from_pylist(whole, schema), path)
        )
        return self.ledger.record_batch(
            feed=feed,
            file=f"{feed.replace('.', '/')}_{extracted:%Y-%m}_{number}.csv",
            sha256=identity,
            parquet=relative,
            parquet_sha256=digest,
            extracted=extracted,
            landed=self.landed or extracted,
            rows=len(rows),
            contract=contract_of(self.model.feed(feed)),
            rejected=(),
            drift=(),
        )

    def load(self) -> Loaded:
        return load(self.model, self.ledger, self.lake, self.engine, now=lambda: datetime(2026, 1, 1))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query, in order."""
        found = self.engine.read(parsed(query)).to_pylist()
        return sorted((tuple(row.values()) for row in found), key=repr)

    def findings(self) -> dict[tuple[int, str, str], int]:
        return {(line.batch, line.check, line.detail): line.count for line in self.ledger.quality()}


@dataclass(frozen=True, slots=True)
class Ordered:
    """A model, and the histories whose endings are kept in tables."""

    model: Model
    endings: Endings


@contextmanager
def endings(warehouse: Warehouse, concept: str, kind: Kind | None = None) -> Iterator[Ordered]:
    """The histories of a concept put in order once; `kind` reads it as something that lasts, or that happens."""
    known = warehouse.model
    concepts = tuple(replace(c, kind=kind or c.kind) if c.name == concept else c for c in known.concepts)
    model = replace(known, concepts=concepts)
    queries = endings_of(model, design(model), concept)
    for history, query in queries.items():
        warehouse.engine.run(temporary_table(ending_name(history), query))
    yield Ordered(model, frozenset(queries))
    for history in queries:
        warehouse.engine.run(drop_table(ending_name(history)))
