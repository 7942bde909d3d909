"""Somebody who has kept every figure ever shown and works out the rest by linear programming.

Written apart from the protection it attacks: it knows nothing but sums and the figures shown.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from math import ceil, floor, inf

import highspy
import numpy as np

NEARLY = 1e-6


class Attacker:
    """Unknown counts, what is known of each, and the sums they stand in. Nothing is below zero."""

    def __init__(self) -> None:
        self._place: dict[Hashable, int] = {}
        self._low: list[float] = []
        self._high: list[float] = []
        self._rows: list[tuple[dict[int, float], float, float]] = []
        self._solver: highspy.Highs | None = None

    def knows(self, count: Hashable, low: float, high: float = inf) -> None:
        """A count lies between two bounds; what was known before still holds."""
        place = self._at(count)
        self._low[place] = max(self._low[place], low)
        self._high[place] = min(self._high[place], high)

    def sums(self, total: Hashable, parts: Iterable[Hashable], *, overlap: bool = False) -> None:
        """A total is the sum of its parts; where parts overlap, at most their sum and at least each."""
        parts = list(parts)
        row = {self._at(total): -1.0, **{self._at(part): 1.0 for part in parts}}
        self._rows.append((row, 0.0, inf if overlap else 0.0))
        if overlap:
            for part in parts:
                self.at_most(part, total)

    def at_most(self, part: Hashable, whole: Hashable) -> None:
        self._rows.append(({self._at(part): -1.0, self._at(whole): 1.0}, 0.0, inf))

    def interval(self, count: Hashable) -> tuple[float, float]:
        """The least and the most a count can be."""
        solver = self._solver = self._solver or self._programme()
        place = self._place[count]
        found = []
        for sign in (1.0, -1.0):
            solver.changeColCost(place, sign)
            solver.run()
            status = solver.getModelStatus()
            if status == highspy.HighsModelStatus.kOptimal:
                found.append(sign * solver.getInfo().objective_function_value)
            elif status in (
                highspy.HighsModelStatus.kUnbounded,
                highspy.HighsModelStatus.kUnboundedOrInfeasible,
            ):
                found.append(sign * -inf)
            else:
                raise ArithmeticError(f"what is known of the counts does not fit together: {status}")
            solver.changeColCost(place, 0.0)
        return found[0], found[1]

    def works_out(self, count: Hashable) -> bool:
        """Whether one whole number alone is left for a count."""
        low, high = self.interval(count)
        return high < inf and floor(high + NEARLY) <= ceil(low - NEARLY)

    def _at(self, count: Hashable) -> int:
        if count not in self._place:
            self._place[count] = len(self._low)
            self._low.append(0.0)
            self._high.append(inf)
        return self._place[count]

    def _programme(self) -> highspy.Highs:
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self._low), len(self._rows)
        lp.col_cost_ = np.zeros(len(self._low))
        lp.col_lower_, lp.col_upper_ = np.array(self._low), np.array(self._high)
        lp.row_lower_ = np.array([low for _, low, _ in self._rows])
        lp.row_upper_ = np.array([high for _, _, high in self._rows])
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.cumsum([0, *(len(row) for row, _, _ in self._rows)]).astype(np.int32)
        lp.a_matrix_.index_ = np.array([at for row, _, _ in self._rows for at in row], dtype=np.int32)
        lp.a_matrix_.value_ = np.array([w for row, _, _ in self._rows for w in row.values()])
        solver = highspy.Highs()
        solver.silent()
        solver.passModel(lp)
        return solver


def seen_rounded(
    attacker: Attacker, count: Hashable, shown: float, base: int, smallest: int, *, by_lot: bool = False
) -> None:
    """What a rounded count that is shown tells: it is no smaller than what may be shown, or nobody.

    To the nearest multiple it is off by half the base at most, `by_lot` by all of it but one.
    """
    if shown == 0 and (by_lot or base < 2 * smallest):
        attacker.knows(count, 0, 0)
    elif base <= 1:
        attacker.knows(count, shown, shown)
    else:
        below, above = (base - 1, base - 1) if by_lot else (base // 2, (base - 1) // 2)
        attacker.knows(count, max(shown - below, smallest), shown + above)
