"""Make a project folder."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from virtaama.cli.console import print_table, say
from virtaama.problems import VirtaamaError
from virtaama.project.create import create_county, create_empty, create_from_extract
from virtaama.project.extract import read_extract


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--from-file",
    "extract",
    type=click.Path(path_type=Path),
    help="An extract to begin from: CSV or JSON lines.",
)
@click.option("--county", is_flag=True, help="Begin with the whole model of the invented county.")
def new(folder: Path, extract: Path | None, county: bool) -> None:
    """Make a project: settings, roles, keys and, from an extract, a first model to edit.

    With --from-file the extract is looked into, a source description, a concept, a mapping and a first
    metric are proposed, and the extract lies ready as the first delivery. Nothing leaves this machine.

    \b
    Example:
        virtaama new clinic --from-file visits.csv
    """
    if extract and county:
        raise click.UsageError("Choose one of --from-file and --county.")
    if county:
        project = create_county(folder)
    elif extract:
        looked_into = read_extract(extract)
        project = create_from_extract(folder, extract, looked_into, date.today())
        print_table(
            ("column", "type", "format", "remark"),
            [
                (
                    column.name,
                    column.type.value,
                    column.format,
                    "key" if column == looked_into.key else "names a person" if column.direct else "",
                )
                for column in looked_into.columns
            ],
        )
    else:
        project = create_empty(folder)
    say(
        f"Project in {project.settings.folder}. Its keys are in {project.settings.keys}: keep a safe copy of them."
    )
    try:
        project.check()
    except VirtaamaError as problems:
        say(f"To mend first:\n{problems}")
    else:
        say(f"Next: look the files through, then virtaama land --project {folder}")
