"""The tables of a release: which are needed, what binds their cells, and what of them is given.

A cell is known by what it counts, not by the metric or release it stands in: (measure, area, member, period).
So two metrics with the same denominator, and two releases of the same figures, share their cells.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import pairwise

from virtaama.metrics.definitions import Catalogue, Measure, Metric, Window
from virtaama.metrics.periods import MONTHS_IN, last_day, period_of
from virtaama.metrics.plan import counts_persons, dimensions_of, is_defined, measures_of, read_aggregate
from virtaama.metrics.question import Grain, Level
from virtaama.metrics.releases import Earlier, Release
from virtaama.model.digest import digest
from virtaama.privacy.disclosure.tables import Cell, Grouping, Key, Tables, families, tables

AREA, MEMBER, PERIOD = 1, 2, 3  # axes of a key; the first is the measure


@dataclass(frozen=True, slots=True)
class Wanted:
    """A table to be read: one measure by the areas of a level, the members of a dimension and periods."""

    measure: Measure
    level: Level
    dimension: str
    grain: Grain


@dataclass(frozen=True, slots=True)
class Row:
    """A true number of a table that was read, with the persons behind it."""

    area: str
    member: str
    period: date
    value: float | None
    persons: int


Read = Mapping[Wanted, Sequence[Row]]


@cache
def measure_name(measure: Measure) -> str:
    """What a measure is known by over the years. Its fact may be mended meanwhile: it still counts the same."""
    return f"{measure.fact}.{digest(measure)}"


def counted(measure: Measure) -> Measure:
    """The measure whose tables decide what of this one is hidden: what is no count is hidden with its count."""
    if read_aggregate(measure.aggregate).function in ("count", "persons"):
        return measure
    return replace(measure, aggregate="count")


def about_nobody(catalogue: Catalogue) -> frozenset[Measure]:
    """The measures that tell of no person: they are neither hidden nor rounded."""
    return frozenset(
        measure
        for metric in catalogue.metrics
        if metric.minimum_group == 0
        for measure in measures_of(metric)
        if not counts_persons(catalogue.fact(measure.fact), catalogue)
    )


def wanted(release: Release, catalogue: Catalogue) -> tuple[Wanted, ...]:
    """Every table a release is made from."""
    found: dict[Wanted, None] = {}
    for metric in (catalogue.metric(name) for name in release.metrics):
        for level, dimension in breakdowns(release, metric, catalogue):
            for measure in measures_of(metric):
                known = (
                    dimension if dimension in dimensions_of(catalogue.fact(measure.fact), catalogue) else ""
                )
                for grain in release.grains:
                    for each in dict.fromkeys((measure, counted(measure))):
                        found[Wanted(each, level, known, grain)] = None
    return tuple(found)


def breakdowns(release: Release, metric: Metric, catalogue: Catalogue) -> tuple[tuple[Level, str], ...]:
    """The levels and dimensions a metric of a release has figures for."""
    return tuple(
        (level, dimension)
        for level in release.levels
        for dimension in ("", *release.breakdowns)
        if is_defined(metric, level, dimension, catalogue)
    )


def wanted_of_earlier(earlier: Earlier, release: Iterable[Wanted]) -> tuple[Wanted, ...]:
    """The tables of earlier releases that share a measure with these, as far as they are still defined."""
    mine = {measure_name(each.measure): each.measure for each in release}
    found: dict[Wanted, None] = {}
    for measure, area, member, period in {
        (key[0], key[AREA].partition(":")[0], key[MEMBER].partition("=")[0], _grain(key[PERIOD]))
        for key in earlier.keys
        if key[0] in mine
    }:
        found[Wanted(mine[measure], Level(area), member, period)] = None
    return tuple(each for each in sorted(found, key=repr) if each not in set(release))


def key_of(wanted: Wanted, area: str, member: str, period: date) -> Key:
    return (
        measure_name(wanted.measure),
        f"{wanted.level}:{area}",
        f"{wanted.dimension}={member}" if wanted.dimension else "",
        period_name(wanted.measure, wanted.grain, period),
    )


def period_name(measure: Measure, grain: Grain, period: date) -> str:
    """A period as its cells are known by: what is true at its end is the same for the month and the year."""
    match measure.window:
        case Window.PERIOD_END:
            return _spelled(Grain.MONTH, period_of(last_day(period, grain), Grain.MONTH))
        case Window.WHOLE_YEAR:
            return _spelled(Grain.YEAR, period)
        case Window.YEAR_TO_DATE:
            return _spelled(Grain.MONTH, period_of(last_day(period, grain), Grain.MONTH))
        case _:
            return _spelled(grain, period)


def counts_of(read: Read, tables: Iterable[Wanted], free: frozenset[Measure]) -> dict[Key, float]:
    """The counts of some tables that tell of persons, as they truly are."""
    return {
        key_of(table, row.area, row.member, row.period): row.value or 0.0
        for table in tables
        if table.measure not in free and counted(table.measure) == table.measure
        for row in read[table]
    }


def bound(
    read: Read,
    *,
    threshold: int,
    within: Mapping[str, str | None],
    kept: Set[Key],
    free: frozenset[Measure],
    shares: frozenset[tuple[Measure, Measure]],
    county: str,
) -> Tables:
    """The counts that were read as cells with all that binds them.

    `kept` are cells that were hidden before: whatever they are now, they need room, for with what they are one
    could go back to what they were. `free` are measures about no person; `shares` are numerators with their
    denominators.
    """
    cells: dict[Key, Cell] = {}
    smallest: dict[Key, float] = {}
    by_measure: dict[str, list[Key]] = defaultdict(list)
    measures: dict[str, Measure] = {}
    for table, rows in read.items():
        if table.measure in free or counted(table.measure) != table.measure:
            continue
        # A mean over months is bound by sums when it is counted in months.
        months = MONTHS_IN[table.grain] if table.measure.window is Window.MONTH_ENDS else 1
        persons_counted = read_aggregate(table.measure.aggregate).function == "persons"
        for row in rows:
            value = row.value or 0.0
            few = 0 < row.persons < threshold or (persons_counted and 0 < value < threshold)
            key = key_of(table, row.area, row.member, row.period)
            if key not in cells:
                by_measure[key[0]].append(key)
            cells[key] = Cell(
                key=key, value=value * months, need=threshold * months if few or key in kept else 0.0
            )
            smallest[key] = threshold * months
            measures[key[0]] = table.measure
    related = [
        family
        for name, keys in by_measure.items()
        for family in families(keys, _groupings(keys, cells, measures[name], within, county))
    ]
    related += _left_over(measures, by_measure, cells, shares)
    return tables(cells.values(), related, smallest)


def _groupings(
    keys: Sequence[Key],
    cells: Mapping[Key, Cell],
    measure: Measure,
    within: Mapping[str, str | None],
    county: str,
) -> list[Grouping]:
    areas = {key[AREA] for key in keys}
    units = {area: within.get(area.partition(":")[2]) for area in areas if area.startswith(Level.UNIT)}
    top = f"{Level.COUNTY}:{county}"
    in_municipality = Grouping(
        AREA, {unit: f"{Level.MUNICIPALITY}:{code}" for unit, code in units.items() if code is not None}
    )
    found = [
        Grouping(AREA, {area: top for area in areas if area.startswith(Level.MUNICIPALITY)}),
        Grouping(AREA, dict.fromkeys(units, top)),
    ]
    if _fits(keys, cells, in_municipality):
        found.append(in_municipality)
    by_dimension: dict[str, dict[str, str]] = defaultdict(dict)
    for key in keys:
        if key[MEMBER]:
            by_dimension[key[MEMBER].partition("=")[0]][key[MEMBER]] = ""
    found += [Grouping(MEMBER, parents) for parents in by_dimension.values()]
    return [*found, *_time(keys, measure)]


def _fits(keys: Sequence[Key], cells: Mapping[Key, Cell], grouping: Grouping) -> bool:
    """Whether units lie in municipalities for a measure: one by home municipality may count them elsewhere."""
    return all(
        sum(cells[part].value for part in parts) <= cells[total].value
        for total, parts in families(keys, [grouping])
    )


def _time(keys: Sequence[Key], measure: Measure) -> list[Grouping]:
    names = {key[PERIOD] for key in keys}
    match measure.window:
        case Window.PERIOD_END | Window.WHOLE_YEAR:
            return []
        case Window.YEAR_TO_DATE:
            # What the year has grown by since the figure before it is a group as well.
            ordered = sorted(names)
            pairs = pairwise(ordered)
            return [Grouping(PERIOD, {a: b}) for a, b in pairs if a[:4] == b[:4]]
        case _:
            return [Grouping(PERIOD, {name: _longer(name, names) for name in names if len(name) > 4})]


def _longer(name: str, names: set[str]) -> str:
    if "Q" in name:
        return name[:4]
    quarter = f"{name[:4]}-Q{(int(name[5:]) + 2) // 3}"
    return quarter if quarter in names else name[:4]


def _left_over(
    measures: Mapping[str, Measure],
    by_measure: Mapping[str, Sequence[Key]],
    cells: Mapping[Key, Cell],
    shares: frozenset[tuple[Measure, Measure]],
) -> list[tuple[Key, tuple[Key, ...]]]:
    """Counts that are parts of other counts of the same rows: those left over are a group as well."""
    found: list[tuple[Key, tuple[Key, ...]]] = []
    for part, one in measures.items():
        for whole, other in measures.items():
            if part == whole or not _is_part(one, other, shares):
                continue
            pairs = [((whole, *key[1:]), (key,)) for key in by_measure[part] if (whole, *key[1:]) in cells]
            if all(cells[key].value <= cells[total].value for total, (key,) in pairs):
                found += pairs
    return found


def _is_part(one: Measure, other: Measure, shares: frozenset[tuple[Measure, Measure]]) -> bool:
    """Whether one measure counts some of the rows another counts."""
    alike = replace(one, where="", per_person_having="") == replace(other, where="", per_person_having="")
    narrower = not other.where or one.where == other.where or one.where.startswith(f"{other.where} AND ")
    return alike and not other.per_person_having and (narrower or (one, other) in shares)


def _spelled(grain: Grain, period: date) -> str:
    match grain:
        case Grain.YEAR:
            return f"{period.year:04}"
        case Grain.QUARTER:
            return f"{period.year:04}-Q{(period.month + 2) // 3}"
        case Grain.MONTH:
            return f"{period.year:04}-{period.month:02}"


def _grain(name: str) -> Grain:
    if len(name) == 4:
        return Grain.YEAR
    return Grain.QUARTER if "Q" in name else Grain.MONTH
