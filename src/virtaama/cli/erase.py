"""Erasing what is known of one person, or what is due: said in words first, on record, proven in the end."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from virtaama.cli.asked import asker_of
from virtaama.cli.console import progress, say
from virtaama.cli.options import project_option
from virtaama.cli.words import counted
from virtaama.project.project import Project

# What finds and destroys is brought in where it does.
if TYPE_CHECKING:
    from virtaama.project.erasing.carried_out import Proven
    from virtaama.project.erasing.erase import Why
    from virtaama.project.erasing.planned import Planned


@click.command()
@click.option("--due", is_flag=True, help="Whatever is due by its retention rule, instead of one person.")
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="With --due: what is due on this day. Default: today, and never a later day.",
)
@click.option("--reason", default="", help="Why. Goes on record; names nobody.")
@click.option(
    "--legal-basis", default="", help="By what law, or whose decision. Goes on record; names nobody."
)
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@click.option("--yes", is_flag=True, help="Do not ask again.")
@click.option("--before-due", is_flag=True, help="Although the law still keeps some of it.")
@click.option("--finish", is_flag=True, help="Finish an erasure that was broken off.")
@click.option("--lift", is_flag=True, help="Let what is delivered of a person who was erased land again.")
@click.option(
    "--as-role",
    "role",
    default="data_protection_officer",
    show_default=True,
    help="The role in which one erases, from access.yaml; it needs `erasure: true`.",
)
@project_option
def erase(
    due: bool,
    on: datetime | None,
    reason: str,
    legal_basis: str,
    dry_run: bool,
    yes: bool,
    before_due: bool,
    finish: bool,
    lift: bool,
    role: str,
    folder: Path,
) -> None:
    """Destroy what is known of one person, or what is due, everywhere; and prove that nothing of it is left.

    The personal identity code is asked for and not shown, or read as a line from what is piped in; it is never an
    argument. What would go is said in words first. Rows are taken out of the lake batch by batch, the warehouse is made
    again, snapshots are published anew and the old ones destroyed; then every file of the project is searched. Broken
    off at any moment, --finish goes on. The audit log keeps its entries for twelve years, as the law says. Exit code 15
    when something was found.

    \b
    Example:
        virtaama erase --dry-run --project demo
    """
    if due + lift + finish > 1:
        raise click.UsageError("--due, --finish and --lift do not go together.")
    from virtaama.project.erasing.erase import erase as carry_out
    from virtaama.project.erasing.erase import finish_begun, what_would_go
    from virtaama.project.erasing.erase import lift as let_land

    project = Project.open(folder, say)
    asker = asker_of(project, role, ())
    day = min(on.date() if on else date.today(), date.today())
    try:
        if finish:
            with progress("Erasing") as tell:
                done = finish_begun(project, asker, tell)
            if done is None:
                say("No erasure was broken off.")
            else:
                _proven(done)
                _backups(project)
            return
        code = None if due else _identity_code()
        if lift:
            lifted = let_land(project, code or "", asker, _why(reason, legal_basis))
            say("What is delivered of them lands again." if lifted else "Nothing had kept it from landing.")
            return
        why = None if dry_run else _why(reason, legal_basis)
        planned = what_would_go(project, day, code)
        for line in in_words(planned):
            click.echo(line)
        if why is None or planned.is_empty:
            return
        if not yes:
            _confirm()
        with progress("Erasing") as tell:
            done = carry_out(project, day, code, asker, why, before_due=before_due, progress=tell)
    except ValueError as error:
        raise click.ClickException(f"{str(error)[0].upper()}{str(error)[1:]}.") from None
    _proven(done)
    _backups(project)


def in_words(planned: Planned) -> Iterator[str]:
    """What would go, without anybody's name."""
    gone = planned.gone
    if planned.is_empty:
        yield "Nothing is kept of what was to be erased."
        return
    if planned.scope == "due":
        people = counted(len(planned.whom.names), "person")
        yield f"Due on {planned.on}: {people} wholly, and single rows of others."
    batches = counted(len(gone.rows), "batch", "batches")
    yield f"{counted(gone.count, 'row')} of {batches} in the lake: written anew without them."
    for concept, keys in sorted(gone.instances.items()):
        yield f"  {concept}: {counted(len(keys), 'instance')}"
    if gone.stay:
        yield f"{counted(gone.stay, 'row')} that describe something else too, which is kept, stay."
    if planned.staying:
        yield f"{counted(planned.staying, 'person')} stay: rows that follow no rule name them."
    if planned.rejected:
        yield f"{counted(sum(map(len, planned.rejected.values())), 'row')} that were set aside."
    if planned.originals.destroyed:
        yield f"{counted(len(planned.originals.destroyed), 'delivered file')}, whole: all of them have landed."
    for name in planned.originals.waiting:
        yield f"  in the way: {name} has not landed as it is."
    yield "The warehouse is made again from the lake; nothing is kept of the old one."
    if planned.aside:
        yield f"Beside it: {', '.join(planned.aside)}."
    yield f"{counted(len(planned.snapshots), 'snapshot')}: published anew, the old destroyed."
    if planned.features:
        yield f"Feature tables: {', '.join(planned.features)}; made again when they are next opened."
    if planned.too_early:
        listed = ", ".join(f"{name} {count}" for name, count in sorted(planned.too_early.items()))
        yield f"The law still keeps some of it: {listed}. Only with --before-due."
    yield "The audit log keeps its entries (703/2023: twelve years). Released figures are anonymous and stay."


def _proven(done: Proven) -> None:
    say(
        f"Erasure {done.id}: {counted(done.rows, 'row')} of {counted(done.batches, 'batch', 'batches')}, "
        f"{counted(done.set_aside, 'row')} that were set aside, {counted(done.originals, 'delivered file')}; "
        f"{counted(done.persons, 'person')} wholly. Snapshot {done.snapshot} is published."
    )
    say(f"{counted(done.files, 'file')} searched: nothing was found.")
    if done.tables:
        say(f"{counted(done.tables, 'table')} of the warehouse say of everybody else what they said before.")


def _backups(project: Project) -> None:
    """Take away backups whose time is over, and say which still hold what was erased, and until when."""
    from virtaama.project.rotation import expire_backups, kept_backups

    settings = project.settings
    if settings.backups is None:
        say("Backups made before hold it until they are deleted: see docs/how-to/erase.md#backups.")
        return
    kept = kept_backups(settings.backups, settings.backup_days, project.ledger.erasures.all())
    gone = expire_backups(settings.backups, kept, date.today())
    holding = [each for each in kept if each.holds_erased and each.number not in gone]
    if gone:
        say(f"{counted(len(gone), 'backup')} older than {settings.backup_days} days taken away.")
    for backup in holding:
        until = "a newer one is made and it" if backup.is_newest else "it"
        say(
            f"Backup {backup.number} of {backup.made:%Y-%m-%d} holds it still, until {until} goes on {backup.goes}."
        )
    if not holding:
        say("No backup holds it.")


def _why(reason: str, legal_basis: str) -> Why:
    from virtaama.project.erasing.erase import Why

    return Why(reason=reason, legal_basis=legal_basis)


def _identity_code() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Personal identity code", hide_input=True, err=True))
    return sys.stdin.readline()


def _confirm() -> None:
    if not sys.stdin.isatty():
        raise click.UsageError("Nobody can be asked here: say --yes.")
    click.confirm("Destroy it? It cannot be brought back", abort=True, err=True)
