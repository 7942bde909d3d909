"""R12 to R14: several at once: loaders that want the same project, readers while a loader works or is killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copytree, rmtree

from torture import clinic
from torture.kills import DONE
from torture.outcome import Outcome, difference
from torture.processes import ROOT, Killer

BUSY = 4
PRESSED = 4  # kills of one command before it is let live


@dataclass(slots=True)
class Rivals:
    """How loaders that were started at once ended, and what was wrong."""

    pairs: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def rivals(base: Path, expected: Outcome, killer: Killer, pairs: int) -> Rivals:
    """Start the same command twice at once, again and again; one works, the other ends as busy."""
    told = Rivals()
    while told.pairs < pairs:
        folder = base.with_name("rivals")
        copytree(base, folder)
        for wave in clinic.waves():
            clinic.deliver(folder, wave)
            for command in ("land", "load", "load")[: pairs - told.pairs]:
                ends = _both(command, folder, killer)
                told.pairs += 1
                told.codes[" and ".join(str(code) for code in sorted(ends))] += 1
                if not any(code in DONE for code in ends) or any(code not in (*DONE, BUSY) for code in ends):
                    told.wrong.append(f"{command} twice at once ended with {ends}")
            for command in ("land", "load"):
                assert killer.run(command, "--project", str(folder)).code in DONE
        if found := difference(expected, killer.outcome(folder)):
            told.wrong += found.where
        rmtree(folder)
    return told


def _both(command: str, folder: Path, killer: Killer) -> list[int]:
    """Start a command twice, the second after up to a tenth of a second."""
    pids = []
    for _ in range(2):
        pids.append(killer.start(command, "--project", str(folder)))
        time.sleep(killer.chance.choice((0, 0, 0.02, 0.1)))
    return [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]


@dataclass(slots=True)
class Readers:
    """What readers met while loads went on."""

    requests: int = 0
    errors: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    backwards: int = 0
    torn: int = 0
    snapshots: int = 0
    kills: Counter[str] = field(default_factory=Counter)  # by command
    loads: int = 0
    slowest: float = 0.0
    wrong: list[str] = field(default_factory=list)


def readers(base: Path, killer: Killer, seconds: float, *, kills: int = 0, processes: int = 2) -> Readers:
    """Let readers ask while deliveries are landed, loaded and published.

    With `kills` every command is killed again and again before one is let live, until there were so many. In the
    end nothing may be missing: the warehouse is that which is made anew from the lake.
    """
    told = Readers()
    folder = base.with_name("read")
    copytree(base, folder)
    first, late, again = clinic.waves()
    clinic.deliver(folder, first)
    for command in ("land", "load"):
        assert killer.run(command, "--project", str(folder)).code in DONE
    asking = [_reader(folder) for _ in range(processes)]
    try:
        for process in asking:
            assert process.stdout
            assert process.stdout.readline() == b"ready\n", "a reader found nothing to read"
        until, month = time.monotonic() + seconds, 1
        waiting = [{name: content} for wave in (late, again) for name, content in wave.items()]
        while time.monotonic() < until or told.kills.total() < kills:
            month += 1
            wave = waiting.pop(0) if waiting else _another(month)
            clinic.deliver(folder, wave)
            for command in ("land", "load"):
                if kills:
                    _press(command, folder, killer, told)
                assert killer.run(command, "--project", str(folder)).code in DONE
            told.loads += 1
        for command in ("land", "load"):
            assert killer.run(command, "--project", str(folder)).code in DONE
        time.sleep(0.5)  # so that the last snapshot is met
    finally:
        for process in asking:
            process.stdin.close()  # type: ignore[union-attr]
    said: dict[str, set[str]] = {}
    for process in asking:
        found = json.loads(process.stdout.read())  # type: ignore[union-attr]
        process.wait()
        told.requests += found["requests"]
        told.errors += found["errors"]
        told.kinds.update(found["kinds"])
        told.backwards += found["backwards"]
        told.slowest = max(told.slowest, found["slowest"])
        for number, hashes in found["said"].items():
            said.setdefault(number, set()).update(hashes)
    told.snapshots = len(said)
    told.torn = sum(len(hashes) - 1 for hashes in said.values())
    told.wrong += _gaps(folder, killer)
    rmtree(folder)
    return told


def _press(command: str, folder: Path, killer: Killer, told: Readers) -> None:
    """Kill a command so often, or until it is done in spite of it."""
    for _ in range(PRESSED):
        ended = killer.run(command, "--project", str(folder), kill=True)
        if not ended.killed:
            return
        told.kills[command] += 1


def _gaps(folder: Path, killer: Killer) -> tuple[str, ...]:
    """What is missing from a project, or too much in it: batches by their numbers, rows by those made anew."""
    found = killer.outcome(folder)
    numbers = sorted(row[0] for row in found.tables["ledger.batch"])
    gaps = () if numbers == list(range(1, len(numbers) + 1)) else (f"numbers of batches: {numbers}",)
    anew = folder.with_name("anew")
    copytree(folder, anew)
    rmtree(anew / "data" / "warehouse")
    assert killer.run("load", "--project", str(anew)).code in DONE
    differing = difference(killer.outcome(anew), found).where
    rmtree(anew)
    return (*gaps, *differing)


def _another(number: int) -> dict[str, bytes]:
    day = number % 28 + 1
    return {f"care/2026-02-{day:02}/visits_{number}.csv": clinic.small_delivery(number)}


def _reader(folder: Path) -> subprocess.Popen[bytes]:
    path = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
    return subprocess.Popen(
        [sys.executable, "-m", "torture.reader", str(folder)],
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
