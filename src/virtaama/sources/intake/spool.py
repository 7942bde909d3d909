"""Where events wait, on disk before they are acknowledged, until enough of them are a delivery.

One SQLite file with full synchronisation. An event is known by its feed and id for a month, so that one
that was sent twice is delivered once. A delivery is claimed before it is written: after a crash the same
events make the same file.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

KNOWN_FOR = timedelta(days=30)
_TABLES = """
CREATE TABLE IF NOT EXISTS event (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    feed TEXT NOT NULL,
    id TEXT NOT NULL,
    received TEXT NOT NULL,
    body TEXT,
    file TEXT,
    UNIQUE (feed, id)
) STRICT;
CREATE INDEX IF NOT EXISTS event_waiting ON event (feed, number) WHERE file IS NULL;
CREATE INDEX IF NOT EXISTS event_claimed ON event (file) WHERE file IS NOT NULL AND body IS NOT NULL;
"""


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it came: `body` is a line, `id` what no other event of its feed has."""

    feed: str
    id: str
    body: str


class Spool:
    """The open spool of one project; used by one thread at a time."""

    def __init__(self, connection: sqlite3.Connection, deliveries: Path) -> None:
        self._connection = connection
        self._deliveries = deliveries

    @classmethod
    def open(cls, folder: Path, deliveries: Path) -> Self:
        """Open the spool, and finish the deliveries a crash left half-made."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / "spool.sqlite"
        connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        path.chmod(0o600)
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA synchronous = FULL")
        connection.executescript(_TABLES)
        spool = cls(connection, deliveries)
        for (file,) in connection.execute(
            "SELECT DISTINCT file FROM event WHERE file IS NOT NULL AND body IS NOT NULL"
        ).fetchall():
            spool._hand_over(file)
        return spool

    def close(self) -> None:
        self._connection.close()

    def add(self, events: Sequence[Event], received: datetime) -> list[bool]:
        """Keep events; on disk when this returns. For each whether it is new."""
        with self._writing() as connection:
            return [
                connection.execute(
                    "INSERT INTO event (feed, id, received, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    (event.feed, event.id, received.isoformat(), event.body),
                ).rowcount
                == 1
                for event in events
            ]

    def waiting(self, feed: str) -> tuple[int, datetime | None]:
        """How many events of a feed wait, and when the oldest of them came."""
        count, oldest = self._connection.execute(
            "SELECT count(*), min(received) FROM event WHERE feed = ? AND file IS NULL", (feed,)
        ).fetchone()
        return count, datetime.fromisoformat(oldest) if oldest else None

    def deliver(self, feed: str, most: int, now: datetime) -> Path | None:
        """Make a delivery of the oldest events of a feed, at most so many; None where none wait."""
        with self._writing() as connection:
            numbers = [
                number
                for (number,) in connection.execute(
                    "SELECT number FROM event WHERE feed = ? AND file IS NULL ORDER BY number LIMIT ?",
                    (feed, most),
                )
            ]
            if not numbers:
                return None
            system, _, name = feed.partition(".")
            file = f"{system}/{now:%Y-%m-%d}/{name}-{numbers[0]:012}-{numbers[-1]:012}.events.jsonl"
            connection.execute(
                "UPDATE event SET file = ? WHERE feed = ? AND file IS NULL AND number <= ?",
                (file, feed, numbers[-1]),
            )
        return self._hand_over(file)

    def forget(self, now: datetime) -> None:
        """Forget the ids of what was delivered more than a month ago."""
        with self._writing() as connection:
            connection.execute(
                "DELETE FROM event WHERE body IS NULL AND received < ?", ((now - KNOWN_FOR).isoformat(),)
            )

    def _hand_over(self, file: str) -> Path:
        """Write what is claimed for a file, whole and durable; only then let go of the events."""
        target = self._deliveries / file
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_name(f".{target.name}.unfinished")
        with unfinished.open("w", encoding="utf-8") as opened:
            for (body,) in self._connection.execute(
                "SELECT body FROM event WHERE file = ? ORDER BY number", (file,)
            ):
                opened.write(body + "\n")
            opened.flush()
            os.fsync(opened.fileno())
        unfinished.replace(target)
        for folder in (target.parent, target.parent.parent, self._deliveries):
            _sync(folder)
        with self._writing() as connection:
            connection.execute("UPDATE event SET body = NULL WHERE file = ?", (file,))
        return target

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
            self._connection.execute("COMMIT")
        except BaseException:
            self._connection.rollback()
            raise


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
