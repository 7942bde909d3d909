"""R15, R16: little memory, and machines that are gone."""

from __future__ import annotations

import random
import resource
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import copytree, rmtree
from typing import Any

from torture import clinic
from torture.damage import damage
from torture.outcome import apart
from virtaama.engines.duckdb import DuckDB
from virtaama.loading.table_hash import table_hashes
from virtaama.problems import Damaged, NotReady
from virtaama.project.copies import files_below
from virtaama.project.project import Project
from virtaama.project.restore import restore

Apart = Callable[[Callable[[], Any]], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """One project loaded under two limits."""

    rows: int
    peaks: dict[str, int]  # megabytes of the whole process, by limit
    same: bool


def little_memory(
    folder: Path, rows: int, *, apart: Apart = apart, limits: tuple[str, ...] = ("256MB", "3GB")
) -> Memory:
    """Load so many rows under each limit; whether the tables are the same, and what the processes took."""
    peaks: dict[str, int] = {}
    outcomes = set()
    made = folder / "made"
    apart(lambda: bool(clinic.make(made)))
    clinic.deliver(made, {f"care/2025-0{n}/visits.csv": _many(n, rows // 4) for n in (1, 2, 3, 4)})
    apart(lambda: bool(Project.open(made).land()))
    for limit in limits:
        copy = folder / limit
        copytree(made, copy)
        settings = copy / "virtaama.yaml"
        settings.write_text(settings.read_text() + f"\nmemory: {limit}\n", encoding="utf-8")
        peaks[limit] = apart(partial(_load, copy))
        outcomes.add(repr(apart(partial(_hashes, copy))))
        rmtree(copy)
    return Memory(rows=rows, peaks=peaks, same=len(outcomes) == 1)


def _load(folder: Path) -> int:
    Project.open(folder).load()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _hashes(folder: Path) -> dict[str, str]:
    engine = DuckDB.open(Project.open(folder).settings.warehouse)
    try:
        return table_hashes(engine, leaving_out=("applied_at", "ledger"))
    finally:
        engine.let_go()


def _many(month: int, rows: int) -> bytes:
    made = random.Random(month)
    lines = ["VISIT;ID;UNIT;STARTED;COST"]
    for n in range(rows):
        # A tenth are corrections of visits of other months.
        id = (month if n % 10 else made.randrange(1, 5)) * 100_000_000 + n
        person = clinic.identity(n % 300)
        lines.append(f"{id};{person};U{n % 97};{n % 28 + 1:02}.{month:02}.2025 08:15;{n % 900},{month}")
    return "\n".join(lines).encode() + b"\n"


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
