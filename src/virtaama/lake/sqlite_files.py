"""What all our SQLite files have in common: a number for their form, and copies as of one moment."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from virtaama.problems import Damaged, NotReady


def read_format(connection: sqlite3.Connection, path: Path, newest: int) -> int:
    """The form of the file; 0 before it had a number. NotReady when a newer Virtaama wrote it."""
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found > newest:
        raise NotReady(
            f"{path}: written by a newer version of Virtaama (form {found}, this version knows {newest}).\n"
            "  Install that version again; or bring back the backup made before the upgrade."
        )
    return int(found)


@contextmanager
def readable(path: Path, what: str) -> Iterator[None]:
    """Damaged where the file turns out to be no database, or not whole; `what` names it to people."""
    try:
        yield
    except sqlite3.OperationalError:
        raise  # busy, or a disk that is full
    except sqlite3.DatabaseError:
        raise Damaged(
            f"{path}: {what} cannot be read.\n"
            "  Nothing was changed. Bring it back from its safe copy: `virtaama restore`."
        ) from None


def copy_database(source: sqlite3.Connection, path: Path) -> None:
    """A copy as of one moment, whole and on disk when this returns. Others may go on writing."""
    with closing(sqlite3.connect(path)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
