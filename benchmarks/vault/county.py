"""The invented county: three years of deliveries, the last month of which comes as an increment."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.vault import ours
from benchmarks.vault.measure import python
from benchmarks.vault.report import OURS
from virtaama.project.create import create_county

if TYPE_CHECKING:
    from benchmarks.vault.bench import Bench

FLOW = "benchmarks.flow"
LATER = "follow_up_care: JATKOH"  # mapped only after the change, in both mappings of specialised care


def measure(bench: Bench, residents: int) -> None:
    """The initial load of all months but one, the last month, the same files again, and a model change."""
    folder = bench.folder / f"county-{residents}"
    if not (folder / "deliveries" / "whole").exists():
        shutil.rmtree(folder, ignore_errors=True)
        create_county(folder, demo=True)
        python(FLOW, "--stage", "invention", "--folder", folder, "--residents", residents)
        (folder / "deliveries" / "whole").touch()
    for part in ("data", "held"):
        shutil.rmtree(folder / part, ignore_errors=True)
    mapping = folder / "mappings" / "specialised_care.yaml"
    written = mapping.read_text(encoding="utf-8")
    mapping.write_text(
        "\n".join(line for line in written.splitlines() if line.strip() != LATER) + "\n", encoding="utf-8"
    )
    try:
        _measure(bench, folder, f"county of {residents:,} residents: ", mapping, written)
    finally:
        mapping.write_text(written, encoding="utf-8")


def _measure(bench: Bench, folder: Path, name: str, mapping: Path, written: str) -> None:
    last = max(month.name for system in _systems(folder) for month in system.iterdir() if month.is_dir())
    _move(folder / "deliveries", folder / "held", last)
    try:
        python("benchmarks.vault.ours", "land", folder)
        case = f"{name}initial load"
        bench.best(
            case,
            OURS,
            lambda: python("benchmarks.vault.ours", "load", folder),
            lambda: ours.bring_back(folder),
        )
        bench.best(
            case,
            "floor: as many rows, as wide",
            lambda: python(FLOW, "--stage", "loading floor", "--folder", folder),
        )
    finally:
        _move(folder / "held", folder / "deliveries", last)
    python("benchmarks.vault.ours", "land", folder)
    ours.keep(folder)
    bench.best(
        f"{name}the last month",
        OURS,
        lambda: python("benchmarks.vault.ours", "load", folder),
        lambda: ours.bring_back(folder),
    )
    bench.best(f"{name}all files again", OURS, lambda: python("benchmarks.vault.ours", "land", folder))
    mapping.write_text(written, encoding="utf-8")
    ours.keep(folder)
    bench.best(
        f"{name}an attribute of hospital care added and filled",
        OURS,
        lambda: python("benchmarks.vault.ours", "load", folder),
        lambda: ours.bring_back(folder),
    )


def _systems(folder: Path) -> list[Path]:
    return [system for system in (folder / "deliveries").iterdir() if system.is_dir()]


def _move(source: Path, target: Path, month: str) -> None:
    for system in [system for system in source.iterdir() if (system / month).is_dir()]:
        (target / system.name).mkdir(parents=True, exist_ok=True)
        (system / month).rename(target / system.name / month)
