"""P5: identity codes out of a stolen warehouse, by whoever has its tables, our program and the list of all codes.

A code is a birth date, a sign, a number of three digits and a check character: few enough to try all. The list
here is that of invented persons (numbers 900-999), a tenth of the whole.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing as closing_file
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

import duckdb

from attack.outcome import Row, Should
from virtaama.identities.closing import CODE, Closing, in_alias_box
from virtaama.identities.store import as_text
from virtaama.keyring import Keyring
from virtaama.problems import Damaged
from virtaama.vault.keys import key_of

FIRST, LAST = date(1900, 1, 1), date(2026, 12, 31)

# Every code of the list: one statement, on the engine the warehouse itself is in.
_LIST = """
CREATE TABLE list AS
SELECT digits[:6] || sign || digits[7:] || '0123456789ABCDEFHJKLMNPRSTUVWXY'[1 + CAST(digits AS BIGINT) % 31] AS code
FROM (
    SELECT strftime(day, '%d%m%y') || CAST(number AS VARCHAR) AS digits,
        unnest(string_split(CASE WHEN year(day) < 2000 THEN '- Y X W V U' ELSE 'A B C D E F' END, ' ')) AS sign
    FROM generate_series(CAST($first AS TIMESTAMP), CAST($last AS TIMESTAMP), INTERVAL 1 DAY) AS days(day),
        range(900, 1000) AS numbers(number)
)
"""


@dataclass(frozen=True, slots=True)
class Attacker:
    """Has the list of all codes born between two days, on a DuckDB of their own."""

    connection: duckdb.DuckDBPyConnection

    @classmethod
    def between(cls, first: date = FIRST, last: date = LAST) -> Attacker:
        connection = duckdb.connect()
        connection.execute(_LIST, {"first": first, "last": last})
        return cls(connection)

    @property
    def codes(self) -> int:
        [(count,)] = self.connection.execute("SELECT count(*) FROM list").fetchall()
        return int(count)

    def inverts(self, hub: Iterable[UUID]) -> int:
        """How many keys of a hub are the plain hash of a code of the list: one join."""
        self.connection.execute("CREATE OR REPLACE TABLE hub (key UUID)")
        keys = [str(key) for key in hub]
        self.connection.execute("INSERT INTO hub SELECT CAST(unnest(?) AS UUID)", [keys])
        join = "SELECT count(DISTINCT key) FROM hub JOIN list ON CAST(unhex(md5(code)) AS UUID) = key"
        [(found,)] = self.connection.execute(join).fetchall()
        return int(found)


def shown_by_store(hub: Iterable[UUID], codes: Iterable[str], store: Path, keyring: Keyring) -> int:
    """How many keys of a hub are told by an identity store to who knows the codes and reads it under these keys."""
    closing, hub, shown = Closing(keyring), set(hub), 0
    with closing_file(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as connection:
        for code in codes:
            mark = closing.alias(1, CODE, code)
            found = connection.execute("SELECT closed FROM alias WHERE alias = ?", (mark,)).fetchone()
            if found is None:
                continue
            with suppress(Damaged):
                surrogate, _, _ = in_alias_box(closing.open(1, found[0], mark))
                shown += key_of(as_text(surrogate)) in hub
    return shown


def shown_by_rows(hub: Iterable[UUID], store: Path) -> int:
    """How many keys of a hub a store tells by its rows as they stand, to who looks for 16 bytes of anybody in them."""
    held = store.read_bytes()
    return sum(key.bytes in held or key.hex.encode() in held for key in set(hub))


def shown_by_keys(hub: Iterable[UUID], codes: Iterable[str], keyring: Keyring) -> int:
    """How many keys of a hub are computed from a code by who has every key and no store."""
    closing, hub = Closing(keyring), set(hub)
    marks = (closing.alias(1, CODE, code) for code in codes)
    return sum(key_of(as_text(part)) in hub for mark in marks for part in (mark[:16], mark[16:]))


def plain_hub(codes: Iterable[str]) -> list[UUID]:
    """What the usual hub of persons holds: the hash of the code."""
    return [key_of(code) for code in codes]


WORTH_TRYING = (b"", b"\0" * 32, b"virtaama", b"identity", bytes(range(32)))
"""Keys of people who made none."""


def guessed(key: bytes) -> Keyring:
    return Keyring(Path(), dict.fromkeys(("root", "identity-1", "wrapping-1"), key))


def rows(
    hub: list[UUID], codes: list[str], store: Path, keyring: Keyring, attacker: Attacker
) -> Iterator[Row]:
    """The hub of a county, stolen, beside a hub of plain hashes of the codes of the same persons.

    `codes` are those of everybody in it: the attacker may know them all. Store and keys lie elsewhere: who has stolen
    one of them still learns nobody, who has stolen both learns all.
    """
    said = f"{attacker.codes:,} codes tried"
    tried = [guessed(key) for key in WORTH_TRYING if key]
    for what, count, got, should in (
        (f"a hub of plain hashes, {said}", len(codes), attacker.inverts(plain_hub(codes)), Should.SHOWN),
        (f"hub of residents of a warehouse, {said}", len(hub), attacker.inverts(hub), Should.NONE),
        (
            f"the same with the identity store, by who knows every code of it and tries {len(tried)} keys",
            len(hub),
            sum(shown_by_store(hub, codes, store, each) for each in tried) + shown_by_rows(hub, store),
            Should.NONE,
        ),
        ("the same with every key and no store", len(hub), shown_by_keys(hub, codes, keyring), Should.NONE),
        (
            "the same with store and keys",
            len(hub),
            shown_by_store(hub, codes, store, keyring),
            Should.SHOWN,
        ),
    ):
        yield Row(id="P5", what=what, tried=count, got=got, should=should)
