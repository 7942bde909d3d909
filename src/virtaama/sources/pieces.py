"""Deliveries of any size: read forward in pieces that end where a line ends, and held in memory alone."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from virtaama.problems import DeliveryRefused

PIECE = 16 << 20  # bytes, unless told otherwise
LONGEST = 64 << 20
"""Bytes after which a line is no line any more: the file is something else."""


class Ahead:
    """A file that is read forward. `data` is what stands after all that was taken; its first line is `line`."""

    def __init__(self, file: BinaryIO, line: int = 1) -> None:
        self._file = file
        self.data = b""
        self.line = line
        self.ended = False

    def fill(self, size: int) -> None:
        """Have at least `size` bytes in `data`, or all there are left."""
        parts = [self.data]
        missing = size - len(self.data)
        # A read takes room for all it is asked for, whether the file has so much or not.
        while missing > 0 and (read := self._file.read(min(missing, PIECE))):
            parts.append(read)
            missing -= len(read)
        if len(parts) > 1:
            self.data = b"".join(parts)
        self.ended = self.ended or missing > 0

    def take(self, size: int) -> None:
        """Go on after so many bytes, which end where a line ends."""
        self.line += line_ends(self.data, size)
        self.data = self.data[size:]

    def skip_line(self) -> None:
        """Go on after the end of the line that begins `data`; DeliveryRefused where none comes in LONGEST bytes."""
        size = max(len(self.data), 1)
        skipped = 0
        while not (end := first_line_end(self.data, ended=self.ended)) and not self.ended:
            self.data = self.data[-1:] if self.data.endswith(b"\r") else b""
            self.fill(len(self.data) + size)
            skipped += size
            if skipped > LONGEST:
                raise too_long(self.line)
        self.data = self.data[end:] if end else b""
        self.line += 1


def too_long(line: int) -> DeliveryRefused:
    return DeliveryRefused(
        f"line {line} is longer than {LONGEST:,} bytes.\n  Is the file what it is said to be?"
    )


_PACKED = {
    b"\x1f\x8b": "gzip",
    b"PK\3\4": "zip",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"7z\xbc\xaf": "7z",
}


def refuse_packed(file: Path) -> None:
    """DeliveryRefused where a file of text is packed: nothing is unpacked that nobody said is packed."""
    with file.open("rb") as opened:
        begins = opened.read(6)
    for mark, kind in _PACKED.items():
        if begins.startswith(mark):
            raise DeliveryRefused(
                f"the file is packed ({kind}).\n"
                "  Have it delivered unpacked; or, in a zip, name the file inside it: `files: x.zip!NAME.csv`."
            )


def line_ends(data: bytes, end: int) -> int:
    """How many lines end before a byte, whichever way lines end."""
    returns = data.count(b"\r", 0, end)
    return data.count(b"\n", 0, end) + (returns - data.count(b"\r\n", 0, end) if returns else 0)


def last_line_end(data: bytes, *, ended: bool) -> int:
    """The byte after the last line that is whole; 0 when none is. Where the file has ended, all lines are."""
    if ended:
        return len(data)
    # A return that is the last byte read may have its line feed still to come.
    return data.rfind(b"\n") + 1 or data.rfind(b"\r", 0, len(data) - 1) + 1


def first_line_end(data: bytes, *, ended: bool) -> int:
    """The byte after the first line; 0 when it goes on."""
    feed = data.find(b"\n") + 1
    back = data.find(b"\r", 0, feed or (len(data) if ended else len(data) - 1)) + 1
    if back and data[back : back + 1] == b"\n":
        return back + 1
    return back or feed


def whole_lines(path: Path, size: int) -> Iterator[tuple[int, bytes]]:
    """A file whose lines end in a line feed, cut after lines: the number of a piece's first line, its bytes."""
    with path.open("rb") as file:
        ahead = Ahead(file)
        while True:
            ahead.fill(size)
            end = len(ahead.data) if ahead.ended else ahead.data.rfind(b"\n") + 1
            if not end and ahead.data:
                if len(ahead.data) > LONGEST:
                    raise too_long(ahead.line)
                ahead.fill(2 * len(ahead.data))  # a long line is read whole
                continue
            yield ahead.line, ahead.data[:end]
            ahead.line += ahead.data.count(b"\n", 0, end)
            ahead.data = ahead.data[end:]
            if ahead.ended and not ahead.data:
                return


@contextmanager
def by_number(file: Path) -> Iterator[Path]:
    """A file under a name by which the engine opens it and no other: its own may read like a pattern, or as packed."""
    if not Path("/proc/self/fd").is_dir():  # not Linux
        yield file
        return
    descriptor = os.open(file, os.O_RDONLY)
    try:
        yield Path(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)


@contextmanager
def in_memory(*parts: bytes) -> Iterator[Path]:
    """Bytes as a file the engine can open. They may name persons: they do not reach a disk."""
    if not hasattr(os, "memfd_create"):  # not Linux
        with tempfile.NamedTemporaryFile() as file:
            file.writelines(parts)
            file.flush()
            yield Path(file.name)
        return
    descriptor = os.memfd_create("piece")
    try:
        for part in parts:
            written = 0
            while written < len(part):
                written += os.write(descriptor, memoryview(part)[written:])
        yield Path(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)
