"""How long what is known of clients is kept: the rules, and what is due for destruction."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from virtaama.cli.console import print_table, say
from virtaama.cli.options import project_option
from virtaama.cli.words import counted
from virtaama.problems import NotReady
from virtaama.project.project import Project

_ON = click.option(
    "--on", "on", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="As of this day. Default: today."
)


@click.group()
def retention() -> None:
    """How long what is known of clients is kept by 703/2023: which rule, and what is due.

    \b
    Example:
        virtaama retention due --project demo
    """


@retention.command()
@_ON
@project_option
def due(on: datetime | None, folder: Path) -> None:
    """Count what is due for destruction, by concept, rule and month. Meant for a daily timer.

    Nothing is destroyed: `virtaama erase --due` does that. The list for the one who does it, with business
    keys and pseudonyms, is a file that only its owner can read; the terminal names nobody. That somebody looked goes on
    record. The same day again gives the same list.

    \b
    Example:
        virtaama retention due --on 2027-01-01 --project demo
    """
    # What reads the warehouse is brought in where it is read.
    from virtaama.project.retention import list_due

    found = list_due(Project.open(folder, say), on.date() if on else date.today())
    print_table(
        ("concept", "rule", "month", "due"),
        [(line.concept, line.rule, f"{line.month:%Y-%m}", line.instances) for line in found.lines],
    )
    for concept, count in found.held_back:
        say(f"{counted(count, 'instance')} of '{concept}' kept on: something that is not due refers to them.")
    say(
        f"Due on {found.on}: {counted(found.instances, 'instance')}, about {counted(found.persons, 'person')}. "
        f"The list is in {found.file}."
    )


@retention.command()
@_ON
@project_option
def rules(on: datetime | None, folder: Path) -> None:
    """List the rules in force, with what they count from and which concepts follow them.

    \b
    Example:
        virtaama retention rules --project demo
    """
    from virtaama.statutes.retained import without_rule
    from virtaama.statutes.retention import in_words

    project = Project.open(folder, say)
    model = project.model
    said = [(concept.name, concept.retention) for concept in model.concepts if concept.retention]
    print_table(
        ("rule", "kept", "followed by"),
        [
            (
                rule.name,
                in_words(rule.period) + (f"; {rule.remark}" if rule.remark else ""),
                ", ".join(name for name, retention in said if rule.name in retention.named),
            )
            for rule in project.law.retention_rules.in_force(on.date() if on else date.today())
        ],
    )
    for name, retention in said:
        if retention.none:
            say(f"'{name}' follows none: {retention.none}")
    for concept in without_rule(model):
        say(f"'{concept.name}' is about persons, and nobody has said how long it is kept: add `retention:`.")


@retention.command()
@click.option("--expire", is_flag=True, help="Take away those whose time is over.")
@project_option
def backups(expire: bool, folder: Path) -> None:
    """List the backups with the day each goes, and which still hold what was erased. Meant for a daily timer.

    `backups: {folder: …, days: 35}` in virtaama.yaml says where they are and how long they are kept. The newest is
    never taken away.

    \b
    Example:
        virtaama retention backups --project demo
    """
    from virtaama.project.rotation import expire_backups, kept_backups

    project = Project.open(folder, say)
    where = project.settings.backups
    if where is None:
        raise NotReady(
            "No folder of backups is named.\n  Write `backups: {folder: <folder>, days: 35}` in virtaama.yaml."
        )
    erasures = project.ledger.erasures.all()
    kept = kept_backups(where, project.settings.backup_days, erasures)
    if expire:
        gone = expire_backups(where, kept, date.today())
        say(f"{counted(len(gone), 'backup')} taken away.")
        kept = tuple(backup for backup in kept if backup.number not in gone)
    print_table(
        ("backup", "made", "goes", "holds what was erased"),
        [
            (
                backup.number,
                f"{backup.made:%Y-%m-%d %H:%M}",
                str(backup.goes),
                "yes" if backup.holds_erased else "no",
            )
            for backup in kept
        ],
    )
