"""Ask for a figure. Goes through the door like every other reader."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from virtaama.access.answers import Answer, AreaName, Snapshot
from virtaama.cli.asked import asker_of, find_metric, purpose_of, question_of
from virtaama.cli.console import print_table, say
from virtaama.cli.options import asker_options, project_option
from virtaama.cli.periods import spelled
from virtaama.metrics.definitions import Metric
from virtaama.metrics.question import Figure, Grain, Level, Question
from virtaama.privacy.spreadsheets import harmless
from virtaama.project.project import Project

DAY = click.DateTime(formats=["%Y-%m-%d"])
COLUMNS = (
    "metric",
    "level",
    "area",
    "name",
    "period",
    "member",
    "value",
    "missing",
    "numerator",
    "denominator",
    "rows",
)


@click.command()
@click.argument("metric")
@click.option(
    "--level", type=click.Choice([level.value for level in Level]), help="Default: county, or that of --area."
)
@click.option(
    "--area", metavar="AREA", help="One area, by code or name: 398, Lahti. Default: all of the level."
)
@click.option("--within", metavar="AREA", help="Only units of this municipality.")
@click.option("--by", metavar="DIMENSION", help="Break down, for example by age_group.")
@click.option(
    "--grain", type=click.Choice([grain.value for grain in Grain]), default="month", show_default=True
)
@click.option(
    "--from",
    "first",
    metavar="PERIOD",
    help="2025, 2025-Q3 or 2025-01. Default: eleven months before the last.",
)
@click.option("--to", "last", metavar="PERIOD", help="Default: the last whole month with data.")
@click.option(
    "--as-of", metavar="DAY", type=DAY, help="What was true when that day was over, such as 2026-03-01."
)
@click.option("--known", metavar="DAY", type=DAY, help="What was known when that day was over.")
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True
)
@click.option(
    "--language", type=click.Choice(["fi", "sv", "en"]), default="en", show_default=True, help="Of labels."
)
@asker_options
@project_option
def ask(
    metric: str,
    level: str | None,
    area: str | None,
    within: str | None,
    by: str | None,
    grain: str,
    first: str | None,
    last: str | None,
    as_of: datetime | None,
    known: datetime | None,
    form: str,
    language: str,
    role: str,
    purpose: str,
    own: tuple[str, ...],
    folder: Path,
) -> None:
    """Answer a question about a metric, in the terminal or as CSV or JSON.

    The question, its purpose and the decision go on record before the answer is shown. What is missing
    says why: too_few, no_data, not_delivered, no_denominator, not_defined, not_allowed or not_rounded.

    \b
    Example:
        virtaama ask emergency_visits_per_1000 --area 398 --from 2026-01 --project demo
        virtaama ask emergency_visits_per_1000 --as-of 2026-03-31 --known 2026-04-02 --project demo
    """
    project = Project.open(folder)
    door = project.door()
    defined = find_metric(door.catalogue().metrics, metric)
    asker = asker_of(project, role, own)
    areas = door.areas(asker)
    asked = question_of(
        defined.name,
        areas,
        door.periods(),
        grain=grain,
        first=first,
        last=last,
        level=level,
        area=area,
        within=within,
        by=by,
    )
    question = replace(asked, as_of=as_of.date() if as_of else None, known=known.date() if known else None)
    answer = door.ask(question, asker, purpose_of(purpose))
    names = {(known.level, known.code): known for known in areas}
    match form:
        case "json":
            click.echo(as_json(answer, names, language))
        case "csv":
            write_csv(answer, names, language)
        case _:
            member_label = {
                figure.member: door.member_label(by, figure.member, language)
                for figure in answer.figures
                if by and figure.member is not None
            }
            show(answer, defined, names, member_label, language)
    if question.as_of or question.known:
        say(place_in_time(question))
    for line in since_published(answer.snapshot):
        say(line)


Names = dict[tuple[str, str], AreaName]


def area_name(names: Names, figure: Figure, language: str) -> str:
    known = names.get((figure.level, figure.area))
    if known is None:
        return ""
    return known.name.in_language(language)


def row_of(figure: Figure, names: Names, language: str) -> tuple[object, ...]:
    return (
        figure.metric,
        figure.level.value,
        figure.area,
        area_name(names, figure, language),
        spelled(figure.period, figure.grain),
        figure.member,
        figure.value,
        figure.missing.value if figure.missing else None,
        figure.numerator,
        figure.denominator,
        figure.rows,
    )


def write_csv(answer: Answer, names: Names, language: str) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    for figure in answer.figures:
        writer.writerow(map(_cell, row_of(figure, names, language)))


def _cell(value: object) -> object:
    if isinstance(value, str):
        return harmless(value)
    return "" if value is None else value


def as_json(answer: Answer, names: Names, language: str) -> str:
    question = answer.question
    return json.dumps(
        {
            "question": {
                "metrics": list(question.metrics),
                "grain": question.grain.value,
                "first": question.first.isoformat(),
                "last": question.last.isoformat(),
                "level": question.level.value,
                "area": question.area,
                "within": question.within,
                "by": question.by,
                "as_of": question.as_of.isoformat() if question.as_of else None,
                "known": question.known.isoformat() if question.known else None,
            },
            "snapshot": answer.snapshot.number,
            "published": answer.snapshot.published.isoformat(),
            "model_version": answer.snapshot.model_version,
            "since_published": list(since_published(answer.snapshot)),
            "record": answer.record,
            "figures": [
                dict(zip(COLUMNS, row_of(figure, names, language), strict=True)) for figure in answer.figures
            ],
        },
        ensure_ascii=False,
        indent=2,
    )


def show(answer: Answer, metric: Metric, names: Names, members: dict[str, str], language: str) -> None:
    rows = []
    for figure in answer.figures:
        value = f"{figure.value:,.{metric.decimals}f}".replace(",", " ") if figure.value is not None else ""
        rows.append(
            (
                spelled(figure.period, figure.grain),
                area_name(names, figure, language) or figure.area,
                *([members.get(figure.member or "", figure.member)] if answer.question.by else []),
                value or f"– {figure.missing}",
                figure.rows,
            )
        )
    columns = ("period", "area", *([answer.question.by] if answer.question.by else []), "value", "rows")
    title = f"{metric.labels.in_language(language)} ({metric.unit.in_language(language)})"
    print_table(columns, rows, title=title)
    say(
        f"Snapshot {answer.snapshot.number}, model {answer.snapshot.model_version}. "
        f"On record as {answer.record}. Where it comes from: virtaama explain {metric.name}"
    )


def since_published(snapshot: Snapshot) -> Iterator[str]:
    """What is no longer as it was when the snapshot was published, in sentences."""
    if snapshot.newer_damaged:
        yield (
            f"Snapshot {snapshot.newer_damaged} is damaged and not used: these figures are from snapshot "
            f"{snapshot.number}. `virtaama load` publishes anew."
        )
    for metric in snapshot.redefined:
        yield f"{metric} was published under an earlier definition; `virtaama load` publishes the one of now."
    if snapshot.model_changed:
        yield "The concept model has changed since these figures were published; `virtaama load` brings them to it."


def place_in_time(question: Question) -> str:
    """In a sentence."""
    true = f"what was true when {question.as_of} was over" if question.as_of else "what is true now"
    known = f"what was known when {question.known} was over" if question.known else "what is known now"
    return f"This is {true}, by {known}."
