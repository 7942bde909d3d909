"""What was decided on pairs that may be the same: proposed, linked, refused, undone. Appended, never changed.

One SQLite file. Instances stand in it by their keys alone, and what a reviewer noted is sealed; who decided is there
for who looks into it, and goes nowhere else. Which links hold is told by the lake, where they are delivered.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Self

from virtaama.lake.sqlite_files import read_format, readable

FORMAT = 1
WHAT = "the record of links"
_TABLES = (
    """CREATE TABLE decision (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        linkage TEXT NOT NULL,
        instance BLOB NOT NULL,
        same_as BLOB NOT NULL,
        verdict TEXT NOT NULL,
        decided_by TEXT NOT NULL,
        rule TEXT NOT NULL,
        who TEXT NOT NULL,
        note BLOB,
        moment TEXT NOT NULL,
        settings TEXT NOT NULL,
        weight REAL,
        why TEXT NOT NULL,
        seen TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX decision_by_pair ON decision (linkage, instance, same_as, number)",
    # What was read when a linkage was last run: where it is the same there is nothing to do.
    "CREATE TABLE run (linkage TEXT PRIMARY KEY, read TEXT NOT NULL) STRICT",
)
_COLUMNS = (
    "number, linkage, instance, same_as, verdict, decided_by, rule, who, note, moment, settings, weight, "
    "why, seen"
)


class Verdict(StrEnum):
    """What was said of a pair; the newest counts."""

    PROPOSED = "proposed"  # people are to decide
    LINKED = "linked"
    NOT_SAME = "not_same"
    UNSURE = "unsure"
    UNDONE = "undone"  # it was linked, and is no more
    WITHDRAWN = "withdrawn"  # there is nothing to decide any more


class OutOfDate(Exception):
    """Somebody has decided on the pair, or on its instance, since it was looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One thing said of one pair. `number` is 0 until it is on record."""

    linkage: str
    instance: str  # key, 32 hexadecimal digits
    same_as: str
    verdict: Verdict
    decided_by: str  # rule, model or person
    moment: datetime
    settings: str
    rule: str = ""
    who: str = ""
    note: bytes | None = field(default=None, repr=False)  # sealed
    weight: float | None = None
    why: Mapping[str, str] = field(default_factory=dict)  # how far each comparison agrees
    seen: str = ""  # a mark of all that was compared
    number: int = 0

    @property
    def pair(self) -> tuple[str, str]:
        return self.instance, self.same_as


