"""The part of the ledger that remembers erasures: what was destroyed, and what is not to land again.

Nobody is named. A mark is a keyed digest: it tells whether somebody, or one instance, that is delivered again was
erased, and cannot be turned round. A rewrite is appended beside the batch; the newest says where its rows are.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

TABLES = """
CREATE TABLE IF NOT EXISTS erasure (
    id INTEGER PRIMARY KEY,
    begun TEXT NOT NULL,
    finished TEXT,
    by TEXT NOT NULL,
    role TEXT NOT NULL,
    scope TEXT NOT NULL,
    reason TEXT NOT NULL,
    legal_basis TEXT NOT NULL,
    counts TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE TRIGGER IF NOT EXISTS erasure_stays BEFORE DELETE ON erasure
BEGIN SELECT raise(ABORT, 'erasures stay on record'); END;
CREATE TABLE IF NOT EXISTS rewrite (
    id INTEGER PRIMARY KEY,
    erasure INTEGER NOT NULL REFERENCES erasure (id),
    batch INTEGER NOT NULL REFERENCES batch (number),
    moment TEXT NOT NULL,
    parquet TEXT NOT NULL,
    parquet_sha256 TEXT NOT NULL,
    rows INTEGER NOT NULL,
    gone INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS rewrite_by_batch ON rewrite (batch);
CREATE TRIGGER IF NOT EXISTS rewrite_is_kept BEFORE UPDATE ON rewrite
BEGIN SELECT raise(ABORT, 'rewrites are appended, never changed'); END;
CREATE TRIGGER IF NOT EXISTS rewrite_stays BEFORE DELETE ON rewrite
BEGIN SELECT raise(ABORT, 'rewrites are appended, never changed'); END;
CREATE TABLE IF NOT EXISTS tombstone (
    mark BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    erasure INTEGER NOT NULL REFERENCES erasure (id),
    lifted TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS left_out (
    batch INTEGER PRIMARY KEY REFERENCES batch (number),
    rows INTEGER NOT NULL
) STRICT;
"""

PERSON = "a person"
"""The kind of a mark that stands for a person. The name of a concept is that of an instance that is to stay out."""

THEIRS = "theirs: "
"""Before the name of a concept: an instance of a person who was erased. Rows that name somebody else are not meant."""

Writing = Callable[[], AbstractContextManager[sqlite3.Connection]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """One erasure: who did it, why and on what legal basis, and what was destroyed. `finished` once it is proven."""

    id: int
    begun: datetime
    finished: datetime | None
    by: str
    role: str
    scope: str  # person | due
    reason: str
    legal_basis: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """Where the rows of a batch are after some were destroyed."""

    batch: int
    parquet: str
    parquet_sha256: str
    rows: int
    gone: int


class Erasures:
    """Erasures on record. Part of an open ledger."""

    def __init__(self, connection: sqlite3.Connection, writing: Writing) -> None:
        self._connection = connection
        self._writing = writing

    def begin(
        self,
        *,
        begun: datetime,
        by: str,
        role: str,
        scope: str,
        reason: str,
        legal_basis: str,
        marks: Iterable[tuple[str, bytes]],
    ) -> int:
        """Put an erasure on record before anything is destroyed, with the marks of what is not to land again."""
        with self._writing() as connection:
            cursor = connection.execute(
                "INSERT INTO erasure (begun, by, role, scope, reason, legal_basis) VALUES (?, ?, ?, ?, ?, ?)",
                (begun.isoformat(), by, role, scope, reason, legal_basis),
            )
            assert cursor.lastrowid is not None
            connection.executemany(
                "INSERT INTO tombstone (kind, mark, erasure) VALUES (?, ?, ?) "
                "ON CONFLICT DO UPDATE SET erasure = excluded.erasure, lifted = NULL",
                ((kind, mark, cursor.lastrowid) for kind, mark in marks),
            )
        return cursor.lastrowid

    def finish(self, id: int, finished: datetime, counts: Mapping[str, int]) -> None:
        """Nothing was found any more."""
        with self._writing() as connection:
            connection.execute(
                "UPDATE erasure SET finished = ?, counts = ? WHERE id = ?",
                (finished.isoformat(), json.dumps(dict(counts)), id),
            )

    def all(self) -> tuple[Erasure, ...]:
        """The newest first."""
        return tuple(
            Erasure(
                id=id,
                begun=datetime.fromisoformat(begun),
                finished=datetime.fromisoformat(finished) if finished else None,
                by=by,
                role=role,
                scope=scope,
                reason=reason,
                legal_basis=legal_basis,
                counts=json.loads(counts),
            )
            for id, begun, finished, by, role, scope, reason, legal_basis, counts in self._connection.execute(
                "SELECT id, begun, finished, by, role, scope, reason, legal_basis, counts FROM erasure ORDER BY id DESC"
            )
        )

    # Batches that were written anew

    def rewritten(self, erasure: int, moment: datetime, batch: Rewritten) -> None:
        """The new file is in place; from now on it is that of the batch."""
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO rewrite (erasure, batch, moment, parquet, parquet_sha256, rows, gone) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    erasure,
                    batch.batch,
                    moment.isoformat(),
                    batch.parquet,
                    batch.parquet_sha256,
                    batch.rows,
                    batch.gone,
                ),
            )

    def rewrites(self, erasure: int | None = None) -> tuple[Rewritten, ...]:
        """All, or those of one erasure, in the order in which they were made."""
        return tuple(
            Rewritten(batch=batch, parquet=parquet, parquet_sha256=sha256, rows=rows, gone=gone)
            for batch, parquet, sha256, rows, gone in self._connection.execute(
                "SELECT batch, parquet, parquet_sha256, rows, gone FROM rewrite "
                "WHERE ? IS NULL OR erasure = ? ORDER BY id",
                (erasure, erasure),
            )
        )

    def empty_rejected(self, batch: int, raws: Iterable[bytes]) -> int:
        """Destroy rows that were set aside; that they were, where and why stays. How many were destroyed."""
        with self._writing() as connection:
            done = [
                connection.execute(
                    "UPDATE rejected SET raw = zeroblob(0) WHERE batch = ? AND raw = ?", (batch, raw)
                ).rowcount
                for raw in raws
            ]
        return sum(done)

    def wipe(self) -> None:
        """Write the file anew, so that nothing of what was destroyed is left in pages nobody uses."""
        self._connection.execute("VACUUM")

    # What is not to land again

    def marks(self) -> dict[str, frozenset[bytes]]:
        """The marks in force, by kind: PERSON, a concept, or THEIRS and a concept."""
        found: dict[str, set[bytes]] = {}
        for kind, mark in self._connection.execute("SELECT kind, mark FROM tombstone WHERE lifted IS NULL"):
            found.setdefault(kind, set()).add(mark)
        return {kind: frozenset(marks) for kind, marks in found.items()}

    def lift(self, mark: bytes, moment: datetime) -> bool:
        """Who this stands for may land again, and what of theirs went with them; whether it was in force.

        What went together with others in one erasure stays out: nobody knows any more whose it was.
        """
        with self._writing() as connection:
            lifted = connection.execute(
                "UPDATE tombstone SET lifted = ? WHERE mark = ? AND lifted IS NULL",
                (moment.isoformat(), mark),
            ).rowcount
            connection.execute(
                "UPDATE tombstone SET lifted = ? WHERE lifted IS NULL AND erasure = (SELECT t.erasure "
                "FROM tombstone t JOIN erasure e ON e.id = t.erasure WHERE t.mark = ? AND e.scope = 'person')",
                (moment.isoformat(), mark),
            )
        return bool(lifted)

    def note_left_out(self, batch: int, rows: int) -> None:
        """So many rows of a delivery were about what was erased, and did not land."""
        with self._writing() as connection:
            connection.execute("INSERT INTO left_out (batch, rows) VALUES (?, ?)", (batch, rows))

    def left_out(self) -> dict[int, int]:
        """How many rows of each batch did not land, where any."""
        return dict(self._connection.execute("SELECT batch, rows FROM left_out ORDER BY batch"))
