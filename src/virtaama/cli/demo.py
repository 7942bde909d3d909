"""Everything at once, with an invented county."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from virtaama.cli.console import print_table, progress, say
from virtaama.cli.describe import describe_with_report
from virtaama.cli.flow import land_with_report, load_with_report
from virtaama.cli.link import link_with_report
from virtaama.cli.periods import last_day
from virtaama.cli.serve import require_free, start_portal
from virtaama.problems import NotReady
from virtaama.project.create import create_county, empty_demo
from virtaama.project.invented import read_invented
from virtaama.project.project import Project
from virtaama.project.settings import SETTINGS_FILE
from virtaama.synthetic.county import CountySize

ADDRESS = "127.0.0.1"


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--residents", type=click.IntRange(min=200), default=20_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--months", type=click.IntRange(3, 120), default=36, show_default=True, help="Length of its history."
)
@click.option(
    "--until", default="2026-10", show_default=True, metavar="MONTH", help="The last month delivered."
)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--serve/--no-serve", default=True, show_default=True, help="Serve the portal at the end.")
def demo(folder: Path, residents: int, seed: int, months: int, until: str, port: int, serve: bool) -> None:
    """Invent a county in FOLDER, run the whole flow and serve the portal.

    A demo that is there already is used again; one with another number of residents or another seed is
    emptied first. A folder that holds a project of another kind is left alone.

    \b
    Example:
        virtaama demo mycounty --residents 2000 --no-serve
    """
    if serve:
        require_free(ADDRESS, port)  # before minutes of work, not after
    last = last_day(until)
    size = CountySize(residents=residents, seed=seed, months=months, until=(last.year, last.month))
    project = demo_project(folder, size)
    with progress("Inventing") as tell:
        project.invent(size, tell)
    land_with_report(project)
    load_with_report(project, publish=False)
    link_with_report(project)
    load_with_report(project)
    describe_with_report(project, project.settings.languages, date.today())
    show_sign_ins(project, port)
    if serve:
        start_portal(project, ADDRESS, port)


def demo_project(folder: Path, size: CountySize) -> Project:
    """The demo in `folder`: made, used again, or emptied when it was of another size."""
    if not (folder / SETTINGS_FILE).exists():
        return create_county(folder, demo=True)
    project = Project.open(folder)
    if not project.settings.demo:
        raise NotReady(
            f"{folder}: a project that is no demo is here. Choose another folder; nothing was changed."
        )
    invented = read_invented(project.settings.deliveries)
    if invented is None or invented.size != size:
        say("The demo that was here had another size; it is emptied first.")
        empty_demo(project.settings)
    return Project.open(folder)


def show_sign_ins(project: Project, port: int) -> None:
    """Where to look and as whom."""
    print_table(
        ("name", "password", "role", "who"),
        [(user.name, user.password, user.role, user.full_name) for user in project.demo_users],
        title=f"Sign in at http://{ADDRESS}:{port} as one of these",
    )
