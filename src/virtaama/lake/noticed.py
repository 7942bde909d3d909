"""The part of the ledger that remembers what was noticed in deliveries."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from virtaama.lake.not_taken import MENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityLine:
    """One thing that was noticed in one batch, with how many rows it concerns.

    `batch` is 0 for a delivery that was refused; `rows` is the number of rows of the batch.
    """

    feed: str
    batch: int
    check: str
    detail: str
    count: int
    rows: int = 0


_QUALITY = f"""
SELECT feed, batch, check_name, detail, count, rows FROM (
    SELECT b.feed, b.number AS batch, r.reason AS check_name, r.detail, count(*) AS count, b.rows
    FROM rejected r JOIN batch b ON b.number = r.batch GROUP BY b.number, r.reason, r.detail
    UNION ALL
    SELECT d.feed, coalesce(b.number, 0), 'column_' || d.kind, d.detail, 1, coalesce(b.rows, 0)
    FROM drift d LEFT JOIN batch b ON b.feed = d.feed AND b.sha256 = d.sha256
    UNION ALL
    SELECT b.feed, b.number, 'repeated_delivery', r.file, 1, b.rows
    FROM repeat r JOIN batch b ON b.number = r.batch
    UNION ALL
    SELECT r.feed, 0, 'refused_delivery', substr(r.reason, 1, instr(r.reason || char(10), char(10)) - 1), 1, 0
    FROM refused r
    WHERE NOT EXISTS (SELECT * FROM batch b WHERE {MENDED})
    UNION ALL
    SELECT b.feed, b.number, 'left_out_erased', '', l.rows, b.rows
    FROM left_out l JOIN batch b ON b.number = l.batch
    UNION ALL
    SELECT b.feed, b.number, f.check_name, f.detail, f.count, b.rows
    FROM finding f JOIN batch b ON b.number = f.batch
)
ORDER BY feed, batch, check_name, detail
"""  # nosec B608 # the condition is a constant


def has_findings(connection: sqlite3.Connection, batch: int) -> bool:
    return bool(connection.execute("SELECT 1 FROM finding WHERE batch = ? LIMIT 1", (batch,)).fetchone())


def put_findings(connection: sqlite3.Connection, batch: int, findings: Iterable[QualityLine]) -> None:
    """What the loader noticed in a batch, in place of what an earlier load of it noticed."""
    connection.execute("DELETE FROM finding WHERE batch = ?", (batch,))
    connection.executemany(
        "INSERT INTO finding (batch, check_name, detail, count) VALUES (?, ?, ?, ?)",
        ((batch, line.check, line.detail, line.count) for line in findings),
    )


def read_quality(connection: sqlite3.Connection) -> tuple[QualityLine, ...]:
    """Rejected rows by reason, drift, repeats, refusals, findings of the loader."""
    return tuple(
        QualityLine(feed=feed, batch=batch, check=check, detail=detail, count=count, rows=rows)
        for feed, batch, check, detail, count, rows in connection.execute(_QUALITY)
    )
