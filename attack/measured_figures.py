"""P10: one reader of a county who asks for every figure of the shipped metrics, and what follows from all of them."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import Any

from attack.county import county
from attack.deduction import Sum, deduced
from attack.every_figure import Ask, Knowledge, known
from attack.outcome import Row, Should
from virtaama.access.door import Door
from virtaama.metrics.periods import periods
from virtaama.metrics.question import Figure, Grain, Missing
from virtaama.privacy.policy import Asker, Purpose
from virtaama.project.project import Project

SMALLEST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Of `small` counts, and of `left` groups that counts leave between them, how many were worked out."""

    small: int
    worked_out: int
    left: int
    left_worked_out: int
    hidden_share: float


def worked_out(seen: Knowledge, truth: Knowledge) -> Found:
    """What follows from everything seen, of the groups that truly are small."""
    bounds: dict[Any, tuple[float, float]] = dict(seen.bounds)
    small: list[Hashable] = [
        count for count, (low, high) in truth.bounds.items() if 0 < low == high < SMALLEST and count in bounds
    ]
    left: list[Hashable] = []
    sums: list[Sum] = []
    for whole, parts, how in seen.bonds():
        match how:
            case "all":
                sums.append(Sum(whole, parts))
            case "some" | "rest":
                rest = (how, whole, parts[0] if how == "rest" else parts[0][2][0])
                bounds[rest] = (0.0, inf)
                sums.append(Sum(whole, (*parts, rest)))
                if 0 < truth.value(whole) - sum(map(truth.value, parts)) < SMALLEST:
                    left.append(rest)
            case "overlap":
                sums.append(Sum(whole, parts, exact=False))
            case "each":
                sums += [Sum(whole, (part,), exact=False) for part in parts]
    found = deduced(bounds, sums)
    large = [count for count in truth.bounds if truth.value(count) >= SMALLEST and count in seen.bounds]
    return Found(
        small=len(small),
        worked_out=sum(found[count][0] == found[count][1] for count in small),
        left=len(left),
        left_worked_out=sum(found[rest][0] == found[rest][1] for rest in left),
        hidden_share=sum(seen.bounds[count][0] != seen.bounds[count][1] for count in large) / len(large),
    )


def _small_alone(figure: Figure) -> Figure:
    """A figure as thresholds alone would leave it."""
    if any(0 < (count or 0) < SMALLEST for count in (figure.numerator, figure.denominator)):
        return replace(
            figure, value=None, missing=Missing.TOO_FEW, numerator=None, denominator=None, rows=None
        )
    return figure


def rows(folder: Path, residents: int) -> Iterator[Row]:
    """The shipped metrics of an invented county: as thresholds alone would show them, and as they are shown."""
    project = county(folder, residents)
    catalogue = project.catalogue
    asker = Asker(id="attacker", role="analyst")
    shown, everything = project.door(), _door_without_thresholds(project)
    first, last = shown.periods()
    months = periods(first.replace(month=1), last, Grain.MONTH)

    def seen_by(door: Door) -> Ask:
        return lambda question: door.ask(question, asker, Purpose.STEERING).figures

    truth = known(catalogue, months, seen_by(everything))
    alone = known(catalogue, months, lambda question: map(_small_alone, seen_by(everything)(question)))
    for what, seen in (
        ("small ones alone hidden", alone),
        ("as they are shown", known(catalogue, months, seen_by(shown))),
    ):
        found = worked_out(seen, truth)
        figures = f"every figure of {len(catalogue.metrics)} metrics, {residents:,} residents, {what}"
        hidden = f"{found.hidden_share:.0%} of the others are hidden"
        yield Row(
            id="P10",
            what=f"{figures}: small counts worked out; {hidden}",
            tried=found.small,
            got=found.worked_out,
            should=Should.SHOWN,
        )
        yield Row(
            id="P10",
            what=f"{figures}: small groups that two counts leave, worked out",
            tried=found.left,
            got=found.left_worked_out,
            should=Should.SHOWN,
        )


def _door_without_thresholds(project: Project) -> Door:
    """A door no county has."""
    metrics = tuple(replace(m, minimum_group=min(1, m.minimum_group)) for m in project.catalogue.metrics)
    roles = tuple(replace(role, minimum_group=1) for role in project.roles)
    return Door(
        published=project.settings.published,
        catalogue=replace(project.catalogue, metrics=metrics),
        model=project.model,
        roles=roles,
        audit=project.audit,
        ledger=project.ledger,
        county_code=project.settings.county_code,
        county=project.settings.county,
        clock=project.door()._clock,
        rounding_key=b"a key of the attack",
    )
