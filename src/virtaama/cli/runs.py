"""What was done when, what was noticed, and what was set aside."""

from __future__ import annotations

from pathlib import Path

import click

from virtaama.cli.console import print_table, say
from virtaama.cli.options import project_option, terminal_user
from virtaama.lake.batches import Batch, Rejected
from virtaama.privacy.policy import Asker
from virtaama.project.project import Project


@click.command()
@click.option("--quality", is_flag=True, help="What was noticed in each feed instead.")
@click.option("--quarantine", is_flag=True, help="The rows that were set aside instead.")
@click.option("--batch", type=int, help="Only this batch.")
@click.option("--show-raw", is_flag=True, help="With --quarantine: the rows as delivered. Goes on record.")
@click.option(
    "--as-role",
    "role",
    default="data_engineer",
    show_default=True,
    help="With --show-raw: the role in which one opens them, from access.yaml.",
)
@project_option
def runs(quality: bool, quarantine: bool, batch: int | None, show_raw: bool, role: str, folder: Path) -> None:
    """List the runs that landed, loaded and published, newest first.

    With --quality: each thing that was noticed, with how many rows it concerns. With --quarantine: the
    rows that could not be read, with file, line and reason. The rows as delivered may name persons: only a
    role with `quarantine` opens them, and that it does goes on record before they are shown.

    \b
    Example:
        virtaama runs --quality --project demo
    """
    project = Project.open(folder)
    if show_raw and not quarantine:
        raise click.UsageError("--show-raw goes with --quarantine.")
    if quarantine:
        show_quarantine(project, batch, Asker(id=terminal_user(), role=role) if show_raw else None)
    elif quality:
        show_quality(project, batch)
    else:
        show_runs(project)


def show_runs(project: Project) -> None:
    print_table(
        ("run", "kind", "started", "seconds", "outcome", "what"),
        [
            (
                run.id,
                run.kind,
                f"{run.started:%Y-%m-%d %H:%M:%S}",
                round((run.finished - run.started).total_seconds()) if run.finished else None,
                "done" if run.ok else "failed" if run.finished else "not finished",
                run.error
                or ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in run.counts.items()),
            )
            for run in project.ledger.runs()
        ],
    )


def show_quality(project: Project, batch: int | None) -> None:
    files = {known.number: known.file for known in project.ledger.batches()}
    lines = [line for line in project.ledger.quality() if batch in (None, line.batch)]
    print_table(
        ("feed", "batch", "file", "check", "count", "rows", "detail"),
        [
            (
                line.feed,
                line.batch or None,
                files.get(line.batch, ""),
                line.check,
                line.count,
                line.rows,
                line.detail,
            )
            for line in lines
        ],
    )


def show_quarantine(project: Project, batch: int | None, opened_by: Asker | None) -> None:
    chosen = [known for known in project.ledger.batches() if known.rejected and batch in (None, known.number)]
    if opened_by:
        print_table(
            (*QUARANTINE, "as delivered"),
            [
                (*quarantined(known, row), row.raw.decode("utf-8", "backslashreplace"))
                for known, row in project.open_quarantine(tuple(known.number for known in chosen), opened_by)
            ],
        )
        return
    rows = [quarantined(known, row) for known in chosen for row in project.ledger.rejected(known.number)]
    print_table(QUARANTINE, rows)
    if rows:
        say("The rows themselves may name persons; --show-raw shows them and puts that on record.")


QUARANTINE = ("batch", "file", "line", "reason", "detail")


def quarantined(batch: Batch, row: Rejected) -> tuple[object, ...]:
    return batch.number, batch.file, row.line, row.reason, row.detail
