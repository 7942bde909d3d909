"""The table in docs/reliability.md: a row for each experiment, from one run or from several."""

from __future__ import annotations

import fcntl
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

MARK = "<!-- What follows is written by `make torture`. -->\n"
_HEAD = "| | What was done | What came of it | Wrong | Share | Seconds |\n|---|---|---|--:|--:|--:|\n"


@dataclass(frozen=True, slots=True)
class Row:
    """One experiment: what was done, what came of it, and how much of that should not be."""

    id: str
    done: str
    found: str
    bad: int
    share: float  # of the full number of repetitions
    seconds: float

    def __str__(self) -> str:
        cells = (self.id, self.done, self.found, str(self.bad), f"{self.share:g}", f"{self.seconds:.0f}")
        return f"| {' | '.join(cells)} |"


def read_row(line: str) -> Row | None:
    """A row as it was written; None for any other line."""
    cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
    if not line.startswith("| R") or len(cells) != 6:
        return None
    return Row(cells[0], cells[1], cells[2], int(cells[3]), float(cells[4]), float(cells[5]))


def table(rows: Sequence[Row], order: Sequence[str]) -> str:
    """The rows in this order of their ids, and where they were measured."""
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    machine = (
        f"{platform.system()} {platform.machine()}, {len(os.sched_getaffinity(0))} cores, {gigabytes:.0f} GB, "
        f"Python {platform.python_version()}, DuckDB {duckdb.__version__}"
    )
    listed = "".join(f"{row}\n" for row in sorted(rows, key=lambda row: order.index(row.id)))
    return (
        f"\n{date.today():%d %B %Y}, {machine}, load average at the end {os.getloadavg()[2]:.0f}. "
        f"Share: of the full number of repetitions. What should not have been: {sum(row.bad for row in rows)}.\n\n"
        f"{_HEAD}{listed}"
    )


def write(path: Path, rows: Sequence[Row], order: Sequence[str]) -> None:
    """Put these rows into the page; rows of experiments that were not run stay. Several runs may write at once."""
    with path.open("r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        opening, _, told = file.read().partition(MARK)
        stay = {row.id: row for line in told.splitlines() if (row := read_row(line)) and row.id in order}
        file.seek(0)
        file.write(f"{opening}{MARK}{table([*(stay | {row.id: row for row in rows}).values()], order)}")
        file.truncate()
