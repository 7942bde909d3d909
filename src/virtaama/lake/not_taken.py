"""The part of the ledger that remembers deliveries which did not become a batch."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

# A refused delivery `r` has become batch `b`: the same bytes, or better ones under the same name.
MENDED = "b.feed = r.feed AND (b.sha256 = r.sha256 OR (b.file = r.file AND b.landed >= r.refused))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """A delivery whose bytes had landed before, met under another name. It was not landed again."""

    batch: int
    feed: str
    file: str
    met: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A delivery that was not taken in. It leaves this list when its bytes, or others of its name, land."""

    feed: str
    file: str
    sha256: str
    refused: datetime
    reason: str


def append_repeat(connection: sqlite3.Connection, batch: int, file: str, met: datetime) -> bool:
    """False when that was known."""
    found = connection.execute(
        "INSERT INTO repeat (batch, file, met) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (batch, file, met.isoformat()),
    )
    return found.rowcount == 1


def read_repeats(connection: sqlite3.Connection) -> tuple[Repeat, ...]:
    return tuple(
        Repeat(batch=batch, feed=feed, file=file, met=datetime.fromisoformat(met))
        for batch, feed, file, met in connection.execute(
            "SELECT r.batch, b.feed, r.file, r.met FROM repeat r JOIN batch b ON b.number = r.batch "
            "ORDER BY r.batch, r.file"
        )
    )


def keep_refused(connection: sqlite3.Connection, found: Refused) -> None:
    """A newer refusal of the same bytes takes the place of an older one."""
    connection.execute(
        "INSERT INTO refused (feed, file, sha256, refused, reason) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET refused = excluded.refused, reason = excluded.reason",
        (found.feed, found.file, found.sha256, found.refused.isoformat(), found.reason),
    )


def read_refused(connection: sqlite3.Connection) -> tuple[Refused, ...]:
    """Those that have not been mended since."""
    return tuple(
        Refused(feed=feed, file=file, sha256=sha256, refused=datetime.fromisoformat(refused), reason=reason)
        for feed, file, sha256, refused, reason in connection.execute(
            "SELECT feed, file, sha256, refused, reason FROM refused r WHERE NOT EXISTS "  # nosec B608 # the condition is a constant of the module
            f"(SELECT * FROM batch b WHERE {MENDED}) ORDER BY feed, file"
        )
    )
