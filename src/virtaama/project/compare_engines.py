"""The same lake loaded and published on two engines, and every table and every figure held against the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from virtaama.engines.parquet_rows import Difference, difference
from virtaama.engines.port import Engine
from virtaama.lake.files import Lake
from virtaama.lake.ledger import Ledger
from virtaama.lake.noticed import QualityLine
from virtaama.lake.published import current_name, read_manifest
from virtaama.loading.load import load
from virtaama.loading.publish import publish
from virtaama.metrics.definitions import Catalogue
from virtaama.model.model import Model
from virtaama.project.settings import Settings
from virtaama.project.warehouse import open_engine
from virtaama.sql.build import column, select, table
from virtaama.sql.spelling import EngineName
from virtaama.vault.derive import star
from virtaama.vault.design import design

ENGINES = (EngineName.DUCKDB, EngineName.SPARK)

Tell = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One table of the warehouse, mart of the snapshot, or the findings, on both engines."""

    name: str
    rows: int  # on DuckDB
    only_duckdb: int
    only_spark: int
    columns: tuple[str, ...] = ()  # columns that are not of the same name and type on both

    @property
    def same(self) -> bool:
        return not (self.only_duckdb or self.only_spark or self.columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What came of it, with the seconds each engine took to load and publish."""

    parts: tuple[Compared, ...]
    seconds: dict[str, float]

    @property
    def differing(self) -> tuple[Compared, ...]:
        return tuple(part for part in self.parts if not part.same)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """What one engine made: the tables and marts, each as Parquet files, and what it found."""

    files: dict[str, tuple[Path, ...]]
    findings: tuple[QualityLine, ...]
    seconds: float


def compare_engines(
    settings: Settings,
    model: Model,
    catalogue: Catalogue,
    ledger: Ledger,
    folder: Path,
    moment: datetime,
    tell: Tell,
) -> Comparison:
    """Load and publish on each engine below `folder`, which the workers of the cluster see too.

    Lake and ledger of the project are only read. The caller deletes the folder.
    """
    made = {}
    for engine in ENGINES:
        own = replace(settings, data=folder / engine, engine=engine)
        made[engine] = _make(own, settings.lake, model, catalogue, ledger, moment, tell)
    ours, theirs = (made[engine] for engine in ENGINES)
    parts = [_compared(name, ours.files, theirs.files) for name in sorted({*ours.files, *theirs.files})]
    parts.append(_compared_findings(ours.findings, theirs.findings))
    return Comparison(parts=tuple(parts), seconds={engine: made[engine].seconds for engine in ENGINES})


def _make(
    settings: Settings,
    lake: Path,
    model: Model,
    catalogue: Catalogue,
    original: Ledger,
    moment: datetime,
    tell: Tell,
) -> _Made:
    settings.lake.mkdir(parents=True)
    original.copy_to(settings.ledger)
    ledger = Ledger.open(settings.ledger)
    started = time.monotonic()

    def says(done: int, total: int, what: str) -> None:
        tell(done, total, f"{settings.engine}: {what}")

    engine = open_engine(settings, settings.warehouse, lake, settings.data)
    try:
        load(model, ledger, Lake(lake), engine, now=lambda: moment, progress=says)
        publish(
            engine,
            star=partial(star, model, design(model)),
            model=model,
            catalogue=catalogue,
            batches=ledger.batches(),
            folder=settings.published,
            county_code=settings.county_code,
            moment=moment,
            progress=says,
        )
        seconds = time.monotonic() - started
        files = {**dict(_tables(engine, settings.data / "compared")), **dict(_marts(settings.published))}
    finally:
        engine.let_go()
    return _Made(files=files, findings=ledger.quality(), seconds=seconds)


def _tables(engine: Engine, folder: Path) -> Iterator[tuple[str, tuple[Path, ...]]]:
    folder.mkdir()
    for name in engine.tables():
        columns = sorted(column for column, _ in engine.columns(name))
        path = folder / f"{name}.parquet"
        engine.write(select(*map(column, columns)).from_(table(name)), path)
        yield f"warehouse/{name}", tuple(sorted(path.glob("*.parquet"))) if path.is_dir() else (path,)


def _marts(published: Path) -> Iterator[tuple[str, tuple[Path, ...]]]:
    snapshot = published / current_name(published)
    for mart in read_manifest(snapshot).marts:
        yield mart.name, mart.paths(snapshot)


def _compared(name: str, ours: dict[str, tuple[Path, ...]], theirs: dict[str, tuple[Path, ...]]) -> Compared:
    if name not in ours or name not in theirs:
        return Compared(name=name, rows=0, only_duckdb=0, only_spark=0, columns=("(the whole table)",))
    found: Difference = difference(ours[name], theirs[name])
    return Compared(
        name=name,
        rows=found.rows,
        only_duckdb=found.only_first,
        only_spark=found.only_second,
        columns=found.columns,
    )


def _compared_findings(ours: tuple[QualityLine, ...], theirs: tuple[QualityLine, ...]) -> Compared:
    return Compared(
        name="findings",
        rows=len(ours),
        only_duckdb=len(set(ours) - set(theirs)),
        only_spark=len(set(theirs) - set(ours)),
    )
