"""Which keys the rows of the store are closed under, and whether those are the keys at hand."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from virtaama.identities.closing import Closing
from virtaama.keyring import Keyring
from virtaama.problems import NotReady

KINDS = ("identity", "wrapping")


@dataclass(frozen=True, slots=True)
class InUse:
    """Kinds and numbers of keys, as of one transaction."""

    _numbers: dict[str, tuple[int, ...]]

    def numbers(self, kind: str) -> tuple[int, ...]:
        """The newest first: most rows are under it."""
        return self._numbers[kind]

    def newest(self, kind: str) -> int:
        return self._numbers[kind][0]


def keys_in_use(connection: sqlite3.Connection, closing: Closing, path: Path) -> InUse:
    """What the store says of its keys; inside a transaction. A new store takes the keys there are.

    Keys that came to the folder since they were read are read now. NotReady where one is not there, or another.
    """
    rows = connection.execute("SELECT kind, number, print FROM key ORDER BY number DESC").fetchall()
    if not rows:
        rows = [
            (kind, number := closing.keyring.numbers(kind)[-1], closing.keyring.print_of(f"{kind}-{number}"))
            for kind in KINDS
        ]
        connection.executemany("INSERT INTO key (kind, number, print) VALUES (?, ?, ?)", rows)
    if not _there(rows, closing.keyring):
        closing.keyring = closing.keyring.again()
    named = [f"{kind}-{number}.key" for kind, number, _ in rows]
    for (kind, number, mark), name in zip(rows, named, strict=True):
        if not _there([(kind, number, mark)], closing.keyring):
            raise NotReady(
                f"{closing.keyring.folder}: {name} is missing; the store was written with {', '.join(named)}.\n"
                "  Bring the keys back from their safe copy. Nothing was read."
            )
        if closing.keyring.print_of(f"{kind}-{number}") != mark:
            raise NotReady(
                f"{closing.keyring.folder}: {name} is not the key {path} was written with.\n"
                "  Bring the right one back from its safe copy: under another key every person would become another. "
                "Nothing was read."
            )
    return InUse({kind: tuple(number for of, number, _ in rows if of == kind) for kind in KINDS})


def _there(rows: list[tuple[str, int, str]], keyring: Keyring) -> bool:
    return all(number in keyring.numbers(kind) for kind, number, _ in rows)
