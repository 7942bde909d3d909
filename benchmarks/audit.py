"""The audit log at size: `python -m benchmarks.audit --entries 1000000`. Prints a Markdown table.

A log of twelve years is made by the same code that seals entries, but in few commits; then four processes append to it,
each entry in a synced commit of its own as in use, the separate verifier reads it, and one person's report is made.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path

import virtaama_verify_audit
from virtaama.access.audit import AuditLog
from virtaama.access.audit_anchors import Anchors
from virtaama.access.audit_entries import COLUMNS, About, Act, Entry, Persons, seal, stored
from virtaama.access.audit_rosters import Rosters
from virtaama.access.seen import seen

KEY = bytes(range(32))
YEARS = 12
BEGUN = datetime(2014, 11, 26, tzinfo=UTC)
ENDED = BEGUN + timedelta(days=YEARS * 365)
RESIDENTS = 72_000  # of a middling county
QUESTION = json.dumps(
    {
        "metrics": ["emergency_visits_per_1000"],
        "grain": "month",
        "first": "2025-01-01",
        "last": "2025-12-01",
        "level": "municipality",
        "area": "398",
        "by": None,
        "within": None,
        "as_of": None,
        "known": None,
    }
)
ASKERS = [f"user{n:03}" for n in range(400)]


@cache
def key_of(resident: int) -> bytes:
    return sha256(str(resident).encode()).digest()[:16]


def rosters_in(folder: Path, count: int) -> list[tuple[str, int]]:
    """A roster a month: who lived in the county then."""
    rosters = Rosters(folder / "audit.rosters")
    chance = random.Random(2)
    made = []
    for _ in range(count):
        gone = set(chance.sample(range(RESIDENTS), RESIDENTS // 50))
        persons = Persons.of(key_of(n) for n in range(RESIDENTS) if n not in gone)
        made.append((rosters.store(persons), len(persons)))
    return made


def entries(count: int, rosters: list[tuple[str, int]]) -> Iterator[Entry]:
    """Three in ten about one person, one in five hundred about a roster; some persons are seen far more often."""
    chance = random.Random(1)
    step = (ENDED - BEGUN) / count
    for number in range(1, count + 1):
        drawn = chance.random()
        person = key_of(int(RESIDENTS * chance.random() ** 3)) if drawn < 0.3 else None
        roster = rosters[int(len(rosters) * (number - 1) / count)] if drawn > 0.998 else None
        about = About.PERSON if person else About.ROSTER if roster else About.NOBODY
        yield Entry(
            number=number,
            moment=BEGUN + step * number,
            asker=chance.choice(ASKERS),
            role="analyst",
            purpose="steering",
            question=QUESTION,
            decision="allowed"
            if chance.random() > 0.01
            else "refused: role 'analyst' has no purpose 'planning'",
            snapshot=number // 2000,
            rows=chance.randrange(200),
            act=Act.ASK if about is About.NOBODY else Act.OPEN,
            data=("emergency_visits_per_1000",),
            providers=("primary_care", "specialised_care"),
            about=about,
            person=person,
            roster=roster[0] if roster else None,
            persons=1 if person else roster[1] if roster else 0,
        )


def make(folder: Path, count: int) -> None:
    log = folder / "audit.sqlite"
    with closing(AuditLog(log, KEY)) as opened:
        opened.head()
    rosters = rosters_in(folder, min(144, max(2, count // 5000)))
    with closing(sqlite3.connect(log, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -262144")
        connection.execute("BEGIN")
        before = "0" * 64
        into = f"INSERT INTO record ({COLUMNS}, seal) VALUES ({', '.join('?' * 20)})"
        for entry in entries(count, rosters):
            row = stored(entry)
            before = seal(row, before, KEY)
            connection.execute(into, (*row, before))
            if entry.number % 200_000 == 0:
                connection.execute("COMMIT")
                connection.execute("BEGIN")
        connection.execute("COMMIT")


def append(folder: Path, process: int, threads: int, times: int) -> list[float]:
    """Milliseconds that each of some appends took, as whoever asks waits for them."""
    with closing(AuditLog(folder / "audit.sqlite", KEY)) as log, ThreadPoolExecutor(threads) as pool:

        def one(each: int) -> float:
            begun = time.perf_counter()
            log.append(
                moment=datetime.now(UTC),
                asker=f"writer{process}",
                role="analyst",
                purpose="steering",
                question=QUESTION,
                decision="allowed",
                snapshot=1,
                rows=12,
                data=("emergency_visits_per_1000",),
                providers=("primary_care", "specialised_care"),
                about=Persons.of([key_of(process * times + each)] if each % 3 == 0 else []),
            )
            return (time.perf_counter() - begun) * 1000

        return list(pool.map(one, range(times * threads)))


def appended(folder: Path, processes: int, threads: int, times: int) -> tuple[float, float, float]:
    """p50 and p95 in milliseconds, and how many a second, of writers in processes with so many threads each."""

    def given(each: int) -> tuple[list[Path], range, list[int], list[int]]:
        return [folder] * processes, range(processes), [threads] * processes, [each] * processes

    with ProcessPoolExecutor(processes) as pool:
        list(pool.map(append, *given(1)))
        begun = time.perf_counter()
        took = [each for part in pool.map(append, *given(times)) for each in part]
        seconds = time.perf_counter() - begun
    return (
        statistics.median(took),
        statistics.quantiles(took, n=20)[-1],
        len(took) / seconds,
    )


def verified(folder: Path) -> tuple[int, float]:
    """Entries and seconds of the separate program."""
    (folder / "audit.key").write_bytes(KEY)
    command = [sys.executable, "-I", virtaama_verify_audit.__file__, str(folder / "audit.sqlite")]
    command += ["--key", str(folder / "audit.key"), "--anchors", str(folder / "anchors")]
    begun = time.perf_counter()
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(said.stdout.split()[0]), time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--writers", type=int, default=4)
    parser.add_argument("--times", type=int, default=300, help="appends of each writer")
    parser.add_argument("--folder", type=Path, help="where the log is made; deleted afterwards")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="audit-", dir=given.folder))
    try:
        lines = measure(folder, given.entries, given.writers, given.times)
    finally:
        shutil.rmtree(folder)
    print("| What | Measured |", "|---|---|", *lines, sep="\n")


def measure(folder: Path, count: int, writers: int, times: int) -> list[str]:
    begun = time.perf_counter()
    make(folder, count)
    made = time.perf_counter() - begun
    (folder / "anchors").mkdir()
    with closing(AuditLog(folder / "audit.sqlite", KEY)) as log:
        Anchors(folder / "anchors", KEY).add(log, ENDED)
    bytes_each = (folder / "audit.sqlite").stat().st_size / count
    appends = []
    for processes, threads in ((writers, 1), (2, 4)):  # the second as the portal is served
        p50, p95, each_second = appended(folder, processes, threads, times)
        appends.append(
            f"| append, {processes} processes with {threads} threads | "
            f"p50 {p50:.1f} ms, p95 {p95:.1f} ms, {each_second:.0f} a second |"
        )
    number, seconds = verified(folder)
    lines = [
        f"| entries, twelve years | {count:,} (made in {made:.0f} s) |",
        f"| size of the file | {bytes_each * count / 1e9:.2f} GB, {bytes_each:.0f} bytes an entry |",
        f"| rosters | {len(list(Rosters(folder / 'audit.rosters').names()))} of {RESIDENTS:,} persons |",
        *appends,
        f"| verification | {number / seconds:,.0f} entries a second |",
    ]
    for who, resident in (
        ("most often seen", 0),
        ("like most", RESIDENTS // 2),
        ("never seen", RESIDENTS + 1),
    ):
        with closing(AuditLog(folder / "audit.sqlite", KEY)) as log:
            begun = time.perf_counter()
            found = seen(log, key_of(resident), BEGUN, ENDED + timedelta(days=1))
            took = time.perf_counter() - begun
        lines.append(
            f"| report over {YEARS} years, a person {who} | {len(found.entries)} entries in {took:.2f} s |"
        )
    return lines


if __name__ == "__main__":
    main()
