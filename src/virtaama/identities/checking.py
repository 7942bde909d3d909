"""Whether every row of the identity store leads where it should. Whole reading; nothing is changed."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator

from virtaama.identities.closing import SURROGATE, in_alias_box
from virtaama.identities.opened import OpenStore
from virtaama.problems import Damaged

_IN_HAND = 5_000  # rows; other processes write in between


def damage(store: OpenStore) -> tuple[str, ...]:
    """What is wrong with the file and its rows, in words; empty when nothing."""
    try:
        found = [row[0] for row in store.connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        wrong: Counter[str] = Counter()
        if not found:
            last = 0
            while some := _persons(store, last):
                last = some[-1][0]
                wrong.update(_wrong_with(store, some))
            wrong["names nobody: its person is gone"] = _loose(store)
    except (sqlite3.DatabaseError, Damaged) as error:
        return (type(error).__name__,)
    return (*found, *(f"{count} rows: {what}" for what, count in wrong.items() if count))


def _persons(store: OpenStore, after: int) -> list[tuple[int, bytes, int, int, bytes]]:
    with store.reading():
        return store.connection.execute(
            "SELECT * FROM person WHERE number > ? ORDER BY number LIMIT ?", (after, _IN_HAND)
        ).fetchall()


def _loose(store: OpenStore) -> int:
    [(count,)] = store.connection.execute(
        "SELECT count(*) FROM alias WHERE person NOT IN (SELECT number FROM person)"
    )
    return int(count)


def _wrong_with(store: OpenStore, some: list[tuple[int, bytes, int, int, bytes]]) -> Iterator[str]:
    closing = store.closing
    with store.reading():
        # Read again in one state with the aliases: between the two a person may have been forgotten.
        first, last = some[0][0], some[-1][0]
        people = store.connection.execute("SELECT * FROM person WHERE number BETWEEN ? AND ?", (first, last))
        surrogates: dict[int, bytes] = {}
        for number, handle, identity, wrapping, closed in people.fetchall():
            try:
                plain = closing.open(wrapping, closed, handle)
            except Damaged:
                yield "cannot be opened"
                continue
            surrogates[number] = plain[:SURROGATE]
            if closing.handle(identity, plain[:SURROGATE]) != handle:
                yield "is found under another surrogate"
        named = set()
        for alias, person, identity, wrapping, closed in store.connection.execute(
            "SELECT * FROM alias WHERE person BETWEEN ? AND ?", (first, last)
        ).fetchall():
            named.add(person)
            try:
                surrogate, kind, name = in_alias_box(closing.open(wrapping, closed, alias))
            except Damaged:
                yield "cannot be opened"
                continue
            if closing.alias(identity, kind, name) != alias:
                yield "is found under another name"
            if person in surrogates and surrogates[person] != surrogate:
                yield "leads to another person"
    for _ in surrogates.keys() - named:
        yield "is known by nothing"
