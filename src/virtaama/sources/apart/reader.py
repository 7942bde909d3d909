"""A reader: answers one delivery after another, each in pieces, until nobody asks any more."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from traceback import extract_tb
from types import ModuleType
from typing import Any, Final

import duckdb
import pyarrow as pa

from virtaama.model.feeds import Feed, Format
from virtaama.problems import DeliveryRefused
from virtaama.sources import csv, fhir, json_lines, parquet, sql_database
from virtaama.sources.apart import confined, packed
from virtaama.sources.apart.messages import (
    LOCATED,
    REJECTED,
    ListZip,
    Locate,
    Look,
    Next,
    Read,
    Unpack,
    answer,
    as_bytes,
    columns_of,
    hear,
)
from virtaama.sources.reading import Reading, literal, too_much_memory

CONNECTORS: Final[Mapping[Format, ModuleType]] = {
    Format.CSV: csv,
    Format.FHIR: fhir,
    Format.JSON_LINES: json_lines,
    Format.PARQUET: parquet,
    Format.SQL: sql_database,
}
ENGINE: Final = "160MB"
"""What the engine may take of a reader's memory. It says what it lacks; the rest is the pieces, and Python."""

_Words = dict[str, Any]


def serve(line: socket.socket) -> None:
    """Read what is asked for, after every right but that has been given up."""
    confined.limit()
    with suppress(EOFError, OSError):
        folder = hear(line)
        # The engine looks about in the system while it starts. It has no threads, which would keep what they saw.
        reader = Reader(line, engine(folder))
        confined.see_only((folder,))
        while True:
            reader.take(hear(line))


def engine(folder: Path) -> duckdb.DuckDBPyConnection:
    """An engine without threads, that opens what this process holds in memory and what lies below a folder."""
    made = duckdb.connect(
        config={
            "threads": 1,
            "async_threads": 0,
            "memory_limit": ENGINE,
            "temp_directory": "",  # what does not fit fails; nothing is spilled in the clear
            "python_enable_replacements": "false",
            "autoload_known_extensions": "false",
            "autoinstall_known_extensions": "false",
            "allow_community_extensions": "false",
        }
    )
    # A file opened by its number is told from a piece in memory: the engine asks for the folder it lies in.
    made.execute(f"SET allowed_directories = ['/proc/self/fd/', {literal(f'{folder}/')}]")
    made.execute("SET enable_external_access = false")
    return made


class Reader:
    """Answers on a line. The next piece of a file is made while the loader deals with the one before."""

    def __init__(self, line: socket.socket, connection: duckdb.DuckDBPyConnection) -> None:
        self._line = line
        self._engine = connection

    def take(self, told: object) -> None:
        """Do what is asked for, to its end. EOFError, OSError where the loader is gone."""
        match told:
            case Look():
                confined.allow(told.seconds)
                self._look(told)
            case ListZip(file=file):
                confined.allow(told.seconds)
                self._answer(lambda: {"names": packed.names_in(file)})
            case Unpack(file=file, member=member):
                confined.allow(told.seconds)
                self._unpack(file, member)
            case _:
                raise EOFError

    def _look(self, asked: Look) -> None:
        connector = CONNECTORS[asked.format]

        def header() -> _Words:
            names = connector.header(self._engine, asked.file, asked.feed)
            return {"header": None if names is None else list(names)}

        self._answer(header, asked.feed)
        match hear(self._line):
            case Read(columns, size):
                self._pieces(connector.read(self._engine, asked.file, asked.feed, columns, size), asked.feed)
            case _:
                raise EOFError

    def _pieces(self, pieces: Iterator[Reading], feed: Feed) -> None:
        ahead = _next(pieces, feed)
        while isinstance(here := ahead, Reading):
            told = [(line.line, line.raw, line.reason, line.detail) for line in here.rejected]
            answer(
                self._line,
                {"unread": dict(here.unread), "skipped": here.skipped},
                as_bytes(here.rows),
                as_bytes(columns_of(told, REJECTED)),
            )
            ahead = _next(pieces, feed)
            while not isinstance(asked := hear(self._line), Next):
                self._locate(here, asked, feed)
        answer(self._line, here)

    def _locate(self, here: Reading, asked: object, feed: Feed) -> None:
        if not isinstance(asked, Locate):
            raise EOFError
        try:
            found = as_bytes(columns_of(here.locate(asked.positions), LOCATED))
        except Exception as error:  # noqa: BLE001 – told as its kind
            answer(self._line, why(error, feed))
        else:
            answer(self._line, {}, found)

    def _unpack(self, file: Path, member: str) -> None:
        try:
            with packed.opened(file, member) as (size, content):
                answer(self._line, {"size": size})
                for piece in content:
                    hear(self._line)
                    answer(self._line, {}, piece)
            hear(self._line)
            answer(self._line, {"end": True})
        except (EOFError, OSError):
            raise
        except Exception as error:  # noqa: BLE001 – told as its kind
            answer(self._line, why(error, None))

    def _answer(self, work: Callable[[], _Words], feed: Feed | None = None) -> None:
        try:
            words = work()
        except Exception as error:  # noqa: BLE001 – told as its kind
            words = why(error, feed)
        answer(self._line, words)


def _next(pieces: Iterator[Reading], feed: Feed) -> Reading | _Words:
    """The next piece; words where there is none, or why."""
    try:
        return next(pieces, {"end": True})
    except Exception as error:  # noqa: BLE001 – told as its kind
        return why(error, feed)


def why(error: Exception, feed: Feed | None) -> _Words:
    """Why something was not read. What a library says may quote the file: its kind and place alone are told."""
    match error:
        case DeliveryRefused():
            return {"refused": str(error)}
        case MemoryError() | pa.ArrowMemoryError() | duckdb.OutOfMemoryException():
            return {"refused": str(too_much_memory())}
        case _:
            place = extract_tb(error.__traceback__)[-1]
            return {"fault": f"{type(error).__name__} in {Path(place.filename).name}:{place.lineno}"}
