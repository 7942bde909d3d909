"""What is expected of the data, and whether it holds: for people, and for schedulers by exit code."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from virtaama.cli.console import print_table, say
from virtaama.cli.options import project_option
from virtaama.model.expectations import Expectation, Severity, Unit
from virtaama.problems import NotAsExpected
from virtaama.project.project import Project
from virtaama.quality.results import Result, began, failing_since

_RANK = {Severity.NOTE: 0, Severity.WARN: 1, Severity.STOP: 2}


@click.command()
@click.option("--failed", is_flag=True, help="Only what does not hold.")
@click.option(
    "--fail-on",
    type=click.Choice([*(severity.value for severity in Severity), "nothing"]),
    default=Severity.STOP.value,
    show_default=True,
    help="From which severity on a failure ends the command with exit code 9.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option(
    "--language", type=click.Choice(["fi", "sv", "en"]), default="en", show_default=True, help="Of messages."
)
@project_option
def quality(failed: bool, fail_on: str, as_json: bool, language: str, folder: Path) -> None:
    """Check what is expected of the data and list the state of every expectation.

    Deliveries that were not checked yet are checked, and whether one is missing today. What came of it is
    kept. Exit code 9 when an expectation of the severity named by --fail-on, or a graver one, does not hold.

    \b
    Example:
        virtaama quality --failed --project demo
    """
    project = Project.open(folder)
    state = project.check_quality()
    expected = {expectation.id: expectation for expectation in project.model.expectations}
    since = failing_since(project.ledger.results())
    chosen = [result for result in state if not (failed and result.passed)]
    if as_json:
        for result in chosen:
            click.echo(json.dumps(as_plain(result, expected[result.id], since), ensure_ascii=False))
    else:
        print_table(
            (
                "expectation",
                "severity",
                "holds",
                "measured",
                "allowed",
                "rows",
                "of",
                "since",
                "owner",
                "message",
            ),
            [as_row(result, expected[result.id], since, language) for result in chosen],
        )
    failures = [result for result in state if not result.passed]
    never = len(expected) - len(state)
    say(
        f"{len(state)} expectations checked, {len(failures)} do not hold."
        + (f" {never} wait for their first check." if never else "")
    )
    counting = [r for r in failures if fail_on != "nothing" and _RANK[r.severity] >= _RANK[Severity(fail_on)]]
    if counting:
        named = "\n".join(f"  {r.id}: {expected[r.id].message.in_language(language)}" for r in counting)
        raise NotAsExpected(
            f"{len(counting)} expectations of severity {fail_on} or graver do not hold:\n{named}"
        )


def as_row(
    result: Result, expectation: Expectation, since: dict[str, Result], language: str
) -> tuple[object, ...]:
    first = since.get(result.id)
    return (
        result.id,
        result.severity.value,
        "yes" if result.passed else "NO",
        measured(result.measured, expectation.unit),
        allowed(result, expectation.unit),
        result.rows,
        result.of,
        f"{began(first):%Y-%m-%d}" if first else None,
        result.owner,
        "" if result.passed else expectation.message.in_language(language),
    )


def measured(value: float | None, unit: Unit) -> str:
    if value is None:
        return "nothing to check"
    match unit:
        case Unit.SHARE:
            return f"{value:.2%}"
        case Unit.INDEX:
            return f"{value:.3f}"
        case Unit.COUNT | Unit.DAYS:
            return f"{value:g}" + (" d" if unit is Unit.DAYS else "")


def allowed(result: Result, unit: Unit) -> str:
    sides = [
        f"≥ {measured(result.least, unit)}" if result.least is not None else "",
        f"≤ {measured(result.most, unit)}" if result.most is not None else "",
    ]
    return " ".join(side for side in sides if side)


def as_plain(result: Result, expectation: Expectation, since: dict[str, Result]) -> dict[str, object]:
    first = since.get(result.id)
    return {
        **asdict(result),
        "moment": result.moment.isoformat(),
        "unit": expectation.unit.value,
        "message": asdict(expectation.message),
        "describes": _iso(result.describes),
        "failing_since": _iso(began(first) if first else None),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
