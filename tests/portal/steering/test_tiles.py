from __future__ import annotations

from datetime import date

import pytest

from tests.portal.door_for_tests import metric, text
from virtaama.metrics.definitions import Direction, Family
from virtaama.metrics.question import Figure, Grain, Level, Missing
from virtaama.portal.steering.periods import shifted
from virtaama.portal.steering.tiles import Judgement, Movement, Tile, tile

NOW = date(2026, 10, 1)


def figure(period: date, value: float | None, missing: Missing | None = None) -> Figure:
    return Figure(
        metric="x", level=Level.COUNTY, area="07", period=period, grain=Grain.MONTH, member=None, value=value,
        missing=missing, numerator=None, denominator=None, rows=None,
    )  # fmt: skip


def tile_of(
    values: dict[int, float],
    direction: Direction = Direction.LOWER_IS_BETTER,
    target: float | None = None,
    missing: Missing | None = None,
    decimals: int = 1,
) -> Tile:
    """A tile whose value so many months ago was this."""
    definition = metric("x", text("X"), Family.NEED, text("kpl"), direction, decimals=decimals, target=target)
    figures = [figure(shifted(NOW, Grain.MONTH, -ago), value) for ago, value in values.items()]
    if missing:
        figures.append(figure(NOW, None, missing))
    return tile(definition, figures, NOW, Grain.MONTH, shifted(NOW, Grain.MONTH, -23))


@pytest.mark.parametrize(
    ("direction", "before", "movement", "judgement"),
    [
        (Direction.LOWER_IS_BETTER, 9.0, Movement.UP, Judgement.WORSE),
        (Direction.LOWER_IS_BETTER, 11.0, Movement.DOWN, Judgement.BETTER),
        (Direction.HIGHER_IS_BETTER, 9.0, Movement.UP, Judgement.BETTER),
        (Direction.HIGHER_IS_BETTER, 11.0, Movement.DOWN, Judgement.WORSE),
        (Direction.NEUTRAL, 9.0, Movement.UP, Judgement.NEITHER),
        (Direction.LOWER_IS_BETTER, 10.0, Movement.SAME, Judgement.NEITHER),
    ],
)
def test_a_change_is_judged_by_the_direction_of_the_metric(
    direction: Direction, before: float, movement: Movement, judgement: Judgement
) -> None:
    change = tile_of({0: 10.0, 1: before}, direction).from_previous
    assert change is not None
    assert (change.movement, change.judgement) == (movement, judgement)


def test_a_change_nobody_can_see_is_none() -> None:
    change = tile_of({0: 10.04, 1: 10.02}).from_previous
    assert change is not None
    assert change.movement is Movement.SAME


def test_the_same_month_a_year_ago_is_twelve_months_back() -> None:
    change = tile_of({0: 10.0, 12: 7.5}).from_year_before
    assert change is not None
    assert change.difference == 2.5


def test_without_an_earlier_value_there_is_no_change() -> None:
    assert tile_of({0: 10.0}).from_previous is None


@pytest.mark.parametrize(
    ("direction", "met"),
    [(Direction.LOWER_IS_BETTER, True), (Direction.HIGHER_IS_BETTER, True), (Direction.NEUTRAL, None)],
)
def test_a_value_at_its_target_meets_it(direction: Direction, met: bool | None) -> None:
    aimed_at = tile_of({0: 14.04}, direction, target=14.0).aimed_at
    assert aimed_at is not None
    assert aimed_at.met is met


def test_a_target_of_the_future_is_no_target_yet() -> None:
    definition = metric("x", text("X"), Family.NEED, text("kpl"), target=10)
    early = date(2023, 12, 1)
    assert tile(definition, [figure(early, 1.0)], early, Grain.MONTH, early).target is None


def test_a_missing_value_says_why_and_has_no_verdict() -> None:
    missing = tile_of({1: 3.0}, target=1.0, missing=Missing.TOO_FEW)
    assert (missing.value, missing.missing, missing.aimed_at) == (None, Missing.TOO_FEW, None)


def test_a_figure_the_door_did_not_give_is_missing_and_not_zero() -> None:
    assert tile_of({}).missing is Missing.NO_DATA


def test_the_past_has_a_place_for_each_period_also_without_a_value() -> None:
    assert tile_of({0: 1.0, 2: 3.0}).values[-3:] == (3.0, None, 1.0)
    assert len(tile_of({0: 1.0}).past) == 24
