"""The table of an audit log, and how a log of an earlier form is brought to the form of today."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from virtaama.lake.sqlite_files import read_format

_FIRST_FORM = """
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
MIGRATIONS = (
    # 1: an entry says with which data and about whom. What was written before keeps its form and its seal.
    (
        "ALTER TABLE record ADD COLUMN form INTEGER NOT NULL DEFAULT 1",
        "ALTER TABLE record ADD COLUMN act TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE record ADD COLUMN data TEXT NOT NULL DEFAULT '[]'",
        "ALTER TABLE record ADD COLUMN providers TEXT NOT NULL DEFAULT '[]'",
        "ALTER TABLE record ADD COLUMN about TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE record ADD COLUMN person BLOB",
        "ALTER TABLE record ADD COLUMN roster TEXT",
        "ALTER TABLE record ADD COLUMN persons INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE record ADD COLUMN unknown INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE record ADD COLUMN regards INTEGER",
        "CREATE INDEX record_of_person ON record (person) WHERE person IS NOT NULL",
        "CREATE INDEX record_of_roster ON record (roster) WHERE roster IS NOT NULL",
        "CREATE INDEX record_regards ON record (regards) WHERE regards IS NOT NULL",
        "CREATE INDEX record_unknown ON record (unknown) WHERE unknown > 0",
        "CREATE INDEX record_refused ON record (decision) WHERE decision <> 'allowed'",
    ),
)
"""Each takes a log one form further. Appended to, never changed: old logs still have to pass."""

FORMAT = len(MIGRATIONS)


def bring_up(connection: sqlite3.Connection, path: Path) -> None:
    """Make what is missing, all of it or nothing. Raises NotReady for a log of a newer form."""
    if read_format(connection, path, FORMAT) == FORMAT:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        found = read_format(connection, path, FORMAT)  # another process may have been first
        connection.execute(_FIRST_FORM)
        for statements in MIGRATIONS[found:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {FORMAT}")
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise
