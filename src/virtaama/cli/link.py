"""Linking: one person under several client numbers, or without an identity code."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from virtaama.cli.console import print_table, progress, say
from virtaama.cli.options import project_option
from virtaama.cli.words import counted, did_you_mean
from virtaama.linkage.definitions import Level, Linkage
from virtaama.project import linking
from virtaama.project.project import Project


@click.group(invoke_without_command=True)
@project_option
@click.pass_context
def link(ctx: click.Context, folder: Path) -> None:
    """Find which records are about the same person, and deliver the links that hold.

    Rules first, then weights; what is neither sure nor out of the question waits for people in the portal. Names
    are opened in memory only. The links land as a feed: `virtaama load` brings them into figures. A second run
    changes nothing.

    \b
    Example:
        virtaama link --project demo && virtaama load --project demo
    """
    if ctx.invoked_subcommand is None:
        link_with_report(Project.open(folder, say))


@link.command()
@click.argument("name")
@project_option
def learn(name: str, folder: Path) -> None:
    """Learn the weights of a linkage from records whose sources tell the person, and print them as a file.

    Nothing is put to use: write what is printed into a file of links/, look at it, and measure.

    \b
    Example:
        virtaama link learn client_records --project demo > demo/links/client_records_weights.yaml
    """
    project = Project.open(folder, say)
    found = next((each for each in project.links if each.name == name), None)
    if found is None:
        known = [each.name for each in project.links]
        raise click.ClickException(f"No linkage '{name}'. {did_you_mean(name, known)}")
    with progress("Learning"):
        levels, records = linking.learn(project, found, say)
    click.echo(_written(found, levels, records, project.settings.name), nl=False)


def link_with_report(project: Project) -> None:
    """Run every linkage and say what came of it."""
    if not project.links:
        say("No linkages are described: see docs/how-to/link-records.md.")
        return
    with progress("Linking") as tell:
        done = linking.link(project, say, tell)
    print_table(
        ("linkage", "looked at", "linked", "ended", "for people", "people have yet to decide"),
        [(name, d.looked_at, d.linked, d.ended, d.proposed, d.waiting) for name, d in done.items()],
    )
    if batches := sum(each.batch is not None for each in done.values()):
        say(f"{counted(batches, 'delivery', 'deliveries')} landed: `virtaama load` brings them into figures.")


def _written(
    linkage: Linkage, levels: dict[str, dict[Level, tuple[float, float]]], records: int, county: str
) -> str:
    lines = [
        f"# What `virtaama link learn {linkage.name}` found. m: how often among the same; u: among others.",
        "weights:",
        f"  {linkage.name}:",
        f"    version: {linkage.weights.version + 1}",
        f'    learned: "{date.today()}"',
        f"    learned_from: {records} {linkage.of} of {county} of which sources tell '{linkage.told_by}'",
        f"    same: {linkage.weights.same:g}",
        "    levels:",
    ]
    for name, held in levels.items():
        lines.append(f"      {name}:")
        lines += [f"        {level.value}: [{m:.7f}, {u:.7f}]" for level, (m, u) in held.items()]
    return "\n".join(lines) + "\n"
