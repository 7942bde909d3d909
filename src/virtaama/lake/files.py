"""Batches as Parquet files, named by what was delivered. Written once, never changed, checked before use.

Only an erasure takes rows out: it writes a new file and destroys the old one.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

from virtaama.lake.batches import Batch
from virtaama.problems import Damaged


@dataclass(frozen=True, slots=True)
class Lake:
    """The folder the Parquet files live in: `<feed>/<mark of the delivered bytes>.parquet`."""

    folder: Path

    def path_of(self, feed: str, sha256: str, again: int = 0) -> str:
        """Where the batch of these delivered bytes lies, relative to the lake.

        Bytes that became `again` batches before lie beside them: read under another description they may
        give other rows, and what has landed is never changed.
        """
        return f"{feed}/{sha256}{f'-{again}' if again else ''}.parquet"

    def rewritten_path(self, batch: Batch) -> str:
        """Where a batch lies that is written anew: never under a name that a backup knows with other bytes."""
        stem, _, number = batch.parquet.removesuffix(".parquet").partition("~")
        return f"{stem}~{int(number or 0) + 1}.parquet"

    @contextmanager
    def workspace(self) -> Iterator[Path]:
        """An empty folder beside the batches, for one writer and what passes; gone in the end."""
        folder = self.folder / "landing.unfinished"
        rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            rmtree(folder, ignore_errors=True)

    def store(self, relative: str, write: Callable[[Path], object]) -> str:
        """Let `write` fill a file and put it in place whole and durable; return its SHA-256.

        A file in place that no ledger row knows is a crash's leftover and is replaced.
        """
        path = self.folder / relative
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True)
            sync(self.folder)
        unfinished = path.with_suffix(".unfinished")
        write(unfinished)
        digest = sha256_of(unfinished)
        sync(unfinished)
        unfinished.replace(path)
        sync(path.parent)
        return digest

    def verified_path(self, batch: Batch) -> Path:
        """The Parquet file of a batch, after its bytes were found to be what the ledger says; else Damaged."""
        path = self.folder / batch.parquet
        self._refuse_missing(path, batch)
        if sha256_of(path) != batch.parquet_sha256:
            raise Damaged(
                f"{path}: batch {batch.number} of {batch.feed} is not the file that was landed.\n"
                "  Bring the file back from its safe copy; nothing was read."
            )
        return path

    def columns(self, batch: Batch) -> frozenset[str]:
        """The names of the columns a batch was landed with; Damaged where its file is missing or unreadable."""
        # Imported here: it is slow to start, and a load seldom asks.
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = self.folder / batch.parquet
        self._refuse_missing(path, batch)
        try:
            return frozenset(pq.read_schema(path).names)
        except (pa.ArrowException, OSError):
            raise Damaged(
                f"{path}: batch {batch.number} of {batch.feed} cannot be read.\n"
                "  Bring the file back from its safe copy; nothing was read."
            ) from None

    def _refuse_missing(self, path: Path, batch: Batch) -> None:
        if not path.is_file():
            raise Damaged(
                f"{path}: batch {batch.number} of {batch.feed} is in the ledger but its file is missing.\n"
                "  Bring the lake back from its safe copy; nothing was read."
            )


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
