"""Changing keys: every row of the store is closed anew, a piece at a time, while everybody else goes on.

A row is under the old key or under the new one, never between, and both keys are read until no row is under the
old one. So it can be interrupted at any moment; the next call goes on. Surrogates and the persons' own keys stay,
so lake and warehouse know nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from virtaama.identities.closing import SURROGATE, in_alias_box
from virtaama.identities.keys_in_use import KINDS, InUse
from virtaama.identities.opened import OpenStore
from virtaama.keyring import Keyring

AT_ONCE = 2_000  # persons in one transaction: others wait so long at most

Progress = Callable[[int, int], None]
"""Told how many persons are done, of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyState:
    """One key of the store: how many rows are closed or found under it."""

    kind: str
    number: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """What a rotation came to. `gone_on`: one that had been interrupted was finished, and no key was made."""

    gone_on: bool
    persons: int
    no_longer_used: tuple[str, ...]  # names of keys


def key_states(store: OpenStore) -> tuple[KeyState, ...]:
    """The keys the store says it uses, the newest of each kind first. Several of a kind: a rotation is not finished."""
    with store.reading() as used:
        return tuple(
            KeyState(kind=kind, number=number, rows=_rows_under(store, kind, number))
            for kind in KINDS
            for number in used.numbers(kind)
        )


def rotate(
    store: OpenStore,
    kinds: Sequence[str] = KINDS,
    progress: Progress = lambda done, total: None,
    *,
    at_once: int = AT_ONCE,
) -> Rotated:
    """Bring every row under a next key of each kind; one that was interrupted is finished first, and alone."""
    gone_on = is_unfinished(store)
    if not gone_on:
        _take_next(store, kinds)
    persons = _close_anew(store, progress, at_once)
    return Rotated(gone_on=gone_on, persons=persons, no_longer_used=_finish(store))


def is_unfinished(store: OpenStore) -> bool:
    """Whether a rotation was begun and not ended."""
    with store.reading() as used:
        return any(len(used.numbers(kind)) > 1 for kind in KINDS)


def _take_next(store: OpenStore, kinds: Sequence[str]) -> None:
    """From here on what is new is closed under the next keys. They are on disk before the store names them."""
    with store.writing() as used:
        for kind in kinds:
            keyring = Keyring.open(store.closing.keyring.folder)
            if keyring.numbers(kind)[-1] == used.newest(kind):
                keyring = keyring.with_next(kind)
            # else one is left over from a call that was interrupted here, or from before a restore
            store.closing.keyring, number = keyring, keyring.numbers(kind)[-1]
            store.connection.execute(
                "INSERT INTO key (kind, number, print) VALUES (?, ?, ?)",
                (kind, number, keyring.print_of(f"{kind}-{number}")),
            )


def _close_anew(store: OpenStore, progress: Progress, at_once: int) -> int:
    """How many persons were closed anew."""
    done, last = 0, 0
    with store.reading():
        [(total, end)] = store.connection.execute("SELECT count(*), coalesce(max(number), 0) FROM person")
    while last < end:
        progress(done, total)
        with store.writing() as used:
            found = store.connection.execute(
                "SELECT number FROM person WHERE number > ? ORDER BY number LIMIT ?", (last, at_once)
            ).fetchall()
            if not found:
                break
            first, last = found[0][0], found[-1][0]
            done += _persons(store, used, first, last)
            _aliases(store, used, first, last)
    with store.writing() as used:
        _forgotten(store, used)
    progress(done, total)
    return done


def _persons(store: OpenStore, used: InUse, first: int, last: int) -> int:
    closing, identity, wrapping = store.closing, used.newest("identity"), used.newest("wrapping")
    rows = store.connection.execute(
        "SELECT number, handle, wrapping_key, closed FROM person "
        "WHERE number BETWEEN ? AND ? AND (identity_key <> ? OR wrapping_key <> ?)",
        (first, last, identity, wrapping),
    ).fetchall()
    anew = []
    for number, handle, under, closed in rows:
        plain = closing.open(under, closed, handle)
        mark = closing.handle(identity, plain[:SURROGATE])
        anew.append((mark, identity, wrapping, closing.close(wrapping, plain, mark), number))
    store.connection.executemany(
        "UPDATE person SET handle = ?, identity_key = ?, wrapping_key = ?, closed = ? WHERE number = ?", anew
    )
    return len(anew)


def _aliases(store: OpenStore, used: InUse, first: int, last: int) -> None:
    closing, identity, wrapping = store.closing, used.newest("identity"), used.newest("wrapping")
    rows = store.connection.execute(
        "SELECT alias, wrapping_key, closed FROM alias "
        "WHERE person BETWEEN ? AND ? AND (identity_key <> ? OR wrapping_key <> ?)",
        (first, last, identity, wrapping),
    ).fetchall()
    anew = []
    for alias, under, closed in rows:
        plain = closing.open(under, closed, alias)
        _, kind, name = in_alias_box(plain)
        mark = closing.alias(identity, kind, name)
        anew.append((mark, identity, wrapping, closing.close(wrapping, plain, mark), alias))
    store.connection.executemany(
        "UPDATE alias SET alias = ?, identity_key = ?, wrapping_key = ?, closed = ? WHERE alias = ?", anew
    )


def _forgotten(store: OpenStore, used: InUse) -> None:
    closing, wrapping = store.closing, used.newest("wrapping")
    rows = store.connection.execute(
        "SELECT number, mark, wrapping_key, closed FROM forgotten WHERE wrapping_key <> ?", (wrapping,)
    ).fetchall()
    store.connection.executemany(
        "UPDATE forgotten SET wrapping_key = ?, closed = ? WHERE number = ?",
        [
            (wrapping, closing.close(wrapping, closing.open(under, closed, mark), mark), number)
            for number, mark, under, closed in rows
        ],
    )


def _finish(store: OpenStore) -> tuple[str, ...]:
    """Let go of keys no row is under; their names. Whoever wrote meanwhile wrote under the newest."""
    with store.writing() as used:
        former = [
            (kind, number)
            for kind in KINDS
            for number in used.numbers(kind)[1:]
            if not _rows_under(store, kind, number)
        ]
        store.connection.executemany("DELETE FROM key WHERE kind = ? AND number = ?", former)
    return tuple(f"{kind}-{number}" for kind, number in former)


def _rows_under(store: OpenStore, kind: str, number: int) -> int:
    tables = ("person", "alias", "forgotten") if kind == "wrapping" else ("person", "alias")
    counts = (
        store.connection.execute(f"SELECT count(*) FROM {table} WHERE {kind}_key = ?", (number,)).fetchone()[  # nosec B608 # tables and kinds are constants of the module
            0
        ]
        for table in tables
    )
    return sum(counts)
