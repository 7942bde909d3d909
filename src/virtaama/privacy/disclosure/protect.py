"""Which cells to hide so that no cell about few persons can be worked out, in tables that share cells.

First what tells of few; then, for each such cell, the cheapest further cells that give it room, by a linear
programme: the least change of all cells under which every sum still holds and the cell is larger. Whatever
would have to change is hidden, so what is shown allows for it. The audit then says which have too little room
still; they get all they need in the same way. Hiding more never narrows another cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from enum import StrEnum
from math import inf, log

from virtaama.privacy.disclosure.audit import Interval, audit, connected, least_of
from virtaama.privacy.disclosure.linear import Programme, Row
from virtaama.privacy.disclosure.tables import SLACK, Cell, Key, Sum, Tables


class Why(StrEnum):
    """Why a cell is hidden."""

    FEW = "few"  # it tells of fewer persons than may be shown
    PROTECTS = "protects"  # with it another could be worked out
    BEFORE = "before"  # an earlier release hid it


@dataclass(frozen=True, slots=True)
class Protection:
    """What is hidden and why, and what an attacker could work out of it."""

    hidden: Mapping[Key, Why]
    intervals: tuple[Interval, ...]

    @property
    def holds(self) -> bool:
        """Whether no cell that needs room has too little of it."""
        return all(interval.is_wide_enough for interval in self.intervals)

    @property
    def too_narrow(self) -> tuple[Interval, ...]:
        return tuple(interval for interval in self.intervals if not interval.is_wide_enough)


def protect(
    tables: Tables, *, hidden_before: Set[Key] = frozenset(), shown_before: Set[Key] = frozenset()
) -> Protection:
    """Hide what must be hidden. Earlier releases bind it: what they hid stays hidden, what they showed is known.

    Where what was shown before leaves no way to protect a cell, the protection does not hold, and says so.
    """
    hidden = {key: Why.BEFORE for key in sorted(hidden_before) if key in tables.cells}
    for key, cell in tables.cells.items():
        if cell.need > 0 and not cell.never_shown:
            hidden.setdefault(key, Why.FEW)
    intervals: list[Interval] = []
    for part in connected(tables.cells.keys(), tables.sums):
        own = Tables({key: tables.cells[key] for key in part.unknown}, part.sums)
        intervals += _protect_part(own, hidden, hidden_before, shown_before)
    return Protection(hidden, tuple(intervals))


def _protect_part(
    tables: Tables, hidden: dict[Key, Why], hidden_before: Set[Key], shown_before: Set[Key]
) -> tuple[Interval, ...]:
    """Hide what must be hidden of cells that bear on one another; what could be worked out of them then."""

    def audited() -> tuple[Interval, ...]:
        mine = frozenset(key for key in tables.cells if key in hidden)
        return audit_with_earlier(tables, mine, hidden_before, shown_before)

    repairs = _Repairs(tables, hidden, hidden_before, shown_before)
    for cell in tables.cells.values():
        if cell.need > 0:
            # Where it can be less as well, it needs not be so much more: that is seen when all is hidden.
            below = cell.value - least_of(cell, hidden_before)
            repairs.give_room(cell.key, max(1.0, cell.need - below))
    intervals = audited()
    narrow = [interval for interval in intervals if not interval.is_wide_enough]
    if not narrow:
        return intervals
    for interval in narrow:
        above = interval.low + interval.need - tables.cells[interval.key].value
        repairs.give_room(interval.key, above)
    return audited()


def audit_with_earlier(
    tables: Tables, hidden: Set[Key], hidden_before: Set[Key], shown_before: Set[Key]
) -> tuple[Interval, ...]:
    """The audit of an attacker who has kept the earlier releases."""
    kept = frozenset(hidden & shown_before)
    found = audit(tables, hidden - kept, may_be_zero=hidden_before)
    # A cell that was shown and tells of few by now: what it was then is not what it is now.
    for key in sorted(kept):
        others = audit(tables, (hidden - kept) | {key}, may_be_zero=hidden_before)
        found += tuple(interval for interval in others if interval.key == key)
    return found


class _Repairs:
    """Repairs of cells that bear on one another; one that was shown before needs a programme of its own."""

    def __init__(
        self, tables: Tables, hidden: dict[Key, Why], hidden_before: Set[Key], shown_before: Set[Key]
    ) -> None:
        self._tables = tables
        self._hidden = hidden
        self._before = hidden_before
        self._shown = shown_before
        self._all: _Repair | None = None

    def give_room(self, key: Key, above: float) -> None:
        """Hide what it takes for a cell to be so much larger; nothing where it cannot be done."""
        if key in self._shown:
            own = _Repair(self._tables, self._hidden, self._before, self._shown - {key})
            own.give_room(key, above)
            self._all = None
            return
        if self._all is None:
            self._all = _Repair(self._tables, self._hidden, self._before, self._shown)
        self._all.give_room(key, above)


class _Repair:
    """Finds the cheapest further cells to hide. Its columns are how far each cell goes up, then how far down."""

    def __init__(
        self, tables: Tables, hidden: dict[Key, Why], hidden_before: Set[Key], fixed: Set[Key]
    ) -> None:
        self._cells = tables.cells
        self._hidden = hidden
        # A zero is shown, and what is fixed is known: they stay as they are.
        self._free = [
            key
            for key, cell in sorted(tables.cells.items())
            if key not in fixed and (cell.value > 0 or key in hidden_before or cell.never_shown)
        ]
        self._column = {key: number for number, key in enumerate(self._free)}
        size = len(self._free)
        free = [tables.cells[key] for key in self._free]
        down = [max(0.0, cell.value - least_of(cell, hidden_before)) for cell in free]
        rows = [row for each in tables.sums for row in _change(each, self._column, size, tables.cells)]
        costs = [self._cost(cell) for cell in free]
        self._programme = Programme([0.0] * 2 * size, [*([inf] * size), *down], rows, costs * 2)

    def give_room(self, key: Key, above: float) -> None:
        """Hide what it takes for a cell to be so much larger; nothing where it cannot be done."""
        size = len(self._free)
        up = self._column[key]
        values = self._programme.cheapest({up: (above, inf), up + size: (0.0, 0.0)})
        if values is None:
            return
        for number, other in enumerate(self._free):
            moved = abs(values[number] - values[number + size]) > SLACK
            if moved and other not in self._hidden and not self._cells[other].never_shown:
                self._hidden[other] = Why.PROTECTS
                for column in (number, number + size):
                    self._programme.price(column, _NEXT_TO_NOTHING)

    def _cost(self, cell: Cell) -> float:
        if cell.never_shown or cell.key in self._hidden:
            return _NEXT_TO_NOTHING
        # Few cells rather than small ones; where as many would do, the smaller.
        return log(2.0 + max(cell.value, 0.0))


# So that no cell goes up and down at once.
_NEXT_TO_NOTHING = 1e-4


def _change(each: Sum, column: Mapping[Key, int], size: int, cells: Mapping[Key, Cell]) -> Iterable[Row]:
    """A sum over how far its cells move up (columns) and down (the same columns, `size` further)."""

    def row(signs: Mapping[Key, float], *, exact: bool) -> Row | None:
        weights: dict[int, float] = {}
        for key, sign in signs.items():
            if key in column:
                weights[column[key]] = sign
                weights[column[key] + size] = -sign
        if not weights:
            return None
        slack = sum(sign * cells[key].value for key, sign in signs.items())
        return Row(weights, 0.0, 0.0) if exact else Row(weights, -slack, inf)

    whole = {**dict.fromkeys(each.parts, 1.0), each.total: -1.0}
    if each.exact:
        found = [row(whole, exact=True)]
    else:
        found = [row(whole, exact=False)]
        found += [row({each.total: 1.0, part: -1.0}, exact=False) for part in each.parts]
    return [each for each in found if each is not None]
