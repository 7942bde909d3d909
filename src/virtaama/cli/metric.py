"""The catalogue of metrics in the terminal: what there is, drafts on the newest data, the digests of formulas."""

from __future__ import annotations

from pathlib import Path

import click

from virtaama.cli.ask import show
from virtaama.cli.asked import asker_of, find_metric, purpose_of, question_of
from virtaama.cli.console import print_table, say
from virtaama.cli.options import asker_options, project_option
from virtaama.metrics.definitions import Family
from virtaama.metrics.formula import formula_of
from virtaama.metrics.indicators import Goal, Status
from virtaama.metrics.question import Grain, Level
from virtaama.project.project import Project

_LANGUAGE = click.option(
    "--language", type=click.Choice(["fi", "sv", "en"]), default="en", show_default=True, help="Of labels."
)


@click.group()
def metric() -> None:
    """Metrics and where they stand: list them, preview drafts, tell what an approval is about.

    \b
    Example:
        virtaama metric list --status draft --project demo
    """


@metric.command("list")
@click.option("--family", type=click.Choice([each.value for each in Family]), help="Only of this family.")
@click.option("--goal", type=click.Choice([each.value for each in Goal]), help="Only those that tell of it.")
@click.option(
    "--status", type=click.Choice([each.value for each in Status]), help="Only those that stand there."
)
@_LANGUAGE
@project_option
def list_metrics(
    family: str | None, goal: str | None, status: str | None, language: str, folder: Path
) -> None:
    """List the metrics of a project, with drafts. Nothing of this is a figure, and nothing is computed.

    \b
    Example:
        virtaama metric list --family effectiveness --project demo
    """
    catalogue = Project.open(folder).catalogue
    print_table(
        ("metric", "name", "family", "goals", "version", "status", "decided", "record"),
        [
            (
                each.name,
                each.labels.in_language(language),
                each.family.value,
                ", ".join(each.goals),
                each.version or "",
                each.status.value,
                str(each.approval.valid_from) if each.approval else "",
                each.approval.record if each.approval else "",
            )
            for each in (*catalogue.metrics, *catalogue.drafts)
            if family in (None, each.family) and status in (None, each.status)
            if goal is None or goal in each.goals
        ],
    )


@metric.command()
@click.argument("name", metavar="METRIC")
@project_option
def formula(name: str, folder: Path) -> None:
    """Tell the digest of a formula: what an approval in the metric's `approvals` is about.

    \b
    Example:
        virtaama metric formula emergency_visits_per_1000 --project demo
    """
    catalogue = Project.open(folder).catalogue
    defined = find_metric((*catalogue.metrics, *catalogue.drafts), name)
    click.echo(formula_of(defined, catalogue))


@metric.command()
@click.argument("name", metavar="DRAFT")
@click.option(
    "--level", type=click.Choice([level.value for level in Level]), help="Default: county, or that of --area."
)
@click.option("--area", metavar="AREA", help="One area, by code or name. Default: all of the level.")
@click.option("--by", metavar="DIMENSION", help="Break down, for example by age_group.")
@click.option(
    "--grain", type=click.Choice([grain.value for grain in Grain]), default="month", show_default=True
)
@click.option("--from", "first", metavar="PERIOD", help="Default: eleven months before the last.")
@click.option("--to", "last", metavar="PERIOD", help="Default: the last whole month with data.")
@_LANGUAGE
@asker_options
@project_option
def preview(
    name: str,
    level: str | None,
    area: str | None,
    by: str | None,
    grain: str,
    first: str | None,
    last: str | None,
    language: str,
    role: str,
    purpose: str,
    own: tuple[str, ...],
    folder: Path,
) -> None:
    """Show what a draft would tell, on the newest published data.

    Nothing is published: the figures are computed for this answer, protected like all others and put on
    record. The role must open `drafts`.

    \b
    Example:
        virtaama metric preview repeat_visits_within_week --by age_group --project demo
    """
    project = Project.open(folder)
    catalogue, door = project.catalogue, project.previews()
    if name in [each.name for each in catalogue.metrics]:
        raise click.ClickException(f"'{name}' is no draft: it is in use. Ask for it: virtaama ask {name}")
    defined = find_metric(catalogue.drafts, name)
    asker = asker_of(project, role, own)
    areas = door.areas(asker)
    question = question_of(
        defined.name,
        areas,
        door.periods(),
        grain=grain,
        first=first,
        last=last,
        level=level,
        area=area,
        by=by,
    )
    answer = door.ask(question, asker, purpose_of(purpose))
    labels = {
        figure.member: door.member_label(by, figure.member, language)
        for figure in answer.figures
        if by and figure.member is not None
    }
    show(answer, defined, {(known.level, known.code): known for known in areas}, labels, language)
    say(f"A draft: nothing of it is published. Its formula is {formula_of(defined, catalogue)}.")
