"""P5: identity codes out of a stolen warehouse, by whoever has its tables, our program and the list of all codes.

A code is a birth date, a sign, a number of three digits and a check character: few enough to try all. The list
here is that of invented persons (numbers 900-999), a tenth of the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import duckdb

from attack.outcome import Row, Should
from virtaama.privacy.pseudonyms import pseudonym
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


def opened_by(hub: Iterable[UUID], codes: Iterable[str], keys: Iterable[bytes]) -> int:
    """How many keys of a hub are those of these persons, whose codes are known, under one of these keys."""
    known = list(codes)
    return len(set(hub) & {key_of(pseudonym(code, key)) for key in keys for code in known})


def plain_hub(codes: Iterable[str]) -> list[UUID]:
    """What the usual hub of persons holds: the hash of the code."""
    return [key_of(code) for code in codes]


WORTH_TRYING = (b"", b"\0" * 32, b"virtaama", b"identity", bytes(range(32)))
"""Keys of people who made none."""


def rows(hub: list[UUID], codes: list[str], own_key: bytes, attacker: Attacker) -> Iterator[Row]:
    """The hub of a county, stolen, beside a hub of plain hashes of the codes of the same persons.

    `codes` are those of everybody in it: the attacker may know them all. `own_key` is what was not stolen.
    """
    said = f"{attacker.codes:,} codes tried"
    for what, tried, got, should in (
        (f"a hub of plain hashes, {said}", len(codes), attacker.inverts(plain_hub(codes)), Should.SHOWN),
        (f"hub of residents of a warehouse, {said}", len(hub), attacker.inverts(hub), Should.NONE),
        (
            f"the same, by who knows every code of it and tries {len(WORTH_TRYING)} keys",
            len(hub),
            opened_by(hub, codes, WORTH_TRYING),
            Should.NONE,
        ),
        ("the same, by who has stolen the key too", len(hub), opened_by(hub, codes, [own_key]), Should.SHOWN),
    ):
        yield Row(id="P5", what=what, tried=tried, got=got, should=should)
