"""The counts of tables that were read as cells, and all that binds them: areas, members, time, and shares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from virtaama.metrics.counts import (
    AREA,
    MEMBER,
    PERIOD,
    counted,
    counted_as,
    key_of,
    longer,
    measure_name,
    period_name,
    year_to_date,
)
from virtaama.metrics.definitions import Measure, Window
from virtaama.metrics.periods import MONTHS_IN
from virtaama.metrics.plan import read_aggregate
from virtaama.metrics.question import Grain, Level
from virtaama.metrics.release_tables import Read, bare
from virtaama.privacy.disclosure.tables import Cell, Grouping, Key, Tables, families, tables

Related = tuple[Key, tuple[Key, ...]]
"""A total and parts of it."""

Shares = frozenset[tuple[Measure, Measure]]
"""Numerators with their denominators."""


def bound(
    read: Read,
    *,
    threshold: int,
    within: Mapping[str, str | None],
    kept: Mapping[Key, int],
    free: frozenset[Measure],
    shares: Shares,
    county: str,
) -> Tables:
    """The counts that were read as cells with all that binds them.

    `kept` are cells that were hidden before, and under which threshold: whatever they are now, they need room,
    for with what they are one could go back to what they were. `free` are measures about no person;
    `within` are the municipalities of units.
    """
    cells: dict[Key, Cell] = {}
    smallest: dict[Key, float] = {}
    measures: dict[str, Measure] = {}
    by_measure: dict[str, dict[Key, None]] = defaultdict(dict)
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
            need = max(threshold if few else 0, kept.get(key, 0))
            cells[key] = Cell(key=key, value=value * months, need=need * months)
            smallest[key] = threshold * months
            by_measure[key[0]][key] = None
            measures.setdefault(key[0], counted_as(table.measure, table.grain, row.period)[0])
    related = [
        family
        for keys in by_measure.values()
        for family in families(keys, _groupings(list(keys), cells, within, county))
    ]
    related += _year_to_date(by_measure, measures, cells)
    related += _left_over(by_measure, measures, cells, shares)
    return tables(cells.values(), related, smallest)


def _groupings(
    keys: Sequence[Key], cells: Mapping[Key, Cell], within: Mapping[str, str | None], county: str
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
    names = frozenset(key[PERIOD] for key in keys)
    parents = {name: parent for name in names if (parent := longer(name, names))}
    return [*found, Grouping(PERIOD, parents)]


def _fits(keys: Sequence[Key], cells: Mapping[Key, Cell], grouping: Grouping) -> bool:
    """Whether units lie in municipalities for a measure: one by home municipality may count them elsewhere."""
    return all(
        sum(cells[part].value for part in parts) <= cells[total].value
        for total, parts in families(keys, [grouping])
    )


def _year_to_date(
    by_measure: Mapping[str, Mapping[Key, None]],
    measures: Mapping[str, Measure],
    cells: Mapping[Key, Cell],
) -> Iterator[Related]:
    """What has happened since January: by the month before, and what came with this one, a group as well."""
    for name, measure in measures.items():
        if measure.window not in (Window.YEAR_TO_DATE, Window.PERIOD):
            continue
        in_month = measure_name(replace(measure, window=Window.PERIOD))
        for key in by_measure[name]:
            for month in _months_since_january(measure, key[PERIOD]):
                before, period = year_to_date(measure, month.replace(month=month.month - 1))
                earlier = (measure_name(before), key[AREA], key[MEMBER], period)
                grown = (in_month, key[AREA], key[MEMBER], period_name(Grain.MONTH, month))
                if earlier in cells:
                    yield key, (earlier, grown) if grown in cells else (earlier,)


def _months_since_january(measure: Measure, name: str) -> Iterator[date]:
    """The last month of a count from January on, where the count is one of those and longer than a month."""
    if measure.window is Window.YEAR_TO_DATE:
        yield date(int(name[:4]), int(name[5:]), 1)
    elif name.endswith("-Q1"):
        yield date(int(name[:4]), 3, 1)
    elif len(name) == 4:
        yield date(int(name), 12, 1)


def _left_over(
    by_measure: Mapping[str, Mapping[Key, None]],
    measures: Mapping[str, Measure],
    cells: Mapping[Key, Cell],
    shares: Shares,
) -> Iterator[Related]:
    """Counts that are parts of other counts of the same rows: those left over are a group as well."""
    alike = frozenset((_of_any_time(one), _of_any_time(other)) for one, other in shares)
    for part, one in measures.items():
        for whole, other in measures.items():
            if part == whole or not _is_part(one, other, alike):
                continue
            pairs = [((whole, *key[1:]), (key,)) for key in by_measure[part] if (whole, *key[1:]) in cells]
            if all(cells[key].value <= cells[total].value for total, (key,) in pairs):
                yield from pairs


def _is_part(one: Measure, other: Measure, shares: Shares) -> bool:
    """Whether one measure counts some of the rows another counts."""
    if one.window is not other.window or bare(one) != bare(other) or other.per_person_having:
        return False
    narrower = not other.where or one.where == other.where or one.where.startswith(f"{other.where} AND ")
    return narrower or (_of_any_time(one), _of_any_time(other)) in shares


def _of_any_time(measure: Measure) -> Measure:
    return replace(measure, window=Window.PERIOD)
