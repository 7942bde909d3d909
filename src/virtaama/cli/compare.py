"""Holding one engine against the other."""

from __future__ import annotations

from pathlib import Path

import click

from virtaama.cli.console import print_table, progress, say
from virtaama.cli.options import project_option
from virtaama.problems import EnginesDiffer
from virtaama.project.project import Project


@click.command()
@project_option
@click.option("--engines", is_flag=True, required=True, help="Compare DuckDB with Spark.")
@click.option(
    "--folder",
    "below",
    type=click.Path(path_type=Path),
    help="Where both warehouses are made; the workers of the cluster see it too. Without it: the data folder.",
)
@click.option("--all", "everything", is_flag=True, help="List what is the same as well.")
def compare(folder: Path, engines: bool, below: Path | None, everything: bool) -> None:
    """Load the lake on DuckDB and on Spark, and compare every table, every mart and every figure row by row.

    Both warehouses are made in folders that are deleted again; the project is not changed. Binary numbers
    are the same up to nine digits: their sums depend on the order. Exit code 11 when something differs.

    \b
    Example:
        virtaama compare --engines --project demo
    """
    assert engines  # the only comparison there is; click asks for it
    with progress("Comparing") as tell:
        found = Project.open(folder, say).compare_engines(below, tell)
    shown = found.parts if everything else found.differing
    if shown:
        print_table(
            ("table", "rows", "only on DuckDB", "only on Spark", "columns that differ"),
            [(p.name, p.rows, p.only_duckdb, p.only_spark, ", ".join(p.columns)) for p in shown],
        )
    took = ", ".join(f"{engine} {seconds:.0f} s" for engine, seconds in found.seconds.items())
    rows = sum(part.rows for part in found.parts)
    if found.differing:
        raise EnginesDiffer(f"{len(found.differing)} of {len(found.parts)} tables differ ({took}).")
    say(f"{len(found.parts)} tables with {rows} rows are the same on both engines ({took}).")
