"""Make a project folder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from virtaama.cli.console import print_table, say
from virtaama.model.collect import is_secret_reference
from virtaama.problems import DeliveryRefused, NotReady, VirtaamaError
from virtaama.project.create import (
    create_county,
    create_empty,
    create_from_database,
    create_from_extracts,
    system_name,
)
from virtaama.project.extract import Column, Extract, read_extract
from virtaama.project.relations import related
from virtaama.sources.secrets import read_secret


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--from-file",
    "files",
    multiple=True,
    type=click.Path(path_type=Path),
    help="An extract to begin from: CSV or JSON lines. May be repeated.",
)
@click.option(
    "--from-database",
    "database",
    metavar="ADDRESS",
    help="A database to begin from: env:NAME or file:/path where its address is; sqlite:///file as it is.",
)
@click.option("--schema", help="With --from-database: the schema to look into.")
@click.option("--county", is_flag=True, help="Begin with the whole model of the invented county.")
def new(
    folder: Path, files: tuple[Path, ...], database: str | None, schema: str | None, county: bool
) -> None:
    """Make a project: settings, roles, keys and, from extracts or a database, a first model to edit.

    What is given is looked into, and source descriptions, concepts, code lists, mappings and first metrics
    are proposed; what refers to what is found by keys and values. Extracts lie ready as the first
    deliveries; a database is asked by `collect`. Nothing leaves this machine.

    \b
    Example:
        virtaama new clinic --from-file visits.csv --from-file clients.csv
        virtaama new register --from-database env:REGISTER_URL
    """
    if sum(map(bool, (files, database, county))) > 1:
        raise click.UsageError("Choose one of --from-file, --from-database and --county.")
    following = "land"
    if county:
        project = create_county(folder)
    elif files:
        looked_into = [(path, read_extract(path)) for path in files]
        project = create_from_extracts(folder, looked_into, date.today())
        show(related(tuple(extract for _, extract in looked_into)))
    elif database:
        # Its clients are a third of what starting costs, and no other command has a use for them.
        from virtaama.sources.database.looking import look_into

        found = look_into(read_address(database, folder), schema)
        reference = database if is_secret_reference(database) else f"env:{system_name(found).upper()}_URL"
        project, extracts = create_from_database(folder, found, reference)
        show(extracts)
        if reference != database:
            say(
                f"Its address is read from the environment: export {reference.removeprefix('env:')}='{database}'"
            )
        following = "collect"
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
        say(f"Next: look the files through, then virtaama {following} --project {folder}")


def read_address(given: str, folder: Path) -> str:
    """The address of a database; a password is taken from the environment or a file alone."""
    if is_secret_reference(given):
        try:
            return read_secret(given, folder)
        except DeliveryRefused as refusal:
            raise NotReady(str(refusal)) from None
    if not given.startswith("sqlite:"):
        raise NotReady(
            "An address may hold a password, and what is typed is kept by the shell.\n"
            "  Put it in an environment variable and write --from-database env:NAME."
        )
    return given


def show(extracts: Sequence[Extract]) -> None:
    """What each column seems to be."""
    several = len(extracts) > 1
    print_table(
        (*(("table",) if several else ()), "column", "type", "format", "remark"),
        [
            (
                *((extract.name,) if several else ()),
                column.name,
                column.type.value,
                column.format,
                remark(extract, column),
            )
            for extract in extracts
            for column in extract.columns
        ],
    )


def remark(extract: Extract, column: Column) -> str:
    if column in extract.key_columns:
        return "key"
    if column.direct:
        return "names a person"
    if to := next((each.to for each in extract.references if column.name in each.columns), ""):
        return f"refers to {to}"
    if column.special:
        return "sounds like health or social care data"
    return "codes" if column.codes else ""