class LinkRecord:
    """The open record. Several processes may use it at once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def open(cls, path: Path) -> Self:
        """An empty one is made where there is none. Damaged when it cannot be read, NotReady when it is newer."""
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        try:
            with readable(path, WHAT):
                connection.execute("PRAGMA journal_mode = DELETE")
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("PRAGMA secure_delete = ON")
                if read_format(connection, path, FORMAT) < FORMAT:
                    _make(connection)
            path.chmod(0o600)
        except BaseException:
            connection.close()
            raise
        return cls(connection)

    def close(self) -> None:
        self._connection.close()

    # Reading

    def newest(self, linkage: str) -> tuple[Decision, ...]:
        """What counts of each pair, by number."""
        return self._read(
            "linkage = ? AND number IN (SELECT max(number) FROM decision WHERE linkage = ? "
            "GROUP BY instance, same_as)",
            (linkage, linkage),
        )

    def of_pair(self, linkage: str, instance: str, same_as: str) -> tuple[Decision, ...]:
        """All that was said of one pair, the newest first."""
        found = self._read(
            "linkage = ? AND instance = ? AND same_as = ?",
            (linkage, bytes.fromhex(instance), bytes.fromhex(same_as)),
        )
        return tuple(reversed(found))

    def numbered(self, number: int) -> tuple[Decision, ...]:
        """All that was said of the pair one of whose decisions has this number, the newest first; none if none has."""
        found = self._read("number = ?", (number,))
        return self.of_pair(found[0].linkage, found[0].instance, found[0].same_as) if found else ()

    def firsts(self, linkage: str) -> dict[tuple[str, str], int]:
        """The number of what was said first of each pair, which it goes by."""
        rows = self._connection.execute(
            "SELECT instance, same_as, min(number) FROM decision WHERE linkage = ? GROUP BY instance, same_as",
            (linkage,),
        )
        return {(instance.hex(), same_as.hex()): int(number) for instance, same_as, number in rows}

    def was_read(self, linkage: str) -> str:
        """What was read when the linkage was last run."""
        found = self._connection.execute("SELECT read FROM run WHERE linkage = ?", (linkage,)).fetchone()
        return str(found[0]) if found else ""

    # Writing

    def append(self, decisions: Iterable[Decision], *, run: tuple[str, str] | None = None) -> None:
        """Put decisions on record together; `run` is a linkage with what was read for them."""
        with self._writing():
            for decision in decisions:
                self._append(decision)
            if run:
                self._connection.execute("INSERT OR REPLACE INTO run (linkage, read) VALUES (?, ?)", run)

    def decide(self, decision: Decision, *, after: int) -> Decision:
        """Put what a person said of a pair on record; as it stands there.

        `after` is the number of what counted when they looked. Raises OutOfDate where something else counts by
        now, or where the instance is linked to another already.
        """
        with self._writing():
            newest = {each.pair: each for each in self.newest(decision.linkage)}
            now = newest.get(decision.pair)
            if (now.number if now else 0) != after:
                raise OutOfDate
            if decision.verdict is Verdict.LINKED and any(
                each.instance == decision.instance
                and each.same_as != decision.same_as
                and each.verdict is Verdict.LINKED
                for each in newest.values()
            ):
                raise OutOfDate
            number = self._append(decision)
        found = self._read("number = ?", (number,))
        return found[0]

    def forget(self, keys: Iterable[str]) -> int:
        """Delete everything about these instances, on either side; how many rows. For who has been erased."""
        gone = 0
        with self._writing():
            for key in keys:
                raw = bytes.fromhex(key)
                gone += self._connection.execute(
                    "DELETE FROM decision WHERE instance = ? OR same_as = ?", (raw, raw)
                ).rowcount
        if gone:
            self._connection.execute("VACUUM")
        return gone

    def _append(self, decision: Decision) -> int:
        cursor = self._connection.execute(
            "INSERT INTO decision (linkage, instance, same_as, verdict, decided_by, rule, who, note, moment, "
            "settings, weight, why, seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                decision.linkage,
                bytes.fromhex(decision.instance),
                bytes.fromhex(decision.same_as),
                decision.verdict.value,
                decision.decided_by,
                decision.rule,
                decision.who,
                decision.note,
                decision.moment.isoformat(),
                decision.settings,
                decision.weight,
                json.dumps(dict(decision.why), sort_keys=True),
                decision.seen,
            ),
        )
        return int(cursor.lastrowid or 0)

    def _read(self, where: str, values: tuple[object, ...]) -> tuple[Decision, ...]:
        rows = self._connection.execute(
            f"SELECT {_COLUMNS} FROM decision WHERE {where} ORDER BY number",  # nosec B608 # conditions are constants; values are bound
            values,
        )
        return tuple(
            Decision(
                number=number,
                linkage=linkage,
                instance=instance.hex(),
                same_as=same_as.hex(),
                verdict=Verdict(verdict),
                decided_by=decided_by,
                rule=rule,
                who=who,
                note=note,
                moment=datetime.fromisoformat(moment),
                settings=settings,
                weight=weight,
                why=json.loads(why),
                seen=seen,
            )
            for (
                number,
                linkage,
                instance,
                same_as,
                verdict,
                decided_by,
                rule,
                who,
                note,
                moment,
                settings,
                weight,
                why,
                seen,
            ) in rows
        )

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


def _make(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        if connection.execute("PRAGMA user_version").fetchone()[0] < FORMAT:  # another may have been first
            for statement in _TABLES:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {FORMAT}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
