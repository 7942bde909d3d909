"""Everything the steering pages read: questions to the door, and what their answers say."""

from __future__ import annotations

from dataclasses import dataclass

from virtaama.access.answers import Answer, AreaName
from virtaama.access.door import Door
from virtaama.metrics.definitions import Dimension, Metric
from virtaama.metrics.members import WORDS as NO_MEMBER
from virtaama.metrics.question import Figure, Grain, Level, Question
from virtaama.portal.core.door import purpose_of
from virtaama.portal.steering.filters import Filters
from virtaama.portal.steering.periods import shifted
from virtaama.portal.steering.tiles import FamilyOfTiles, Tile, grouped, tile
from virtaama.privacy.policy import Asker

POINTS = {Grain.MONTH: 24, Grain.QUARTER: 12, Grain.YEAR: 5}
AREAS = ("municipality", "unit")  # dimensions that are areas: compared, not broken down by


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Every metric at one area and period."""

    families: tuple[FamilyOfTiles, ...]
    answer: Answer

    @property
    def tiles(self) -> tuple[Tile, ...]:
        return tuple(tile for family in self.families for tile in family.tiles)

    @property
    def met(self) -> tuple[Tile, ...]:
        return tuple(tile for tile in self.tiles if tile.aimed_at and tile.aimed_at.met is True)

    @property
    def not_met(self) -> tuple[Tile, ...]:
        return tuple(tile for tile in self.tiles if tile.aimed_at and tile.aimed_at.met is False)

    @property
    def without_value(self) -> tuple[Tile, ...]:
        return tuple(tile for tile in self.tiles if tile.missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a table about a metric: a period, an area or a member of a dimension."""

    figure: Figure
    name: str
    area: AreaName | None = None  # set where the row leads to another area


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The lines of a table and the answer they came in."""

    rows: tuple[Row, ...]
    answer: Answer

    @property
    def shown(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.figure.value is not None)

    @property
    def listed(self) -> tuple[Row, ...]:
        """In the order of a table: a trend begins with its newest period."""
        return tuple(sorted(self.rows, key=lambda row: row.figure.period, reverse=True))

    @property
    def without_value(self) -> int:
        return len(self.rows) - len(self.shown)


def overview(door: Door, asker: Asker, filters: Filters) -> Overview:
    """All tiles from one question."""
    metrics = door.catalogue().metrics
    first = max(filters.periods[0], shifted(filters.period, filters.grain, 1 - POINTS[filters.grain]))
    answer = door.ask(
        Question(
            metrics=tuple(metric.name for metric in metrics),
            grain=filters.grain,
            first=first,
            last=filters.period,
            level=filters.level,
            area=filters.area.code,
        ),
        asker,
        purpose_of(asker),
    )
    figures: dict[str, list[Figure]] = {}
    for figure in answer.figures:
        figures.setdefault(figure.metric, []).append(figure)
    tiles = [
        tile(metric, figures.get(metric.name, ()), filters.period, filters.grain, first) for metric in metrics
    ]
    return Overview(families=grouped(tiles), answer=answer)


def trend(door: Door, asker: Asker, metric: Metric, filters: Filters) -> Rows:
    """The metric over every whole period there is, oldest first."""
    answer = door.ask(
        Question(
            metrics=(metric.name,),
            grain=filters.grain,
            first=filters.periods[0],
            last=filters.periods[-1],
            level=filters.level,
            area=filters.area.code,
            as_of=filters.past.as_of,
            known=filters.past.known,
        ),
        asker,
        purpose_of(asker),
    )
    figures = sorted(answer.figures, key=lambda figure: figure.period)
    return Rows(rows=tuple(Row(figure=figure, name="") for figure in figures), answer=answer)


def comparison(door: Door, asker: Asker, metric: Metric, filters: Filters, language: str) -> Rows | None:
    """The areas one level below, the largest value first; beside a unit, its sister units.

    None when the metric is not defined there or the asker sees no such area.
    """
    level = Level.MUNICIPALITY if filters.level is Level.COUNTY else Level.UNIT
    within = {Level.COUNTY: None, Level.MUNICIPALITY: filters.area.code, Level.UNIT: filters.area.within}[
        filters.level
    ]
    areas = {a.code: a for a in filters.areas if a.level == level and (within is None or a.within == within)}
    if level not in metric.levels or not areas:
        return None
    answer = door.ask(
        Question(
            metrics=(metric.name,),
            grain=filters.grain,
            first=filters.period,
            last=filters.period,
            level=level,
            within=within,
            as_of=filters.past.as_of,
            known=filters.past.known,
        ),
        asker,
        purpose_of(asker),
    )
    rows = [
        Row(figure=figure, name=areas[figure.area].name.in_language(language), area=areas[figure.area])
        for figure in answer.figures
        if figure.area in areas
    ]
    return Rows(rows=tuple(sorted(rows, key=largest_first)), answer=answer)


def breakdown(door: Door, asker: Asker, metric: Metric, by: str, filters: Filters, language: str) -> Rows:
    """The metric at the area and period for each member of a dimension."""
    answer = door.ask(
        Question(
            metrics=(metric.name,),
            grain=filters.grain,
            first=filters.period,
            last=filters.period,
            level=filters.level,
            area=filters.area.code,
            by=by,
            as_of=filters.past.as_of,
            known=filters.past.known,
        ),
        asker,
        purpose_of(asker),
    )
    rows = [
        Row(figure=figure, name=door.member_label(by, figure.member or "", language))
        for figure in answer.figures
        if figure.member is not None
    ]
    if by == "age_group":
        rows.sort(key=lambda row: first_number(row.figure.member or ""))
    else:
        rows.sort(key=largest_first)
    return Rows(rows=tuple(rows), answer=answer)


def dimensions_of(door: Door, metric: Metric) -> tuple[Dimension, ...]:
    """What the metric can be broken down by, in the order of its definition."""
    known = {dimension.name: dimension for dimension in door.catalogue().dimensions}
    return tuple(known[name] for name in metric.by if name not in AREAS and name in known)


def metric_named(door: Door, name: str) -> Metric | None:
    return next((metric for metric in door.catalogue().metrics if metric.name == name), None)


def largest_first(row: Row) -> tuple[bool, bool, float, str]:
    """What is told of no member comes last."""
    value = row.figure.value
    return row.figure.member in NO_MEMBER, value is None, -(value or 0.0), row.name


def first_number(text: str) -> tuple[int, str]:
    digits = "".join(character if character.isdigit() else " " for character in text).split()
    return (int(digits[0]) if digits else 1000), text
