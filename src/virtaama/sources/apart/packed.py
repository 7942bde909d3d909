"""Zip files of deliveries: looked into before they are unpacked, and refused where they hold more than they can."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from virtaama.problems import DeliveryRefused

DIRECTORY: Final = 8 << 20
"""Bytes of a zip's list of its files: a hundred thousand names."""
FOLD, UNFOLDED = 300, 200_000_000
"""A file that unpacks to more than so many times its size, and to more than so many bytes, is no delivery: text is
packed to a tenth, the same line again and again to a hundredth."""
_END: Final = struct.Struct("<4s4H2LH")
_PIECE: Final = 1 << 20


def names_in(path: Path) -> list[str]:
    """The files a zip holds; DeliveryRefused where it cannot be looked into."""
    _refuse_long_list(path)
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as error:
        raise not_unpacked(error) from None


@contextmanager
def opened(outer: Path, member: str) -> Iterator[tuple[int, Iterator[bytes]]]:
    """One file of a zip: how many bytes it says it has, and those bytes; DeliveryRefused with the reason."""
    _refuse_long_list(outer)
    try:
        with zipfile.ZipFile(outer) as archive:
            told = archive.getinfo(member)
            _refuse_bomb(told)
            with archive.open(told) as file:
                yield told.file_size, _pieces(file, told.file_size)
    except (zipfile.BadZipFile, zlib.error, KeyError, RuntimeError, PermissionError, ValueError) as error:
        # RuntimeError is what the library raises for a member that needs a password.
        raise not_unpacked(error) from None


def _pieces(file: IO[bytes], size: int) -> Iterator[bytes]:
    while piece := file.read(min(_PIECE, size + 1)):
        size -= len(piece)
        if size < 0:  # it said less than it holds
            raise zipfile.BadZipFile("longer than it says")
        yield piece


def not_unpacked(error: Exception) -> DeliveryRefused:
    return DeliveryRefused(
        f"the zip cannot be unpacked ({type(error).__name__}).\n"
        "  Have it delivered again, whole and without a password."
    )


def unfolds_too_far(packed: int, unpacked: int) -> bool:
    """Whether so many bytes are no file that somebody packed into so few."""
    return unpacked > UNFOLDED and unpacked > FOLD * max(packed, 1)


def _refuse_bomb(told: zipfile.ZipInfo) -> None:
    if unfolds_too_far(told.compress_size, told.file_size):
        raise DeliveryRefused(
            f"the zip holds a file of {told.file_size:,} bytes packed into {told.compress_size:,}: no delivery is as "
            "even as that.\n  Ask who sent it. Nothing was unpacked."
        )


def _refuse_long_list(path: Path) -> None:
    """A list of millions of files is read whole by the library, whatever one wants of it."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            file.seek(max(0, size - _END.size - 65_535))
            end = file.read()
    except OSError:
        return  # said when it is opened
    at = end.rfind(b"PK\5\6")
    if at < 0 or len(end) - at < _END.size:
        return
    length = _END.unpack_from(end, at)[5]
    if length > DIRECTORY:
        raise DeliveryRefused(
            f"the zip holds more files than can be looked through: their list has {length:,} bytes.\n"
            "  Have the files delivered in smaller parts."
        )
