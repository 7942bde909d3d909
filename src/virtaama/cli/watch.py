"""Watch the deliveries folder."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from virtaama.cli.console import say
from virtaama.cli.options import project_option
from virtaama.cli.signals import stopping
from virtaama.project.project import Project
from virtaama.project.watch import Rhythm
from virtaama.project.watch import watch as keep_watch


@click.command()
@click.option(
    "--every",
    type=click.FloatRange(0.1, 3600),
    default=2.0,
    show_default=True,
    help="Seconds between two looks.",
)
@click.option(
    "--settle",
    type=click.FloatRange(0, 3600),
    default=5.0,
    show_default=True,
    help="Seconds a file must not have changed before it is taken.",
)
@click.option(
    "--marked", is_flag=True, help="Take only files with a marker beside them: x.csv with x.csv.done."
)
@click.option(
    "--collect-every",
    type=click.FloatRange(min=1),
    metavar="MINUTES",
    help="Ask the sources that are asked, too, this often.",
)
@project_option
def watch(every: float, settle: float, marked: bool, collect_every: float | None, folder: Path) -> None:
    """Land, load and publish whatever is delivered, until stopped.

    A file is taken when it has not changed for a while, or at once when a marker lies beside it. One watch
    at a time; other commands have their turn between. Stops with Ctrl-C or SIGTERM when the step at hand is
    finished; a second signal stops it at once, and nothing is lost.

    \b
    Example:
        virtaama watch --settle 10 --project demo
    """
    project = Project.open(folder)
    project.check()
    say(f"Watching {project.settings.deliveries}.")
    rhythm = Rhythm(every=every, settle=settle, marked=marked, collect=60 * (collect_every or 0))
    with stopping() as stop:
        counts = keep_watch(project, rhythm, stop, lambda text: say(f"{datetime.now():%H:%M:%S} {text}"))
    say(f"Watched: {counts['landed']} deliveries landed, {counts['refused']} refused.")
