"""The tables of a vault, as values. Names and columns only: no SQL, no engine."""

from __future__ import annotations

from dataclasses import dataclass

from virtaama.model.concepts import Sensitivity, Type
from virtaama.model.mappings import Mapping

SUPERSEDED = (
    "__superseded"  # how the table that keeps what late deliveries took out of another is named after it
)


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """The business keys of one concept, each once, with the 128-bit hash key they are known by.

    Columns: `<concept>_key` (UUID) and the business key columns. When a key was first met is in the histories.
    """

    name: str  # hub_<concept>
    concept: str
    hash_key: str  # <concept>_key
    business_key: tuple[Column, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One hash key in a link: the role it plays and the hub it points to."""

    relationship: str
    column: str  # <relationship>_key
    hub: Hub


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What one instance was related to, from one source, with history: a unit of work.

    The concept's own key drives: a newer row of the same driving key ends the older.
    Columns: hash key, one key per reference (null points nowhere), `extracted`, `batch`, `deleted`.
    """

    name: str  # link_<concept>__<source>
    hash_key: str
    references: tuple[Reference, ...]

    @property
    def content(self) -> tuple[str, ...]:
        """The columns whose change makes a new row."""
        return tuple(reference.column for reference in self.references)

    @property
    def superseded(self) -> str:
        """Where rows are kept that a late delivery took out: the same columns and `superseded_by`, its number."""
        return f"{self.name}{SUPERSEDED}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Satellite:
    """What one source said of an instance, with history, in one class of sensitivity.

    Columns: hash key, payload, `extracted`, `batch`, `deleted`. The payload is empty where a source
    says no more than that an instance exists.
    """

    name: str  # sat_<concept>__<source>__<sensitivity>
    sensitivity: Sensitivity
    hash_key: str
    payload: tuple[Column, ...]

    @property
    def content(self) -> tuple[str, ...]:
        """The columns whose change makes a new row."""
        return tuple(column.name for column in self.payload)

    @property
    def superseded(self) -> str:
        """Where rows are kept that a late delivery took out: the same columns and `superseded_by`, its number."""
        return f"{self.name}{SUPERSEDED}"


History = Satellite | Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What one mapping fills: the hub of its concept, and history of its own.

    Each mapping has its own satellites and link, so what one feed says never overwrites or deletes what
    another says; views bring them together.
    """

    name: str  # <system>__<feed>; `__2` follows for the second mapping of the feed to the concept
    mapping: Mapping
    hub: Hub
    satellites: tuple[Satellite, ...]
    link: Link | None
    replaced_by: tuple[
        str, ...
    ] = ()  # sources of the concept that speak instead, where they know an instance
    parent: tuple[
        Column, ...
    ] = ()  # parts of the key: a delivery that names their values holds all of theirs

    @property
    def id(self) -> str:
        """The name that no other source of the design has: a feed may describe several concepts."""
        return f"{self.hub.concept}__{self.name}"

    @property
    def histories(self) -> tuple[History, ...]:
        """Never empty, and each holds every instance the source has named. The first counts for all."""
        return (*self.satellites, *((self.link,) if self.link else ()))

    @property
    def references(self) -> tuple[Reference, ...]:
        return self.link.references if self.link else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeTable:
    """A code list with validity. Columns: code, label_fi, label_sv, label_en, valid_from, valid_until."""

    name: str  # ref_<code list>
    code_list: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultDesign:
    """Every table of the warehouse, derived from one version of a model."""

    model_version: str
    hubs: tuple[Hub, ...]
    sources: tuple[Source, ...]  # in the order of the mappings
    code_tables: tuple[CodeTable, ...]

    def hub(self, concept: str) -> Hub:
        return next(hub for hub in self.hubs if hub.concept == concept)

    def sources_of(self, concept: str) -> tuple[Source, ...]:
        """The sources of a concept; where they disagree the earlier wins."""
        return tuple(source for source in self.sources if source.hub.concept == concept)

    def sources_from(self, feed: str) -> tuple[Source, ...]:
        return tuple(source for source in self.sources if source.mapping.feed == feed)
