"""Every file of a project read through for somebody: their identity code, their name in the lake, their key.

Bytes as they lie on disk, what is packed in a zip, every value of Parquet files and of warehouses. A key is looked for
as text, as a UUID, and as the bytes it has in marts and in the warehouse.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from virtaama.privacy.identity_codes_in import codes_in

_NAME = re.compile(rb"(?<![0-9A-Za-z])(?:p|\d{1,3})-[0-9a-f]{32}(?![0-9a-f])")
_HEX = re.compile(
    rb"(?<![0-9a-f])(?:[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?![0-9a-f])",
    re.IGNORECASE,
)
_PIECE = 64 << 20
_OVERLAP = 128  # bytes that are read again: longer than anything looked for
_FEW = 64  # keys that are looked for byte by byte in every file; more in what can be read through alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """What somebody may be found by."""

    is_theirs: Callable[[str], bool]  # a normalised identity code
    names: frozenset[str]
    keys: frozenset[bytes]
    _patterns: list[re.Pattern[bytes]] = field(default_factory=list, repr=False)

    def in_bytes(self, raw: bytes, *, keys_too: bool = True) -> int:
        """How often anything of them stands in bytes."""
        found = sum(map(self.is_theirs, codes_in(raw)))
        found += sum(name.decode() in self.names for name in _NAME.findall(raw))
        found += sum(bytes.fromhex(text.decode().replace("-", "")) in self.keys for text in _HEX.findall(raw))
        if keys_too and len(self.keys) <= _FEW:
            found += sum(raw.count(form) for key in self.keys for form in _forms(key))
        return found

    def in_column(self, column: pa.Array) -> int:
        """The same in the values of a column."""
        kind = column.type
        if pa.types.is_string(kind) or pa.types.is_large_string(kind):
            return self.in_bytes("\n".join(v for v in column.to_pylist() if v).encode(), keys_too=False)
        if pa.types.is_binary(kind) or pa.types.is_fixed_size_binary(kind) or pa.types.is_large_binary(kind):
            values = [value for value in column.to_pylist() if value]
            return sum(v in self.keys if len(v) == 16 else self.in_bytes(v) > 0 for v in values)
        return 0


def _forms(key: bytes) -> Iterator[bytes]:
    """A key as marts have it, and as the warehouse does: two halves, the higher with its first bit turned."""
    high, low = int.from_bytes(key[:8], "big"), int.from_bytes(key[8:], "big")
    yield key
    yield low.to_bytes(8, "little") + (high ^ 1 << 63).to_bytes(8, "little")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A file in which somebody was found. Says how, never whom."""

    file: Path
    how: str
    times: int


def search(files: Iterable[Path], traces: Traces) -> Iterator[Hit]:
    """Every file in which anything of somebody stands."""
    for path in files:
        if times := _in_raw(path, traces):
            yield Hit(file=path, how="bytes", times=times)
        elif path.suffix == ".parquet" and (times := in_parquet(path, traces)):
            yield Hit(file=path, how="rows", times=times)
        elif path.suffix == ".duckdb" and (times := in_duckdb(path, traces)):
            yield Hit(file=path, how="tables", times=times)
        elif zipfile.is_zipfile(path) and (times := _in_zip(path, traces)):
            yield Hit(file=path, how="packed", times=times)


def names_somebody(path: Path, traces: Traces) -> bool:
    """Whether one file holds anything of somebody."""
    return next(search([path], traces), None) is not None


def _in_raw(path: Path, traces: Traces) -> int:
    found = 0
    with path.open("rb") as file:
        before = b""
        while piece := file.read(_PIECE):
            found += traces.in_bytes(before + piece)
            before = piece[-_OVERLAP:]
    return found


def in_parquet(path: Path, traces: Traces) -> int:
    """How often anything of somebody stands in the values of a Parquet file."""
    whole = pq.ParquetFile(path)
    found = 0
    for piece in whole.iter_batches():
        found += sum(traces.in_column(piece.column(place)) for place in range(piece.num_columns))
    return found


def in_duckdb(path: Path, traces: Traces) -> int:
    """The same in every table of a warehouse."""
    found = 0
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal").fetchall()
        for (name,) in tables:
            quoted = '"' + name.replace('"', '""') + '"'
            rows = connection.sql(f"SELECT COLUMNS(*)::VARCHAR FROM {quoted}").to_arrow_reader()  # nosec B608 # the name is quoted
            for piece in rows:
                found += sum(traces.in_column(piece.column(place)) for place in range(piece.num_columns))
    return found


def _in_zip(path: Path, traces: Traces) -> int:
    found = 0
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            with archive.open(name) as member:
                before = b""
                while piece := member.read(_PIECE):
                    found += traces.in_bytes(before + piece)
                    before = piece[-_OVERLAP:]
    return found
