"""The packs of dated law: which there are, whether they are right, what they say on a day."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from virtaama.cli.console import print_table, say
from virtaama.cli.options import project_option
from virtaama.cli.words import counted, did_you_mean
from virtaama.project.settings import read_settings
from virtaama.project.statutes import statutes_of
from virtaama.statutes.editions import Statutes
from virtaama.statutes.packs import Line
from virtaama.statutes.provisions import Source


@click.group(invoke_without_command=True)
@project_option
@click.pass_context
def statutes(ctx: click.Context, folder: Path) -> None:
    """List the packs of dated law and reference data, with edition, title and source.

    Packs come with the package. A file of the project's folder statutes/ takes the place of one where its edition
    is newer.

    \b
    Example:
        virtaama statutes --project demo
    """
    if ctx.invoked_subcommand is not None:
        return
    print_table(
        ("pack", "edition", "from", "counts", "title", "sources"),
        [
            (
                each.pack.name,
                str(each.pack.edition),
                each.pack.place.file if each.pack.own else "shipped",
                "yes" if each.counts else "no: there is a newer one",
                each.pack.title.en,
                "; ".join(source.title for source in each.pack.sources),
            )
            for each in _of(folder).all()
        ],
    )


@statutes.command()
@project_option
def check(folder: Path) -> None:
    """Read every pack and list every problem at once. Exit code 2 when something is wrong.

    \b
    Example:
        virtaama statutes check --project demo
    """
    found = _of(folder).all()
    own = sum(each.pack.own for each in found)
    say(f"No problems. {counted(len(found), 'pack')}, of the project's own: {own}.")
    for each in found:
        if each.pack.own and not each.counts:
            say(f"{each.pack.place.file}: not used, there is a newer edition of '{each.pack.name}'.")


@statutes.command()
@click.argument("name")
@click.option(
    "--on", "on", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="Only what holds on this day."
)
@project_option
def show(name: str, on: datetime | None, folder: Path) -> None:
    """Show what a pack says: all of it, or what holds on a day, each row with its legal basis.

    \b
    Example:
        virtaama statutes show hilmo --on 2019-01-01 --project demo
    """
    packs = _of(folder)
    if name not in packs.names:
        raise click.ClickException(f"No pack '{name}'. {did_you_mean(name, packs.names)}")
    pack = packs.named(name)
    for table, lines in pack.lines:
        held = [line for line in lines if on is None or line.provision.holds(on.date())]
        _print(table, held)
    say(f"{pack.title.en}, edition {pack.edition}, {pack.place.file if pack.own else 'shipped'}.")
    for source in pack.sources:
        say(_told(source))


def _of(folder: Path) -> Statutes:
    return statutes_of(read_settings(folder).folder)


def _print(table: str, lines: list[Line]) -> None:
    columns = tuple(dict.fromkeys(name for line in lines for name, _ in line.values))
    print_table((*columns, "from", "until", "basis"), [_row(line, columns) for line in lines], title=table)


def _row(line: Line, columns: tuple[str, ...]) -> tuple[str, ...]:
    said, holds = dict(line.values), line.provision
    until = str(holds.valid_until) if holds.valid_until else ""
    return (*(said.get(column, "") for column in columns), str(holds.valid_from), until, holds.basis)


def _told(source: Source) -> str:
    parts = (source.title, source.url, f"read {source.taken}", source.licence)
    return f"  {source.key}: {', '.join(part for part in parts if part)}"
