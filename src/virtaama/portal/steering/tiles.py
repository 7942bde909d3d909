"""From figures to what a tile says. Pure: figures in, tiles out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from virtaama.metrics.definitions import Direction, Family, Metric, Target
from virtaama.metrics.indicators import Break
from virtaama.metrics.question import Figure, Grain, Missing
from virtaama.portal.steering.periods import shifted, year_before


class Judgement(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    NEITHER = "neither"


class Movement(StrEnum):
    UP = "up"
    DOWN = "down"
    SAME = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How a value differs from an earlier one, as far as the shown decimals tell."""

    difference: float
    movement: Movement
    judgement: Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class AimedAt:
    """The target of a day and whether a value meets it; `met` None where neither direction is better."""

    target: Target
    met: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One metric at one area and period, with its past. Exactly one of `value` and `missing` is set."""

    metric: Metric
    value: float | None
    missing: Missing | None
    from_previous: Change | None
    from_year_before: Change | None
    aimed_at: AimedAt | None
    target: Target | None
    past: tuple[tuple[date, float | None], ...]  # oldest first, up to and with the period
    broken: Break | None = (
        None  # the newest break on the way from a year before: nothing is compared across it
    )

    @property
    def values(self) -> tuple[float | None, ...]:
        return tuple(value for _, value in self.past)

    @property
    def target_value(self) -> float | None:
        return self.target.value if self.target else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyOfTiles:
    family: Family
    tiles: tuple[Tile, ...]


def tile(metric: Metric, figures: Iterable[Figure], period: date, grain: Grain, first: date) -> Tile:
    """The tile of a metric from its figures of one area, whatever their order."""
    by_period = {figure.period: figure for figure in figures}
    now = by_period.get(period)
    value = now.value if now else None
    past = []
    at = first
    while at <= period:
        past.append((at, by_period[at].value if at in by_period else None))
        at = shifted(at, grain, 1)
    after = shifted(period, grain, 1)
    target = target_on(metric.targets, after)
    before, a_year_before = shifted(period, grain, -1), year_before(period)
    return Tile(
        metric=metric,
        value=value,
        missing=None if value is not None else (now.missing if now else Missing.NO_DATA) or Missing.NO_DATA,
        from_previous=None
        if break_between(metric, before, after)
        else change(metric, value, by_period.get(before)),
        from_year_before=None
        if grain is Grain.YEAR  # the year before is the previous year
        or break_between(metric, a_year_before, after)
        else change(metric, value, by_period.get(a_year_before)),
        aimed_at=None
        if target is None or value is None
        else AimedAt(target=target, met=meets(metric, value, target)),
        target=target,
        past=tuple(past),
        broken=break_between(metric, min(before, a_year_before), after),
    )


def break_between(metric: Metric, earlier: date, end: date) -> Break | None:
    """The newest break of a series after the first day of an earlier period and before the day `end`."""
    return next((each for each in reversed(metric.breaks) if earlier < each.on < end), None)


def change(metric: Metric, value: float | None, earlier: Figure | None) -> Change | None:
    """The change since an earlier figure; None when either has no value."""
    if value is None or earlier is None or earlier.value is None:
        return None
    difference = round(value, metric.decimals) - round(earlier.value, metric.decimals)
    difference = round(difference, metric.decimals)
    if not difference:
        return Change(difference=0.0, movement=Movement.SAME, judgement=Judgement.NEITHER)
    movement = Movement.UP if difference > 0 else Movement.DOWN
    return Change(difference=difference, movement=movement, judgement=judge(metric.direction, movement))


def judge(direction: Direction, movement: Movement) -> Judgement:
    match direction, movement:
        case (Direction.NEUTRAL, _) | (_, Movement.SAME):
            return Judgement.NEITHER
        case (Direction.HIGHER_IS_BETTER, Movement.UP) | (Direction.LOWER_IS_BETTER, Movement.DOWN):
            return Judgement.BETTER
        case _:
            return Judgement.WORSE


def target_on(targets: Sequence[Target], end: date) -> Target | None:
    """The newest target in force before the day `end`."""
    return max((t for t in targets if t.valid_from < end), key=lambda t: t.valid_from, default=None)


def meets(metric: Metric, value: float, target: Target) -> bool | None:
    """Whether the value as shown meets the target."""
    shown = round(value, metric.decimals)
    match metric.direction:
        case Direction.HIGHER_IS_BETTER:
            return shown >= target.value
        case Direction.LOWER_IS_BETTER:
            return shown <= target.value
        case Direction.NEUTRAL:
            return None


def grouped(tiles: Sequence[Tile]) -> tuple[FamilyOfTiles, ...]:
    """The tiles in the order of the families; families without metrics are left out."""
    families = (
        FamilyOfTiles(family=family, tiles=tuple(t for t in tiles if t.metric.family is family))
        for family in Family
    )
    return tuple(family for family in families if family.tiles)
