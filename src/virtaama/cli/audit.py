"""The audit log: its head noted outside, and what it says about one person."""

from __future__ import annotations

from pathlib import Path

import click

from virtaama.cli.console import say
from virtaama.cli.options import project_option
from virtaama.project.project import Project


@click.group()
def audit() -> None:
    """Who has seen what: note the log's head outside, and tell persons who has seen them.

    \b
    Example:
        virtaama audit anchor --project demo
    """


@audit.command()
@project_option
def anchor(folder: Path) -> None:
    """Note the newest entry of the audit log outside, so that a cut end is noticed. Meant for an hourly timer.

    Writes one new file to the folder that `audit: {anchor: …}` names in virtaama.yaml; exit code 7 where it is
    not there, 6 where the log no longer holds what was noted before.

    \b
    Example:
        virtaama audit anchor --project demo
    """
    made = Project.open(folder, say).anchor()
    say(f"Entry {made.number} is anchored as of {made.moment:%Y-%m-%d %H:%M:%S} UTC.")
