"""The file of the identity store: its tables, its form, and who may read it."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

from virtaama.lake.sqlite_files import read_format, readable
from virtaama.problems import Place, Problem, ProblemsFound

FILE = "identities.sqlite"
WHAT = "the identity store"
FORMAT = 1
BUSY = 60  # seconds a process waits for another that writes

_TABLES = (
    "CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
    # The keys rows are closed under, each with its print: a key that is not the one is noticed before it is used.
    """CREATE TABLE key (
        kind TEXT NOT NULL,
        number INTEGER NOT NULL,
        print TEXT NOT NULL,
        PRIMARY KEY (kind, number)
    ) STRICT""",
    # `handle` is an HMAC of the surrogate; `closed` holds the surrogate and the person's own key.
    """CREATE TABLE person (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        handle BLOB NOT NULL UNIQUE,
        identity_key INTEGER NOT NULL,
        wrapping_key INTEGER NOT NULL,
        closed BLOB NOT NULL
    ) STRICT""",
    # `alias` is an HMAC of what a person is known by; `closed` holds that and the surrogate.
    """CREATE TABLE alias (
        alias BLOB PRIMARY KEY,
        person INTEGER NOT NULL REFERENCES person (number),
        identity_key INTEGER NOT NULL,
        wrapping_key INTEGER NOT NULL,
        closed BLOB NOT NULL
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX alias_of_person ON alias (person)",
    # `mark` is an HMAC of the code under a key of its own; `closed` holds the key of the person in the audit log.
    """CREATE TABLE forgotten (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        mark BLOB NOT NULL,
        wrapping_key INTEGER NOT NULL,
        day TEXT NOT NULL,
        closed BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX forgotten_by_mark ON forgotten (mark)",
    "INSERT INTO about (name, value) VALUES ('identity', lower(hex(randomblob(16))))",
)


def connect(folder: Path) -> sqlite3.Connection:
    """The open store of a folder; an empty one is made where there is none.

    Raises ProblemsFound where others than its owner could read it, Damaged where it is no database, NotReady
    where a newer Virtaama wrote it.
    """
    path = folder / FILE
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    _refuse_open_to_others(folder, path)
    connection = sqlite3.connect(path, timeout=BUSY, isolation_level=None, check_same_thread=False)
    try:
        with readable(path, WHAT):
            # Not write-ahead: see docs/decisions/0022-audit-log.md. What is deleted is overwritten.
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA cache_size = -32768")  # KiB; marks lie anywhere
            if read_format(connection, path, FORMAT) < FORMAT:
                _make(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _make(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        if read_format(connection, path, FORMAT) < FORMAT:  # another process may have been faster
            for statement in _TABLES:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {FORMAT}")
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


def _refuse_open_to_others(folder: Path, path: Path) -> None:
    problems = tuple(
        Problem(
            Place(str(each)), "others than its owner can open the identity store.", f"chmod {mode} {each}"
        )
        for each, mode in ((folder, "700"), (path, "600"))
        if stat.S_IMODE(each.stat().st_mode) & 0o077
    )
    if problems:
        raise ProblemsFound(problems)
