"""What comes back through the door: figures with the snapshot they were read from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from virtaama.metrics.question import Figure, Question
from virtaama.model.concepts import Text
from virtaama.model.lineage import ComputedConcept


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One published version of everything a reader can see. Never changes once published."""

    number: int
    published: datetime
    model_version: str
    catalogue_version: str
    last_delivery: datetime | None  # newest extraction moment loaded
    redefined: tuple[str, ...] = ()  # metrics that are defined otherwise by now, or are new since then
    model_changed: bool = False  # whether the concept model is another by now
    newer_damaged: int | None = None  # a newer snapshot that is damaged, so that this one is used


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    question: Question
    figures: tuple[Figure, ...]
    snapshot: Snapshot
    record: int  # number of the audit record written before this answer was given
    policy: str  # mark of the leave it was given under: whatever keeps answers keeps them under it


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLineage:
    """One feed behind a number: how many batches and rows, the newest, and what was set aside."""

    feed: str
    batches: int
    rows: int
    rejected: int
    newest_file: str
    newest_extracted: datetime
    loaded: datetime  # when the newest of its batches entered the warehouse


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """From a metric back to its origin: concepts, feeds, batches, formula as SQL, plain steps in words."""

    metric: str
    concepts: tuple[str, ...]
    feeds: tuple[FeedLineage, ...]
    sql: str
    steps: tuple[str, ...]
    snapshot: Snapshot
    computed: tuple[ComputedConcept, ...] = ()  # concepts behind it that rules compute


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaName:
    """An area with its names; `within` is the municipality of a unit, `branch` the branch it belongs to."""

    level: str
    code: str
    name: Text
    within: str | None = None
    branch: str | None = None
