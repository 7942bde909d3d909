"""The part of the ledger that remembers checks: results in order, and how values were spread in deliveries."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime

from virtaama.model.expectations import Severity
from virtaama.quality.results import Result

TABLES = """
CREATE TABLE IF NOT EXISTS result (
    id INTEGER PRIMARY KEY,
    moment TEXT NOT NULL,
    run INTEGER NOT NULL,
    subject TEXT NOT NULL,
    expectation TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    kind TEXT NOT NULL,
    severity TEXT NOT NULL,
    owner TEXT NOT NULL,
    batch INTEGER NOT NULL,
    measured REAL,
    least REAL,
    most REAL,
    passed INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    of INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS result_by_expectation ON result (subject, expectation);
CREATE TRIGGER IF NOT EXISTS result_is_kept BEFORE UPDATE ON result
BEGIN SELECT raise(ABORT, 'results are appended, never changed'); END;
CREATE TRIGGER IF NOT EXISTS result_stays BEFORE DELETE ON result
BEGIN SELECT raise(ABORT, 'results are appended, never changed'); END;
CREATE TABLE IF NOT EXISTS tally (
    batch INTEGER NOT NULL REFERENCES batch (number),
    field TEXT NOT NULL,
    counts TEXT NOT NULL,
    PRIMARY KEY (batch, field)
) STRICT;
"""

_COLUMNS = (
    "moment, run, subject, expectation, fingerprint, kind, severity, owner, batch, measured, least, most, "
    "passed, rows, of"
)


def append_results(connection: sqlite3.Connection, results: Iterable[Result]) -> None:
    connection.executemany(
        f"INSERT INTO result ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # nosec B608 # columns are constants of the module
        (
            (
                r.moment.isoformat(),
                r.run,
                r.subject,
                r.expectation,
                r.fingerprint,
                r.kind,
                r.severity.value,
                r.owner,
                r.batch,
                r.measured,
                r.least,
                r.most,
                int(r.passed),
                r.rows,
                r.of,
            )
            for r in results
        ),
    )


def read_results(connection: sqlite3.Connection, subject: str | None) -> tuple[Result, ...]:
    """Results in the order of history of the deliveries they are about, and then of checking."""
    rows = connection.execute(
        f"SELECT {', '.join(f'r.{name}' for name in _COLUMNS.split(', '))}, b.extracted FROM result r "  # nosec B608 # columns are constants of the module
        "LEFT JOIN batch b ON b.number = r.batch WHERE ? IS NULL OR r.subject = ? "
        "ORDER BY coalesce(b.extracted, ''), r.batch, r.id",
        (subject, subject),
    )
    return tuple(
        Result(
            moment=datetime.fromisoformat(moment),
            run=run,
            subject=about,
            expectation=expectation,
            fingerprint=fingerprint,
            kind=kind,
            severity=Severity(severity),
            owner=owner,
            batch=batch,
            describes=datetime.fromisoformat(extracted) if extracted else None,
            measured=measured,
            least=least,
            most=most,
            passed=bool(passed),
            rows=concerned,
            of=of,
        )
        for (
            moment,
            run,
            about,
            expectation,
            fingerprint,
            kind,
            severity,
            owner,
            batch,
            measured,
            least,
            most,
            passed,
            concerned,
            of,
            extracted,
        ) in rows
    )


def keep_tallies(
    connection: sqlite3.Connection, tallies: Iterable[tuple[int, str, Mapping[str, int]]]
) -> None:
    """How values are spread in a delivery never changes: what is known is left."""
    connection.executemany(
        "INSERT INTO tally (batch, field, counts) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (
            (batch, field, json.dumps(dict(counts), ensure_ascii=False, sort_keys=True))
            for batch, field, counts in tallies
        ),
    )


def read_tallies(connection: sqlite3.Connection, feed: str) -> dict[tuple[int, str], dict[str, int]]:
    rows = connection.execute(
        "SELECT t.batch, t.field, t.counts FROM tally t JOIN batch b ON b.number = t.batch WHERE b.feed = ?",
        (feed,),
    )
    return {(batch, field): json.loads(counts) for batch, field, counts in rows}
