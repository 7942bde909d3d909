"""A delivery as its connector reads it, in a process apart: what comes from there is believed once it was looked at."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from virtaama.model.concepts import Type
from virtaama.model.feeds import Feed, Format
from virtaama.problems import DeliveryRefused
from virtaama.sources.apart.messages import (
    LOCATED,
    REJECTED,
    ListZip,
    Locate,
    Look,
    Next,
    Read,
    Told,
    Unpack,
    as_table,
)
from virtaama.sources.apart.packed import unfolds_too_far
from virtaama.sources.apart.processes import Reader, broken_off, give_back, take
from virtaama.sources.reading import DETAILS, FAULT, Reading, RejectedLine

SECONDS, A_MEGABYTE = 2.0, 2.0
"""Processor seconds a file may take: any file, and for each megabyte it has."""
PIECE: Final = 8 << 20
"""Bytes of a delivery that are read at a time: some twenty times as many are in hand."""
LEAST: Final = 1 << 18
"""Bytes that are read at a time where a delivery has few of its columns."""
UNFOLDED, FOLD = 64_000_000, 100
"""Bytes any file may give in the columns it has, and how many for each byte of it: few values are packed well."""
_ARROW: Final = {
    Type.TEXT: pa.string(),
    Type.IDENTITY: pa.string(),
    Type.INTEGER: pa.int64(),
    Type.DECIMAL: pa.decimal128(18, 4),
    Type.DATE: pa.date32(),
    Type.TIMESTAMP: pa.timestamp("us"),
    Type.BOOLEAN: pa.bool_(),
}


@dataclass(frozen=True, slots=True)
class Looked:
    """A file whose columns are known. `header` is None where a delivery does not say what its columns are."""

    header: tuple[str, ...] | None
    _feed: Feed
    _size: int  # bytes of a piece
    _room: int  # bytes it may give in the columns it has
    _reader: Reader

    def read(self, columns: Mapping[str, str]) -> Iterator[Reading]:
        """The pieces, once; DeliveryRefused with the reason. `columns` gives the column of each field that is there.

        While one piece is dealt with, the next is read; a piece can be located in until the next is asked for.
        """
        # A row has room for every field, also for those that are not there.
        size = max(self._size * len(columns) // max(len(self._feed.fields), 1), min(self._size, LEAST))
        asked: Told = Read(dict(columns), size)
        given = 0
        while True:
            words, parts = self._reader.ask(asked)
            if "end" in words:
                return
            with looked_at(self._reader):
                piece = _piece(words, parts, self._feed, self._reader)
            given += piece.rows.select(list(columns)).nbytes
            if given > self._room:
                raise unfolds()
            yield piece
            asked = Next()


@contextmanager
def looked_into(
    file: Path, feed: Feed, written_as: Format, size: int, *, below: Path | None = None
) -> Iterator[Looked]:
    """Look into a delivery, to read it in pieces of about `size` bytes; DeliveryRefused with the reason.

    Its reader sees the folder `below` which it lies, and is kept for the next delivery from there.
    """
    length = file.stat().st_size
    with _reader(file, below) as (reader, found):
        words, _ = reader.ask(Look(format=written_as, file=found, feed=feed, seconds=_seconds(length)))
        with looked_at(reader):
            header = _texts(words["header"])
        yield Looked(header, feed, size, UNFOLDED + FOLD * length, reader)


def names_in(file: Path, below: Path | None = None) -> list[str]:
    """The files a zip holds; DeliveryRefused where it cannot be looked into."""
    with _reader(file, below) as (reader, found):
        words, _ = reader.ask(ListZip(file=found, seconds=_seconds(file.stat().st_size)))
        with looked_at(reader):
            return list(_texts(words["names"]) or ())


def unpacked(outer: Path, member: str, folder: Path, below: Path | None = None) -> Path:
    """One file of a zip, written below a folder; DeliveryRefused with the reason."""
    length = outer.stat().st_size
    target = folder / Path(member).name
    with _reader(outer, below) as (reader, found), target.open("wb") as copy:
        words, _ = reader.ask(Unpack(file=found, member=member, seconds=_seconds(length)))
        with looked_at(reader):
            size = int(words["size"])
        if size > shutil.disk_usage(folder).free * 0.9:
            raise DeliveryRefused(
                f"there is no room to unpack a file of {size:,} bytes in {folder.parent}.\n"
                "  Make room there, or have it delivered unpacked."
            )
        written = 0
        while True:
            words, parts = reader.ask(Next())
            if "end" in words:
                return target
            written += copy.write(parts[0])
            if written > size or unfolds_too_far(length, written):
                raise unfolds()


@contextmanager
def _reader(file: Path, below: Path | None) -> Iterator[tuple[Reader, Path]]:
    """A reader for a file, and where that lies; it reads no other where this one was not read to its end."""
    found = file.resolve()
    room = below.resolve() if below is not None else found.parent
    reader = take(room if found.is_relative_to(room) else found.parent)
    try:
        yield reader, found
    except BaseException:
        reader.end()
        raise
    give_back(reader)


@contextmanager
def looked_at(reader: Reader) -> Iterator[None]:
    """What a reader says that is not what was asked for is not believed: a file may have taken it over."""
    try:
        yield
    except (KeyError, TypeError, ValueError, OverflowError, pa.ArrowException):
        raise broken_off(reader.end()) from None


def _seconds(length: int) -> float:
    return SECONDS + A_MEGABYTE * length / 1e6


def _texts(names: Any) -> tuple[str, ...] | None:
    if names is None:
        return None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("no names")
    return tuple(names)


def _piece(words: dict[str, Any], parts: Sequence[bytearray], feed: Feed, reader: Reader) -> Reading:
    declared = pa.schema([*((field.name, _ARROW[field.type]) for field in feed.fields), (FAULT, pa.string())])
    names = {field.name for field in feed.fields}
    rows = as_table(parts[0], declared)
    if not set(pc.unique(rows[FAULT]).to_pylist()) <= {None, *_faults(names)}:
        raise ValueError("a fault nobody knows")
    rejected = tuple(
        RejectedLine(line["line"], line["raw"], line["reason"], line["detail"])
        for line in as_table(parts[1], REJECTED).to_pylist()
    )
    known = {
        DETAILS[reason].format(name) for reason in {line.reason for line in rejected} for name in (*names, "")
    }
    unread = dict(words["unread"])
    if (
        not {line.detail for line in rejected} <= known
        or not unread.keys() <= names
        or not all(map(_counts, unread.values()))
    ):
        raise ValueError("a reason nobody knows")

    def locate(positions: Sequence[int]) -> list[tuple[int, bytes]]:
        if not positions:
            return []
        _, parts = reader.ask(Locate(list(positions)))
        with looked_at(reader):
            located = as_table(parts[0], LOCATED)
            if located.num_rows != len(positions):
                raise ValueError("not as many as were asked for")
            return list(zip(located["line"].to_pylist(), located["raw"].to_pylist(), strict=True))

    return Reading(rows=rows, rejected=rejected, locate=locate, unread=unread, skipped=int(words["skipped"]))


def _counts(value: object) -> bool:
    return isinstance(value, int) and value >= 0


def _faults(names: set[str]) -> Iterator[str]:
    for reason in DETAILS:
        yield f"{reason}:"
        yield from (f"{reason}:{name}" for name in names)


def unfolds() -> DeliveryRefused:
    return DeliveryRefused(
        "the file gives more than a file of its size can hold, so reading it was broken off.\n"
        "  Look at how it is made: a view in a database may have no end. Nothing of it was kept."
    )
