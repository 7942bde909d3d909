"""P12: persons who were erased, looked for in every file that is left, by who knows their codes and has every key.

The search shares no code with the product's own proof: files as bytes, Parquet and warehouse as text by the engine,
SQLite as its own dump, zips unpacked, rows that were set aside opened.
"""

from __future__ import annotations

import sqlite3
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from uuid import UUID

import duckdb

from attack.county import codes_in
from attack.outcome import Row, Should
from virtaama.access.persons import person_key
from virtaama.privacy.policy import Asker
from virtaama.project.erasing import whom
from virtaama.project.erasing.erase import Why, erase
from virtaama.project.project import Project

OFFICER = Asker(id="attacker", role="data_protection_officer")
WHY = Why(reason="to see what is left", legal_basis="an invented county")


def rows(project: Project, persons: int) -> Iterator[Row]:
    """Erase some persons of a county one by one and look for them before and after."""
    codes = codes_in(project)
    chosen = codes[:: max(1, len(codes) // persons)][:persons]
    known = {code: _traces(project, code) for code in chosen}
    before = _rows_of_others(project, [trace for traces in known.values() for trace in traces])
    found_before = sum(_found(project, traces) > 0 for traces in known.values())
    yield Row(
        id="P12",
        what="persons found in files before they are erased",
        tried=len(chosen),
        got=found_before,
        should=Should.ALL,
    )
    for code in chosen:
        erase(project, date.today(), code, OFFICER, WHY, before_due=True)
    files = sum(1 for _ in _files(project))
    hits = sum(_found(project, traces) for traces in known.values())
    what = f"persons erased: places where code, pseudonym or key still stand in {files} files, with every key"
    yield Row(id="P12", what=what, tried=len(chosen), got=hits, should=Should.NONE)
    after = _rows_of_others(project, [trace for traces in known.values() for trace in traces])
    changed = len(before.items() ^ after.items())
    what = "tables of the warehouse that say something else of persons who stay, by the first erasure or a later one"
    yield Row(id="P12", what=what, tried=len(before), got=changed, should=Should.NONE)


def _traces(project: Project, code: str) -> tuple[bytes, ...]:
    """What a person may be known by, as it may stand in a file."""
    found = [code.encode(), code.lower().encode(), code.encode("utf-16-le")]
    for name in whom.by_code(project, code).names:
        key = person_key(name)
        found += [name.encode(), key, key.hex().encode(), str(UUID(bytes=key)).encode()]
    return tuple(found)


def _files(project: Project) -> Iterator[Path]:
    """Everything but the audit log, which the law keeps."""
    for path in sorted(project.settings.folder.rglob("*")):
        if path.is_file() and not path.name.startswith("audit.") and "audit.rosters" not in path.parts:
            yield path


def _found(project: Project, traces: Sequence[bytes]) -> int:
    return sum(
        any(trace in raw for trace in traces) for path in _files(project) for raw in _read(project, path)
    )


def _read(project: Project, path: Path) -> Iterator[bytes]:
    """A file as it lies there, and whatever can be made to be read of it."""
    raw = path.read_bytes()
    yield raw
    if path.suffix == ".parquet":
        with closing(duckdb.connect()) as connection:
            columns = "COLUMNS(*)::VARCHAR"
            yield _text(connection.execute(f"SELECT {columns} FROM read_parquet('{path}')").fetchall())
            kinds = connection.execute(f"DESCRIBE SELECT * FROM read_parquet('{path}')").fetchall()
            for name in (row[0] for row in kinds if row[1] == "BLOB"):
                found = connection.execute(f"SELECT hex(\"{name}\") FROM read_parquet('{path}')").fetchall()
                yield _text(found).lower()
    elif path.suffix == ".duckdb":
        with closing(duckdb.connect(str(path), read_only=True)) as connection:
            names = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
            for (name,) in names:
                yield _text(connection.execute(f'SELECT COLUMNS(*)::VARCHAR FROM "{name}"').fetchall())
    elif raw.startswith(b"SQLite format 3\0"):
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            yield "\n".join(database.iterdump()).encode(errors="replace")
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    if path == project.settings.ledger:
        for batch in project.ledger.batches():
            for row in project.ledger.rejected(batch.number):
                if row.raw:
                    yield project.keyring.unseal(row.raw, batch.feed)


def _text(rows: Sequence[tuple[object, ...]]) -> bytes:
    return "\n".join("\t".join(map(str, row)) for row in rows).encode()


def _rows_of_others(project: Project, traces: Sequence[bytes]) -> dict[str, int]:
    """How many different rows each table of persons has that names none of them, and what they are, in one number."""
    names = [trace.decode() for trace in traces if len(trace) == 36 and trace.count(b"-") == 4]
    with closing(duckdb.connect(str(project.settings.warehouse), read_only=True)) as connection:
        found = {}
        for (table,) in connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE table_name LIKE '%resident%'"
        ).fetchall():
            [(number,)] = connection.execute(
                f'SELECT coalesce(sum(hash(r)::HUGEINT), 0)::VARCHAR FROM "{table}" r '
                "WHERE resident_key::VARCHAR NOT IN (SELECT unnest(?))",
                [names],
            ).fetchall()
            found[table] = int(number)
        return found
