"""Questions, and the figures that answer them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Grain(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Level(StrEnum):
    COUNTY = "county"
    MUNICIPALITY = "municipality"
    UNIT = "unit"


class Missing(StrEnum):
    """Why there is no value. A missing value is never zero."""

    NO_DATA = "no_data"  # the sources delivered nothing that falls in this period
    NOT_DELIVERED = "not_delivered"  # no delivery of a needed feed covers the period yet
    NO_DENOMINATOR = "no_denominator"  # nothing to divide by
    NOT_DEFINED = "not_defined"  # the metric makes no sense at this level or in this breakdown
    TOO_FEW = "too_few"  # fewer than the minimum group: hidden to protect persons
    NOT_ALLOWED = "not_allowed"  # outside the asker's area
    NOT_ROUNDED = "not_rounded"  # a sum over persons, which is not told where counts are rounded


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A level and the code of one area; the county has the code of its own."""

    level: Level
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Figures of some metrics.

    `area` None asks for every area of `level`. `within` limits units to those of one municipality.
    `by` is at most one dimension besides area and period. Periods run from the one that contains
    `first` to the one that contains `last`, at `grain`. `as_of` asks what was true when a day was over, by
    deliveries that describe it or the days before; `known` what was known when that day was over. Without
    them it is what is true and known now.
    """

    metrics: tuple[str, ...]
    grain: Grain
    first: date
    last: date
    level: Level = Level.COUNTY
    area: str | None = None
    within: str | None = None
    by: str | None = None
    as_of: date | None = None
    known: date | None = None

    @property
    def of_another_time(self) -> bool:
        """Whether it is asked of anything but what is true and known now."""
        return self.as_of is not None or self.known is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number, or the reason there is none. Exactly one of `value` and `missing` is set."""

    metric: str
    level: Level
    area: str
    period: date  # first day
    grain: Grain
    member: str | None  # of the question's `by`
    value: float | None
    missing: Missing | None
    numerator: float | None
    denominator: float | None
    rows: int | None  # observations behind the value; None when hidden
