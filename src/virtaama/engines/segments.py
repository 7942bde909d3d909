"""Tables as Parquet files named by a manifest: what a transaction commits when the engine has none of its own.

A table is a schema and a list of segments; a segment is a folder of Parquet files that never change. All
tables are named in one manifest, a small JSON file with a number. A commit writes the next number whole and
puts it in place only if nobody else has: readers see the old tables or the new ones, never some of each.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pyarrow.parquet as pq

from virtaama.engines.port import FileDamaged
from virtaama.problems import Busy

_FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Rows written at once: a folder below `segments` and the Parquet files in it."""

    folder: str
    files: tuple[str, ...]
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTable:
    """Columns with their types, and the segments their rows lie in. A segment may lack a later column."""

    columns: tuple[tuple[str, str], ...]
    segments: tuple[Segment, ...] = ()

    @property
    def rows(self) -> int:
        return sum(segment.rows for segment in self.segments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """All tables as of one commit."""

    number: int = 0
    tables: dict[str, StoredTable] = field(default_factory=dict)


class Segments:
    """The folder of a warehouse, held by one process while it is open."""

    def __init__(self, folder: Path, lock: int) -> None:
        self.folder = folder
        self._lock = lock

    @classmethod
    def open(cls, folder: Path) -> Segments:
        """Take hold of the folder and sweep up what a crash has left. Raises Busy when another process has it,
        FileDamaged when it is not whole.
        """
        (folder / "segments").mkdir(parents=True, exist_ok=True)
        (folder / "manifests").mkdir(exist_ok=True)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise Busy(f"{folder} is in use by another process. Try again when it has finished.") from None
        segments = cls(folder, lock)
        try:
            segments.sweep(segments.current())
        except BaseException:
            segments.close()
            raise
        return segments

    def current(self) -> Manifest:
        """The newest commit; none yet is an empty one. Raises FileDamaged where it is not whole."""
        numbers = self._numbers()
        if not numbers:
            return Manifest()
        path = self._manifest(numbers[-1])
        head, _, body = path.read_text(encoding="utf-8").partition("\n")
        if hashlib.sha256(body.encode()).hexdigest() != head:
            raise FileDamaged(f"its manifest {path.name} is not what was written")
        manifest = _read(json.loads(body), numbers[-1])
        for table in manifest.tables.values():
            for segment in table.segments:
                if not all(Path(file).is_file() for file in self.files(segment)):
                    raise FileDamaged("a file of its tables is missing")
        return manifest

    def commit(self, tables: dict[str, StoredTable], after: int) -> Manifest:
        """Make these the tables. Raises Busy where another process has committed since the number `after`."""
        manifest = Manifest(number=after + 1, tables=dict(tables))
        for table in tables.values():
            for segment in table.segments:
                self._sync_once(segment)
        body = json.dumps(_written(manifest), sort_keys=True, indent=1)
        unfinished = self.folder / "manifests" / f"{uuid4().hex}.unfinished"
        with unfinished.open("w", encoding="utf-8") as file:
            file.write(f"{hashlib.sha256(body.encode()).hexdigest()}\n{body}")
            file.flush()
            os.fsync(file.fileno())
        try:
            # Unlike a rename, a link does not take the place of another's commit.
            os.link(unfinished, self._manifest(manifest.number))
        except FileExistsError:
            raise Busy(f"{self.folder}: another process has changed the warehouse meanwhile.") from None
        finally:
            unfinished.unlink()
        _sync(self.folder / "manifests")
        return manifest

    def new_segment(self) -> str:
        """The name of a folder below `segments` that does not exist."""
        return uuid4().hex

    def path(self, segment: str) -> Path:
        return self.folder / "segments" / segment

    def written(self, folder: str) -> Segment:
        """The segment that an engine has written into a folder, its rows counted from the ends of the files."""
        files = tuple(sorted(path.name for path in self.path(folder).glob("*.parquet")))
        rows = sum(pq.read_metadata(self.path(folder) / name).num_rows for name in files)
        return Segment(folder=folder, files=files, rows=rows)

    def files(self, segment: Segment) -> list[str]:
        return [str(self.path(segment.folder) / name) for name in segment.files]

    def sweep(self, manifest: Manifest, spared: frozenset[str] = frozenset()) -> None:
        """Delete manifests and segments that the current commit does not name; `spared` segments stay."""
        named = {segment.folder for table in manifest.tables.values() for segment in table.segments} | spared
        for path in (self.folder / "segments").iterdir():
            if path.name not in named:
                shutil.rmtree(path, ignore_errors=True)
        for number in self._numbers():
            if number < manifest.number:
                self._manifest(number).unlink()
        for leftover in (self.folder / "manifests").glob("*.unfinished"):
            leftover.unlink()

    def discard(self, folders: frozenset[str]) -> None:
        for folder in folders:
            shutil.rmtree(self.path(folder), ignore_errors=True)

    def close(self) -> None:
        os.close(self._lock)

    def _sync_once(self, segment: Segment) -> None:
        """Executors do not wait for the disk; before a commit names their files, we do. Once for each."""
        mark = self.path(segment.folder) / ".on-disk"
        if mark.exists():
            return
        for file in self.files(segment):
            _sync(Path(file))
        mark.touch()
        _sync(self.path(segment.folder))
        _sync(self.folder / "segments")

    def _numbers(self) -> list[int]:
        return sorted(int(path.stem) for path in (self.folder / "manifests").glob("*.json"))

    def _manifest(self, number: int) -> Path:
        return self.folder / "manifests" / f"{number}.json"


def _written(manifest: Manifest) -> dict[str, object]:
    return {
        "format": _FORMAT,
        "tables": {
            name: {
                "columns": [list(column) for column in table.columns],
                "segments": [
                    {"folder": s.folder, "files": list(s.files), "rows": s.rows} for s in table.segments
                ],
            }
            for name, table in manifest.tables.items()
        },
    }


def _read(said: dict[str, dict[str, dict[str, list[dict[str, object]]]]], number: int) -> Manifest:
    tables = {}
    for name, table in said["tables"].items():
        columns = tuple((str(column), str(kind)) for column, kind in table["columns"])
        segments = tuple(
            Segment(folder=str(s["folder"]), files=tuple(s["files"]), rows=int(s["rows"]))  # type: ignore[arg-type,call-overload]
            for s in table["segments"]
        )
        tables[name] = StoredTable(columns=columns, segments=segments)
    return Manifest(number=number, tables=tables)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
