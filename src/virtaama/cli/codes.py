"""Code lists: handed to the interoperability platform, and taken from it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from virtaama.cli.console import say
from virtaama.cli.options import project_option
from virtaama.cli.publishing import publisher_of, publisher_options
from virtaama.project.code_lists import export_code_lists, import_code_list
from virtaama.project.project import Project


@click.group()
def codes() -> None:
    """Write code lists as the CSV of koodistot.suomi.fi, and read such CSV into code lists.

    \b
    Example:
        virtaama codes export contact_type --registry phhyva --to koodistot --project demo
    """


@codes.command("export")
@click.argument("lists", nargs=-1, metavar="[LIST]...")
@click.option("--registry", required=True, help="The county's code registry on the platform.")
@publisher_options
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The folder that is written.",
)
@project_option
def export(
    lists: tuple[str, ...],
    registry: str,
    organisation: str,
    domains: tuple[str, ...],
    status: str,
    target: Path,
    folder: Path,
) -> None:
    """Write codelists.csv, with a line for each list, and a file of codes for each: every list, or those named.

    Codes come with their words in three languages, the codes they are part of, and the days they are in force. The
    platform takes the file of lists first, then the codes of each list.

    \b
    Example:
        virtaama codes export contact_type urgency --registry phhyva --status VALID --to koodistot --project demo
    """
    publisher = publisher_of(registry=registry, organisation=organisation, domains=domains, status=status)
    written = export_code_lists(
        Project.open(folder).model, lists, publisher, datetime.now(tz=UTC).date(), target
    )
    say(f"{len(written)} files are written in {target}.")


@codes.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "--lists",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="The platform's CSV of code lists: the words and the source of the list are taken from it.",
)
@click.option("--list", "name", default="", help="What the list is called here. Default: as there.")
@click.option(
    "--to", "target", type=click.Path(path_type=Path, dir_okay=False), help="A file, in place of codes/."
)
@project_option
def import_(file: Path, lists: Path | None, name: str, target: Path | None, folder: Path) -> None:
    """Take the codes of a CSV file of the platform into the project, as a new file in codes/.

    No file is overwritten. What has no counterpart is listed.

    \b
    Example:
        virtaama codes import yhteystapa.csv --lists koodistot.csv --list contact_type_2027 --project demo
    """
    project = Project.open(folder)
    found, written = import_code_list(
        project.settings.folder, project.model, file, lists=lists, name=name, to=target
    )
    for line in found.left_out:
        say(f"Left out: {line}.")
    say(f"{len(found.codes.codes)} codes are written in {written}.")
