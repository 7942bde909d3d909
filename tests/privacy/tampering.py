"""An audit log and everything that can be done to it by somebody who can write its files. Some also have its key."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from shutil import copy2, copytree, rmtree

from virtaama.access.audit import AuditLog
from virtaama.access.audit_anchors import Anchors
from virtaama.access.audit_entries import COLUMNS, Act, Persons, seal

KEY = bytes(range(32))
BEGUN = datetime(2026, 1, 5, 8, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Kept:
    """A log with its rosters and its anchors, in folders of their own."""

    folder: Path

    @property
    def log(self) -> Path:
        return self.folder / "data" / "audit.sqlite"

    @property
    def rosters(self) -> Path:
        return self.log.with_suffix(".rosters")

    @property
    def anchors(self) -> Path:
        return self.folder / "anchors"

    def open(self) -> AuditLog:
        return AuditLog(self.log, KEY)


def person(number: int) -> bytes:
    return sha256(str(number).encode()).digest()[:16]


def kept_log(folder: Path, entries: int, seed: int = 1) -> Kept:
    """A log of some hundred entries of every kind, anchored ten times, the last time at its end."""
    chance = random.Random(seed)
    kept = Kept(folder)
    for each in (kept.log.parent, kept.anchors):
        each.mkdir(parents=True)
    anchors = Anchors(kept.anchors, KEY)
    with closing(kept.open()) as log:
        log._open().execute("PRAGMA synchronous = OFF")  # a thousand entries need no disk here
        for number in range(1, entries + 1):
            write_any(log, number, chance)
            if number % max(1, entries // 10) == 0 or number == entries:
                anchors.add(log, BEGUN + timedelta(minutes=number, seconds=30))
    return kept


def write_any(log: AuditLog, number: int, chance: random.Random) -> None:
    act = chance.choice(list(Act))
    persons = {
        Act.OPEN: Persons.of(map(person, chance.sample(range(60), chance.randrange(2, 9)))),
        Act.REPORT: Persons.of([person(chance.randrange(60))]),
    }
    log.append(
        moment=BEGUN + timedelta(minutes=number),
        asker=chance.choice(["johtaja", "analyytikko", "Åsa Öst", "terminal:x"]),
        role=chance.choice(["manager", "analyst", ""]),
        purpose=chance.choice(["steering", "planning", ""]),
        question=chance.choice(['{"page": "runs"}', '{"kysymys": "käynti – ”x”"}', "{}"]),
        decision=chance.choice(["allowed", "allowed", "refused: the role does not open this page"]),
        snapshot=chance.choice([None, 1, 22]),
        rows=chance.randrange(1000),
        act=act,
        data=chance.choice([(), ("visits",), ("a", "b")]),
        providers=chance.choice([(), ("primary_care",)]),
        about=persons.get(act, Persons(unknown=chance.choice([0, 3]))),
        regards=chance.randrange(1, number) if act is Act.REVIEW and number > 1 else None,
    )


# What can be done to it -------------------------------------------------------------------------------


@contextmanager
def _changing(kept: Kept) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(kept.log, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        yield connection
        connection.execute("COMMIT")


def _length(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM record").fetchone()[0])


CHANGES = (
    "asker = asker || 'x'",
    "role = 'other'",
    "purpose = 'other'",
    "question = '{ }'",
    "decision = 'other'",
    "moment = '2020-01-01T00:00:00+00:00'",
    "snapshot = 999",
    "rows = rows + 1",
    "form = 1",
    "act = 'other'",
    "data = '[\"other\"]'",
    "providers = '[\"other\"]'",
    "about = 'other'",
    "person = randomblob(16)",
    "roster = 'other'",
    "persons = persons + 1",
    "unknown = unknown + 1",
    "regards = 0",
    "seal = substr(seal, 2) || 'x'",
)


def edit(kept: Kept, chance: random.Random) -> None:
    with _changing(kept) as connection:
        number = chance.randint(1, _length(connection))
        connection.execute(f"UPDATE record SET {chance.choice(CHANGES)} WHERE number = ?", (number,))


def delete(kept: Kept, chance: random.Random) -> None:
    with _changing(kept) as connection:
        first = chance.randint(1, _length(connection) - 1)
        last = min(first + chance.choice([0, 0, 5]), _length(connection) - 1)
        connection.execute("DELETE FROM record WHERE number BETWEEN ? AND ?", (first, last))


def renumber(kept: Kept, chance: random.Random) -> None:
    """Take an entry out and close the gap."""
    with _changing(kept) as connection:
        number = chance.randint(1, _length(connection) - 1)
        connection.execute("DELETE FROM record WHERE number = ?", (number,))
        connection.execute("UPDATE record SET number = -number WHERE number > ?", (number,))
        connection.execute("UPDATE record SET number = -number - 1 WHERE number < 0")


def swap(kept: Kept, chance: random.Random) -> None:
    with _changing(kept) as connection:
        one, other = chance.sample(range(1, _length(connection) + 1), 2)
        for old, new in ((one, -1), (other, one), (-1, other)):
            connection.execute("UPDATE record SET number = ? WHERE number = ?", (new, old))


def put_in(kept: Kept, chance: random.Random) -> None:
    """An entry of another place once more, at the end or before the beginning."""
    with _changing(kept) as connection:
        number = chance.randint(1, _length(connection))
        place = chance.choice([0, -1, _length(connection) + 1])
        names = COLUMNS.partition(", ")[2]
        connection.execute(
            f"INSERT INTO record (number, {names}, seal) SELECT ?, {names}, seal FROM record WHERE number = ?",
            (place, number),
        )


def cut_tail(kept: Kept, chance: random.Random) -> None:
    with _changing(kept) as connection:
        last = chance.randint(0, _length(connection) - 1)
        connection.execute("DELETE FROM record WHERE number > ?", (last,))


def rebuild(kept: Kept, chance: random.Random) -> None:
    """With the key: leave an entry out or change it, and seal everything after it anew."""
    with _changing(kept) as connection:
        number = chance.randint(1, _length(connection))
        if chance.random() < 0.5 and number < _length(connection):
            connection.execute("DELETE FROM record WHERE number = ?", (number,))
            connection.execute("UPDATE record SET number = -number WHERE number > ?", (number,))
            connection.execute("UPDATE record SET number = -number - 1 WHERE number < 0")
        else:
            connection.execute("UPDATE record SET asker = 'somebody else' WHERE number = ?", (number,))
        before = "0" * 64
        for row in connection.execute(f"SELECT {COLUMNS} FROM record ORDER BY number").fetchall():
            before = seal(row, before, KEY)
            connection.execute("UPDATE record SET seal = ? WHERE number = ?", (before, row[0]))


def change_roster(kept: Kept, chance: random.Random) -> None:
    path = chance.choice(sorted(kept.rosters.glob("*.roster")))
    held = path.read_bytes()
    match chance.randrange(3):
        case 0:
            path.unlink()
        case 1:
            path.write_bytes(held[16:])  # one person less
        case _:
            path.write_bytes(held[:-16] + person(chance.randrange(100, 900)))


def change_anchor(kept: Kept, chance: random.Random) -> None:
    """All but the newest: that it is missing shows in its age alone."""
    path = chance.choice(sorted(kept.anchors.glob("*.anchor"))[:-1])
    path.chmod(0o600)
    if chance.random() < 0.5:
        path.unlink()
    else:
        path.write_text(path.read_text().replace('"head": "', '"head": "0'))


KINDS: dict[str, Callable[[Kept, random.Random], None]] = {
    each.__name__: each
    for each in (
        edit,
        delete,
        renumber,
        swap,
        put_in,
        cut_tail,
        rebuild,
        change_roster,
        change_anchor,
    )
}


def attempts(made: Kept, kind: str, times: int, folder: Path, seed: int = 1) -> Iterator[Kept]:
    """A copy of a log for each of so many attempts of one kind, each tampered with in a way of its own."""
    chance = random.Random(f"{kind} {seed}")
    copy = Kept(folder / kind)
    for _ in range(times):
        if copy.folder.exists():
            rmtree(copy.folder)
        copy.log.parent.mkdir(parents=True)
        copy2(made.log, copy.log)
        copytree(made.rosters, copy.rosters)
        copytree(made.anchors, copy.anchors)
        KINDS[kind](copy, chance)
        yield copy


def found_of(made: Kept, kind: str, times: int, folder: Path, seed: int = 1) -> int:
    """How many of so many attempts the separate program finds; `make attack` asks for hundreds."""
    from virtaama_verify_audit import verify

    return sum(
        bool(verify(copy.log, KEY, copy.anchors, copy.rosters).count)
        for copy in attempts(made, kind, times, folder, seed)
    )
