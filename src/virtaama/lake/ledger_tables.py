"""The tables of a ledger, and how a ledger of an earlier form is brought to the form of today."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

from virtaama.lake.checks import TABLES as CHECK_TABLES
from virtaama.lake.deployments import TABLES as DEPLOYMENT_TABLES
from virtaama.lake.erasures import TABLES as ERASURE_TABLES
from virtaama.lake.sqlite_files import read_format

TABLES = """
CREATE TABLE IF NOT EXISTS about (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS batch (
    number INTEGER PRIMARY KEY,
    feed TEXT NOT NULL,
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    parquet TEXT NOT NULL,
    parquet_sha256 TEXT NOT NULL,
    extracted TEXT NOT NULL,
    landed TEXT NOT NULL,
    rows INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    contract TEXT NOT NULL,
    UNIQUE (feed, sha256, file)
) STRICT;
CREATE TABLE IF NOT EXISTS rejected (
    batch INTEGER NOT NULL REFERENCES batch (number),
    line INTEGER NOT NULL,
    raw BLOB NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS rejected_by_batch ON rejected (batch);
CREATE TABLE IF NOT EXISTS drift (
    feed TEXT NOT NULL,
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT NOT NULL,
    UNIQUE (feed, sha256, kind, name, outcome)
) STRICT;
CREATE TABLE IF NOT EXISTS repeat (
    batch INTEGER NOT NULL REFERENCES batch (number),
    file TEXT NOT NULL,
    met TEXT NOT NULL,
    PRIMARY KEY (batch, file)
) STRICT;
CREATE TABLE IF NOT EXISTS position (
    feed TEXT PRIMARY KEY,
    position TEXT NOT NULL,
    moved TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS refused (
    feed TEXT NOT NULL,
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    refused TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (feed, file, sha256)
) STRICT;
CREATE TABLE IF NOT EXISTS run (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    started TEXT NOT NULL,
    finished TEXT,
    ok INTEGER NOT NULL DEFAULT 0,
    counts TEXT NOT NULL DEFAULT '{}',
    error TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE IF NOT EXISTS finding (
    batch INTEGER NOT NULL REFERENCES batch (number),
    check_name TEXT NOT NULL,
    detail TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (batch, check_name, detail)
) STRICT;
"""

MIGRATIONS = (
    # 1: a ledger knows itself, and the keys it was written with.
    ("INSERT INTO about (name, value) VALUES ('identity', lower(hex(randomblob(16))))",),
)
"""Each takes a ledger one form further. Appended to, never changed: old ledgers still have to pass."""

FORMAT = len(MIGRATIONS)

_SCHEMA = TABLES + CHECK_TABLES + DEPLOYMENT_TABLES + ERASURE_TABLES
_EVERY_TABLE = frozenset(re.findall(r"CREATE \w+ IF NOT EXISTS (\w+)", _SCHEMA))


def bring_up(connection: sqlite3.Connection, path: Path) -> None:
    """Make what is missing: a ledger is of one form or of the next, never between.

    Raises NotReady for a ledger of a newer form.
    """
    found = read_format(connection, path, FORMAT)
    if not _tables(connection) >= _EVERY_TABLE:
        # At once: each statement alone would be a transaction of its own, and wait for the disk.
        connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")
    if found < FORMAT:
        _migrate(connection)


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}


def _migrate(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Asked again: another process may have been faster.
        (found,) = connection.execute("PRAGMA user_version").fetchone()
        for statements in MIGRATIONS[found:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {FORMAT}")
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise
