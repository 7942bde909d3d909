"""What a project says when all is done, row by row, so that two of them can be compared."""

from __future__ import annotations

import os
import pickle
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from virtaama.access.door import Door
from virtaama.metrics.question import Grain, Question
from virtaama.privacy.policy import Asker, Purpose
from virtaama.project.project import Project

Found = TypeVar("Found")

# What tells when something was done, or how often it was tried.
_CLOCK = {"applied_at", "ledger"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Rows of every table, with how often each is there; by `<part>.<table>`."""

    tables: dict[str, Counter[tuple[Any, ...]]]

    def rows(self, beginning: str = "") -> int:
        return sum(rows.total() for name, rows in self.tables.items() if name.startswith(beginning))


@dataclass(frozen=True, slots=True)
class Difference:
    """Rows that are there less often, and more often, than they should."""

    lost: int
    doubled: int
    where: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.lost or self.doubled)


def difference(expected: Outcome, found: Outcome) -> Difference:
    names = sorted({*expected.tables, *found.tables})
    none: Counter[tuple[Any, ...]] = Counter()
    lost = {n: (expected.tables.get(n, none) - found.tables.get(n, none)).total() for n in names}
    more = {n: (found.tables.get(n, none) - expected.tables.get(n, none)).total() for n in names}
    where = tuple(f"{n}: -{lost[n]} +{more[n]}" for n in names if lost[n] or more[n])
    return Difference(sum(lost.values()), sum(more.values()), where)


def outcome(folder: Path) -> Outcome:
    """Of the project in a folder: warehouse, ledger with opened quarantine, and what is published."""
    project = Project.open(folder)
    tables = {**_ledger(project), **_database(project.settings.warehouse, "warehouse")}
    tables["published.figures"] = Counter(asked(project.door())[1])
    return Outcome(tables)


def recorded(folder: Path) -> Outcome:
    """What the ledger alone says of the project in a folder."""
    return Outcome(_ledger(Project.open(folder)))


def asked(door: Door) -> tuple[int, tuple[tuple[Any, ...], ...]]:
    """The number of the snapshot that answered, and the figures of every month as they would be shown."""
    first, last = door.periods()
    question = Question(metrics=("visits",), grain=Grain.MONTH, first=first, last=last)
    answer = door.ask(
        question, Asker(id="torture", role="analyst", municipalities=frozenset()), Purpose.STEERING
    )
    return answer.snapshot.number, tuple((f.period, f.value, f.missing) for f in answer.figures)


def apart(work: Callable[[], Found]) -> Found:
    """Do something in a forked process: the engine's threads must not be in one that forks again."""
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        code = 1
        try:
            os.close(read)
            with os.fdopen(write, "wb") as pipe:
                pickle.dump(work(), pipe)
            code = 0
        finally:
            os._exit(code)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        told = pipe.read()
    _, status = os.waitpid(pid, 0)
    assert status == 0, "what was to be done apart failed"
    found: Found = pickle.loads(told)
    return found


def _ledger(project: Project) -> dict[str, Counter[tuple[Any, ...]]]:
    ledger = project.ledger
    batches = ledger.batches()
    return {
        "ledger.batch": Counter(
            (b.number, b.feed, b.file, b.sha256, b.parquet, b.parquet_sha256, b.extracted, b.rows, b.rejected)
            for b in batches
        ),
        "ledger.rejected": Counter(
            (
                b.number,
                row.line,
                row.reason,
                row.detail,
                project.keyring.unseal(row.raw, b.feed) if row.raw else b"",
            )
            for b in batches
            for row in ledger.rejected(b.number)
        ),
        "ledger.repeat": Counter((r.batch, r.file) for r in ledger.repeats()),
        "ledger.refused": Counter((r.feed, r.file, r.sha256, r.reason) for r in ledger.refused()),
        "ledger.finding": Counter((q.feed, q.batch, q.check, q.detail, q.count) for q in ledger.quality()),
    }


def _database(path: Path, part: str) -> dict[str, Counter[tuple[Any, ...]]]:
    tables: dict[str, Counter[tuple[Any, ...]]] = {}
    with duckdb.connect(str(path), read_only=True) as connection:
        named = connection.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal ORDER BY ALL"
        ).fetchall()
        for schema, name in named:
            columns = [
                row[0]
                for row in connection.execute(
                    "SELECT column_name FROM duckdb_columns() WHERE schema_name = ? AND table_name = ? ORDER BY 1",
                    [schema, name],
                ).fetchall()
                if row[0] not in _CLOCK
            ]
            listed = ", ".join(f'"{column}"' for column in columns)
            rows = (
                connection.execute(f'SELECT {listed} FROM "{schema}"."{name}"').fetchall() if columns else []
            )
            tables[f"{part}.{schema}.{name}"] = Counter((name, *row) for row in rows)
    return tables
