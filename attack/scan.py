"""P6: every file a project writes, read through for personal identity codes: whatever it is packed in.

A file is looked at as it lies, and what is compressed or enciphered by its form alone is opened: Parquet, DuckDB,
SQLite, gzip and zip.
"""

from __future__ import annotations

import gzip
import re
import sqlite3
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from attack.outcome import Row, Should
from virtaama.privacy.pseudonyms import is_identity_code

_SHAPE = re.compile(rb"(?=(\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]))", re.IGNORECASE)
_HEX = re.compile(rb"[0-9A-F]+")
_ALNUM = re.compile(rb"[0-9A-Za-z]")
_SQLITE, _PARQUET, _DUCKDB, _GZIP, _ZIP = b"SQLite format 3\0", b"PAR1", b"DUCK", b"\x1f\x8b", b"PK\x03\x04"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """How much was read, and in which files a code stands."""

    files: int
    opened: int  # of them, packed ones that were opened too
    found: tuple[Path, ...]


def scan(folders: Iterable[Path], codes: Collection[str], leaving_out: Collection[Path] = ()) -> Scanned:
    """Read every file below the folders. Any code is found that stands alone, `codes` amid other letters too.

    Among random hexadecimal digits some look like a code: those are left out.
    """
    known = {code.encode() for code in codes}
    files = opened = 0
    found = []
    for path in sorted({path for folder in folders for path in folder.rglob("*") if path.is_file()}):
        if any(each == path or each in path.parents for each in leaving_out):
            continue
        files += 1
        whole = path.read_bytes()
        pieces = [whole]
        if unpack := _unpacking(path, whole):
            pieces += unpack(path)
            opened += 1
        if any(_names_somebody(piece, known) for piece in pieces):
            found.append(path)
    return Scanned(files=files, opened=opened, found=tuple(found))


def _names_somebody(held: bytes, known: Collection[bytes]) -> bool:
    for text in (held, held.replace(b"\0", b"")):  # wide characters too
        for match in _SHAPE.finditer(text):
            code, start = match[1].upper(), match.start()
            alone = not _ALNUM.match(text[start + 11 : start + 12]) and not _ALNUM.match(
                text[start - 1 : start]
            )
            if alone and is_identity_code(code.decode()):
                return True
            if code in known and not _HEX.fullmatch(code):
                return True
    return False


def _unpacking(path: Path, whole: bytes) -> Callable[[Path], Iterator[bytes]] | None:
    """What opens a packed file."""
    if whole.startswith(_SQLITE):
        return _of_sqlite
    if whole.startswith(_PARQUET):
        return _of_parquet
    if whole[8:12] == _DUCKDB:
        return _of_duckdb
    if whole.startswith(_GZIP):
        return lambda path: iter([gzip.decompress(path.read_bytes())])
    return _of_zip if whole.startswith(_ZIP) else None


def _of_parquet(path: Path) -> Iterator[bytes]:
    for group in pq.ParquetFile(path).iter_batches(batch_size=20_000):
        yield from (str(column.to_pylist()).encode() for column in group.columns)


def _of_sqlite(path: Path) -> Iterator[bytes]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        connection.text_factory = bytes
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in connection.execute(f'SELECT * FROM "{name.decode()}"'):
                yield b"\n".join(value for value in row if isinstance(value, bytes))


def _of_duckdb(path: Path) -> Iterator[bytes]:
    with closing(duckdb.connect(str(path), read_only=True)) as connection:
        tables = connection.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
        for schema, name in tables:
            cursor = connection.execute(f'SELECT * FROM "{schema}"."{name}"')
            while rows := cursor.fetchmany(20_000):
                yield str(rows).encode()


def _of_zip(path: Path) -> Iterator[bytes]:
    with zipfile.ZipFile(path) as held:
        yield from (held.read(name) for name in held.namelist())


def rows(folders: Iterable[Path], codes: Collection[str], leaving_out: Collection[Path]) -> Iterator[Row]:
    """P6, over all that a project keeps; `leaving_out` is what others delivered and the keys."""
    scanned = scan(folders, codes, leaving_out)
    what = f"files with an identity code, {scanned.opened} opened of Parquet, DuckDB, SQLite and the like"
    yield Row(id="P6", what=what, tried=scanned.files, got=len(scanned.found), should=Should.NONE)
