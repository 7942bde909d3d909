"""Feature tables: built from the warehouse, opened through the door, written to a file."""

from __future__ import annotations

from datetime import date
from functools import reduce
from pathlib import Path

import click
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from virtaama.cli.asked import asker_of, purpose_of
from virtaama.cli.console import progress, say
from virtaama.cli.options import project_option
from virtaama.cli.words import did_you_mean
from virtaama.privacy.spreadsheets import BEGINNINGS, harmless
from virtaama.project.project import Project

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("name")
@click.option(
    "--out",
    "file",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the rows are written: a .parquet or a .csv file.",
)
@click.option(
    "--purpose", required=True, metavar="PURPOSE", help="What the rows are for: planning or evaluation."
)
@click.option(
    "--as-role",
    "role",
    default="analyst",
    show_default=True,
    help="The role in which one asks, from access.yaml.",
)
@click.option("--from", "first", type=_DAY, metavar="DAY", help="The first snapshot day. Default: all.")
@click.option("--to", "last", type=_DAY, metavar="DAY", help="The last snapshot day. Default: all.")
@project_option
def features(
    name: str, file: Path, purpose: str, role: str, first: object, last: object, folder: Path
) -> None:
    """Write a feature table to a file: a row for each instance and snapshot day.

    What has changed since the last time is built first. The rows are about single persons: who asks, in
    which role and for which purpose is decided on and goes on record before anything is built or written.

    \b
    Example:
        virtaama features service_use_monthly --purpose planning --out features.parquet --project demo
    """
    if file.suffix not in (".parquet", ".csv"):
        raise click.ClickException(f"{file}: write to a .parquet or a .csv file.")
    project = Project.open(folder, say)
    table = next((each for each in project.features if each.name == name), None)
    if table is None:
        known = [each.name for each in project.features]
        raise click.ClickException(f"No feature table '{name}'. {did_you_mean(name, known)}")
    asker, wanted = asker_of(project, role, ()), purpose_of(purpose)
    with progress("Building") as tell:
        opened = project.open_features(
            table, asker, wanted, first=_day(first), last=_day(last), progress=tell
        )
    _write(opened.rows, file)
    say(
        f"{len(opened.rows)} rows of {len(set(opened.rows.column('snapshot_day').to_pylist()))} days in {file}, "
        f"model {opened.about.model_version}. On record as {opened.record}."
    )
    if opened.left_out:
        say(
            f"{opened.left_out} rows are left out: too few share {', '.join(table.identifying)}, "
            "or all who do have the same of something sensitive."
        )


def _day(moment: object) -> date | None:
    return moment.date() if hasattr(moment, "date") else None


def _write(rows: pa.Table, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    if file.suffix == ".csv":
        pyarrow.csv.write_csv(_harmless(rows), file)
    else:
        pq.write_table(rows, file)


def _harmless(rows: pa.Table) -> pa.Table:
    """The rows with no text that a spreadsheet takes for a formula."""
    columns = {}
    for name in rows.column_names:
        column = rows[name]
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            begins = [pc.starts_with(column, beginning) for beginning in BEGINNINGS]
            told = pc.binary_join_element_wise("'", column, "")
            column = pc.if_else(pc.fill_null(reduce(pc.or_, begins), False), told, column)
        columns[harmless(name)] = column
    return pa.table(columns)
