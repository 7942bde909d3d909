"""The folder of a snapshot while it is made: whole or not at all, on disk before anybody is told."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from time import time

from virtaama.lake.files import sha256_of
from virtaama.lake.published import (
    CURRENT,
    READING,
    Manifest,
    Mart,
    MartFile,
    check_bytes,
    read_manifest,
    snapshot_name,
    snapshot_number,
    write_manifest,
)
from virtaama.problems import Damaged

KEPT = 3
UNFINISHED = ".tmp"
A_DAY = 86_400.0
"""Seconds after which nobody reads any more what a reader put aside: a crash left it."""
# A file system that makes no hard links, or no more of them, or not between these two places.
_NO_LINKS = {errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}


class NewSnapshot:
    """A snapshot in the making, in a temporary folder that nobody reads.

    What a crash left of earlier ones is swept away. Numbers are never used twice: a reader may still know
    the snapshot that had one.
    """

    def __init__(self, published: Path) -> None:
        published.mkdir(parents=True, exist_ok=True)
        for leftover in published.glob(f"*{UNFINISHED}"):
            _remove(leftover)
        for leftover in published.glob(f"{READING}*"):
            if time() - leftover.stat().st_mtime > A_DAY:
                shutil.rmtree(leftover)
        self._published = published
        self.number = 1 + max((_number(path) for path in published.iterdir()), default=0)
        self.folder = published / f"{snapshot_name(self.number)}{UNFINISHED}"
        self.folder.mkdir()

    def path(self, name: str) -> Path:
        """Where an engine is to write a mart: nothing is there yet, its folder is."""
        path = self.folder / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def files(self, name: str) -> tuple[MartFile, ...]:
        """What an engine wrote for a mart, on disk: one file, or the parts of a folder."""
        path = self.path(name)
        if path.is_file():
            return (self._described(path),)
        parts = sorted(path.glob("[!._]*.parquet"))
        for other in set(path.iterdir()) - set(parts):
            other.unlink()  # an engine's own notes, which the manifest would not list
        return tuple(self._described(part) for part in parts)

    def discard(self, name: str) -> None:
        """Take a mart that was written, or taken over, out again."""
        _remove_mart(self.path(name))

    def take_over(self, mart: Mart, earlier: Path) -> bool:
        """Bring in the files of a mart of an earlier snapshot; False when they are damaged there."""
        try:
            check_bytes(earlier, mart)
        except Damaged:
            return False
        for file in mart.files:
            target = self.folder / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            _link(earlier / file.path, target)
        return True

    def finish(self, manifest: Manifest) -> Path:
        """Put it in place and let readers know. Snapshots older than the last few are removed."""
        _sync(write_manifest(self.folder, manifest))
        for folder, _, _ in os.walk(self.folder):
            _sync(Path(folder))
        finished = self._published / snapshot_name(self.number)
        self.folder.rename(finished)
        _sync(self._published)
        self._point_to(finished)
        for path in self._published.iterdir():
            if 0 < _number(path) <= self.number - KEPT or _is_of_an_earlier_version(path):
                _remove(path)
        return finished

    def abandon(self) -> None:
        """Leave no trace, after a failure."""
        _remove(self.folder)

    def _described(self, path: Path) -> MartFile:
        _sync(path)
        return MartFile(
            path=path.relative_to(self.folder).as_posix(),
            sha256=sha256_of(path),
            size=path.stat().st_size,
        )

    def _point_to(self, snapshot: Path) -> None:
        pointer = self._published / CURRENT
        unfinished = pointer.with_suffix(UNFINISHED)
        unfinished.write_text(f"{snapshot.name}\n", encoding="utf-8")
        _sync(unfinished)
        unfinished.replace(pointer)
        _sync(self._published)


def expire(published: Path, number: int) -> int:
    """Take away every snapshot but one, and what readers put aside of them; how many were taken away.

    A reader that is at one of them asks anew of the newest.
    """
    gone = 0
    for path in published.iterdir():
        if path.name.startswith(READING) or _number(path) not in (0, number):
            _remove(path)
            gone += 1
    _sync(published)
    return gone


def last_published(published: Path) -> tuple[Path, Manifest] | None:
    """The newest snapshot whose manifest can be read."""
    found = [p for p in published.iterdir() if snapshot_number(p.name)] if published.is_dir() else []
    for path in sorted(found, key=_number, reverse=True):
        try:
            return path, read_manifest(path)
        except Damaged:
            continue
    return None


def _number(path: Path) -> int:
    # Version 0.1 published single files, snapshot-<n>.duckdb.
    return snapshot_number(path.name.removesuffix(UNFINISHED).removesuffix(".duckdb")) or 0


def _is_of_an_earlier_version(path: Path) -> bool:
    return path.suffix == ".duckdb" and _number(path) > 0


def _link(source: Path, target: Path) -> None:
    """The same file under another name; a copy where the file system has no hard links."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        shutil.copyfile(source, target)
        _sync(target)


def _remove(path: Path) -> None:
    """Take a file or a whole folder away. A folder is renamed first: it is never seen half empty."""
    if not path.is_dir():
        path.unlink(missing_ok=True)
        return
    if path.suffix != UNFINISHED:
        path = path.rename(path.with_name(f"{path.name}{UNFINISHED}"))
    shutil.rmtree(path)


def _remove_mart(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
