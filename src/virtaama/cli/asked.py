"""What somebody at a terminal asks: who they are, what for, about which metric, where and when."""

from __future__ import annotations

from datetime import date

import click

from virtaama.access.answers import AreaName
from virtaama.cli.options import terminal_user
from virtaama.cli.periods import first_day, last_day
from virtaama.cli.words import did_you_mean
from virtaama.metrics.definitions import Metric
from virtaama.metrics.question import Grain, Level, Question
from virtaama.privacy.policy import Asker, Purpose
from virtaama.project.project import Project


def question_of(
    metric: str,
    areas: tuple[AreaName, ...],
    kept: tuple[date, date],
    *,
    grain: str,
    first: str | None,
    last: str | None,
    level: str | None,
    area: str | None,
    within: str | None = None,
    by: str | None,
) -> Question:
    """The question as it was typed; the newest twelve months of those `kept` where no period was."""
    earliest, latest = kept
    chosen = find_area(areas, area) if area else None
    around = find_area(areas, within) if within else None
    end = last_day(last) if last else latest
    return Question(
        metrics=(metric,),
        grain=Grain(grain),
        first=first_day(first) if first else max(earliest, eleven_months_before(end)),
        last=end,
        level=Level(level) if level else level_of(chosen, around),
        area=chosen.code if chosen else None,
        within=around.code if around else None,
        by=by,
    )


def asker_of(project: Project, role: str, own: tuple[str, ...]) -> Asker:
    """The asker at a terminal: the system's user name and the role they chose."""
    known = [each.name for each in project.roles]
    if role not in known:
        raise click.ClickException(f"No role '{role}' in access.yaml. {did_you_mean(role, known)}")
    return Asker(id=terminal_user(), role=role, municipalities=frozenset(own))


def purpose_of(name: str) -> Purpose:
    if name not in list(Purpose):
        raise click.ClickException(
            f"No purpose '{name}'. {did_you_mean(name, [each.value for each in Purpose])}"
        )
    return Purpose(name)


def find_metric(metrics: tuple[Metric, ...], name: str) -> Metric:
    for metric in metrics:
        if metric.name == name:
            return metric
    raise click.ClickException(
        f"No metric '{name}'. {did_you_mean(name, [metric.name for metric in metrics])}"
    )


def find_area(areas: tuple[AreaName, ...], text: str) -> AreaName:
    """The area of this code or, in any language, of this name."""
    for known in areas:
        names = (known.code, known.name.fi, known.name.sv, known.name.en)
        if text.casefold() in {name.casefold() for name in names}:
            return known
    # Hundreds of units would bury the answer; municipalities are what one usually means.
    likely = [a.name.fi for a in areas if a.level != Level.UNIT]
    raise click.ClickException(f"No area '{text}'. {did_you_mean(text, likely)}")


def level_of(area: AreaName | None, within: AreaName | None) -> Level:
    """The level of the area asked for; units where one asks within a municipality."""
    if within:
        return Level.UNIT
    return Level(area.level) if area else Level.COUNTY


def eleven_months_before(day: date) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - 11, 12)
    return date(year, month + 1, 1)
