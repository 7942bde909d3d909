"""What the ledger says about a delivery: the record every later step trusts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One delivery as it landed. `number` grows by one for each batch of a project.

    `extracted` is the moment the delivery describes (from its path; else the landing time); history is
    ordered by (extracted, number), never by the clock. `file` is relative to the deliveries folder;
    `parquet` is relative to the lake. A delivery whose every row was set aside has `parquet` too (no rows).
    After an erasure `parquet`, its digest and `rows` are those of the file that was written anew.
    """

    number: int
    feed: str
    file: str
    sha256: str  # a mark of the delivered bytes, under a key: the identity of the batch
    parquet: str
    parquet_sha256: str
    extracted: datetime
    landed: datetime
    rows: int
    rejected: int
    contract: str  # hash of the feed description the delivery was read under


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A row that could not be read. `raw` is enciphered before it is stored."""

    line: int  # counts from 1 in the delivered file; 0 when the format has no lines
    raw: bytes
    reason: str  # a word: wrong_type, wrong_column_count, wrong_encoding, bad_identity, ...
    detail: str  # what and which column; never the value when it may name a person


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftEvent:
    """A column that was not as declared, and what was done."""

    kind: str  # added | missing | renamed | retyped
    column: str
    outcome: str  # accept | quarantine | stop
    detail: str
