"""Keeping what must not be lost: verify, back up, restore."""

from __future__ import annotations

from pathlib import Path

import click

from virtaama.cli.console import print_table, progress, say
from virtaama.cli.options import project_option
from virtaama.problems import Damaged
from virtaama.project.project import Project
from virtaama.project.restore import restore as bring_back


@click.command()
@project_option
def verify(folder: Path) -> None:
    """Read everything that is kept and compare it with what was kept: ledger, lake, warehouse, snapshots, audit log.

    Every file of the lake is hashed, every block of warehouse and snapshots is read, every entry of the
    audit log is checked against the one before it. A damaged warehouse is moved aside, and made again by the
    next load; nothing else is touched. Exit code 6 when something is wrong.

    \b
    Example:
        virtaama verify --project demo
    """
    with progress("Verifying") as tell:
        checked = Project.open(folder, say).verify(tell)
    print_table(
        ("part", "seen", "outcome"),
        [
            (part.part, part.seen, f"wrong: {len(part.wrong)}" if part.wrong else "as it should be")
            for part in checked
        ],
    )
    for part in checked:
        for line in (*part.wrong, *part.remarks):
            click.echo(f"{part.part}: {line}")
    if wrong := [part.part for part in checked if part.wrong]:
        raise Damaged(
            f"Not as it should be: {', '.join(wrong)}.\n"
            "  The warehouse and snapshots are made again by `virtaama load`; what else is damaged comes back "
            "from a backup (`virtaama restore`)."
        )
    say("Everything is as it should be.")


@click.command()
@project_option
@click.option(
    "--keys",
    type=click.Path(path_type=Path),
    help="Copy the keys as well, to this folder; never into the folder of the backups.",
)
@click.argument("to", metavar="FOLDER", type=click.Path(path_type=Path))
def backup(folder: Path, keys: Path | None, to: Path) -> None:
    """Back up what cannot be made again: lake, ledger, identities, audit log, accounts and the project's own files.

    Each call adds a backup as of now; files of the lake that an earlier one holds are checked and not
    copied again. Every file is hashed. Keys are left out unless asked for.

    \b
    Example:
        virtaama backup /srv/backups/virtaama --project demo
    """
    with progress("Backing up") as tell:
        made = Project.open(folder, say).back_up(to, keys, tell)
    say(
        f"Backup {made.number} in {made.folder}: {made.batches} batches, {made.files} files, "
        f"{made.new} of them new in the lake."
    )
    if keys:
        say(f"The keys are in {keys}. Keep them apart from the backups.")
    else:
        say("Without the keys: they need a safe copy of their own (--keys).")


@click.command()
@click.option(
    "--to", "folder", required=True, type=click.Path(path_type=Path), help="The project folder to make."
)
@click.option("--number", type=int, help="Which backup; the newest where none is named.")
@click.option(
    "--keys",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Bring the keys back from here.",
)
@click.argument("source", metavar="FOLDER", type=click.Path(path_type=Path))
def restore(folder: Path, number: int | None, keys: Path | None, source: Path) -> None:
    """Bring a backup back as a new project folder.

    Every file is checked before anything is written, and nothing is ever written over. The warehouse and
    the figures are made again by `virtaama load`.

    \b
    Example:
        virtaama restore /srv/backups/virtaama --to demo
    """
    with progress("Restoring") as tell:
        manifest, settings = bring_back(source, folder, number=number, keys=keys, progress=tell)
    say(
        f"{manifest.project} as of {manifest.made:%Y-%m-%d %H:%M}: {manifest.batches} batches are back in {folder}."
    )
    if not keys:
        say(f"Bring its keys back to {settings.keys} from their safe copy.")
    say(f"Next: virtaama load --project {folder}")
