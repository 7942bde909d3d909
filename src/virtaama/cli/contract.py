"""Open data contracts: a feed handed to who delivers it, a contract taken into use."""

from __future__ import annotations

from pathlib import Path

import click

from virtaama.cli.console import say
from virtaama.cli.options import project_option
from virtaama.project.contracts import export_contract, import_contract
from virtaama.project.project import Project


@click.group()
def contract() -> None:
    """Write feeds as open data contracts (ODCS 3), and read contracts into feeds.

    \b
    Example:
        virtaama contract export primary_care.visits --project demo
    """


@contract.command("export")
@click.argument("feed")
@click.option(
    "--to", "file", type=click.Path(path_type=Path, dir_okay=False), help="A file, in place of stdout."
)
@project_option
def export(feed: str, file: Path | None, folder: Path) -> None:
    """Write a feed as a contract: fields, types, what is expected of them, owners, when it is due.

    FEED is system.feed. The contract is valid by the JSON schema Bitol publishes; what the standard has no
    words for stands in custom properties.

    \b
    Example:
        virtaama contract export primary_care.visits --to visits.odcs.yaml --project demo
    """
    project = Project.open(folder)
    text = export_contract(project.settings.folder, project.model, feed)
    if file:
        file.write_text(text, encoding="utf-8")
        say(f"{file} is written.")
    else:
        click.echo(text, nl=False)


@contract.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--system", default="", help="Call the system so, not as the contract does.")
@project_option
def import_(file: Path, system: str, folder: Path) -> None:
    """Take a contract into the project: a file in systems/, and one in codes/ where it lists codes.

    No file is overwritten. What has no counterpart is listed. Mappings remain to be written: `virtaama
    check` says that nothing reads the feed yet.

    \b
    Example:
        virtaama contract import visits.odcs.yaml --system new_system --project demo
    """
    project = Project.open(folder)
    found, written = import_contract(project.settings.folder, project.model, file, system)
    for path in written:
        say(f"{path.relative_to(project.settings.folder)} is written.")
    for line in found.left_out:
        say(f"Left out: {line}.")
    feeds = found.system["feeds"].values()
    expected = sum(len(feed.get("expectations", {})) for feed in feeds)
    say(f"{len(feeds)} feeds, {sum(len(feed['fields']) for feed in feeds)} fields, {expected} expectations.")
