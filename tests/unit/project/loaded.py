"""A project that has landed, loaded and published a small extract, and ways to damage its files."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from virtaama.engines.duckdb import DuckDB
from virtaama.loading.table_hash import table_hashes
from virtaama.project.create import create_from_extract
from virtaama.project.extract import read_extract
from virtaama.project.project import Project

EXTRACT = "ID;STARTED\n" + "".join(f"{n};{n % 28 + 1:02}.10.2026 08:15\n" for n in range(3_000))
CLOCK = ("applied_at",)


def loaded_project(folder: Path) -> Project:
    path = folder / "visits.csv"
    path.write_text(EXTRACT, encoding="utf-8")
    project = create_from_extract(folder / "clinic", path, read_extract(path), date(2026, 10, 31))
    project.land()
    project.load()
    project.publish()
    return project


def hashes(project: Project) -> dict[str, str]:
    """What each table of the warehouse says, but for the clock."""
    engine = DuckDB.open(project.settings.warehouse)
    try:
        return table_hashes(engine, leaving_out=CLOCK)
    finally:
        engine.close()


def flip(path: Path, share: float = 0.5) -> None:
    """Change one bit, so far into the file."""
    with path.open("r+b") as file:
        file.seek(int(path.stat().st_size * share))
        byte = file.read(1)[0]
        file.seek(-1, 1)
        file.write(bytes([byte ^ 4]))
