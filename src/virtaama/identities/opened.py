"""The identity store, open: one state of it to read, or the one writer's turn."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

from virtaama.identities.closing import Closing
from virtaama.identities.keys_in_use import InUse, keys_in_use
from virtaama.identities.tables import FILE, WHAT, connect
from virtaama.lake.sqlite_files import copy_database, readable
from virtaama.problems import Busy


class OpenStore:
    """A connection with the keys its rows are closed under. Threads take turns."""

    def __init__(self, folder: Path, closing: Closing) -> None:
        """Open the store of a folder; an empty one is made where there is none.

        Raises as `tables.connect`; NotReady where the keys are not those it was written with.
        """
        self.path = folder / FILE
        self.closing = closing
        self._lock = RLock()
        self.connection = connect(folder)
        try:
            with readable(self.path, WHAT):
                [(is_new,)] = self.connection.execute("SELECT NOT EXISTS (SELECT 1 FROM key)")
            with self.writing() if is_new else self.reading():
                pass  # the keys are the right ones
        except BaseException:
            self.connection.close()
            raise

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def reading(self) -> Iterator[InUse]:
        """One state of the store for as long as the block."""
        with self._transaction("BEGIN") as used:
            yield used

    @contextmanager
    def writing(self) -> Iterator[InUse]:
        """The one writer; what is written is on disk when the block ends, or nothing of it."""
        with self._transaction("BEGIN IMMEDIATE") as used:
            yield used

    def copy_to(self, path: Path) -> None:
        """A copy as of one moment, on disk when this returns; whoever writes goes on."""
        with self._lock:
            copy_database(self.connection, path)

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[InUse]:
        with self._lock, readable(self.path, WHAT), _told_when_busy(self.path):
            self.connection.execute(begin)
            try:
                yield keys_in_use(self.connection, self.closing, self.path)
                self.connection.execute("COMMIT")
            except BaseException:
                # A commit can fail too; where a full disk has rolled back by itself, this does nothing.
                self.connection.rollback()
                raise


@contextmanager
def _told_when_busy(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise Busy(f"{path}: another process writes to {WHAT}. Try again when it has finished.") from None
        raise
