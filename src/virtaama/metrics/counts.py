"""What a count is known by, whatever metric, table or release it stands in: (measure, area, member, period).

Two metrics with the same denominator share its counts, and so do two windows that see the same rows: what has
happened since January when March is over is what happened in the first quarter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from virtaama.metrics.definitions import Measure, Window
from virtaama.metrics.periods import last_day, period_of
from virtaama.metrics.plan import read_aggregate
from virtaama.metrics.question import Grain, Level
from virtaama.model.digest import digest
from virtaama.privacy.disclosure.tables import Key

MEASURE, AREA, MEMBER, PERIOD = range(4)
"""The axes of a key."""

_FLOWS = (Window.PERIOD, Window.YEAR_TO_DATE, Window.WHOLE_YEAR)
_STOCKS = (Window.MONTH_ENDS, Window.PERIOD_END)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A table to be read: one measure by the areas of a level, the members of a dimension and periods."""

    measure: Measure
    level: Level
    dimension: str
    grain: Grain


def is_count(measure: Measure) -> bool:
    return read_aggregate(measure.aggregate).function in ("count", "persons")


def counted(measure: Measure) -> Measure:
    """The measure whose tables decide what of this one is hidden: what is no count is hidden with its count."""
    return measure if is_count(measure) else replace(measure, aggregate="count")


@cache
def measure_name(measure: Measure) -> str:
    """What a measure is known by over the years. Its fact may be mended meanwhile: it still counts the same."""
    return f"{measure.fact}.{digest(measure)}"


def windows_of(measure: Measure) -> Iterator[Measure]:
    """The measure with every window whose counts may be the same as its own."""
    for windows in (_FLOWS, _STOCKS):
        if measure.window in windows:
            yield from (replace(measure, window=window) for window in windows)
            return
    yield measure


def key_of(wanted: Wanted, area: str, member: str, period: date) -> Key:
    measure, name = counted_as(wanted.measure, wanted.grain, period)
    return (
        measure_name(measure),
        f"{wanted.level}:{area}",
        f"{wanted.dimension}={member}" if wanted.dimension else "",
        name,
    )


def counted_as(measure: Measure, grain: Grain, period: date) -> tuple[Measure, str]:
    """The measure and the period a count is known by: one for all windows that see the same rows."""
    month = period_of(last_day(period, grain), Grain.MONTH)
    match measure.window:
        case Window.PERIOD_END:
            return replace(measure, window=Window.MONTH_ENDS), period_name(Grain.MONTH, month)
        case Window.WHOLE_YEAR:
            return replace(measure, window=Window.PERIOD), period_name(Grain.YEAR, period)
        case Window.YEAR_TO_DATE:
            return year_to_date(measure, month)
        case _:
            return measure, period_name(grain, period)


def year_to_date(measure: Measure, month: date) -> tuple[Measure, str]:
    """What a count from January to a month is known by."""
    whole = {1: Grain.MONTH, 3: Grain.QUARTER, 12: Grain.YEAR}.get(month.month)
    if whole is None:
        return replace(measure, window=Window.YEAR_TO_DATE), period_name(Grain.MONTH, month)
    return replace(measure, window=Window.PERIOD), period_name(whole, month)


def period_name(grain: Grain, period: date) -> str:
    match grain:
        case Grain.YEAR:
            return f"{period.year:04}"
        case Grain.QUARTER:
            return f"{period.year:04}-Q{(period.month + 2) // 3}"
        case Grain.MONTH:
            return f"{period.year:04}-{period.month:02}"


def grain_of(name: str) -> Grain:
    """The grain of a period by its name."""
    if len(name) == 4:
        return Grain.YEAR
    return Grain.QUARTER if "Q" in name else Grain.MONTH


def longer(name: str, names: frozenset[str]) -> str | None:
    """The next longer of some periods by its name; None for a year."""
    if len(name) == 4:
        return None
    if "Q" in name:
        return name[:4]
    quarter = f"{name[:4]}-Q{(int(name[5:]) + 2) // 3}"
    return quarter if quarter in names else name[:4]
