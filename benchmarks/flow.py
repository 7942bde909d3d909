"""The whole flow, timed stage by stage beside its floor. Run by `make bench`; prints a Markdown table.

Every stage and every floor is a process of its own, so peak memory is that of the stage alone. The
floor of landing is plain DuckDB reading the delivered files and writing their rows to Parquet; the floor
of loading is plain DuckDB reading the landed Parquet and writing as many rows, as wide, as the vault got.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
from django.test import Client

from virtaama.lake.published import read_manifest
from virtaama.portal.serve import prepare
from virtaama.privacy.policy import Asker
from virtaama.project.create import create_county
from virtaama.project.project import Project
from virtaama.synthetic.county import CountySize

GLOBS_OF_TEXT = {".csv": "csv", ".jsonl": "json", ".ndjson": "json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    stage: str
    rows: int
    seconds: float
    peak_megabytes: float

    @property
    def rows_per_second(self) -> float:
        return self.rows / self.seconds if self.seconds else 0.0


def invent(folder: Path, residents: int) -> int:
    project = Project.open(folder)
    project.invent(CountySize(residents=residents, seed=1))
    return sum(1 for path in project.settings.deliveries.rglob("*") if path.is_file())


def land(folder: Path) -> int:
    project = Project.open(folder)
    project.land()
    return sum(batch.rows for batch in project.ledger.batches())


def landing_floor(folder: Path) -> int:
    """Every delivered text file, read with its columns as text and written to Parquet."""
    deliveries = Project.open(folder).settings.deliveries
    rows = 0
    with tempfile.TemporaryDirectory() as scratch, duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        for number, path in enumerate(sorted(p for p in deliveries.rglob("*") if p.suffix in GLOBS_OF_TEXT)):
            reader = (
                "read_csv(?, delim=';', header=true, all_varchar=true, ignore_errors=true, encoding='latin-1')"
                if path.suffix == ".csv"
                else "read_ndjson_auto(?, ignore_errors=true)"
            )
            target = Path(scratch) / f"{number}.parquet"
            written = connection.execute(
                f"COPY (SELECT * FROM {reader}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)", [str(path)]
            ).fetchone()
            rows += written[0] if written else 0
            target.unlink()
    return rows


def load(folder: Path) -> int:
    project = Project.open(folder)
    project.load()
    return sum(rows for _, rows, _ in vault_tables(project))


def loading_floor(folder: Path) -> int:
    """As many rows as each vault table holds, with as many columns, read from the lake and written."""
    project = Project.open(folder)
    files: dict[str, list[str]] = {}
    for batch in project.ledger.batches():
        files.setdefault(batch.feed, []).append(str(project.lake.verified_path(batch)))
    largest = max(files, key=lambda feed: sum(Path(f).stat().st_size for f in files[feed]))
    rows = 0
    with tempfile.TemporaryDirectory() as scratch, duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        connection.execute("SET preserve_insertion_order = false")
        for table, count, width in vault_tables(project):
            feeds = [feed for feed in files if f"__{feed.replace('.', '__')}" in table] or [largest]
            source = [file for feed in feeds for file in files[feed]]
            columns = [
                row[0]
                for row in connection.execute(
                    "DESCRIBE SELECT * FROM read_parquet(?)", [source[:1]]
                ).fetchall()
            ][:width]
            selected = ", ".join(f'"{column}"' for column in columns)
            target = Path(scratch) / "floor.parquet"
            left = count
            while left > 0:
                written = connection.execute(
                    f"COPY (SELECT {selected} FROM read_parquet(?, union_by_name=true) LIMIT {left})"
                    f" TO '{target}' (FORMAT parquet, COMPRESSION zstd)",
                    [source],
                ).fetchone()
                wrote = written[0] if written else 0
                if not wrote:
                    break
                rows, left = rows + wrote, left - wrote
                target.unlink()
    return rows


def vault_tables(project: Project) -> tuple[tuple[str, int, int], ...]:
    """Name, rows and number of columns of each table of the vault."""
    with duckdb.connect(str(project.settings.warehouse), read_only=True) as connection:
        found = connection.execute(
            "SELECT table_name, estimated_size, column_count FROM duckdb_tables()"
            " WHERE regexp_matches(table_name, '^(hub|link|sat)_')"
        ).fetchall()
    return tuple((name, rows, columns) for name, rows, columns in found)


def publish(folder: Path) -> int:
    publication = Project.open(folder).publish()
    return sum(mart.rows for mart in read_manifest(publication.folder).marts)


STAGES: dict[str, Callable[[Path], int]] = {
    "landing": land,
    "landing floor": landing_floor,
    "loading": load,
    "loading floor": loading_floor,
    "publication": publish,
    "publication without news": publish,
}


def in_its_own_process(stage: str, folder: Path, residents: int) -> Result:
    command = [
        sys.executable,
        __file__,
        "--stage",
        stage,
        "--folder",
        str(folder),
        "--residents",
        str(residents),
    ]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return Result(**json.loads(done.stdout.splitlines()[-1]))


def one_stage(stage: str, folder: Path, residents: int) -> None:
    started = time.perf_counter()
    rows = invent(folder, residents) if stage == "invention" else STAGES[stage](folder)
    result = Result(
        stage=stage,
        rows=rows,
        seconds=time.perf_counter() - started,
        peak_megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )
    print(json.dumps(asdict(result)))


def steering_page(folder: Path, requests: int) -> tuple[float, float]:
    """Server time of the steering page, signed in, over areas and periods in turn: p50 and p95 in ms."""
    prepare(folder)
    project = Project.open(folder)
    manager = next(user for user in project.demo_users if user.role == "manager")
    browser = Client(SERVER_NAME="127.0.0.1")
    signed_in = browser.post("/", {"name": manager.name, "password": manager.password})
    assert signed_in.status_code == 302, signed_in.status_code
    asker = Asker(id="benchmark", role="manager")
    areas = [area.code for area in project.door().areas(asker)]
    months = ["2026-10", "2026-05", "2025-12", "2025-03"]
    milliseconds = []
    for number in range(requests):
        asked = {"area": areas[number % len(areas)], "period": months[number % len(months)], "grain": "month"}
        started = time.perf_counter()
        page = browser.get("/ohjaus/", asked)
        milliseconds.append(1000 * (time.perf_counter() - started))
        assert page.status_code == 200, page.status_code
    milliseconds.sort()
    return statistics.median(milliseconds), milliseconds[int(requests * 0.95) - 1]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--residents", type=int, default=200_000)
    arguments.add_argument("--folder", type=Path, default=Path("bench"))
    arguments.add_argument("--requests", type=int, default=200)
    arguments.add_argument("--stage", default="")
    chosen = arguments.parse_args()
    if chosen.stage:
        one_stage(chosen.stage, chosen.folder, chosen.residents)
        return
    if not (chosen.folder / "virtaama.yaml").exists():
        create_county(chosen.folder, demo=True)
    results = [in_its_own_process(stage, chosen.folder, chosen.residents) for stage in ("invention", *STAGES)]
    print(
        f"\n{datetime.date.today().isoformat()}, {chosen.residents:,} residents, {os.cpu_count()} cores,"
        f" Python {platform.python_version()}, DuckDB {duckdb.__version__}\n"
    )
    print("| Stage | Rows | Seconds | Rows per second | Peak MB |\n|---|--:|--:|--:|--:|")
    for result in results:
        print(
            f"| {result.stage} | {result.rows:,} | {result.seconds:.1f} | {result.rows_per_second:,.0f}"
            f" | {result.peak_megabytes:,.0f} |"
        )
    by_stage = {result.stage: result for result in results}
    for stage in ("landing", "loading"):
        ratio = by_stage[f"{stage} floor"].rows_per_second / by_stage[stage].rows_per_second
        print(f"\n{stage}: {ratio:.1f} times the floor")
    p50, p95 = steering_page(chosen.folder, chosen.requests)
    print(f"\nsteering page, server time: p50 {p50:.0f} ms, p95 {p95:.0f} ms ({chosen.requests} requests)")


if __name__ == "__main__":
    main()
