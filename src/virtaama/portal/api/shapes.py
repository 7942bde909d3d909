"""What is answered: the shapes of JSON, which are also the schema people and programs read."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from virtaama.metrics.definitions import Direction, Family
from virtaama.metrics.question import Grain, Level, Missing
from virtaama.metrics.releases import Audience
from virtaama.privacy.policy import Purpose


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Shape):
    """The same in three languages; English may be empty where a source has none."""

    fi: str
    sv: str
    en: str


class Page(Shape):
    """One page of a list."""

    total: int = Field(description="How many there are on all pages.")
    offset: int
    limit: int
    next: str | None = Field(description="The address of the next page; null on the last.")


class Health(Shape):
    """Whether questions can be answered."""

    status: Annotated[str, Field(pattern="^ok$")]


class Snapshot(Shape):
    """The published version everything is read from. It never changes; a newer one takes its place."""

    number: int
    published: datetime
    data_as_of: datetime | None = Field(description="The newest moment the deliveries describe.")
    model_version: str
    catalogue_version: str
    first_month: date
    last_month: date
    redefined: list[str] = Field(description="Metrics that are defined otherwise since it was published.")
    model_changed: bool
    newer_damaged: int | None = Field(
        description="A newer snapshot that is damaged, so that this one is used."
    )


class Reader(Shape):
    """Who asks, and what they may ask."""

    name: str
    role: str
    purposes: list[Purpose]
    levels: list[Level]
    municipalities: list[str] = Field(description="Their own; none where they see the whole county.")
    own_municipality_only: bool
    branches: list[str] = Field(
        description="Of units, they see those of these branches; none: of every branch."
    )
    minimum_group: int = Field(description="Figures about fewer persons are hidden, by this role.")
    rounding: int = Field(description="Counts are multiples of it; 1 where they are exact.")


class Breakdown(Shape):
    name: str
    labels: Words


class Target(Shape):
    value: float
    valid_from: date
    source: str


class HeldBack(Shape):
    """Why a metric shows what was published before."""

    expectation: str
    owner: str
    since: datetime
    message: Words


class Metric(Shape):
    """A number with a meaning."""

    name: str
    labels: Words
    definition: Words
    family: Family
    unit: Words
    decimals: int
    direction: Direction
    levels: list[Level]
    breakdowns: list[Breakdown]
    formula: list[str] = Field(description="Sentences, in the reader's language.")
    legal_basis: str
    source: str
    owner: str
    minimum_group: int = Field(
        description="Figures about fewer persons are hidden; 0: it is about no persons."
    )
    targets: list[Target]
    held_back: list[HeldBack]


class Metrics(Page):
    metrics: list[Metric]


class Area(Shape):
    level: Level
    code: str
    names: Words
    within: str | None = Field(description="The municipality a unit lies in.")


class Areas(Page):
    areas: list[Area]


class Question(Shape):
    """The question as it was understood and recorded."""

    metric: str
    purpose: Purpose
    level: Level
    area: str | None
    within: str | None
    by: str | None
    grain: Grain
    first: date
    last: date
    as_of: date | None
    known: date | None


class Figure(Shape):
    """One number, or the reason there is none: exactly one of `value` and `missing` is not null."""

    area: str
    period: str = Field(description="2026-09, 2026Q3 or 2026.")
    first_day: date
    member: str | None = Field(description="Of the breakdown; null without one.")
    member_label: str | None = Field(description="In the reader's language.")
    value: float | None
    missing: Missing | None
    missing_words: str | None = Field(description="The reason in the reader's language.")
    numerator: float | None
    denominator: float | None
    rows: int | None = Field(description="Observations behind the value; null where they are not told.")


class Figures(Page):
    question: Question
    unit: Words
    decimals: int
    snapshot: int
    redefined: bool = Field(description="Whether the metric is defined otherwise since the snapshot.")
    rounding: int = Field(description="Counts are multiples of it; 1 where they are exact.")
    figures: list[Figure]


class Feed(Shape):
    """One feed behind a number."""

    feed: str
    batches: int
    rows: int
    set_aside: int
    newest_file: str
    describes: datetime
    loaded: datetime


class Lineage(Shape):
    """From a metric back to formula, feeds and batches. Holds no figures."""

    metric: str
    concepts: list[str]
    feeds: list[Feed]
    formula: list[str] = Field(description="Sentences, in the reader's language.")
    steps: list[str]
    sql: str
    snapshot: int


class DataSet(Shape):
    number: int
    description: str = Field(description="The address of its description.")


class Release(Shape):
    """A data set of anonymous figures that is made again and again."""

    name: str
    labels: Words
    definition: Words
    audience: Audience
    legal_basis: str
    owner: str
    metrics: list[str]
    data_sets: list[DataSet] = Field(description="Those that were made, the oldest first.")


class Releases(Page):
    releases: list[Release]


class JsonStatTable(Shape):
    """A table of a data set: the length of its periods, and what it is broken down by."""

    grain: Grain
    by: str | None
    address: str


class JsonStatDimension(Shape):
    label: str
    category: dict[str, Any] = Field(
        description="Codes in their order (`index`), their words (`label`), and where there are any units, notes and "
        "which codes lie in which (`child`)."
    )


class JsonStat(Shape):
    """A table of a data set in JSON-stat 2.0 (json-stat.org); labels in the reader's language."""

    model_config = ConfigDict(extra="forbid", frozen=True, serialize_by_alias=True, validate_by_name=True)

    version: Annotated[str, Field(pattern="^2\\.0$")]
    class_: Annotated[str, Field(alias="class", pattern="^dataset$")]
    label: str
    source: str
    note: list[str]
    updated: datetime
    id: list[str] = Field(description="The dimensions, in the order of the cube.")
    size: list[int] = Field(description="How many categories each has.")
    role: dict[str, list[str]]
    dimension: dict[str, JsonStatDimension]
    value: list[float | int | None] = Field(description="Row-major; null where there is none.")
    status: dict[str, str] = Field(
        default={}, description="By position in `value`: hidden, no_data, no_denominator or absent."
    )
    link: dict[str, list[dict[str, str]]] = Field(default={}, description="The licence.")
    extension: dict[str, Any] = Field(
        description="Words in three languages; formula, version, source, snapshot, protection, licence."
    )


class DataSetDescription(Shape):
    """What a data set holds and how it was protected, as it lies beside its figures."""

    release: str
    number: int
    figures: str = Field(description="The address of its figures as CSV.")
    json_stat: list[JsonStatTable] = Field(description="Its tables as JSON-stat.")
    description: dict[str, Any]
