"""Tables with margins as they are attacked: cells, and every sum that binds them.

Tables that share a cell share its key, so all tables of a release (and of the releases before it) are one set
of cells with one set of sums. Where the parts known do not make up their total, what is missing is a cell of its
own that nobody is shown: the difference can be worked out, so it needs the protection of any other figure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Key = tuple[str, ...]
"""Where a cell stands: a coordinate for each axis."""

SLACK = 1e-6  # figures nearer to one another than this are the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A number as it truly is.

    `need` is how much room must stay between the least and the most it could be while it is hidden: 0 where it
    tells of enough persons, or of nobody, and never did otherwise. `never_shown` is what nobody is told but can be
    worked out.
    """

    key: Key
    value: float
    need: float = 0
    never_shown: bool = False


@dataclass(frozen=True, slots=True)
class Sum:
    """A total with its parts. Not `exact` where parts overlap: then it is between the largest and all of them."""

    total: Key
    parts: tuple[Key, ...]
    exact: bool = True

    @property
    def keys(self) -> tuple[Key, ...]:
        return (self.total, *self.parts)


@dataclass(frozen=True, slots=True)
class Grouping:
    """Along one axis, which coordinate each coordinate is a part of: units of a county, months of a quarter."""

    axis: int
    parents: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Tables:
    """Cells and the sums that bind them; what is missing in a sum is among the cells."""

    cells: Mapping[Key, Cell]
    sums: tuple[Sum, ...]


def families(keys: Iterable[Key], groupings: Iterable[Grouping]) -> tuple[tuple[Key, tuple[Key, ...]], ...]:
    """Each total that is there with its parts that are there, one axis at a time."""
    there = dict.fromkeys(keys)
    found: dict[tuple[int, Key], list[Key]] = defaultdict(list)
    for number, grouping in enumerate(groupings):
        for key in there:
            parent = grouping.parents.get(key[grouping.axis])
            if parent is None:
                continue
            total = (*key[: grouping.axis], parent, *key[grouping.axis + 1 :])
            if total in there:
                found[number, total].append(key)
    return tuple((total, tuple(parts)) for (_, total), parts in found.items())


def tables(
    cells: Iterable[Cell], related: Iterable[tuple[Key, tuple[Key, ...]]], smallest: Mapping[Key, float]
) -> Tables:
    """Cells bound by the sums between totals and parts, as far as their values say.

    `smallest` is, for a total, how large a group must be to be shown: what its parts leave over is a group too.
    """
    known = {cell.key: cell for cell in cells}
    sums: list[Sum] = []
    for number, (total, parts) in enumerate(related):
        left_over = known[total].value - sum(known[part].value for part in parts)
        if abs(left_over) <= SLACK:
            sums.append(Sum(total, parts))
        elif left_over > 0:
            rest = Cell(
                key=("the rest of", str(number), *total),
                value=left_over,
                need=smallest.get(total, 0) if left_over < smallest.get(total, 0) else 0,
                never_shown=True,
            )
            known[rest.key] = rest
            sums.append(Sum(total, (*parts, rest.key)))
        else:
            sums.append(Sum(total, parts, exact=False))
    return Tables(known, tuple(sums))
