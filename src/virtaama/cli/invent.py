"""Fill a project with the deliveries of an invented county."""

from __future__ import annotations

from pathlib import Path

import click

from virtaama.cli.console import print_table, progress, say
from virtaama.cli.options import project_option
from virtaama.cli.periods import last_day
from virtaama.project.project import Project
from virtaama.synthetic.county import CountySize


@click.command()
@click.option("--residents", type=click.IntRange(min=200), default=20_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same county.")
@click.option(
    "--months", type=click.IntRange(3, 120), default=36, show_default=True, help="Length of its history."
)
@click.option(
    "--until", default="2026-10", show_default=True, metavar="MONTH", help="The last month delivered."
)
@project_option
def invent(residents: int, seed: int, months: int, until: str, folder: Path) -> None:
    """Write the deliveries of an invented county, with flaws on purpose.

    Every person is invented. What was planted is printed and written beside the deliveries as
    invented.json, so that what is found can be compared with it.

    \b
    Example:
        virtaama invent --residents 2000 --project mycounty
    """
    project = Project.open(folder)
    last = last_day(until)
    size = CountySize(residents=residents, seed=seed, months=months, until=(last.year, last.month))
    with progress("Inventing") as tell:
        invented = project.invent(size, tell)
    print_table(
        ("flaw", "feed", "file", "count"),
        [(line.kind.value, line.feed, line.file, line.count) for line in invented.planted],
        title="Planted on purpose",
    )
    say(f"Deliveries in {project.settings.deliveries}. Next: virtaama land --project {folder}")
