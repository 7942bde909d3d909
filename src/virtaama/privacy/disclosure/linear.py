"""Linear programmes, solved by HiGHS. Whoever asks knows nothing of the solver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

import highspy
import numpy as np

IMPOSSIBLE = frozenset(
    {highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible}
)
UNBOUNDED = frozenset({highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible})


@dataclass(frozen=True, slots=True)
class Row:
    """A weighted sum of columns that lies between two bounds."""

    weights: Mapping[int, float]
    low: float
    high: float


class Programme:
    """Columns within bounds under rows. One after another, many questions are asked of the same one."""

    def __init__(
        self, low: Sequence[float], high: Sequence[float], rows: Sequence[Row], costs: Sequence[float] = ()
    ) -> None:
        size = len(low)
        self._low, self._high = low, high
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = size, len(rows)
        lp.col_cost_ = np.array(costs or [0.0] * size, dtype=np.double)
        lp.col_lower_ = np.array(low, dtype=np.double)
        lp.col_upper_ = np.array(high, dtype=np.double)
        lp.row_lower_ = np.array([row.low for row in rows], dtype=np.double)
        lp.row_upper_ = np.array([row.high for row in rows], dtype=np.double)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        starts = np.cumsum([0, *(len(row.weights) for row in rows)])
        lp.a_matrix_.start_ = np.array(starts, dtype=np.int32)
        lp.a_matrix_.index_ = np.array([index for row in rows for index in row.weights], dtype=np.int32)
        lp.a_matrix_.value_ = np.array([w for row in rows for w in row.weights.values()], dtype=np.double)
        self._solver = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (("output_flag", False), ("threads", 1), ("random_seed", 0)):
            self._solver.setOptionValue(option, value)
        self._solver.passModel(lp)

    def least(self, column: int) -> float:
        return self._least(column, 1.0)

    def most(self, column: int) -> float:
        return -self._least(column, -1.0)

    def cheapest(self, bounds: Mapping[int, tuple[float, float]]) -> list[float] | None:
        """The cheapest values of all columns with some of them within other bounds; None where there are none."""
        before = {column: (self._low[column], self._high[column]) for column in bounds}
        self._bind(bounds)
        status = self._run()
        solved = status == highspy.HighsModelStatus.kOptimal
        values = list(self._solver.getSolution().col_value) if solved else None
        self._bind(before)
        if not solved and status not in IMPOSSIBLE:
            raise ArithmeticError(f"the linear programme was not solved: {status}")
        return values

    def _bind(self, bounds: Mapping[int, tuple[float, float]]) -> None:
        for column, (low, high) in bounds.items():
            self._solver.changeColBounds(column, low, high)

    def price(self, column: int, cost: float) -> None:
        self._solver.changeColCost(column, cost)

    def _least(self, column: int, cost: float) -> float:
        # Only the objective changes, so the solver goes on from where it found the last answer.
        self._solver.changeColCost(column, cost)
        status = self._run()
        found = float(self._solver.getInfo().objective_function_value)
        self._solver.changeColCost(column, 0.0)
        if status == highspy.HighsModelStatus.kOptimal:
            return found
        if status in UNBOUNDED:
            return -inf
        raise ArithmeticError(f"the linear programme was not solved: {status}")

    def _run(self) -> highspy.HighsModelStatus:
        self._solver.run()
        status = self._solver.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            # What it had found before may have led it astray: once more from the beginning.
            self._solver.clearSolver()
            self._solver.run()
            status = self._solver.getModelStatus()
        return status
