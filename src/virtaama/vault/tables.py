"""The tables of a vault, as values. Names and columns only: no SQL, no engine."""

from __future__ import annotations

from dataclasses import dataclass

from virtaama.model.concepts import Sensitivity, Type


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """The business keys of one concept, each once, with the 128-bit hash key they are known by.

    Columns: `<concept>_key` (UUID), the business key columns, `first_extracted`, `first_batch`.
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
    hub: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What one instance was related to, from one system, with history: a unit of work.

    The concept's own key drives: a newer row of the same driving key ends the older.
    Columns: hash key, one key per reference (null points nowhere), `extracted`, `batch`, `deleted`.
    """

    name: str  # link_<concept>__<system>
    concept: str
    system: str
    hash_key: str
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Satellite:
    """What one system said of an instance, with history, in one class of sensitivity.

    Columns: hash key, payload, `extracted`, `batch`, `deleted`.
    """

    name: str  # sat_<concept>__<system>__<sensitivity>
    concept: str
    system: str
    sensitivity: Sensitivity
    hash_key: str
    payload: tuple[Column, ...]


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
    links: tuple[Link, ...]
    satellites: tuple[Satellite, ...]
    code_tables: tuple[CodeTable, ...]
