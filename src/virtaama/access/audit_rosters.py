"""Rosters: about whom an answer told, where it told about many.

A roster is a file beside the audit log: person keys of 16 bytes each, in order, one after the other, named by
the SHA-256 of its bytes. It is on disk before the entry that names it. Answers about the same persons share one.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from virtaama.access.audit_entries import KEY_BYTES, Persons
from virtaama.problems import Damaged

_ENDING = ".roster"


@dataclass(frozen=True, slots=True)
class Rosters:
    """The folder of rosters."""

    folder: Path

    def path_of(self, name: str) -> Path:
        return self.folder / f"{name}{_ENDING}"

    def store(self, persons: Persons) -> str:
        """Write and sync a roster that is not there yet; its name. Raises OSError when that cannot be done."""
        name = hashlib.sha256(persons.keys).hexdigest()
        path = self.path_of(name)
        if path.is_file() and path.stat().st_size == len(persons.keys):
            return name  # in place only when it was on disk
        if not self.folder.is_dir():
            self.folder.mkdir(mode=0o700, exist_ok=True)
            _sync(self.folder.parent)
        unfinished = path.with_suffix(f".{secrets.token_hex(4)}.unfinished")
        try:
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(persons.keys)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
            _sync(self.folder)
        finally:
            unfinished.unlink(missing_ok=True)
        return name

    def names(self) -> Iterator[str]:
        if self.folder.is_dir():
            yield from sorted(path.stem for path in self.folder.glob(f"*{_ENDING}"))

    def holds(self, name: str, person: bytes) -> bool:
        """Whether a person is in a roster; Damaged where the file is not there. Reads some dozens of bytes."""
        try:
            with self.path_of(name).open("rb") as file:
                low, high = 0, os.fstat(file.fileno()).st_size // KEY_BYTES
                while low < high:
                    middle = (low + high) // 2
                    file.seek(middle * KEY_BYTES)
                    found = file.read(KEY_BYTES)
                    if found == person:
                        return True
                    if found < person:
                        low = middle + 1
                    else:
                        high = middle
        except FileNotFoundError:
            raise Damaged(_missing(self.path_of(name))) from None
        return False

    def verify(self, name: str, persons: int) -> None:
        """Damaged where the file is missing, is not what the entry named, or holds another number of persons."""
        path = self.path_of(name)
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                size = file.tell()
        except FileNotFoundError:
            raise Damaged(_missing(path)) from None
        if digest != name or size != persons * KEY_BYTES:
            raise Damaged(f"{path}: this roster of the audit log was changed after it was written.")


def _missing(path: Path) -> str:
    return f"{path}: this roster of the audit log is missing."


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
