"""The crosswalk of service classifications: which code of each stands for which class of the county."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from virtaama.cli.console import print_table, say
from virtaama.cli.options import project_option
from virtaama.cli.words import counted
from virtaama.problems import NotReady
from virtaama.project.project import Project


@click.command()
@click.option(
    "--on", "on", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="As of this day. Default: today."
)
@click.option("--class", "wanted", default="", metavar="CODE", help="Only what belongs to this class.")
@project_option
def crosswalk(on: datetime | None, wanted: str, folder: Path) -> None:
    """List which codes of service classifications belong to which class of the county on a day.

    crosswalk.yaml is read and held against the code lists of the model: a code that is left out, or that belongs to two
    classes on the same day, is a problem. Exit code 2 when there is one.

    \b
    Example:
        virtaama crosswalk --class KOTIHOITO --project demo
    """
    project = Project.open(folder, say)
    found = project.crosswalk
    if found is None:
        raise NotReady(
            "The project has no crosswalk.yaml.\n  docs/how-to/crosswalk.md says how to write one."
        )
    day = on.date() if on else date.today()
    links = [link for link in found.in_force(day) if wanted in ("", link.to)]
    words = {
        (codes.name, code.code): code.labels.en for codes in project.model.code_lists for code in codes.codes
    }
    print_table(
        ("classification", "code", "name", "class", "class name"),
        [
            (
                link.classification,
                link.code,
                words[link.classification, link.code],
                link.to or "–",
                words[found.to, link.to] if link.to else link.none,
            )
            for link in links
        ],
    )
    say(
        f"{counted(len(links), 'code')} of {counted(len(found.classifications), 'classification')} on {day}; "
        f"kept by {found.owner}. No code is left out, none belongs to two classes."
    )
