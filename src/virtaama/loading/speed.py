"""How fast loads have been here: what an estimate may stand on."""

from __future__ import annotations

from collections.abc import Iterable

from virtaama.lake.runs import Run

_NEWEST = 5
_ENOUGH = 1000  # rows: less says more of starting than of loading


def rows_per_second(runs: Iterable[Run]) -> float | None:
    """The speed of the newest loads that read enough to tell; None where there are none."""
    measured = [
        (
            run.counts["rows_read"] + run.counts.get("rows_again", 0),
            (run.finished - run.started).total_seconds(),
        )
        for run in runs
        if run.kind in ("load", "rebuild") and run.ok and run.finished and "rows_read" in run.counts
    ]
    telling = [(rows, seconds) for rows, seconds in measured if rows >= _ENOUGH and seconds > 0][:_NEWEST]
    return sum(rows for rows, _ in telling) / sum(seconds for _, seconds in telling) if telling else None
