"""The identity store: from what a person is known by to a random surrogate, which is all that the lake keeps of it.

A surrogate says nothing of the code and is computed from nothing, so that keys can be changed without touching
lake or warehouse, and so that a person whose row is gone cannot be found again by any key.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from virtaama.identities.closing import (
    CODE,
    DATA_KEY,
    SURROGATE,
    Closing,
    DataKeys,
    alias_box,
    in_alias_box,
)
from virtaama.identities.keys_in_use import InUse
from virtaama.identities.opened import OpenStore
from virtaama.keyring import Keyring
from virtaama.privacy.domains import Domain
from virtaama.privacy.pseudonyms import normalise
from virtaama.vault.keys import key_of

_PERSON = re.compile(r"p-([0-9a-f]{32})", re.ASCII)
_AT_ONCE = 900  # rows asked for in one statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How far a store has come: which it is, and how many were ever made in it and forgotten in it."""

    identity: str
    persons: int
    forgotten: int


def as_text(surrogate: bytes) -> str:
    """A surrogate as lake and warehouse hold it: `p-` and 32 hexadecimal digits."""
    return f"p-{surrogate.hex()}"


def is_person(text: str) -> bool:
    """Whether a text has the form of a surrogate."""
    return _PERSON.fullmatch(text) is not None


