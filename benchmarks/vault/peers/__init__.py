"""AutomateDV and datavault4dbt doing the same, where the user has them. Nothing of theirs is kept here.

They are driven as their users drive them: a dbt project whose models call their macros, written into the work folder at
run time. Neither supports DuckDB: there, what a macro does is left to their PostgreSQL or general variant by
wrappers of ours, also written at run time.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from benchmarks.vault.peers import automate_dv, datavault4dbt, postgres
from benchmarks.vault.peers.project import DbtProject, write_project

if TYPE_CHECKING:
    from benchmarks.vault.bench import Bench

SYSTEMS = {"automate_dv": automate_dv.PEER, "datavault4dbt": datavault4dbt.PEER}


def measure(bench: Bench, system: str, folder: Path, dbt: Path, *, on_postgres: bool) -> None:
    """Initial load, increment and a whole delivery with 1 % changed, by one of the systems."""
    if not on_postgres:
        _measure(bench, write_project(bench.folder, SYSTEMS[system], folder, dbt, None))
        return
    with postgres.running(bench.folder / "postgres") as server:
        _measure(bench, write_project(bench.folder, SYSTEMS[system], folder, dbt, server))


def versions(folder: Path, dbt: Path) -> str:
    """What the peers and dbt call themselves."""
    said = subprocess.run([dbt, "--version"], check=True, capture_output=True, text=True).stdout
    found = [f"dbt {core[1]}"] if (core := re.search(r"installed:\s+(\S+)", said)) else []
    for peer in SYSTEMS.values():
        settings = folder / peer.package / "dbt_project.yml"
        if settings.exists():
            version = yaml.safe_load(settings.read_text(encoding="utf-8"))["version"]
            found.append(f"{peer.system} {version}")
    return ", ".join(found)


def _measure(bench: Bench, project: DbtProject) -> None:
    steps = (
        ("initial load", bench.initial(), False),
        ("increment of 1 %", bench.increment(), True),
        ("whole again, 1 % changed", bench.changed(), True),
    )
    # A round of a later step begins with the vault of the initial load.
    for number, (case, data, back) in enumerate(steps):
        moment = f"2026-01-{number + 2:02d} 00:00:00"

        def before(data: Path = data, moment: str = moment, back: bool = back) -> None:
            project.bring_back() if back else project.empty()
            project.deliver(data, moment)

        bench.best(case, project.system, project.run, before)
        if not back:
            project.keep()
    project.remove()
