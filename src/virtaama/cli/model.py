"""The concept model: handed to the interoperability platform, and models of others taken as a proposal."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from virtaama.cli.console import say
from virtaama.cli.options import project_option
from virtaama.cli.publishing import publisher_of, publisher_options
from virtaama.project.interchange import export_model, import_model
from virtaama.project.project import Project

MOST_SAID = 20  # differences


@click.group()
def model() -> None:
    """Write the concept model as JSON-LD (OWL and SHACL), and read such models into a proposal.

    \b
    Example:
        virtaama model export --prefix phhyva --to tietomalli --project demo
    """


@model.command("export")
@click.option(
    "--prefix", required=True, help="The prefix of the library on the platform; the profile's ends in -ap."
)
@click.option(
    "--registry", default="", help="The county's code registry there, for the addresses of code lists."
)
@publisher_options
@click.option("--plain", is_flag=True, help="Leave out what the standards have no words for, and list it.")
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The folder that is written.",
)
@project_option
def export(
    prefix: str,
    registry: str,
    organisation: str,
    domains: tuple[str, ...],
    status: str,
    plain: bool,
    target: Path,
    folder: Path,
) -> None:
    """Write the model as a library (OWL) and an application profile (SHACL), in the form of tietomallit.suomi.fi.

    Sensitivity, purposes, retention and the like stand beside the words of the standards, so that the model can be
    read back whole; others pass them over.

    \b
    Example:
        virtaama model export --prefix phhyva --registry phhyva --status VALID --to tietomalli --project demo
    """
    publisher = publisher_of(
        prefix=prefix, registry=registry, organisation=organisation, domains=domains, status=status
    )
    project = Project.open(folder)
    written = export_model(
        project.settings.folder,
        project.model,
        project.settings.county,
        publisher,
        datetime.now(tz=UTC),
        target,
        plain=plain,
    )
    for line in written.left_out:
        say(f"Left out: {line}.")
    for path in written.files:
        say(f"{path} is written.")


@model.command("import")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False, exists=True)
)
@click.option(
    "--plain", is_flag=True, help="Take the words of the standards alone, not what we wrote beside them."
)
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder that is written. Default: proposals/ and the name of the first file.",
)
@project_option
def import_(files: tuple[Path, ...], plain: bool, target: Path | None, folder: Path) -> None:
    """Read a library, its profile, or both (JSON-LD or Turtle) into concepts: a proposal beside the model.

    Nothing of the model is changed. What cannot be carried over and what had to be assumed is listed, and how
    concepts the model has already differ. Take what is wanted from the proposal into concepts/.

    \b
    Example:
        virtaama model import phhyva.jsonld phhyva-ap.jsonld --project demo
    """
    project = Project.open(folder)
    found = import_model(project.settings.folder, project.model, files, target, plain=plain)
    for line in found.left_out:
        say(f"Left out: {line}.")
    for line in found.differing[:MOST_SAID]:
        say(f"Differs from the model: {line}.")
    if len(found.differing) > MOST_SAID:
        say(f"{len(found.differing) - MOST_SAID} more differences; compare the files.")
    for path in found.files:
        say(f"{path} is written.")
    say(f"{len(found.concepts)} concepts, {len(found.known)} of them in the model already.")
