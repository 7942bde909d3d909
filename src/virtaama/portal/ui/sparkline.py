"""A series of values as a small line, drawn without any library: one tile has one, a page many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, MARGIN = 160, 40, 4

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sparkline:
    """Where everything stands in a box of WIDTH times HEIGHT; lines are ready for an SVG polyline."""

    lines: tuple[str, ...]
    dots: tuple[Point, ...]  # values with a gap on both sides, which no line shows
    last: Point | None
    target: float | None


def sparkline(values: Sequence[float | None], target: float | None = None) -> Sparkline | None:
    """Place the values; None where there are none at all. A missing value is a gap, never a zero."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    scale = [*known, *([target] if target is not None else [])]
    lowest, highest = min(scale), max(scale)
    span = (highest - lowest) or 1.0
    step = (WIDTH - 2 * MARGIN) / max(len(values) - 1, 1)

    def height(value: float) -> float:
        if highest == lowest:
            return HEIGHT / 2
        return round(HEIGHT - MARGIN - (value - lowest) / span * (HEIGHT - 2 * MARGIN), 1)

    places = [
        None if value is None else (round(MARGIN + index * step, 1), height(value))
        for index, value in enumerate(values)
    ]
    runs = without_gaps(places)
    return Sparkline(
        lines=tuple(" ".join(f"{x},{y}" for x, y in run) for run in runs if len(run) > 1),
        dots=tuple(run[0] for run in runs if len(run) == 1),
        last=places[-1],
        target=None if target is None else height(target),
    )


def without_gaps(places: Sequence[Point | None]) -> list[list[Point]]:
    runs: list[list[Point]] = [[]]
    for place in places:
        if place is not None:
            runs[-1].append(place)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]
