"""Verify an audit log of Virtaama without Virtaama: one file, nothing but Python's standard library.

    virtaama-verify-audit data/audit.sqlite --key keys/audit.key --anchors /mnt/anchors

It finds every entry that was changed, deleted, put in, renumbered or swapped, an end that was cut off before the
last anchor, a log that was made anew, and rosters that are missing or changed. Nothing is written.

Exit code 0: everything is as it was written. 1: something is not. 2: the log could not be read.

The form of what is read is described in docs/reference/audit-log.md of the product; this program was written
from that description and shares no line with the product.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

NEWEST_FORM = 1  # of the file
BEFORE_THE_FIRST = "0" * 64
PIECE = 5_000  # entries read at once, so that writers never wait for long
SHOWN = 20  # findings that are told one by one

OLD_COLUMNS = ("number", "moment", "asker", "role", "purpose", "question", "decision", "snapshot", "rows")
NEW_COLUMNS = (
    "form",
    "act",
    "data",
    "providers",
    "about",
    "person",
    "roster",
    "persons",
    "unknown",
    "regards",
)
NOTHING_TOLD = (1, "", "[]", "[]", "", None, None, 0, 0, None)  # the new columns of an old entry
INDEXES = {"record_of_person": "person", "record_of_roster": "roster", "record_regards": "regards"}
LISTED = [(column, (*OLD_COLUMNS, *NEW_COLUMNS).index(column)) for column in INDEXES.values()]
PLAIN = json.JSONEncoder(separators=(",", ":")).encode
SORTED = json.JSONEncoder(sort_keys=True).encode


@dataclass(slots=True)
class Found:
    """What was found. `wrong` is empty where everything is as it was written."""

    entries: int = 0
    last: int = 0  # the number of the newest entry
    listed: dict[str, list[int]] = field(default_factory=dict)  # by column: how many entries, sum of numbers
    anchors: int = 0
    rosters: int = 0
    last_anchor: datetime | None = None
    count: int = 0  # of what is wrong
    wrong: list[str] = field(default_factory=list)  # the first of them, in words
    remarks: list[str] = field(default_factory=list)

    def tell(self, what: str) -> None:
        self.count += 1
        if len(self.wrong) < SHOWN:
            self.wrong.append(what)


@dataclass(frozen=True, slots=True)
class Anchor:
    number: int
    head: str
    moment: datetime


class Unreadable(Exception):
    """The log cannot be read at all."""


def verify(log: Path, key: bytes, anchors: Path | None = None, rosters: Path | None = None) -> Found:
    """Everything that can be told from the log, its anchors and its rosters."""
    found = Found()
    # Anchors first: one that is made while the log is read would tell of entries that were not seen.
    anchored = read_anchors(anchors, key, found) if anchors else []
    named: dict[str, int] = {}
    if not log.is_file():
        if not anchored:
            raise Unreadable(f"{log}: there is no such file.")
        found.tell(f"the log is gone: {log}")
        return found
    try:
        with closing(opened(log)) as connection:
            columns = columns_of(connection)
            check_schema(connection, columns, found)
            read_entries(connection, columns, key, {a.number: a for a in anchored}, named, found)
            check_indexes(connection, columns, found)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise Unreadable(f"{log}: {error}.") from None
        found.tell(f"the log is damaged: {error}")
    check_ends(anchored, found)
    read_rosters(rosters or log.with_suffix(".rosters"), named, found)
    return found


# Entries ---------------------------------------------------------------------------------------------


def opened(log: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"file:{quote(str(log.resolve()))}?mode=ro", uri=True, timeout=30)
    (form,) = connection.execute("PRAGMA user_version").fetchone()
    if form > NEWEST_FORM:
        raise Unreadable(f"{log}: of form {form}; this program knows {NEWEST_FORM}. Use a newer one.")
    return connection


def columns_of(connection: sqlite3.Connection) -> tuple[str, ...]:
    there = {row[1] for row in connection.execute("PRAGMA table_info(record)")}
    if not there >= {*OLD_COLUMNS, "seal"}:
        raise Unreadable("there is no table `record` with the columns of an audit log.")
    return (*OLD_COLUMNS, *NEW_COLUMNS) if there >= set(NEW_COLUMNS) else OLD_COLUMNS


def rows_of(connection: sqlite3.Connection, columns: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    last = -(2**63)
    query = f"SELECT {', '.join(columns)}, seal FROM record WHERE number > ? ORDER BY number LIMIT {PIECE}"  # nosec B608 # columns are constants; values are bound
    while rows := connection.execute(query, (last,)).fetchall():
        yield from rows
        last = rows[-1][0]


def read_entries(
    connection: sqlite3.Connection,
    columns: tuple[str, ...],
    key: bytes,
    anchored: dict[int, Anchor],
    named: dict[str, int],
    found: Found,
) -> None:
    """Every entry against the one before it, in one reading from the first to the last."""
    keyed = hmac.new(key, digestmod=hashlib.sha256)  # copied for each entry: half the work of a new one
    before, expected = BEFORE_THE_FIRST, 1
    for *row, seal in rows_of(connection, columns):
        number = row[0]
        if number != expected:
            found.tell(gap(expected, number))
        if not hmac.compare_digest(str(seal), seal_of(row, before, keyed.copy)):
            found.tell(f"entry {number} is not as it was written, or what stood before it was taken away")
        if (anchor := anchored.get(number)) is not None and anchor.head != seal:
            found.tell(
                f"entry {number} is not the one anchored on {anchor.moment:%Y-%m-%d %H:%M} UTC: "
                "the log was made anew from there or before"
            )
        if len(row) > len(OLD_COLUMNS):
            if row[15] is not None:
                named[row[15]] = row[16]
            for column, place in LISTED:
                if row[place] is not None:
                    count = found.listed.setdefault(column, [0, 0])
                    count[0] += 1
                    count[1] += number
        before, expected = str(seal), number + 1
        found.entries += 1
        found.last = number


def seal_of(row: list[Any], before: str, begin: Callable[[], hmac.HMAC]) -> str:
    """The seal an entry must have; empty where its form is none, or it says more than its form can."""
    if len(row) == len(OLD_COLUMNS) or tuple(row[9:]) == NOTHING_TOLD:
        told = dict(zip(OLD_COLUMNS, row[:9], strict=True))
        text = SORTED([before, told])
    elif row[9] == 2:
        person = row[14].hex() if isinstance(row[14], bytes) else row[14]
        text = PLAIN([before, *row[:14], person, *row[15:]])
    else:
        return ""
    sealing = begin()
    sealing.update(text.encode())
    return sealing.hexdigest()


def gap(expected: int, number: int) -> str:
    if number < expected:
        return f"entry {number} was put in before the first"
    if number == expected + 1:
        return f"entry {expected} is missing"
    return f"entries {expected} to {number - 1} are missing"


# What looks up would not find ------------------------------------------------------------------------


def check_schema(connection: sqlite3.Connection, columns: tuple[str, ...], found: Found) -> None:
    """The log is a table and its indexes; a trigger or a view could make it say something else."""
    kinds = dict(connection.execute("SELECT name, type FROM sqlite_schema"))
    known = (
        {"record", *INDEXES, "record_unknown", "record_refused"}
        if len(columns) > len(OLD_COLUMNS)
        else {"record"}
    )
    for name in sorted(kinds.keys() - known):
        found.tell(f"the log holds a {kinds[name]} '{name}' that does not belong there")
    for name in sorted(known - kinds.keys()):
        found.tell(f"the log has lost its {'table' if name == 'record' else 'index'} '{name}'")


def check_indexes(connection: sqlite3.Connection, columns: tuple[str, ...], found: Found) -> None:
    """Looking somebody up by an index must find what reading the table finds."""
    if len(columns) == len(OLD_COLUMNS):
        return
    there = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'index'")}
    for index, column in INDEXES.items():
        counted = tuple(found.listed.get(column, (0, 0)))
        if index in there and listed_by(connection, index, column, found.last) != counted:
            found.tell(f"the index '{index}' does not list the entries that are in the log")


def listed_by(connection: sqlite3.Connection, index: str, column: str, last: int) -> tuple[int, int] | None:
    """How many entries an index lists, and the sum of their numbers; None where it cannot be used for that."""
    query = (
        f"SELECT count(*), coalesce(sum(number), 0) FROM record INDEXED BY {index} WHERE {column} IS NOT NULL"  # nosec B608 # indexes and columns are constants
    )
    try:
        count, total = connection.execute(f"{query} AND number <= ?", (last,)).fetchone()
    except sqlite3.OperationalError:
        return None
    return count, total


# Anchors ---------------------------------------------------------------------------------------------


def read_anchors(folder: Path, key: bytes, found: Found) -> list[Anchor]:
    if not folder.is_dir():
        raise Unreadable(f"{folder}: there is no such folder of anchors.")
    before = BEFORE_THE_FIRST
    anchors = []
    for path in sorted(folder.glob("*.anchor")):
        text = path.read_bytes()
        if not text:
            found.remarks.append(f"{path.name}: empty, broken off while it was written")
            continue
        try:
            told = json.loads(text)
            sealed = ["anchor", told["before"], told["number"], told["head"], told["moment"]]
            seal = hmac.new(key, PLAIN(sealed).encode(), hashlib.sha256)
            if not hmac.compare_digest(seal.hexdigest(), told["seal"]):
                raise ValueError
            anchor = Anchor(told["number"], told["head"], datetime.fromisoformat(told["moment"]))
        except (ValueError, KeyError, TypeError):
            found.tell(f"anchor {path.name} is not as it was written")
            continue
        if told["before"] != before:
            found.tell(f"an anchor before {path.name} is missing")
        before = told["seal"]
        anchors.append(anchor)
    found.anchors = len(anchors)
    found.last_anchor = anchors[-1].moment if anchors else None
    return anchors


def check_ends(anchors: list[Anchor], found: Found) -> None:
    for anchor in anchors:
        if anchor.number > found.last:
            found.tell(
                f"the log ends with entry {found.last}; on {anchor.moment:%Y-%m-%d %H:%M} UTC it held "
                f"{anchor.number}: its end was cut off"
            )
            return


# Rosters ---------------------------------------------------------------------------------------------


def read_rosters(folder: Path, named: dict[str, int], found: Found) -> None:
    """Every roster the log names is there, and is what was named."""
    for name, persons in named.items():
        path = folder / f"{name}.roster"
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                size = file.tell()
        except OSError:
            found.tell(f"roster {name} is missing: it says whom entries are about")
            continue
        found.rosters += 1
        if digest != name or size != persons * 16:
            found.tell(f"roster {name} is not as it was written")
    there = {path.stem for path in folder.glob("*.roster")} if folder.is_dir() else set()
    if unnamed := len(there - named.keys()):
        found.remarks.append(f"{unnamed} rosters no entry names: left from acts that were not recorded")


# The program -----------------------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="virtaama-verify-audit",
        description="Verify an audit log of Virtaama against its key, its anchors and its rosters.",
    )
    parser.add_argument("log", type=Path, help="the log: data/audit.sqlite of a project")
    parser.add_argument("--key", type=Path, required=True, help="the key: keys/audit.key of the project")
    parser.add_argument(
        "--anchors", type=Path, help="the folder of anchors outside; without it a cut end is not seen"
    )
    parser.add_argument(
        "--rosters", type=Path, help="the folder of rosters; beside the log where it is not named"
    )
    given = parser.parse_args(arguments)
    begun = time.monotonic()
    try:
        found = verify(given.log, given.key.read_bytes(), given.anchors, given.rosters)
    except (Unreadable, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    for line in report(found, time.monotonic() - begun, datetime.now(UTC), anchored=bool(given.anchors)):
        print(line)  # noqa: T201
    return 1 if found.count else 0


def report(found: Found, seconds: float, now: datetime, *, anchored: bool) -> Iterator[str]:
    yield (
        f"{found.entries} entries, {found.rosters} rosters, {found.anchors} anchors read in {seconds:.1f} s "
        f"({found.entries / max(seconds, 1e-6):,.0f} entries a second)."
    )
    if not anchored:
        yield "Without anchors: an end that was cut off, or a log made anew with its key, is not seen."
    elif found.last_anchor is None:
        yield "There is no anchor yet: an end that was cut off is not seen."
    else:
        age = (now - found.last_anchor).total_seconds() / 3600
        late = " It should be hourly." if age > 2 else ""
        yield f"The last anchor is of {found.last_anchor:%Y-%m-%d %H:%M} UTC, {age:.1f} hours old.{late}"
    yield from found.remarks
    yield from found.wrong
    if found.count > len(found.wrong):
        yield f"… and {found.count - len(found.wrong)} more."
    yield "NOT as it was written." if found.count else "Everything is as it was written."


if __name__ == "__main__":
    sys.exit(main())
