"""R4 to R7: full disks, torn logs, flipped bits in warehouse and lake."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copytree, rmtree

import pyarrow as pa
import pyarrow.parquet as pq

from torture import clinic
from torture.kills import DONE
from torture.outcome import Outcome, difference
from torture.processes import ROOT, Killer
from virtaama.engines.duckdb import DuckDB
from virtaama.engines.port import FileDamaged
from virtaama.engines.reading_through import read_through
from virtaama.loading.table_hash import table_hashes
from virtaama.problems import Damaged
from virtaama.project.project import Project

NO_ROOM = 8


@dataclass(slots=True)
class Damages:
    """What was done to files, how it came out, and how often that was wrong."""

    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.outcomes.total()


# R4 ---------------------------------------------------------------------------------------------------


def full_disks(base: Path, expected: Outcome, killer: Killer, times: int, *, tmpfs: bool) -> Damages:
    """Carry all waves through while the disk is full at chance points, then make room and go on."""
    told = Damages()
    while told.total < times:
        folder = base.with_name("full")
        small = SmallDisk(folder) if tmpfs else LimitedFiles()
        with small:
            copytree(base, folder, dirs_exist_ok=True)
            for wave in clinic.waves():
                small.roomy(folder)
                clinic.deliver(folder, wave)
                for command in ("land", "load"):
                    for _ in range(min(3, times - told.total)):
                        small.narrow(folder, killer.chance)
                        with small.felt():
                            ended = killer.fresh(command, "--project", str(folder))
                        small.roomy(folder)
                        if ended.code in DONE:
                            told.outcomes["went through"] += 1
                            break
                        told.outcomes["full" if ended.code == NO_ROOM else f"code {ended.code}"] += 1
                        if ended.code != NO_ROOM:
                            told.wrong.append(f"{command} ended with {ended.code} on a full disk")
                    assert killer.run(command, "--project", str(folder)).code in DONE
            if found := difference(expected, killer.outcome(folder)):
                told.wrong += found.where
        rmtree(folder, ignore_errors=True)
    return told


class LimitedFiles:
    """No file of the processes started grows beyond a size: a full disk where none can be mounted."""

    def __init__(self) -> None:
        self._limit = 0

    def __enter__(self) -> None: ...
    def __exit__(self, *raised: object) -> None: ...
    def roomy(self, folder: Path) -> None: ...

    def narrow(self, folder: Path, chance: random.Random) -> None:
        largest = max(
            (path.stat().st_size for path in (folder / "data").rglob("*") if path.is_file()), default=0
        )
        self._limit = chance.choice(
            (4_096, 20_000, 100_000, largest + 1, largest + 50_000, largest + 500_000)
        )

    def felt(self) -> _Felt:
        return _Felt(self._limit)


class _Felt:
    def __init__(self, limit: int) -> None:
        self._limit = limit

    def __enter__(self) -> None:
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (self._limit, hard))

    def __exit__(self, *raised: object) -> None:
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


class SmallDisk:
    """A file system in memory of our own, mounted for as long as it is used; resized to be full or roomy."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        self._folder.mkdir()
        self._mount("size=256m")

    def __exit__(self, *raised: object) -> None:
        subprocess.run(["umount", str(self._folder)], check=True)

    def roomy(self, folder: Path) -> None:
        self._mount("remount,size=256m")

    def narrow(self, folder: Path, chance: random.Random) -> None:
        status = os.statvfs(folder)
        used = (status.f_blocks - status.f_bfree) * status.f_frsize
        more = chance.choice((4_096, 16_384, 65_536, 200_000, 800_000, 2_000_000))
        self._mount(f"remount,size={(used + more) // 1024}k")

    def felt(self) -> _Felt:
        return _Felt(resource.RLIM_INFINITY)

    def _mount(self, options: str) -> None:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "virtaama-torture", str(self._folder)], check=True
        )


def may_mount(folder: Path) -> bool:
    """Whether this process may mount a file system of its own."""
    folder.mkdir(exist_ok=True)
    tried = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "virtaama-torture", str(folder)],
        check=False,
        capture_output=True,
    )
    if tried.returncode == 0:
        subprocess.run(["umount", str(folder)], check=True)
    folder.rmdir()
    return tried.returncode == 0


# R5 ---------------------------------------------------------------------------------------------------


