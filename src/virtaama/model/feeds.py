"""How source systems hand things over: systems, their feeds, and the fields of a feed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from virtaama.model.collect import Collect
from virtaama.model.concepts import Text, Type
from virtaama.model.intake import Intake
from virtaama.problems import Place

REJECT_AT_MOST = 0.05
"""The share of unreadable rows a delivery may have where nothing else is said."""


class Format(StrEnum):
    CSV = "csv"
    FHIR = "fhir"  # FHIR R4, one resource a line (NDJSON), or one resource a file (.json)
    JSON_LINES = "json_lines"
    SQL = "sql"  # an SQL database: an SQLite file, or collected
    PARQUET = "parquet"


LINKS = "links"
"""Who fills a feed of links between instances: `virtaama link`."""


class Delivery(StrEnum):
    """What the absence of a row in a delivery means."""

    FULL = "full"  # everything there is: what is absent has been deleted
    CHANGES = "changes"  # what is new or changed: absence means nothing
    EVENTS = "events"  # what happened, corrections included: absence means nothing


class Outcome(StrEnum):
    """What is done when the columns of a delivery are not the declared ones."""

    ACCEPT = "accept"  # a missing column is null, an added one is left out; always on record
    QUARANTINE = "quarantine"  # the rows are set aside with the reason
    STOP = "stop"  # the delivery is refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """The declared outcome of each way in which columns can change."""

    added: Outcome = Outcome.ACCEPT
    missing: Outcome = Outcome.STOP
    renamed: Outcome = Outcome.ACCEPT  # a column met under a name listed in the field's `also`
    retyped: Outcome = Outcome.QUARANTINE  # values that do not read as the declared type


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a feed, as the source names it.

    `path` is an SQL expression, read as DuckDB, over the JSON column `resource` (FHIR, JSON lines)
    that gives the value; empty means the top-level member of the field's own name.
    """

    name: str
    type: Type
    place: Place
    also: tuple[str, ...] = ()  # former names of the same column
    format: str = ""  # strptime format where it differs from the system's
    path: str = ""
    direct: bool = False  # names a person: enciphered at the door, under a key of the person's own
    whose: tuple[str, ...] = ()  # for a direct field: see `Feed.owners`
    required: bool = False  # a row without it is set aside
    optional: bool = False  # the column may be absent without being drift


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvDialect:
    delimiter: str = ";"
    quote: str = '"'
    encoding: str = "utf-8"  # utf-8 (with or without BOM) | latin-1
    decimal: str = ","
    date: str = "%d.%m.%Y"
    timestamp: str = "%d.%m.%Y %H:%M"
    null: tuple[str, ...] = ("",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One kind of delivery of one system: the same columns, again and again.

    `files` is a glob below the deliveries folder (for a file inside a zip: `x.zip!NAME.csv`).
    `query` is the SELECT for an SQL database. `resource` is the FHIR resource type kept.
    `row_order` is an expression that ranks two rows of one key in one batch (later wins);
    without it the later row in the file wins. `complete_for` names fields: a delivery of changes holds all
    rows of each value of theirs that it names, so what such a value had and is absent has ended. `whose` names
    the fields that tell whose the direct fields are: see `owners`.
    """

    system: str
    name: str
    format: Format
    files: str
    delivery: Delivery
    fields: tuple[Field, ...]
    labels: Text
    place: Place
    csv: CsvDialect = CsvDialect()
    query: str = ""
    resource: str = ""
    row_order: str = ""
    complete_for: tuple[str, ...] = ()
    whose: tuple[str, ...] = ()
    drift: Drift = Drift()
    extracted: str = ""  # regex over the relative path; groups year, month and optionally day
    reject_at_most: float = REJECT_AT_MOST  # a larger share of unreadable rows refuses the delivery
    replaces: tuple[str, ...] = ()  # ids of the feeds whose place it took, as when a system was retired
    collect: Collect | None = None  # how it is fetched; `files` is empty then
    intake: Intake | None = None  # how its events come in; `files` is where they are delivered
    filled_by: str = ""  # what of our own delivers it: links; `files` is empty then

    @property
    def id(self) -> str:
        return f"{self.system}.{self.name}"

    @property
    def absence_speaks(self) -> bool:
        """Whether what a delivery leaves out may have ended by that."""
        return self.delivery is Delivery.FULL or bool(self.complete_for)

    def owners(self, direct: Field) -> tuple[str, ...]:
        """The fields that tell whose a direct field is: in each row the first of them that is filled.

        What the field says itself, else its feed, else the one identity code there is; else none.
        """
        codes = tuple(field.name for field in self.fields if field.type is Type.IDENTITY)
        return direct.whose or self.whose or (codes if len(codes) == 1 else ())

    def field(self, name: str) -> Field | None:
        return next((f for f in self.fields if f.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A source system. Its feeds are split from the same file."""

    name: str
    labels: Text
    feeds: tuple[Feed, ...]
    place: Place
