"""R3: the power is lost. What was not synced is forgotten, as a disk forgets it.

A project lies on a file system in a file (ext4, mounted through a loop device). What the kernel has not written to
that file is only in memory: a copy of it, taken when a process was killed or had ended, is the disk as it was at that
moment. The copy is mounted, its journal replayed, and the project run on. Nothing of the product is changed, and what
the engine, SQLite and Python write is treated alike.
"""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copytree

from torture import clinic
from torture.kills import DONE, PATIENCE
from torture.outcome import Outcome, difference, recorded
from torture.processes import Killer

_SIZE = 160 << 20  # bytes of a disk
# No commit of the journal that nobody asked for; no help for those who rename what they did not sync.
_OPTIONS = "loop,noauto_da_alloc,commit=300"
_ORDERS = ("data=ordered", "data=writeback")  # with the second, names may be on disk before what they name


@dataclass(slots=True)
class Losses:
    """What was done, and what came of it."""

    while_running: Counter[str] = field(default_factory=Counter)  # by command
    after_done: Counter[str] = field(default_factory=Counter)
    runs: int = 0
    rows: int = 0
    forgotten: int = 0  # rows that were there when a command had ended, and not after the power was lost
    lost: int = 0
    doubled: int = 0
    where: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.while_running.total() + self.after_done.total()


class Disk:
    """A file system in a file, whose power can be cut."""

    def __init__(self, folder: Path, order: str) -> None:
        folder.mkdir()
        self._order = order
        self._number = 0
        self._folder = folder
        self.mounted = folder / "mounted"
        self.mounted.mkdir()
        with self._image.open("wb") as file:
            file.truncate(_SIZE)
        _run("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", str(self._image))
        self._mount()

    @property
    def _image(self) -> Path:
        return self._folder / f"disk-{self._number}"

    def _mount(self) -> None:
        _run("mount", "-o", f"{_OPTIONS},{self._order}", str(self._image), str(self.mounted))

    def sync(self) -> None:
        """Have everything on the disk."""
        descriptor = os.open(self.mounted, os.O_RDONLY)
        try:
            _run("sync", "-f", str(self.mounted))
        finally:
            os.close(descriptor)

    def copy(self) -> None:
        """Remember what is on the disk now, and nothing of what is only in memory."""
        _run("cp", "--sparse=always", str(self._image), str(self._folder / f"disk-{self._number + 1}"))

    def lose_power(self) -> None:
        """Go on with what was remembered last."""
        self.close()
        self._number += 1
        self._mount()

    def close(self) -> None:
        _run("umount", str(self.mounted))
        self._image.unlink()


def may_lose_power(folder: Path) -> bool:
    """Whether disks can be made here, and forget what was not synced and nothing else."""
    try:
        disk = Disk(folder, _ORDERS[0])
    except (OSError, subprocess.CalledProcessError):
        return False
    try:
        kept, forgotten = disk.mounted / "kept", disk.mounted / "forgotten"
        kept.write_bytes(b"kept")
        disk.sync()
        forgotten.write_bytes(b"forgotten")
        disk.copy()
        disk.lose_power()
        return kept.read_bytes() == b"kept" and not (forgotten.exists() and forgotten.stat().st_size)
    finally:
        disk.close()


def lose_power(base: Path, expected: Outcome, killer: Killer, wanted: int) -> Losses:
    """Carry all waves through, with the power lost inside commands and after them, until it was so often."""
    told = Losses()
    while told.total < wanted:
        disk = Disk(base.with_name(f"power-{told.runs}"), _ORDERS[told.runs % len(_ORDERS)])
        try:
            folder = disk.mounted / "project"
            copytree(base, folder)
            for wave in clinic.waves():
                clinic.deliver(folder, wave)
                disk.sync()  # what others delivered is theirs to keep
                for command in ("land", "load"):
                    _until_done(command, folder, disk, killer, told)
            found = killer.outcome(folder)
        finally:
            disk.close()
        compared = difference(expected, found)
        told.lost += compared.lost
        told.doubled += compared.doubled
        told.where += compared.where
        told.runs += 1
        told.rows += found.rows()
    return told


def _until_done(command: str, folder: Path, disk: Disk, killer: Killer, told: Losses) -> None:
    for attempt in range(PATIENCE + 1):
        ended = killer.run(command, "--project", str(folder), kill=attempt < PATIENCE)
        disk.copy()
        if ended.killed:
            disk.lose_power()
            told.while_running[command] += 1
            continue
        assert ended.code in DONE, f"{command} ended with {ended.code}"
        said = _done(command, folder, killer)
        disk.lose_power()
        told.after_done[command] += 1
        forgotten = difference(said, _done(command, folder, killer))
        told.forgotten += forgotten.lost + forgotten.doubled
        told.where += forgotten.where
        return


def _done(command: str, folder: Path, killer: Killer) -> Outcome:
    """What a command that has ended has done."""
    return killer.apart(lambda: recorded(folder)) if command == "land" else killer.outcome(folder)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