def torn_logs(base: Path, expected: Outcome, killer: Killer, times: int) -> Damages:
    """Damage the log of a warehouse whose loader died before its checkpoint; then run on as if nothing had been."""
    told = Damages()
    first, *others = clinic.waves()
    left = base.with_name("left")
    copytree(base, left)
    for wave in (first, others[0]):
        clinic.deliver(left, wave)
        assert killer.run("land", "--project", str(left)).code in DONE
        died = killed_at_the_end(["load", "--no-publish", "--project", str(left)])
        assert died == signal.SIGKILL
    log = Project.open(left).settings.warehouse.with_name("warehouse.duckdb.wal")
    size = log.stat().st_size
    for number in range(times):
        kind = ("cut", "flipped", "zeroed")[number % 3]
        folder = base.with_name("torn")
        copytree(left, folder)
        torn = Project.open(folder).settings.warehouse.with_name(log.name)
        damage(torn, kind, killer.chance.randrange(size), killer.chance)
        clinic.deliver(folder, others[1])
        for command in ("land", "load"):
            assert killer.run(command, "--project", str(folder)).code in DONE
        aside = list(torn.parent.glob("*.damaged-1.duckdb"))
        told.outcomes[f"{kind}: {'made again' if aside else 'missing batches loaded again'}"] += 1
        if found := difference(expected, killer.outcome(folder)):
            told.wrong += [f"{kind}: {where}" for where in found.where]
        rmtree(folder)
    rmtree(left)
    return told


_KILLED_AT_THE_END = """
import os, signal, sys
from virtaama.cli.main import run
from virtaama.engines.duckdb import DuckDB
DuckDB.close = lambda self: os.kill(os.getpid(), signal.SIGKILL)
run(sys.argv[1:])
"""


def killed_at_the_end(arguments: list[str]) -> int:
    """Run a command that is killed when it is done but for the checkpoint; the signal it died of."""
    path = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
    done = subprocess.run(
        [sys.executable, "-c", _KILLED_AT_THE_END, *arguments],
        env={**os.environ, "PYTHONPATH": path},
        check=False,
        capture_output=True,
    )
    return -done.returncode


def damage(path: Path, kind: str, position: int, chance: random.Random) -> None:
    """Cut a file at a position, flip a bit there, or zero a page from there."""
    if kind == "cut":
        os.truncate(path, position)
        return
    with path.open("r+b") as file:
        file.seek(position)
        byte = file.read(1)[0]
        file.seek(position)
        file.write(bytes([byte ^ (1 << chance.randrange(8))]) if kind == "flipped" else bytes(4_096))


# R6, R7 -----------------------------------------------------------------------------------------------


def flipped_warehouses(folder: Path, chance: random.Random, times: int) -> Damages:
    """Flip a bit anywhere in the file of a finished warehouse and read the whole of it."""
    told = Damages()
    warehouse = Project.open(folder).settings.warehouse
    whole = warehouse.read_bytes()
    before = _hashes(warehouse)
    for number in range(times):
        path = warehouse.with_name(f"flipped-{number}.duckdb")
        path.write_bytes(whole)
        damage(path, "flipped", chance.randrange(len(whole)), chance)
        seen = _read(path)
        if seen == "detected":
            told.outcomes["detected"] += 1
        elif seen == before:
            told.outcomes["in a block nobody reads"] += 1
        else:
            told.outcomes["UNDETECTED"] += 1
            told.wrong.append(f"bit flip {number} changed what is read")
        path.unlink()
    return told


def _read(path: Path) -> object:
    try:
        read_through(path)
        return _hashes(path)
    except FileDamaged:
        return "detected"


def _hashes(path: Path) -> dict[str, str]:
    engine = DuckDB.open(path)
    try:
        return table_hashes(engine)
    finally:
        engine.let_go()


def damaged_lake(folder: Path, chance: random.Random, times: int) -> Damages:
    """Flip a bit of a file of the lake, or cut it; then ask for it as the loader does."""
    told = Damages()
    project = Project.open(folder)
    batches = project.ledger.batches()
    for number in range(times):
        kind = ("flipped", "cut")[number % 2]
        batch = chance.choice(batches)
        path = project.lake.folder / batch.parquet
        whole = path.read_bytes()
        damage(path, kind, chance.randrange(len(whole)), chance)
        try:
            project.lake.verified_path(batch)
            told.wrong.append(f"{kind}: undetected in {path.name}")
        except Damaged:
            told.outcomes[f"{kind}: found by SHA-256"] += 1
        if kind == "flipped":
            try:
                pq.read_table(path, page_checksum_verification=True)
            except (pa.ArrowException, OSError):
                told.outcomes["flipped: also found by page checksums alone"] += 1
        path.write_bytes(whole)
    return told
