"""The warehouse of a project: opened, compared with the ledger, and moved aside when it is not to be trusted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from virtaama.engines.duckdb import DuckDB
from virtaama.engines.memory import of_the_engine, threads_within
from virtaama.engines.port import Engine
from virtaama.lake.ledger import Ledger
from virtaama.loading.reconcile import reconcile
from virtaama.problems import NotReady
from virtaama.project.settings import Settings
from virtaama.sql.spelling import EngineName

SESSION = "session"
"""The folder beside a warehouse on Spark from which executors take that they keep no logs: nobody's rows."""


@contextmanager
def opened(settings: Settings, ledger: Ledger, file: Path | None = None) -> Iterator[Engine]:
    """The warehouse, reconciled with its ledger; `file` where it is another than that of the settings.

    Raises FileDamaged when the file is not whole or not this ledger's, from here or from what is done
    inside; the file is closed by then.
    """
    folders = (settings.lake, settings.published, settings.features, settings.direct)
    engine = open_engine(settings, file or settings.warehouse, *folders)
    try:
        reconcile(engine, ledger)
        yield engine
    except BaseException:
        engine.let_go()
        raise
    engine.close()


def open_engine(settings: Settings, warehouse: Path, *folders: Path) -> Engine:
    """The engine a project asks for, with a warehouse as it is. It can read and write below these folders."""
    warehouse.parent.mkdir(parents=True, exist_ok=True)
    if settings.engine is EngineName.SPARK:
        return _spark(settings, warehouse, folders)
    return DuckDB.open(
        warehouse,
        folders=folders,
        memory=of_the_engine(settings.memory),
        threads=settings.threads or threads_within(settings.memory, os.cpu_count() or 1),
        temporary=warehouse.parent / "temporary",
    )


def _spark(settings: Settings, warehouse: Path, folders: tuple[Path, ...]) -> Engine:
    # Imported here: Spark is installed only where it is asked for.
    try:
        from virtaama.engines.spark import Spark
        from virtaama.engines.spark_session import start_session
    except ImportError:
        raise NotReady(
            "virtaama.yaml says `engine: spark`, and PySpark is not installed.\n"
            "  Run: pip install 'virtaama[spark]'. See docs/how-to/run-on-spark.md."
        ) from None
    asked = settings.spark
    session = start_session(
        asked.master,
        warehouse.parent / SESSION,
        memory=asked.executor_memory,
        driver_memory=asked.driver_memory,
        cores=asked.cores,
        settings=dict(asked.settings),
    )
    return Spark.open(warehouse, session, folders=folders)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A warehouse that was moved aside, so that a new one can be made from the lake."""

    file: Path
    to: Path
    reason: str

    def __str__(self) -> str:
        return (
            f"{self.file} is not to be trusted: {self.reason}.\n"
            f"  It was moved aside as {self.to.name} and is made again from the lake; nothing is lost. "
            "Delete the file when you have looked into it."
        )


def set_aside(warehouse: Path, reason: str) -> SetAside:
    """Move the file and its log aside under a name that is free: `warehouse.damaged-<n>.duckdb`."""
    number = 1
    while (to := warehouse.with_name(f"{warehouse.stem}.damaged-{number}{warehouse.suffix}")).exists():
        number += 1
    # The log first: left behind beside a new file it would be read as that file's.
    log = warehouse.with_name(f"{warehouse.name}.wal")
    if log.exists():
        log.replace(to.with_name(f"{to.name}.wal"))
    if warehouse.exists():
        warehouse.replace(to)
    return SetAside(file=warehouse, to=to, reason=reason)
