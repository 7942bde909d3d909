"""A full disk, said as one: whichever of the libraries met it."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from virtaama.problems import NoRoom

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def told_of_full_disk() -> Iterator[None]:
    """NoRoom where a file could not be written because the disk is full."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        if not _is_full(error):
            raise
        raise NoRoom(
            f"{_file(error)}the disk is full.\n"
            "  Nothing that was finished is lost. Make room and run the command again: "
            "it goes on where it stopped."
        ) from error


def _file(error: OSError | sqlite3.Error) -> str:
    return f"{error.filename}: " if isinstance(error, OSError) and error.filename else ""


def _is_full(error: OSError | sqlite3.Error) -> bool:
    if isinstance(error, OSError):
        return error.errno in _FULL or "No space left" in str(error)
    # SQLite says of a journal it cannot extend that the disk met an error.
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorname.startswith(
        ("SQLITE_FULL", "SQLITE_IOERR_WRITE")
    )
