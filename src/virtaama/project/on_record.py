"""Runs on record: begun before anything is done, ended whatever the end is."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import datetime

from virtaama.engines.port import FileDamaged
from virtaama.lake.ledger import Ledger
from virtaama.problems import Busy, VirtaamaError
from virtaama.project.room import told_of_full_disk


def now() -> datetime:
    """The moment, in local time with its zone."""
    return datetime.now().astimezone()


@contextmanager
def on_record(
    ledger: Ledger, kind: str, turn: Callable[[], AbstractContextManager[None]] = nullcontext
) -> Iterator[Callable[[dict[str, int]], None]]:
    """A run on record from its start to its end, whatever the end is. Told what was done by what it yields.

    The caller holds the lock, or gives a `turn` in which a note is made.
    """
    with turn():
        run = ledger.start_run(kind, now())
    counts: dict[str, int] = {}
    try:
        with told_of_full_disk():
            yield counts.update
    except BaseException as error:
        # Only our own messages are sure to hold no personal data.
        ours = isinstance(error, VirtaamaError | FileDamaged)
        # What went wrong may go wrong here too, and matters more.
        with suppress(sqlite3.Error, Busy), turn():
            ledger.finish_run(
                run,
                finished=now(),
                ok=False,
                counts={},
                error=str(error) if ours else type(error).__name__,
            )
        raise
    with turn():
        ledger.finish_run(run, finished=now(), ok=True, counts=counts)