class Identities:
    """The open identity store of a project. Safe for threads and for several processes at once."""

    def __init__(self, folder: Path, keyring: Keyring, clock: Callable[[], datetime]) -> None:
        """Open the store; an empty one is made where there is none. Raises as `OpenStore`."""
        self.store = OpenStore(folder, Closing(keyring))
        self._clock = clock

    def close(self) -> None:
        self.store.close()

    @property
    def keyring(self) -> Keyring:
        """The keys at hand."""
        return self.store.closing.keyring

    # Persons

    def persons(self, codes: Sequence[str]) -> list[str]:
        """The surrogates of identity codes, made where new; on disk before this returns.

        Codes are normalised and taken as right: see `privacy.pseudonyms.is_identity_code`.
        """
        return self.subjects(CODE, [normalise(code) for code in codes])

    def subjects(self, kind: str, names: Sequence[str]) -> list[str]:
        """The same for whoever is known by a number of another kind: `client_system.asiakasnumero`."""
        if not names:
            return []
        wanted = set(names)
        with self.store.reading() as used:
            found = self._found(used, kind, wanted)
        if missing := wanted - found.keys():
            with self.store.writing() as used:
                found |= self._found(used, kind, missing)  # another process may have been faster
                found |= self._made(used, kind, sorted(missing - found.keys()))
        return [as_text(found[name]) for name in names]

    def find(self, code: str) -> str | None:
        """The surrogate of an identity code; None where nobody is known by it. Never makes one."""
        return self.find_subject(CODE, normalise(code))

    def find_subject(self, kind: str, name: str) -> str | None:
        """The same for a number of another kind."""
        with self.store.reading() as used:
            found = self._found(used, kind, [name])
        return as_text(found[name]) if name in found else None

    def known_as(self, person: str) -> tuple[tuple[str, str], ...]:
        """By what a person is known: kind and name of each, identity codes first. Empty where nobody is.

        For duties that need the code itself; whoever calls this has a right to it and puts it on record.
        """
        with self.store.reading() as used:
            number = self._number(used, _surrogate(person))
            return () if number is None else tuple(self._names(number))

    # What is closed under the key of one person

    def data_keys(self, persons: Iterable[str]) -> DataKeys:
        """The own keys of those of the persons the store knows, for many values at once."""
        wanted = {_surrogate(person) for person in persons}
        keys: dict[bytes, bytes] = {}
        with self.store.reading() as used:
            for identity in used.numbers("identity"):
                handles = [self.store.closing.handle(identity, each) for each in wanted - keys.keys()]
                for handle, wrapping, closed in self._rows("person", "handle", handles):
                    plain = self.store.closing.open(wrapping, closed, handle)
                    keys[plain[:SURROGATE]] = plain[SURROGATE:]
        return DataKeys.of({as_text(surrogate): key for surrogate, key in keys.items()})

    def encipher(self, person: str, field: str, texts: Sequence[str]) -> list[str]:
        """Close values of one person. The same text in the same field gives the same; KeyError where nobody is."""
        keys = self.data_keys([person])
        return [keys.encipher(person, field, text) for text in texts]

    def decipher(self, person: str, field: str, text: str) -> str:
        """Open what `encipher` closed. Damaged where it is not; KeyError where nobody is, as after `forget`."""
        return self.data_keys([person]).decipher(person, field, text)

    # For one use alone

    def domain(self, name: str) -> Domain:
        """The domain of a name under the newest key for it: persons have pseudonyms of their own there."""
        keyring = self.keyring
        number = keyring.numbers("domain")[-1]
        return Domain.under(keyring.key(f"domain-{number}"), number, name)

    def pseudonym(self, person: str, domain: str) -> str:
        """What a person is called in a domain. The same as long as the key is; of no use in another."""
        return self.domain(domain).pseudonym(key_of(person).bytes)

    # Forgetting

    def forget(self, person: str) -> bool:
        """Destroy what a person is known by and their key; whether there was such a person.

        What stays leads from an identity code, which must be given, to the key of the person in the audit log,
        and to nothing else: see `forgotten`.
        """
        log_key = key_of(person).bytes
        with self.store.writing() as used:
            number = self._number(used, _surrogate(person))
            if number is None:
                return False
            codes = [name for kind, name in self._names(number) if kind == CODE]
            wrapping, day = used.newest("wrapping"), self._clock().date().isoformat()
            marks = [self.store.closing.forgotten_mark(code) for code in codes]
            self.store.connection.executemany(
                "INSERT INTO forgotten (mark, wrapping_key, day, closed) VALUES (?, ?, ?, ?)",
                [(mark, wrapping, day, self.store.closing.close(wrapping, log_key, mark)) for mark in marks],
            )
            self.store.connection.execute("DELETE FROM alias WHERE person = ?", (number,))
            self.store.connection.execute("DELETE FROM person WHERE number = ?", (number,))
        return True

    def forgotten(self, code: str) -> tuple[bytes, ...]:
        """The keys in the audit log of whoever was forgotten with this code, the latest first."""
        mark = self.store.closing.forgotten_mark(normalise(code))
        with self.store.reading():
            rows = self.store.connection.execute(
                "SELECT wrapping_key, closed FROM forgotten WHERE mark = ? ORDER BY number DESC", (mark,)
            ).fetchall()
            return tuple(self.store.closing.open(wrapping, closed, mark) for wrapping, closed in rows)

    def drop_forgotten(self, before: date) -> int:
        """Remove what was kept of those who were forgotten before a day; how many were."""
        with self.store.writing():
            done = self.store.connection.execute("DELETE FROM forgotten WHERE day < ?", (before.isoformat(),))
        return done.rowcount

    # What it is

    def extent(self) -> Extent:
        with self.store.reading():
            [(identity,)] = self.store.connection.execute("SELECT value FROM about WHERE name = 'identity'")
            made = dict(self.store.connection.execute("SELECT name, seq FROM sqlite_sequence"))
        return Extent(identity=identity, persons=made.get("person", 0), forgotten=made.get("forgotten", 0))

    def count(self) -> int:
        """How many persons and other subjects there are."""
        with self.store.reading():
            [(count,)] = self.store.connection.execute("SELECT count(*) FROM person")
        return int(count)

    def copy_to(self, path: Path) -> None:
        """A copy as of one moment, on disk when this returns; whoever writes goes on."""
        self.store.copy_to(path)

    # Inside

    def _found(self, used: InUse, kind: str, names: Iterable[str]) -> dict[str, bytes]:
        """The surrogates of those that are known, by name."""
        wanted, found = set(names), dict[str, bytes]()
        for identity in used.numbers("identity"):
            marks = {self.store.closing.alias(identity, kind, name): name for name in wanted - found.keys()}
            for alias, wrapping, closed in self._rows("alias", "alias", marks):
                found[marks[alias]] = self.store.closing.open(wrapping, closed, alias)[:SURROGATE]
        return found

    def _rows(self, table: str, column: str, marks: Iterable[bytes]) -> Iterator[tuple[bytes, int, bytes]]:
        # In order: neighbours lie on one page.
        ordered = sorted(marks)
        for start in range(0, len(ordered), _AT_ONCE):
            some = ordered[start : start + _AT_ONCE]
            places = ",".join("?" * len(some))
            yield from self.store.connection.execute(
                f"SELECT {column}, wrapping_key, closed FROM {table} WHERE {column} IN ({places})",  # nosec B608 # a question mark for each value, which is bound
                some,
            )

    def _made(self, used: InUse, kind: str, names: Sequence[str]) -> dict[str, bytes]:
        closing, identity, wrapping = self.store.closing, used.newest("identity"), used.newest("wrapping")
        last = self.store.connection.execute(
            "SELECT seq FROM sqlite_sequence WHERE name = 'person'"
        ).fetchone()
        first = (last[0] if last else 0) + 1
        made = {name: secrets.token_bytes(SURROGATE) for name in names}
        # Numbered by their handles: neighbours in the index, and nothing is told of the order in which they came.
        handles = sorted((closing.handle(identity, surrogate), name) for name, surrogate in made.items())
        people, aliases = [], []
        for number, (handle, name) in enumerate(handles, first):
            surrogate, alias = made[name], closing.alias(identity, kind, name)
            box = closing.close(wrapping, surrogate + secrets.token_bytes(DATA_KEY), handle)
            people.append((number, handle, identity, wrapping, box))
            box = closing.close(wrapping, alias_box(surrogate, kind, name), alias)
            aliases.append((alias, number, identity, wrapping, box))
        self.store.connection.executemany("INSERT INTO person VALUES (?, ?, ?, ?, ?)", people)
        self.store.connection.executemany("INSERT INTO alias VALUES (?, ?, ?, ?, ?)", sorted(aliases))
        return made

    def _number(self, used: InUse, surrogate: bytes) -> int | None:
        """The row of a surrogate."""
        handles = [self.store.closing.handle(number, surrogate) for number in used.numbers("identity")]
        places = ",".join("?" * len(handles))
        found = self.store.connection.execute(
            f"SELECT number FROM person WHERE handle IN ({places})",  # nosec B608 # a question mark for each value, which is bound
            handles,
        ).fetchone()
        return None if found is None else int(found[0])

    def _names(self, number: int) -> list[tuple[str, str]]:
        rows = self.store.connection.execute(
            "SELECT alias, wrapping_key, closed FROM alias WHERE person = ?", (number,)
        ).fetchall()
        opened = (
            in_alias_box(self.store.closing.open(wrapping, closed, alias)) for alias, wrapping, closed in rows
        )
        return sorted(((kind, name) for _, kind, name in opened), key=lambda each: (each[0] != CODE, each))


def _surrogate(person: str) -> bytes:
    found = _PERSON.fullmatch(person)
    if found is None:
        raise ValueError("that is no surrogate of a person")
    return bytes.fromhex(found[1])
