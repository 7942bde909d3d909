"""Rows about single persons among which nobody can be found: k-anonymity and l-diversity."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence

DIVERSE = 2
"""How many values of each sensitive column rows that are alike must hold: one would tell it of all of them."""


def anonymous(
    identifying: Sequence[Hashable], sensitive: Sequence[Sequence[Hashable]], alike: int
) -> list[bool]:
    """Which rows are so like others that nobody can be found among them; one answer for each row.

    `identifying` is what could tell whose a row is, taken together; `sensitive` holds, for each sensitive
    column, its value of each row. A row stays where at least `alike` rows share what identifies, and those hold
    more than one value of every sensitive column.
    """
    sizes = Counter(identifying)
    few = {found for found, size in sizes.items() if size < alike}
    for column in sensitive:
        values: dict[Hashable, set[Hashable]] = defaultdict(set)
        for found, value in zip(identifying, column, strict=True):
            values[found].add(value)
        few |= {found for found, held in values.items() if len(held) < DIVERSE}
    return [found not in few for found in identifying]
