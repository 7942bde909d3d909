"""From deliveries to published figures: check, land, plan, load."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from virtaama.cli.console import progress, say
from virtaama.cli.options import project_option
from virtaama.cli.planned import as_json, in_total, in_words
from virtaama.cli.words import counted
from virtaama.model.remarks import remarks
from virtaama.problems import DeliveryRefused, ProblemsFound
from virtaama.project.project import Project

if TYPE_CHECKING:
    from virtaama.loading.land import LandReport


@click.command()
@project_option
def check(folder: Path) -> None:
    """Read every file of the project and list every problem at once.

    What is allowed but may have been forgotten is remarked on. Nothing is changed. Exit code 2 when
    something is wrong.

    \b
    Example:
        virtaama check --project demo
    """
    project = Project.open(folder, say)
    project.check()
    model, catalogue = project.model, project.catalogue
    for remark in remarks(model):
        say(f"Remark: {remark}")
    say(
        f"No problems. Concepts: {len(model.concepts)}, feeds: {len(model.feeds)}, "
        f"mappings: {len(model.mappings)}, code lists: {len(model.code_lists)}, "
        f"metrics: {len(catalogue.metrics)}, roles: {len(project.roles)}."
    )


@click.command()
@project_option
def land(folder: Path) -> None:
    """Take new deliveries into the lake: check, pseudonymise, keep.

    Each delivery is recognised by its content: the same file twice is one batch. Rows that cannot be
    read are set aside with their reason. Exit code 3 when a delivery was refused; the others have landed.

    \b
    Example:
        virtaama land --project demo
    """
    land_with_report(Project.open(folder, say))


def land_with_report(project: Project) -> None:
    """Land, say what became of it, and end with DeliveryRefused when something was refused."""
    with progress("Landing") as tell:
        report = project.land(tell)
    say(
        f"{counted(len(report.landed), 'delivery', 'deliveries')} landed, {report.unchanged} were there already, "
        f"{len(report.repeats)} repeated under another name; {counted(report.rejected, 'row')} set aside."
    )
    _refusals(report)


def _refusals(report: LandReport) -> None:
    if report.refused:
        reasons = "\n".join(refused.reason for refused in report.refused)
        raise DeliveryRefused(f"{reasons}\n{len(report.refused)} refused. The others have landed.")


@click.command()
@click.option(
    "--feed", "feeds", multiple=True, metavar="SYSTEM.FEED", help="Only this feed; may be repeated."
)
@project_option
def collect(feeds: tuple[str, ...], folder: Path) -> None:
    """Ask the sources that are asked rather than waited for, and take what is new into the lake.

    Databases, FHIR servers and statistical services that the model says to collect from. Only hosts named in
    virtaama.yaml are spoken to. Exit code 3 when a source did not answer; the others have landed.

    \b
    Example:
        virtaama collect --feed sotkanet.figures --project demo
    """
    project = Project.open(folder)
    project.check()
    with progress("Collecting") as tell:
        report = project.collect(feeds, tell)
    deliveries = counted(len(report.landed), "delivery", "deliveries")
    say(
        f"{deliveries} collected, {report.unchanged} feeds have nothing new; "
        f"{counted(report.rejected, 'row')} set aside."
    )
    _refusals(report)


@click.command()
@project_option
@click.option("--steps", is_flag=True, help="Every step of every batch, not only what is new in them.")
@click.option("--json", "for_machines", is_flag=True, help="For machines.")
def plan(folder: Path, steps: bool, for_machines: bool) -> None:
    """Say in words what `load` would do to the warehouse. Nothing is changed.

    What changed in the model since it was deployed, what is done for it and how long that may take, what
    would leave the warehouse, and which batches are loaded.

    \b
    Example:
        virtaama plan --project demo
    """
    project = Project.open(folder, say)
    planned, speed = project.plan(), project.speed
    if for_machines:
        click.echo(as_json(planned, speed))
        return
    for line in in_words(planned, speed, steps=steps):
        click.echo(line)
    say(in_total(planned, speed))
    try:
        _ = project.catalogue
    except ProblemsFound as found:
        say("`virtaama load` does nothing before the metrics hold together:")
        say(str(found))


@click.command()
@project_option
@click.option(
    "--publish/--no-publish", default=True, show_default=True, help="Publish the figures at the end."
)
@click.option(
    "--accept-loss",
    "accepted",
    multiple=True,
    metavar="NAME",
    help="What may leave the warehouse with a changed model, as `plan` names it; may be repeated.",
)
def load(folder: Path, publish: bool, accepted: tuple[str, ...]) -> None:
    """Load landed batches into the warehouse, then publish the figures.

    Where the model has changed, the warehouse is brought to it first. What would leave it by that is asked
    about on a terminal, and must be named elsewhere (exit code 11). Batches of a feed that landed in order
    are loaded together, in one transaction; a batch that is loaded already changes nothing. Readers see the
    new figures all at once when they are published.

    \b
    Example:
        virtaama load --project demo
    """
    load_with_report(Project.open(folder, say), publish=publish, accepted=frozenset(accepted))


def load_with_report(
    project: Project, *, publish: bool = True, accepted: frozenset[str] = frozenset()
) -> None:
    """Load, publish, and say what became of it. Metrics that do not hold together stop it before it begins."""
    if publish:
        _ = project.catalogue  # what is wrong with it is told before anything is done
    if sys.stdin.isatty():
        accepted |= _asked(project, accepted)
    with progress("Loading") as tell:
        loaded = project.load(tell, accepted=accepted)
    if loaded.rows_again:
        again = counted(loaded.rows_again, "row was", "rows were")
        say(f"The warehouse follows the model: {again} read again from the lake.")
    batches, rows = counted(loaded.batches, "batch", "batches"), counted(loaded.rows_in, "row")
    say(f"{batches} loaded: {rows} read, {loaded.rows_new} new.")
    if failing := sum(not result.passed for result in project.quality_now()):
        fail = counted(failing, "expectation does", "expectations do")
        say(f"{fail} not hold: see `virtaama quality --failed`.")
    if publish and project.is_published:
        say("What is published is up to date.")
    elif publish:
        with progress("Publishing") as tell:
            snapshot = project.publish(tell)
        say(f"Snapshot {snapshot.number} is published.")


def _asked(project: Project, accepted: frozenset[str]) -> frozenset[str]:
    """What somebody at the terminal lets go."""
    losses = [loss for loss in project.losses() if loss.name not in accepted]
    if not losses:
        return frozenset()
    say("The model no longer holds what the warehouse does:")
    for loss in losses:
        say(f"  {loss}")
    click.confirm("Shall it leave the warehouse?", abort=True, err=True)
    return frozenset(loss.name for loss in losses)
