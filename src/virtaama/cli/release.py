"""Data sets of anonymous figures: what there is, and making one."""

from __future__ import annotations

import json
from pathlib import Path

import click

from virtaama.cli.asked import asker_of, purpose_of
from virtaama.cli.console import print_table, progress, say
from virtaama.cli.options import project_option
from virtaama.cli.words import did_you_mean
from virtaama.metrics.releases import Release
from virtaama.project.project import Project


@click.group()
def release() -> None:
    """Make data sets of anonymous figures that may leave the county.

    \b
    Example:
        virtaama release make emergency_care --project demo
    """


@release.command("list")
@project_option
def list_(folder: Path) -> None:
    """List the data sets the project describes, and how often each was made.

    \b
    Example:
        virtaama release list --project demo
    """
    project = Project.open(folder)
    print_table(
        ("release", "audience", "threshold", "rounding", "made", "newest"),
        [
            (
                each.name,
                each.audience.value,
                each.threshold,
                each.rounding,
                len(numbers := project.data_sets(each)),
                project.data_set(each, numbers[-1])["made"] if numbers else "",
            )
            for each in project.releases
        ],
    )


@release.command()
@click.argument("name")
@click.option(
    "--purpose", default="planning", show_default=True, metavar="PURPOSE", help="What the figures are for."
)
@click.option(
    "--as-role",
    "role",
    default="analyst",
    show_default=True,
    help="The role in which one asks, from access.yaml.",
)
@project_option
def make(name: str, purpose: str, role: str, folder: Path) -> None:
    """Write a data set: figures about few are hidden, others with them, and what is left is rounded.

    Who asks, in which role and for which purpose is decided on and goes on record before anything is
    written. What hidden figures could be worked out to be is then found by linear programming, from this
    data set and all that were made before. Where one could be worked out, nothing is written.

    \b
    Example:
        virtaama release make emergency_care --purpose planning --project demo
    """
    project = Project.open(folder)
    wanted = _find(project, name)
    asker, chosen = asker_of(project, role, ()), purpose_of(purpose)
    with progress("Protecting"):
        made, place = project.make_release(wanted, asker, chosen)
    protected = made.protected
    room = "" if protected.narrowest is None else f", the least room left is {protected.narrowest:g}"
    say(
        f"{len(protected.figures)} figures, {protected.given} of them given, in {place}.\n"
        f"{len(protected.hidden)} of {protected.cells} counts are hidden; {protected.audited} groups were "
        f"audited{room}.\n"
        f"Snapshot {made.snapshot.number}, threshold {wanted.threshold}, rounded to {wanted.rounding}. "
        f"On record as {made.record}."
    )


@release.command()
@click.argument("name")
@click.option("--number", type=int, help="Which time it was made. Default: the last.")
@project_option
def show(name: str, number: int | None, folder: Path) -> None:
    """Show the description of a data set that was made, as JSON.

    \b
    Example:
        virtaama release show emergency_care --project demo
    """
    project = Project.open(folder)
    wanted = _find(project, name)
    numbers = project.data_sets(wanted)
    described = project.data_set(wanted, number or max(numbers, default=1))
    click.echo(json.dumps(described, ensure_ascii=False, indent=2))


def _find(project: Project, name: str) -> Release:
    for each in project.releases:
        if each.name == name:
            return each
    known = [each.name for each in project.releases]
    raise click.ClickException(f"No release '{name}'. {did_you_mean(name, known)}")
