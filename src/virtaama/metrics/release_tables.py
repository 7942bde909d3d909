"""Which tables a release is made from, and what was read of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from virtaama.metrics.counts import (
    AREA,
    MEASURE,
    MEMBER,
    PERIOD,
    Wanted,
    counted,
    grain_of,
    key_of,
    measure_name,
    windows_of,
)
from virtaama.metrics.definitions import Catalogue, Measure, Metric, Window
from virtaama.metrics.plan import counts_persons, dimensions_of, is_defined, measures_of
from virtaama.metrics.question import Level
from virtaama.metrics.releases import Earlier, Release
from virtaama.privacy.disclosure.tables import Key


@dataclass(frozen=True, slots=True)
class Row:
    """A true number of a table that was read, with the persons behind it."""

    area: str
    member: str
    period: date
    value: float | None
    persons: int


Read = Mapping[Wanted, Sequence[Row]]


def wanted(release: Release, catalogue: Catalogue) -> tuple[Wanted, ...]:
    """Every table a release is made from."""
    found: dict[Wanted, None] = {}
    for metric in (catalogue.metric(name) for name in release.metrics):
        for level, dimension in breakdowns(release, metric, catalogue):
            for measure in measures_of(metric):
                told_apart = dimension in dimensions_of(catalogue.fact(measure.fact), catalogue)
                for grain in release.grains:
                    for each in dict.fromkeys((measure, counted(measure))):
                        found[Wanted(each, level, dimension if told_apart else "", grain)] = None
    return tuple(found)


def breakdowns(release: Release, metric: Metric, catalogue: Catalogue) -> tuple[tuple[Level, str], ...]:
    """The levels and dimensions a metric of a release has figures for."""
    return tuple(
        (level, dimension)
        for level in release.levels
        for dimension in ("", *release.breakdowns)
        if is_defined(metric, level, dimension, catalogue)
    )


def wanted_of_earlier(
    earlier: Earlier, release: Sequence[Wanted], catalogue: Catalogue
) -> tuple[Wanted, ...]:
    """The tables of earlier releases that count rows of the same facts, as far as they are still defined."""
    counts = {bare(each.measure) for each in release}
    alike = {
        measure_name(same): same
        for metric in catalogue.metrics
        for measure in measures_of(metric)
        if bare(counted(measure)) in counts
        for same in windows_of(counted(measure))
    }
    found: dict[Wanted, None] = {}
    for key in sorted(earlier.keys):
        if key[MEASURE] in alike:
            level, dimension = key[AREA].partition(":")[0], key[MEMBER].partition("=")[0]
            table = Wanted(alike[key[MEASURE]], Level(level), dimension, grain_of(key[PERIOD]))
            found[table] = None
    own = set(release)
    return tuple(table for table in found if table not in own)


def bare(measure: Measure) -> Measure:
    """A measure without what narrows the rows it sees: two that are the same so may be parts of one another."""
    return replace(measure, where="", per_person_having="", window=Window.PERIOD)


def about_nobody(catalogue: Catalogue) -> frozenset[Measure]:
    """The measures that tell of no person: they are neither hidden nor rounded."""
    return frozenset(
        measure
        for metric in catalogue.metrics
        if metric.minimum_group == 0
        for measure in measures_of(metric)
        if not counts_persons(catalogue.fact(measure.fact), catalogue)
    )


def counts_of(read: Read, tables: Iterable[Wanted], free: frozenset[Measure]) -> dict[Key, float]:
    """The counts of some tables that tell of persons, as they truly are."""
    return {
        key_of(table, row.area, row.member, row.period): row.value or 0.0
        for table in tables
        if table.measure not in free and counted(table.measure) == table.measure
        for row in read[table]
    }
