"""The descriptions the law asks for, written from what the platform knows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import click

from virtaama.cli.console import say
from virtaama.cli.options import project_option
from virtaama.cli.words import counted
from virtaama.project.project import Project

_SHOWN = 5  # questions are named where they are few


@click.command()
@click.option(
    "--out",
    "folder_out",
    type=click.Path(path_type=Path, file_okay=False),
    help="A folder to write to. Default: the next set of data/descriptions, which the portal lists.",
)
@click.option(
    "--language",
    type=click.Choice(["fi", "sv", "en"]),
    multiple=True,
    help="Of the descriptions; may be given several times. Default: those of the project.",
)
@click.option(
    "--date",
    "made",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="The day they are made on. Default: today.",
)
@project_option
def describe(folder_out: Path | None, language: tuple[str, ...], made: datetime | None, folder: Path) -> None:
    """Write the descriptions the law asks for: what is processed, why, by whom, how long, how it is protected.

    The information-management model, the impact assessment of a change and the public description (906/2019), records
    of processing and a draft of the data protection impact assessment (GDPR), data sets (also DCAT), systems and
    suppliers, and the bill of materials of the software (CycloneDX). Each as Markdown, tagged PDF and JSON. What only
    people know is asked for in them and answered in organisation.yaml. The same project on the same day gives the same
    bytes.

    \b
    Example:
        virtaama describe --out descriptions --language fi --project demo
    """
    project = Project.open(folder, say)
    languages = language or project.settings.languages
    describe_with_report(project, languages, made.date() if made else date.today(), folder_out)


def describe_with_report(
    project: Project, languages: Iterable[str], day: date, folder_out: Path | None = None
) -> None:
    """Write the descriptions and say where they are and what is left to people."""
    # What writes PDF is brought in where it is wanted.
    from virtaama.project.describe import write_descriptions

    told, documents = write_descriptions(project, day, tuple(dict.fromkeys(languages)), folder_out)
    say(f"{counted(len(documents), 'description')} and {len(told.files)} files in {told.folder}.")
    open_questions = list(dict.fromkeys(blank.where for each in documents for blank in each.blanks))
    if open_questions:
        named = ", ".join(open_questions[:_SHOWN]) + (", …" if len(open_questions) > _SHOWN else "")
        say(
            f"{counted(len(open_questions), 'question')} for people, each marked where it stands; "
            f"answer in organisation.yaml: {named}"
        )
