"""The file of the warehouse: opened, compared with the ledger, and moved aside when it is not to be trusted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from virtaama.engines.duckdb import DuckDB
from virtaama.lake.ledger import Ledger
from virtaama.loading.reconcile import reconcile
from virtaama.project.settings import Settings


@contextmanager
def opened(settings: Settings, ledger: Ledger, file: Path | None = None) -> Iterator[DuckDB]:
    """The warehouse, reconciled with its ledger; `file` where it is another than that of the settings.

    Raises FileDamaged when the file is not whole or not this ledger's, from here or from what is done
    inside; the file is closed by then.
    """
    settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
    engine = DuckDB.open(
        file or settings.warehouse,
        folders=(settings.lake, settings.published),
        memory=settings.memory,
        threads=settings.threads,
        temporary=settings.warehouse.parent / "temporary",
    )
    try:
        reconcile(engine, ledger)
        yield engine
    except BaseException:
        engine.let_go()
        raise
    engine.close()


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
