"""The record of every question: written and on disk before its answer is given, and never changed."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock

from virtaama.problems import Damaged

_TABLE = """
CREATE TABLE IF NOT EXISTS record (
    number INTEGER PRIMARY KEY,
    moment TEXT NOT NULL,
    asker TEXT NOT NULL,
    role TEXT NOT NULL,
    purpose TEXT NOT NULL,
    question TEXT NOT NULL,
    decision TEXT NOT NULL,
    snapshot INTEGER,
    rows INTEGER NOT NULL,
    seal TEXT NOT NULL
) STRICT
"""
_COLUMNS = "number, moment, asker, role, purpose, question, decision, snapshot, rows"
_BEGINNING = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Who asked what for which purpose, what was decided, and how many figures were shown."""

    number: int
    moment: datetime
    asker: str
    role: str
    purpose: str
    question: str  # as JSON
    decision: str  # allowed | refused: <reason>
    snapshot: int | None
    rows: int


class AuditLog:
    """An append-only log in one SQLite file, each entry sealed over the one before it with a key.

    A call of `append` returns when the entry is on disk; it raises when that cannot be done. May be used
    by many threads and processes at once, and across a fork.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._key = key
        self._lock = Lock()
        self._process = 0
        self._connection: sqlite3.Connection | None = None

    def append(
        self,
        *,
        moment: datetime,
        asker: str,
        role: str,
        purpose: str,
        question: str,
        decision: str,
        snapshot: int | None,
        rows: int,
    ) -> int:
        """Write an entry; returns its number."""
        with self._writing() as connection:
            last = connection.execute(
                "SELECT number, seal FROM record ORDER BY number DESC LIMIT 1"
            ).fetchone()
            number, before = (last[0] + 1, last[1]) if last else (1, _BEGINNING)
            entry = Entry(
                number=number,
                moment=moment,
                asker=asker,
                role=role,
                purpose=purpose,
                question=question,
                decision=decision,
                snapshot=snapshot,
                rows=rows,
            )
            connection.execute(
                f"INSERT INTO record ({_COLUMNS}, seal) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    number,
                    moment.isoformat(),
                    asker,
                    role,
                    purpose,
                    question,
                    decision,
                    snapshot,
                    rows,
                    self._seal(entry, before),
                ),
            )
        return number

    def entries(self) -> tuple[Entry, ...]:
        """Every entry, the oldest first."""
        return tuple(entry for entry, _ in self._sealed())

    def head(self) -> tuple[int, str]:
        """Number and seal of the newest entry: kept elsewhere, it shows that the end was not cut off."""
        last = (0, _BEGINNING)
        for entry, seal in self._sealed():
            last = (entry.number, seal)
        return last

    def verify_chain(self) -> int:
        """The number of entries, when each is as it was written; Damaged names the first that is not."""
        before = _BEGINNING
        count = 0
        for entry, seal in self._sealed():
            count += 1
            if entry.number != count:
                raise Damaged(f"{self._path}: entry {count} is missing from the audit log.")
            if not hmac.compare_digest(seal, self._seal(entry, before)):
                raise Damaged(
                    f"{self._path}: entry {count} of the audit log was changed after it was written."
                )
            before = seal
        return count

    def close(self) -> None:
        if self._connection is not None and self._process == os.getpid():
            self._connection.close()
        self._connection = None

    def _seal(self, entry: Entry, before: str) -> str:
        told = json.dumps([before, asdict(entry)], default=datetime.isoformat, sort_keys=True)
        return hmac.new(self._key, told.encode(), hashlib.sha256).hexdigest()

    def _sealed(self) -> Iterator[tuple[Entry, str]]:
        with self._lock:
            rows = self._open().execute(f"SELECT {_COLUMNS}, seal FROM record ORDER BY number").fetchall()
        for number, moment, asker, role, purpose, question, decision, snapshot, count, seal in rows:
            yield (
                Entry(
                    number=number,
                    moment=datetime.fromisoformat(moment),
                    asker=asker,
                    role=role,
                    purpose=purpose,
                    question=question,
                    decision=decision,
                    snapshot=snapshot,
                    rows=count,
                ),
                seal,
            )

    def _open(self) -> sqlite3.Connection:
        # An SQLite connection must not cross a fork; the parent's is left alone and forgotten.
        if self._connection is None or self._process != os.getpid():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(
                self._path, timeout=30, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA journal_mode = PERSIST")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute(_TABLE)
            self._connection, self._process = connection, os.getpid()
        return self._connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            connection = self._open()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                # A commit can fail too; where a full disk has rolled back by itself, this does nothing.
                connection.rollback()
                raise
