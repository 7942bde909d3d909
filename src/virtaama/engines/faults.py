"""What an error of DuckDB means to a person: the file is not whole, there is no room, or something else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from virtaama.engines.port import FileDamaged, WrongType
from virtaama.problems import Busy, NoRoom, NotReady

# As DuckDB 2.0 says it. Met by flipping, cutting and zeroing bytes of files and logs (tests/torture).
_DAMAGED = (
    "Corrupt",
    "not a valid DuckDB database file",
    "Could not read enough bytes",
    "Failure while replaying WAL",
    "does not match the checksum",
)
_NO_DISK = ("No space left on device", "File too large", "Disk quota exceeded", "max_temp_directory_size")
_OTHER_VERSION = "version number"


@contextmanager
def told(what: str) -> Iterator[None]:
    """Errors of the engine as ours, where a person can act on them; `what` names the file in them.

    Raises FileDamaged, NoRoom, Busy, NotReady or WrongType. No text of the engine's is passed on where it may
    quote a value.
    """
    try:
        yield
    except duckdb.ConversionException:
        raise WrongType from None
    except duckdb.OutOfMemoryException as error:
        if any(words in str(error) for words in _NO_DISK):
            raise _full(what) from error
        raise NoRoom(
            f"{what}: a step needs more memory than it may have.\n"
            "  Raise `memory` in virtaama.yaml. What was loaded before stays; run the command again."
        ) from error
    except (duckdb.SerializationException, duckdb.InternalException) as error:
        raise FileDamaged(f"the engine cannot make sense of it ({type(error).__name__})") from error
    except duckdb.Error as error:
        said = str(error)
        if any(words in said for words in _NO_DISK):
            raise _full(what) from error
        if any(words in said for words in _DAMAGED):
            raise FileDamaged(_part(said)) from error
        if isinstance(error, duckdb.IOException) and "lock" in said:
            raise Busy(f"{what} is in use by another process. Try again when it has finished.") from error
        if isinstance(error, duckdb.IOException) and _OTHER_VERSION in said:
            raise NotReady(
                f"{what} was written by another version of the engine.\n"
                "  Install the version of Virtaama that wrote it; or move the file aside and run "
                "`virtaama load`: it is made again from the lake."
            ) from error
        raise


def _full(what: str) -> NoRoom:
    return NoRoom(
        f"{what}: the disk is full.\n"
        "  Nothing that was finished is lost. Make room and run the command again: it goes on where it stopped."
    )


def _part(said: str) -> str:
    """Which part is damaged, in words of our own."""
    if "WAL" in said:
        return "its log does not read to the end"
    if "valid DuckDB" in said:
        return "it is no warehouse file"
    if "enough bytes" in said:
        return "it was cut off"
    return "a block of it has changed since it was written"
