"""The record of every question: written and on disk before its answer is given, and never changed."""

from __future__ import annotations

import fcntl
import hmac
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from threading import Event, Lock

from virtaama.access.audit_entries import (
    BEGINNING,
    COLUMNS,
    NOBODY,
    About,
    Act,
    Entry,
    Persons,
    Stored,
    entry_of,
    seal,
    stored,
)
from virtaama.access.audit_rosters import Rosters
from virtaama.access.audit_tables import bring_up
from virtaama.problems import Damaged, NotRecorded, VirtaamaError

__all__ = ["AuditLog", "Entry"]

_PIECE = 5_000  # entries read at once: readers never keep writers waiting for long
_RANGE = 50_000  # entries looked through at once
_AT_ONCE = 500  # entries looked up at once
_WAIT = 30.0  # seconds a writer waits for another program that holds the file


@dataclass(slots=True)
class _Waiting:
    """An entry on its way to the disk; its number once it is there, or what hindered it."""

    entry: Entry
    number: int = 0
    error: BaseException | None = None
    leads: bool = False  # whether it is to write what waits now
    woken: Event = field(default_factory=Event)  # written, refused, or to lead


class AuditLog:
    """An append-only log in one SQLite file, each entry sealed over the one before it with a key.

    A call of `append` returns when the entry is on disk; it raises NotRecorded when that cannot be done. May
    be used by many threads and processes at once, and across a fork.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self.path = path
        self.rosters = Rosters(path.with_suffix(".rosters"))
        self._turns, self._places = path.with_suffix(".turns"), path.with_suffix(".next")
        self._key = key
        self._lock = Lock()
        self._process = 0
        self._connection: sqlite3.Connection | None = None
        self._turn = self._next = -1
        self._file = (0, 0)
        self._queue_lock = Lock()
        self._queued_in = 0
        self._queue: list[_Waiting] = []
        self._led = False  # whether some thread writes for all

    def append(
        self,
        *,
        moment: datetime,
        asker: str,
        role: str,
        purpose: str,
        question: str,
        decision: str,
        snapshot: int | None,
        rows: int,
        act: Act = Act.ASK,
        data: Sequence[str] = (),
        providers: Sequence[str] = (),
        about: Persons = NOBODY,
        regards: int | None = None,
    ) -> int:
        """Write an entry, before it the roster of those it is about; returns its number.

        Entries that wait at the same time are written and synced together.
        """
        with _recorded(self.path):
            roster = self.rosters.store(about) if about.about is About.ROSTER else None
            waiting = _Waiting(
                Entry(
                    number=0,
                    moment=moment,
                    asker=asker,
                    role=role,
                    purpose=purpose,
                    question=question,
                    decision=decision,
                    snapshot=snapshot,
                    rows=rows,
                    act=act,
                    data=tuple(data),
                    providers=tuple(providers),
                    about=about.about,
                    person=about.keys if about.about is About.PERSON else None,
                    roster=roster,
                    persons=len(about),
                    unknown=about.unknown,
                    regards=regards,
                )
            )
            if self._joins(waiting):
                waiting.woken.wait()
            if not waiting.woken.is_set() or waiting.leads:
                try:
                    with self._lock:
                        self._write_queue()
                finally:
                    self._hand_over()
            if isinstance(waiting.error, Exception):
                raise waiting.error
            if not waiting.number:
                raise InterruptedError("the writing was broken off")
        return waiting.number

    # Reading

    def entries(self) -> tuple[Entry, ...]:
        """Every entry, the oldest first."""
        return tuple(entry_of(row) for row, _ in self._sealed())

    def read(self, sql: str, values: Sequence[object] = ()) -> list[Stored]:
        """Rows of a query over the table `record`."""
        with self._lock:
            return self._open().execute(sql, values).fetchall()

    def select(self, condition: str, values: Sequence[object] = ()) -> tuple[Entry, ...]:
        """The entries that meet a condition in SQL, with what may follow it: an order, a limit."""
        return tuple(
            entry_of(row)
            for row in self.read(f"SELECT {COLUMNS} FROM record WHERE {condition}", values)  # nosec B608 # conditions are constants of the callers; values are bound
        )

    def numbered(self, numbers: Sequence[int]) -> Iterator[Entry]:
        """The entries of these numbers, the oldest first."""
        for start in range(0, len(numbers), _AT_ONCE):
            some = numbers[start : start + _AT_ONCE]
            yield from self.select(f"number IN ({', '.join('?' * len(some))}) ORDER BY number", some)

    def pieces(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """Ranges of numbers, the newest first, each small enough that reading it keeps no writer waiting."""
        high = last
        while high >= first:
            low = max(first, high - _RANGE + 1)
            yield low, high
            high = low - 1

    def head(self) -> tuple[int, str]:
        """Number and seal of the newest entry: kept elsewhere, it shows that the end was not cut off."""
        with self._lock:
            return _last(self._open())

    def first_since(self, moment: datetime) -> int:
        """The number of the first entry at a moment or later; one after the newest where there is none."""
        low, high, since = 1, self.head()[0] + 1, moment.timestamp()
        while low < high:
            middle = (low + high) // 2
            found = self.read("SELECT moment FROM record WHERE number = ?", (middle,))
            if not found or datetime.fromisoformat(found[0][0]).timestamp() >= since:
                high = middle
            else:
                low = middle + 1
        return low

    def verify_chain(self) -> int:
        """The number of entries, when each is as it was written; Damaged names the first that is not."""
        before = BEGINNING
        count = 0
        rosters: dict[str, int] = {}
        for row, sealed in self._sealed():
            count += 1
            if row[0] != count:
                raise Damaged(f"{self.path}: entry {count} is missing from the audit log.")
            if not hmac.compare_digest(sealed, seal(row, before, self._key)):
                raise Damaged(
                    f"{self.path}: entry {count} of the audit log was changed after it was written."
                )
            if row[15] is not None:
                rosters[row[15]] = row[16]
            before = sealed
        for roster, persons in rosters.items():
            self.rosters.verify(roster, persons)
        return count

    def close(self) -> None:
        if self._connection is not None and self._process == os.getpid():
            self._connection.close()
            if self._turn >= 0:
                os.close(self._turn)
                os.close(self._next)
        self._connection = None

    # Inside

    def _sealed(self) -> Iterator[tuple[Stored, str]]:
        last = -(2**63)
        while True:
            rows = self.read(
                f"SELECT {COLUMNS}, seal FROM record WHERE number > ? ORDER BY number LIMIT {_PIECE}",  # nosec B608 # columns are constants of the module
                (last,),
            )
            for row in rows:
                yield row[:-1], row[-1]
            if len(rows) < _PIECE:
                return
            last = rows[-1][0]

    def _open(self) -> sqlite3.Connection:
        # An SQLite connection must not cross a fork; the parent's is left alone and forgotten.
        if self._connection is None or self._process != os.getpid():
            if self._turns.exists() and not self.path.exists():
                raise NotRecorded(
                    f"{self.path}: the audit log was here and is gone. Nothing is shown without it.\n"
                    f"  Bring it back from its safe copy. To begin a new one, delete {self._turns.name}."
                )
            if not self.path.exists():
                self.path.touch(mode=0o600)
            connection = sqlite3.connect(
                self.path, timeout=_WAIT, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA journal_mode = PERSIST")
            connection.execute("PRAGMA synchronous = FULL")
            bring_up(connection, self.path)
            opened = self.path.stat()
            self._file = (opened.st_dev, opened.st_ino)
            self._connection, self._process, self._turn = connection, os.getpid(), -1
        return self._connection

    def _joins(self, waiting: _Waiting) -> bool:
        """Whether another thread writes for all that wait; else this one is to."""
        with self._queue_lock:
            if self._queued_in != os.getpid():
                # What waits in the process this one was forked from is written there.
                self._queue, self._led, self._queued_in = [], False, os.getpid()
            self._queue.append(waiting)
            joins, self._led = self._led, True
            return joins

    def _hand_over(self) -> None:
        """Let the first that came meanwhile write for the next."""
        with self._queue_lock:
            if self._queue:
                self._queue[0].leads = True
                self._queue[0].woken.set()
            else:
                self._led = False

    def _write_queue(self) -> None:
        """Write and sync what waits, this thread's own among it: all of it, or nothing."""
        taken: list[_Waiting] = []
        try:
            with self._writing() as connection:
                with self._queue_lock:
                    taken, self._queue = self._queue, []
                number, before = _last(connection)
                for each in taken:
                    number += 1
                    row = stored(replace(each.entry, number=number))
                    before = seal(row, before, self._key)
                    connection.execute(_INSERT, (*row, before))
        except BaseException as error:
            with self._queue_lock:
                failed, self._queue = [*taken, *self._queue], []
            for each in failed:
                each.error = error
                each.woken.set()
            if not isinstance(error, OSError | sqlite3.Error | VirtaamaError):
                raise
        else:
            for place, each in enumerate(reversed(taken)):
                each.number = number - place
                each.woken.set()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        connection = self._open()
        # Processes stand in a queue: SQLite alone would let them sleep and try again. Whoever waits for the turn
        # holds the place behind it, so that whoever has just had the turn does not take it again.
        if self._turn < 0:
            self._turn, self._next = (
                os.open(path, os.O_RDWR | os.O_CREAT, 0o600) for path in (self._turns, self._places)
            )
        fcntl.flock(self._next, fcntl.LOCK_EX)
        try:
            fcntl.flock(self._turn, fcntl.LOCK_EX)
        finally:
            fcntl.flock(self._next, fcntl.LOCK_UN)
        try:
            self._refuse_other_file()
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            # A commit can fail too; where a full disk has rolled back by itself, this does nothing.
            connection.rollback()
            raise
        finally:
            fcntl.flock(self._turn, fcntl.LOCK_UN)

    def _refuse_other_file(self) -> None:
        """What is written to a file that was moved or deleted while it was open is lost with it."""
        there = self.path.stat()
        if (there.st_dev, there.st_ino) != self._file:
            raise NotRecorded(
                f"{self.path}: another file is in the place of the audit log. Nothing is shown that is not on record.\n"
                "  Find out who put it there; when it is the right one, start again what writes to it."
            )


_INSERT = f"INSERT INTO record ({COLUMNS}, seal) VALUES ({', '.join('?' * (COLUMNS.count(',') + 2))})"  # nosec B608 # columns are constants of the module


@contextmanager
def _recorded(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        # What SQLite and the system say of files names no person.
        raise NotRecorded(
            f"{path}: the record of the question could not be written: {error}.\n"
            "  Nothing is shown that is not on record. Make room, or let the file be written to."
        ) from error


def _last(connection: sqlite3.Connection) -> tuple[int, str]:
    found = connection.execute("SELECT number, seal FROM record ORDER BY number DESC LIMIT 1").fetchone()
    return found or (0, BEGINNING)
