"""What concerns models that were in use: the way back, and a warehouse made anew from the lake."""

from __future__ import annotations

from pathlib import Path

import click

from virtaama.cli.console import print_table, progress, say
from virtaama.cli.options import project_option
from virtaama.project.project import Project


@click.command(name="back-out")
@click.option("--list", "listed", is_flag=True, help="List the models that were in use, and do nothing.")
@click.option("--version", default="", help="This model rather than the one in use before.")
@click.option(
    "--to", type=click.Path(path_type=Path), help="Only write a copy of its files below this folder."
)
@project_option
def back_out(listed: bool, version: str, to: Path | None, folder: Path) -> None:
    """Go back to the model that was in use before: put its files, and those of its metrics, in their place.

    The files that were there are kept below data/models. Nothing else is changed: `virtaama plan` says what
    the way back does to the warehouse, `virtaama load` does it. Doing it again leads forth again.

    \b
    Example:
        virtaama back-out --project demo
    """
    project = Project.open(folder, say)
    if listed:
        print_table(
            ("version", "in use since", "files"),
            [
                (found.version, f"{found.moment:%Y-%m-%d %H:%M}", len(found.files))
                for found in project.ledger.deployments()
            ],
        )
        return
    done = project.back_out(version, to)
    say(f"The {len(done.model.files)} files of model {done.model.version} lie in {done.folder}.")
    if done.aside:
        say(f"Those that were in their place are kept in {done.aside}.")
        say("`virtaama plan` says what the warehouse needs for it, `virtaama load` does it.")


@click.command()
@click.option("--check", "only_checked", is_flag=True, help="Only make it and compare; leave the old one.")
@project_option
def rebuild(only_checked: bool, folder: Path) -> None:
    """Make the warehouse anew from the lake alone, beside the old one, and compare the two table by table.

    The new one takes the place of the old, which is kept as warehouse.old-<n>. Readers keep what is
    published all the while.

    \b
    Example:
        virtaama rebuild --check --project demo
    """
    project = Project.open(folder, say)
    with progress("Rebuilding") as tell:
        made = project.rebuild(tell, swapped=not only_checked)
    if not made.compared:
        say(f"{made.tables} tables made. The old warehouse could not be compared: it was not up to date.")
    elif made.differing:
        say(f"{len(made.differing)} of {made.tables} tables differ: {', '.join(made.differing)}.")
    else:
        say(f"All {made.tables} tables are the same, by their hashes.")
    if made.aside:
        say(f"The old warehouse is kept as {made.aside.name}. Delete it when it is no longer needed.")
