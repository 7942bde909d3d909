"""Every block of a warehouse, read once: damage is found where no question would have met it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from virtaama.engines.faults import told
from virtaama.engines.port import FileDamaged
from virtaama.engines.segments import Segments


def read_through(path: Path) -> int:
    """Read every value of every table; returns how many rows there are. The file is not changed.

    Raises FileDamaged, Busy.
    """
    if path.is_dir():
        return _segments(path)
    with told(str(path)), duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal"
        ).fetchall()
        rows = 0
        for schema, table in tables:
            # A hash of the whole row asks for every column.
            found = connection.execute(
                f"SELECT count(*), bit_xor(hash(t)) FROM {_quoted(schema)}.{_quoted(table)} t"  # nosec B608 # names are quoted
            ).fetchone()
            rows += int(found[0]) if found else 0
        return rows


def _segments(folder: Path) -> int:
    """The tables of Spark: every page of every file that the manifest names."""
    segments = Segments.open(folder)
    try:
        rows = 0
        for table in segments.current().tables.values():
            for segment in table.segments:
                found = sum(_rows(Path(file)) for file in segments.files(segment))
                if found != segment.rows:
                    raise FileDamaged("a segment has other rows than were written")
                rows += found
        return rows
    finally:
        segments.close()


def _rows(file: Path) -> int:
    try:
        return int(pq.read_table(file).num_rows)
    except (OSError, pa.ArrowException) as error:
        raise FileDamaged(f"{file.name} cannot be read") from error


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
