"""A second warehouse made from the lake alone, held against the first, and put in its place."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from virtaama.engines.port import Engine
from virtaama.loading.reconcile import ABOUT
from virtaama.loading.table_hash import table_hashes
from virtaama.vault.columns import BOOKKEEPING


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What came of making a warehouse anew. Tables are named where the two do not hold the same."""

    tables: int
    differing: tuple[str, ...]
    compared: bool  # False where the old one could not be read, or was not up to date
    aside: Path | None  # where the old warehouse lies; None where it stayed in its place


def hashes_of(engine: Engine) -> dict[str, str]:
    """The hash of each table that holds what was delivered; not of those that tell when it was loaded."""
    found = table_hashes(engine)
    return {name: value for name, value in found.items() if name not in (*BOOKKEEPING, ABOUT)}


def differing_tables(one: dict[str, str], other: dict[str, str]) -> tuple[str, ...]:
    return tuple(sorted(name for name in {*one, *other} if one.get(name) != other.get(name)))


@contextmanager
def beside(warehouse: Path) -> Iterator[Path]:
    """Where the second warehouse is made. What is left there afterwards is taken away."""
    path = warehouse.with_name(f"{warehouse.stem}.rebuilding{warehouse.suffix}")
    _take_away(path)
    try:
        yield path
    finally:
        _take_away(path)


def swap(new: Path, warehouse: Path) -> Path | None:
    """Put the new warehouse in the place of the old, which keeps its rows under a name that is free.

    The name of a file is given from one to the other in one step. A folder, as Spark has, is away for a
    moment; what is interrupted then makes the warehouse anew with the next load.
    """
    if not warehouse.exists():
        new.replace(warehouse)
        return None
    number = 1
    while (aside := warehouse.with_name(f"{warehouse.stem}.old-{number}{warehouse.suffix}")).exists():
        number += 1
    if warehouse.is_dir():
        warehouse.replace(aside)
    else:
        log = _log_of(warehouse)
        if log.exists():
            log.replace(_log_of(aside))
        os.link(warehouse, aside)
    new.replace(warehouse)
    return aside


def _log_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.wal")


def _take_away(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    for leftover in (path, _log_of(path)):
        leftover.unlink(missing_ok=True)
