"""R15, R16: little memory, and machines that are gone."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import copy2, copytree, rmtree
from typing import Any

from torture import clinic
from torture.damage import damage
from torture.outcome import apart, asked
from torture.processes import ROOT
from virtaama.engines.duckdb import DuckDB
from virtaama.loading.table_hash import table_hashes
from virtaama.problems import Damaged, NotReady
from virtaama.project.copies import files_below
from virtaama.project.project import Project
from virtaama.project.restore import restore

_PEOPLE = [clinic.identity(n) for n in range(300)]
Apart = Callable[[Callable[[], Any]], Any]


LIMITS = ("256MB", "3GB")
COMMANDS = ("land", "load", "publish")
_TOLD = """
import sys
from pathlib import Path
from virtaama.project.project import Project
getattr(Project.open(Path(sys.argv[1])), sys.argv[2])()
status = Path("/proc/self/status").read_text()
print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """One project landed, loaded and published under two limits."""

    rows: int
    peaks: dict[str, dict[str, int]]  # megabytes of the whole process, by limit and command
    same: bool
    fits: bool  # whether every command stayed within its limit and 100 MB more


def little_memory(
    folder: Path, rows: int, *, apart: Apart = apart, limits: tuple[str, ...] = LIMITS
) -> Memory:
    """Land, load and publish so many rows under each limit, each command in a process of its own.

    The same means: byte by byte the same lake, the same rows in every table, the same figures.
    """
    peaks: dict[str, dict[str, int]] = {}
    outcomes = set()
    made = folder / "made"
    apart(lambda: bool(clinic.make(made, _PEOPLE)))
    for month in (1, 2, 3, 4):
        _write_many(made / "deliveries" / "care" / f"2025-0{month}" / "visits.csv", month, rows // 4)
    for limit in limits:
        copy = folder / limit
        copytree(made, copy, copy_function=_linked_where_large)
        settings = copy / "virtaama.yaml"
        text = settings.read_text(encoding="utf-8") + f"\nmemory: {limit}\n"
        settings.write_text(text, encoding="utf-8")
        peaks[limit] = {name: _peak(copy, name) for name in COMMANDS}
        outcomes.add(repr(apart(partial(_all, copy))))
        rmtree(copy)
    rmtree(made)
    most = {limit: int(limit[:-2]) * (1000 if limit.endswith("GB") else 1) + 100 for limit in limits}
    return Memory(
        rows=rows,
        peaks=peaks,
        same=len(outcomes) == 1,
        fits=all(peak <= most[limit] for limit in limits for peak in peaks[limit].values()),
    )


def _linked_where_large(source: str, target: str) -> None:
    """Deliveries are never changed; everything else is."""
    (os.link if source.endswith(".csv") else copy2)(source, target)


def _peak(folder: Path, command: str) -> int:
    """Do it in a process begun anew; the most megabytes it took."""
    done = subprocess.run(
        [sys.executable, "-c", _TOLD, str(folder), command],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        check=True,
        capture_output=True,
        text=True,
    )
    return int(done.stdout.split()[-1]) * 1024 // 1_000_000


def _all(folder: Path) -> tuple[Any, ...]:
    project = Project.open(folder)
    lake = [(batch.parquet_sha256, batch.rows) for batch in project.ledger.batches()]
    return lake, _hashes(folder), asked(project.door())[1]


def _hashes(folder: Path) -> dict[str, str]:
    engine = DuckDB.open(Project.open(folder).settings.warehouse)
    try:
        return table_hashes(engine, leaving_out=("applied_at", "ledger"))
    finally:
        engine.let_go()


def _write_many(path: Path, month: int, rows: int) -> None:
    made = random.Random(month)
    path.parent.mkdir(parents=True)
    with path.open("w", encoding="utf-8") as file:
        file.write("VISIT;ID;UNIT;STARTED;COST\n")
        for n in range(rows):
            # A tenth are corrections of visits of other months.
            id = (month if n % 10 else made.randrange(1, 5)) * 100_000_000 + n
            day = f"{n % 28 + 1:02}.{month:02}.2025 08:15"
            file.write(f"{id};{_PEOPLE[n % 300]};U{n % 97};{day};{n % 900},{month}\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Backups:
    """Backups that were brought back, and backups of which a file was damaged."""

    restored: int
    damaged: int
    undetected: int
    wrong: tuple[str, ...]


def backups(finished: Path, times: int, chance: random.Random) -> Backups:
    """Back up, destroy, restore, load and compare; and damage any file of a backup at any place."""
    folder = finished.with_name("kept")
    copytree(finished, folder / "project")
    original = Project.open(folder / "project")
    original.back_up(folder / "backups", folder / "keys")
    tables, lake = _hashes(folder / "project"), _lake(original)
    entries = original.audit.verify_chain()
    rmtree(folder / "project")
    wrong = []
    restore(
        folder / "backups", folder / "again", number=None, keys=folder / "keys", progress=lambda *step: None
    )
    again = Project.open(folder / "again")
    if _lake(again) != lake:
        wrong.append("the lake is not byte by byte what it was")
    again.load()
    if _hashes(folder / "again") != tables:
        wrong.append("the warehouse is not what it was")
    if again.audit.verify_chain() != entries:
        wrong.append("the audit log is not what it was")
    undetected = 0
    files = files_below(folder / "backups")
    for number in range(times):
        path = chance.choice(files)
        whole = path.read_bytes()
        damage(path, ("flipped", "cut", "zeroed")[number % 3], chance.randrange(len(whole)), chance)
        changed = path.read_bytes() != whole
        try:
            restore(
                folder / "backups",
                folder / "third",
                number=None,
                keys=folder / "keys",
                progress=lambda *step: None,
            )
            undetected += changed
            rmtree(folder / "third")
        except (Damaged, NotReady):
            if (folder / "third").exists():
                wrong.append("something was written from a damaged backup")
        path.write_bytes(whole)
    rmtree(folder)
    return Backups(restored=1, damaged=times, undetected=undetected, wrong=tuple(wrong))


def _lake(project: Project) -> dict[str, bytes]:
    return {
        path.relative_to(project.settings.lake).as_posix(): path.read_bytes()
        for path in files_below(project.settings.lake)
        if path.suffix == ".parquet"
    }
