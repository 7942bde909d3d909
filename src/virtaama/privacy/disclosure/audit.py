"""What can be worked out of hidden cells: the least and the most each could be, by linear programming.

The attacker knows every cell that is shown, every sum, that nothing is below zero, and the rule: a zero is
shown, so what is hidden now is at least one. Cells an earlier release has shown are known as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from math import inf

from virtaama.privacy.disclosure.linear import Programme, Row
from virtaama.privacy.disclosure.tables import SLACK, Cell, Key, Sum, Tables


@dataclass(frozen=True, slots=True)
class Interval:
    """The least and the most a hidden cell could be, and how far apart they must be at least."""

    key: Key
    low: float
    high: float
    need: float

    @property
    def is_wide_enough(self) -> bool:
        return self.high - self.low >= self.need - SLACK


def audit(tables: Tables, hidden: Set[Key], *, may_be_zero: Set[Key] = frozenset()) -> tuple[Interval, ...]:
    """The interval of each cell that needs one: hidden cells about few, and groups that are never shown.

    `may_be_zero` are hidden cells of which even that is not known whether there is anybody.
    """
    unknown = {key for key, cell in tables.cells.items() if cell.never_shown or key in hidden}
    return tuple(
        interval
        for part in connected(unknown, tables.sums)
        for interval in _of_part(part, tables.cells, may_be_zero)
    )


@dataclass(frozen=True, slots=True)
class Part:
    """Unknown cells that are bound to one another, and the sums that bind them."""

    unknown: tuple[Key, ...]
    sums: tuple[Sum, ...]


def connected(unknown: Set[Key], sums: Iterable[Sum]) -> tuple[Part, ...]:
    """Unknown cells that bear on one another, apart from those that do not."""
    leader = {key: key for key in unknown}

    def lead(key: Key) -> Key:
        while leader[key] != key:
            leader[key] = leader[leader[key]]
            key = leader[key]
        return key

    binding: list[tuple[Key, Sum]] = []
    for each in sums:
        mine = [key for key in each.keys if key in unknown]
        for key in mine[1:]:
            leader[lead(key)] = lead(mine[0])
        if mine:
            binding.append((mine[0], each))
    members: dict[Key, list[Key]] = defaultdict(list)
    for key in sorted(unknown):
        members[lead(key)].append(key)
    bound: dict[Key, list[Sum]] = defaultdict(list)
    for key, each in binding:
        bound[lead(key)].append(each)
    return tuple(Part(tuple(keys), tuple(bound[key])) for key, keys in members.items())


def rows_of(each: Sum, column: Mapping[Key, int], cells: Mapping[Key, Cell]) -> tuple[Row, ...]:
    """A sum as rows over the columns of unknown cells, the others at their value."""

    def row(signs: Mapping[Key, float], high: float) -> Row:
        settled = sum(sign * cells[key].value for key, sign in signs.items() if key not in column)
        weights = {column[key]: sign for key, sign in signs.items() if key in column}
        return Row(weights, -settled, high - settled)

    whole = {**dict.fromkeys(each.parts, 1.0), each.total: -1.0}
    if each.exact:
        return (row(whole, 0.0),)
    below = [row({each.total: 1.0, part: -1.0}, inf) for part in each.parts]
    return tuple(found for found in (row(whole, inf), *below) if found.weights)


def _of_part(part: Part, cells: Mapping[Key, Cell], may_be_zero: Set[Key]) -> Iterable[Interval]:
    wanted = [key for key in part.unknown if cells[key].need > 0]
    if not wanted:
        return
    column = {key: number for number, key in enumerate(part.unknown)}
    low = [least_of(cells[key], may_be_zero) for key in part.unknown]
    rows = [row for each in part.sums for row in rows_of(each, column, cells)]
    programme = Programme(low, [inf] * len(low), rows)
    for key in wanted:
        place = column[key]
        yield Interval(key, programme.least(place), programme.most(place), cells[key].need)


def least_of(cell: Cell, may_be_zero: Set[Key]) -> float:
    """The least anybody must think of an unknown cell."""
    return 0.0 if cell.never_shown or cell.key in may_be_zero else min(1.0, cell.value)
