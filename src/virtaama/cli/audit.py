"""The audit log: its head noted outside, and what it says about one person."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path

import click

from virtaama.cli.asked import asker_of
from virtaama.cli.console import say
from virtaama.cli.options import project_option
from virtaama.project.project import Project

_DAY = click.DateTime(["%Y-%m-%d"])


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


@audit.command()
@click.option(
    "--out",
    "file",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the report is written: a .pdf, a .csv, or a .json file for FHIR AuditEvents.",
)
@click.option("--from", "first", type=_DAY, metavar="DAY", help="The first day. Default: two years ago.")
@click.option("--to", "last", type=_DAY, metavar="DAY", help="The last day. Default: today.")
@click.option("--reason", default="", help="Why what is older than the law gives anyway is told.")
@click.option(
    "--language",
    type=click.Choice(["fi", "sv", "en"]),
    default="fi",
    show_default=True,
    help="Of the report.",
)
@click.option(
    "--as-role",
    "role",
    default="data_protection_officer",
    show_default=True,
    help="The role in which one asks, from access.yaml; it needs the page `audit`.",
)
@project_option
def report(
    file: Path,
    first: datetime | None,
    last: datetime | None,
    reason: str,
    language: str,
    role: str,
    folder: Path,
) -> None:
    """Tell one person who has seen them, when, why, and with whose data: as PDF, CSV or FHIR.

    The personal identity code is asked for and not shown, or read as a line from what is piped in; it is never an
    argument, becomes a key of the log at once and stands in no file. That the report was made goes on record.

    \b
    Example:
        virtaama audit report --out selvitys.pdf --project demo
    """
    # A report is made now and then; what makes it is brought in then.
    from virtaama.access.log_report import as_csv, as_fhir, as_pdf, worded

    if file.suffix not in (".pdf", ".csv", ".json"):
        raise click.ClickException(f"{file}: write to a .pdf, a .csv or a .json file.")
    project = Project.open(folder, say)
    asker = asker_of(project, role, ())
    try:
        found = project.log_report(
            _identity_code(),
            asker,
            first=first.date() if first else None,
            last=last.date() if last else None,
            reason=reason,
        )
    except ValueError as error:
        raise click.ClickException(f"{str(error)[0].upper()}{str(error)[1:]}.") from None
    names = project.names
    if file.suffix == ".json":
        bundle = as_fhir(found, names, project.settings.name, language)
        content = f"{json.dumps(bundle, ensure_ascii=False, indent=1)}\n".encode()
    else:
        words = worded(found, names, language)
        content = as_pdf(words, found.asked) if file.suffix == ".pdf" else as_csv(words)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_bytes(content)
    say(
        f"{len(found.seen.entries)} entries from {found.first} to {found.last} in {file}. "
        f"On record as {found.record}."
    )


def _identity_code() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Personal identity code", hide_input=True, err=True))
    return sys.stdin.readline()
