"""The part of the ledger that remembers runs of commands."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a command that changes the project. `finished` is None while it runs or when it died.

    `counts` says what it did, in words a reader's language can be put to: landed, rows_read, figures, ….
    """

    id: int
    kind: str  # land | collect | load | publish | watch | …
    started: datetime
    finished: datetime | None
    ok: bool
    counts: Mapping[str, int]
    error: str


def append_run(connection: sqlite3.Connection, kind: str, started: datetime) -> int:
    """Its id."""
    cursor = connection.execute("INSERT INTO run (kind, started) VALUES (?, ?)", (kind, started.isoformat()))
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def note_counts(connection: sqlite3.Connection, id: int, counts: Mapping[str, int]) -> None:
    connection.execute("UPDATE run SET counts = ? WHERE id = ?", (json.dumps(dict(counts)), id))


def end_run(
    connection: sqlite3.Connection,
    id: int,
    *,
    finished: datetime,
    ok: bool,
    counts: Mapping[str, int],
    error: str,
) -> None:
    connection.execute(
        "UPDATE run SET finished = ?, ok = ?, counts = ?, error = ? WHERE id = ?",
        (finished.isoformat(), int(ok), json.dumps(dict(counts)), error, id),
    )


def read_runs(connection: sqlite3.Connection) -> tuple[Run, ...]:
    """The newest first."""
    return tuple(
        Run(
            id=id,
            kind=kind,
            started=datetime.fromisoformat(started),
            finished=datetime.fromisoformat(finished) if finished else None,
            ok=bool(ok),
            counts=json.loads(counts),
            error=error,
        )
        for id, kind, started, finished, ok, counts, error in connection.execute(
            "SELECT id, kind, started, finished, ok, counts, error FROM run ORDER BY id DESC"
        )
    )
