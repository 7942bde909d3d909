"""What loader and reader say to each other, over a pair of sockets.

The reader believes the loader: it is told whole objects, as Python writes them. What the reader says is read as data
and nothing else, because a file may have taken it over: a few words as JSON, and bytes, each after its length.
"""

from __future__ import annotations

import json
import pickle  # nosec B403 # see below where it is read
import socket
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from virtaama.model.feeds import Feed, Format

WORDS: Final = 16 << 20
"""Bytes the words of an answer may have: the names of ten thousand columns, or of the files of a zip."""
PARTS: Final = 256 << 20
"""Bytes the parts of an answer may have together: a reader has no room for more."""
REJECTED: Final = pa.schema(
    [("line", pa.int64()), ("raw", pa.binary()), ("reason", pa.string()), ("detail", pa.string())]
)
"""Lines that gave no row."""
LOCATED: Final = pa.schema([("line", pa.int64()), ("raw", pa.binary())])
"""Where rows stand, and how they are written there."""
BEGIN: Final = b"B"
END: Final = b"E"
ORDER: Final = struct.Struct("<ci")
"""Begin a reader, whose number is the answer; or end the one of that number: how it ended is the answer."""
_HEAD: Final = struct.Struct("<IQQ")  # the lengths of the words and of two parts
_TOLD: Final = struct.Struct("<I")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What are the columns of this file?"""

    format: Format
    file: Path
    feed: Feed
    seconds: float  # of a processor, for all of the file


@dataclass(frozen=True, slots=True)
class Read:
    """Read it in pieces of about `size` bytes, by which column each field has; the answer is the first piece."""

    columns: Mapping[str, str]
    size: int


@dataclass(frozen=True, slots=True)
class Next:
    """Go on to the next piece; the answer is that piece, or that there is none."""


@dataclass(frozen=True, slots=True)
class Locate:
    """Where do these rows of the piece stand?"""

    positions: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListZip:
    """What are the files of this zip?"""

    file: Path
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpack:
    """Give me this file of a zip; the answer is how long it is, and after each `Next` a piece of it."""

    file: Path
    member: str
    seconds: float


Told = Look | Read | Next | Locate | ListZip | Unpack


def tell(line: socket.socket, told: object) -> None:
    """Tell the reader something. Raises OSError where it does not listen."""
    content = pickle.dumps(told)
    line.sendall(_TOLD.pack(len(content)) + content)


def hear(line: socket.socket) -> Any:
    """What the loader tells; EOFError where there is nobody any more."""
    (length,) = _TOLD.unpack(_received(line, _TOLD.size))
    return pickle.loads(_received(line, length))  # noqa: S301  # nosec B301 # told by the process this one belongs to


def answer(line: socket.socket, words: Mapping[str, Any], *parts: bytes | pa.Buffer) -> None:
    """Answer the loader with words and two parts at most."""
    said = json.dumps(words).encode()
    views = [memoryview(part).cast("B") for part in parts]
    lengths = [view.nbytes for view in views] + [0] * (2 - len(views))
    line.sendall(_HEAD.pack(len(said), *lengths) + said)
    for view in views:
        line.sendall(view)


def answered(line: socket.socket) -> tuple[dict[str, Any], list[bytearray]]:
    """What the reader answers. EOFError where it is gone, TimeoutError, ValueError where that is no answer."""
    length, *parts = _HEAD.unpack(_received(line, _HEAD.size))
    if length > WORDS or sum(parts) > PARTS:
        raise ValueError("no answer is as long as that")
    words = json.loads(_received(line, length))
    if not isinstance(words, dict):
        raise ValueError("an answer without words")
    return words, [_received(line, part) for part in parts]


def as_bytes(table: pa.Table) -> pa.Buffer:
    """A table as Arrow writes it."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue()


def as_table(content: bytearray, schema: pa.Schema) -> pa.Table:
    """The table that bytes are, looked through to its last value; ValueError where they are no such table."""
    with pa.ipc.open_stream(pa.py_buffer(content)) as stream:
        if not stream.schema.equals(schema):
            raise ValueError("another table than was asked for")
        table = stream.read_all()
    table.validate(full=True)
    return table


def columns_of(rows: Sequence[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    """Rows of Python's as a table."""
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(column, kind.type) for column, kind in zip(columns, schema, strict=True)]
    return pa.table(arrays, schema=schema)


def _received(line: socket.socket, length: int) -> bytearray:
    content = bytearray(length)
    view, at = memoryview(content), 0
    while at < length:
        count = line.recv_into(view[at:])
        if not count:
            raise EOFError
        at += count
    return content
