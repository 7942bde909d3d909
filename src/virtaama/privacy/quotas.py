"""How often something may be done in a span of time. Pure: what was counted, and the moment, are passed in.

A span is counted in sixty pieces. A piece that reaches into the span counts whole, so that in no span of this length
more than the quota is ever let through; in return a span is up to one sixtieth longer than it says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil
from typing import Final

PIECES: Final = 60
Counts = Mapping[int, int]
"""How many in each piece of time: pieces are numbered from the beginning of the clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """So many in any span of so many seconds."""

    name: str
    most: int
    seconds: int

    @property
    def piece(self) -> int:
        """Seconds counted together."""
        return max(1, self.seconds // PIECES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How somebody stands with a quota at a moment, in seconds of the clock. Holds no counts that are over."""

    quota: Quota
    counts: Counts
    moment: float

    @classmethod
    def of(cls, quota: Quota, counts: Counts, moment: float) -> Standing:
        """From what was counted until now."""
        kept = {at: count for at, count in counts.items() if _leaves(at, quota) > moment}
        return cls(quota=quota, counts=kept, moment=moment)

    @property
    def left(self) -> int:
        """How many more there may be now."""
        return max(0, self.quota.most - sum(self.counts.values()))

    @property
    def until(self) -> float:
        """The moment from which nothing of it counts any more."""
        return max((_leaves(at, self.quota) for at in self.counts), default=self.moment)

    @property
    def more_in(self) -> int:
        """Whole seconds until there may be more than now; 0 where nothing is counted."""
        sooner = self.quota.most if not self.left else sum(self.counts.values())
        counted = sum(self.counts.values())
        for at in sorted(self.counts):
            counted -= self.counts[at]
            if counted < sooner:
                return max(1, ceil(_leaves(at, self.quota) - self.moment))
        return 0

    def one_more(self) -> Standing:
        """The same after it was done once more."""
        at = int(self.moment // self.quota.piece)
        return replace(self, counts={**self.counts, at: self.counts.get(at, 0) + 1})


def _leaves(at: int, quota: Quota) -> float:
    """The moment a piece is no part of the span any more."""
    return float((at + 1) * quota.piece + quota.seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Let:
    """What came of asking for room: how it stands with each quota, and which held it back the longest, if any did."""

    standings: tuple[Standing, ...]
    held_back: Standing | None = None

    @classmethod
    def through(cls, standings: tuple[Standing, ...]) -> Let:
        """Counted with each quota, or, where one has no room, with none."""
        full = [standing for standing in standings if not standing.left]
        if full:
            return cls(standings=standings, held_back=max(full, key=lambda standing: standing.more_in))
        return cls(standings=tuple(standing.one_more() for standing in standings))
