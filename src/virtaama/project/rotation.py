"""How long backups are kept: what was erased stands in those made before until their time is over.

A backup is a folder, and the files of the lake lie once for all of them: those no manifest names any more go with
the last that did. The newest backup is never taken away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from shutil import rmtree

from virtaama.lake.erasures import Erasure
from virtaama.project.backup import LAKE, numbers
from virtaama.project.copies import files_below, sync
from virtaama.project.manifest import Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBackup:
    """A backup, when it was made, the first day it may go, and whether it holds what was erased since."""

    number: int
    made: datetime
    goes: date
    holds_erased: bool
    is_newest: bool

    def is_over(self, on: date) -> bool:
        return self.goes <= on and not self.is_newest


def kept_backups(folder: Path, days: int, erasures: Iterable[Erasure]) -> tuple[KeptBackup, ...]:
    """The backups in a folder, the oldest first. Raises Damaged where a manifest cannot be read."""
    finished = [erasure.finished for erasure in erasures if erasure.finished]
    there = numbers(folder)
    found = []
    for number in there:
        made = Manifest.read(folder / f"backup-{number}").made
        found.append(
            KeptBackup(
                number=number,
                made=made,
                goes=(made + timedelta(days=days)).date(),
                holds_erased=any(made < moment for moment in finished),
                is_newest=number == there[-1],
            )
        )
    return tuple(found)


def expire_backups(folder: Path, kept: Iterable[KeptBackup], on: date) -> tuple[int, ...]:
    """Take away the backups whose time is over, and files of the lake that only they named; the numbers taken away.

    Broken off, it is finished by the next call.
    """
    over = tuple(backup.number for backup in kept if backup.is_over(on))
    for number in over:
        path = folder / f"backup-{number}"
        going = path.with_name(f"{path.name}.unfinished")  # what is named so is no backup
        if going.exists():
            rmtree(going)
        path.rename(going)
        rmtree(going)
    if folder.is_dir():
        for path in list(_unnamed(folder)):
            path.unlink()
        sync(folder)
    return over


def _unnamed(folder: Path) -> Iterator[Path]:
    """Files of the lake that no backup names."""
    named: set[str] = set()
    for number in numbers(folder):
        named.update(Manifest.read(folder / f"backup-{number}").files)
    if not named:
        return
    for path in files_below(folder / LAKE):
        if path.relative_to(folder).as_posix() not in named:
            yield path
