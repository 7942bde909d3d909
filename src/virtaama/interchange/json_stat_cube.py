"""The figures of a release as cubes: codes along axes, a value or the reason there is none in each cell, and words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product
from math import prod
from typing import Any

from virtaama.interchange.json_stat_words import ABSENT, DIMENSIONS, GRAINS, PROTECTED, STATUSES
from virtaama.metrics.definitions import Catalogue, Metric
from virtaama.metrics.question import Grain, Level
from virtaama.metrics.released import ReleasedFigure
from virtaama.metrics.releases import Release
from virtaama.model.concepts import Text

Plain = dict[str, Any]
METRIC, AREA, PERIOD = "metric", "area", "period"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An area with its names; `within` is the municipality of a unit."""

    level: Level
    code: str
    name: Text
    within: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where figures come from: when they were made, from which published snapshot, on record as which entry."""

    county: Text
    number: int  # how often the release has been made
    made: datetime
    snapshot: int
    published: datetime
    model_version: str
    catalogue_version: str
    record: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedFigures:
    """The figures of a release, as they may leave the county, with words for whatever is in them."""

    release: Release
    figures: tuple[ReleasedFigure, ...]
    catalogue: Catalogue
    places: tuple[Place, ...]  # the county first
    members: Mapping[str, Mapping[str, Text]]  # words for the members of each dimension, in their order
    origin: Origin


@dataclass(frozen=True, slots=True)
class Table:
    """One cube of a release: a length of periods, and what it is broken down by; empty for nothing."""

    grain: Grain
    dimension: str

    @property
    def name(self) -> str:
        return "-".join(filter(None, (self.grain.value, self.dimension)))


def tables_of(figures: Iterable[ReleasedFigure]) -> tuple[Table, ...]:
    """The cubes of a release, in the order of its figures."""
    return tuple(dict.fromkeys(Table(figure.grain, figure.dimension) for figure in figures))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cube:
    """The figures of one table with the codes along each axis."""

    told: ReleasedFigures
    table: Table
    figures: Mapping[tuple[str, ...], ReleasedFigure]
    metrics: tuple[Metric, ...]
    places: Mapping[str, Place]  # by the code they have here
    members: tuple[str, ...]
    periods: tuple[date, ...]

    @classmethod
    def of(cls, told: ReleasedFigures, table: Table) -> Cube:
        found = [f for f in told.figures if Table(f.grain, f.dimension) == table]
        names = {figure.metric for figure in found}
        codes = _codes(found, told.places)
        members = {figure.member for figure in found} if table.dimension else set()
        known = told.members.get(table.dimension, {})
        ordered = (*(m for m in known if m in members), *sorted(members - known.keys()))
        return cls(
            told=told,
            table=table,
            figures={
                (
                    figure.metric,
                    codes[figure.level, figure.area],
                    *((figure.member,) if table.dimension else ()),
                    period_code(figure.period, table.grain),
                ): figure
                for figure in found
            },
            metrics=tuple(told.catalogue.metric(name) for name in told.release.metrics if name in names),
            places={codes[each.level, each.code]: each for each in _places(found, told.places)},
            members=ordered,
            periods=tuple(sorted({figure.period for figure in found})),
        )

    @property
    def axes(self) -> dict[str, tuple[str, ...]]:
        """The codes along each axis, in the order of the cube."""
        return {
            METRIC: tuple(metric.name for metric in self.metrics),
            AREA: tuple(self.places),
            **({self.table.dimension: self.members} if self.table.dimension else {}),
            PERIOD: tuple(period_code(period, self.table.grain) for period in self.periods),
        }

    def cells(self) -> Plain:
        """Values in row-major order, and the status of each that is missing by its position."""
        decimals = {metric.name: metric.decimals for metric in self.metrics}
        values: list[float | None] = []
        status: dict[str, str] = {}
        for key in product(*self.axes.values()):
            figure = self.figures.get(key)
            if figure is None or figure.value is None:
                status[str(len(values))] = figure.status.value if figure else ABSENT
                values.append(None)
            else:
                values.append(figure.value if decimals[figure.metric] else int(figure.value))
        assert len(values) == prod(map(len, self.axes.values()))
        return {"value": values, **({"status": status} if status else {})}

    def children(self) -> dict[str, list[str]]:
        """Which areas lie in which: municipalities in the county, units in their municipality."""
        code_of = {(place.level, place.code): code for code, place in self.places.items()}
        found: dict[str, list[str]] = {}
        for code, place in self.places.items():
            match place.level:
                case Level.MUNICIPALITY:
                    above = next((c for c, p in self.places.items() if p.level is Level.COUNTY), None)
                case Level.UNIT:
                    above = code_of.get((Level.MUNICIPALITY, place.within or ""))
                case _:
                    above = None
            if above is not None:
                found.setdefault(above, []).append(code)
        return found

    def words(self, language: str) -> Plain:
        """Every word of the document in one language."""
        release, catalogue = self.told.release, self.told.catalogue
        labels = {dimension.name: dimension.labels for dimension in catalogue.dimensions}
        said = {**DIMENSIONS, **labels}
        named: dict[str, Mapping[str, Text]] = {
            METRIC: {metric.name: metric.labels for metric in self.metrics},
            AREA: {code: place.name for code, place in self.places.items()},
            PERIOD: {code: Text(code, code, code) for code in self.axes[PERIOD]},
        }
        if self.table.dimension:
            known = self.told.members.get(self.table.dimension, {})
            named[self.table.dimension] = {
                each: known.get(each, Text(each, each, each)) for each in self.members
            }
        parts = [release.labels, GRAINS[self.table.grain]]
        if self.table.dimension:
            parts.append(said[self.table.dimension])
        rule = PROTECTED.in_language(language).format(threshold=release.threshold, rounding=release.rounding)
        words: Plain = {
            "label": ", ".join(part.in_language(language) for part in parts),
            "source": self.told.origin.county.in_language(language),
            "note": [release.definition.in_language(language), rule],
            "status": {name: text.in_language(language) for name, text in STATUSES.items()},
            "dimension": {
                name: {
                    "label": said[name].in_language(language),
                    "category": {
                        "label": {code: text.in_language(language) for code, text in named[name].items()}
                    },
                }
                for name in self.axes
            },
        }
        words["dimension"][METRIC]["category"] |= {
            "unit": {
                metric.name: {"label": metric.unit.in_language(language), "decimals": metric.decimals}
                for metric in self.metrics
            },
            "note": {metric.name: [metric.definition.in_language(language)] for metric in self.metrics},
        }
        return words


def period_code(first_day: date, grain: Grain) -> str:
    """2026-09, 2026Q3 or 2026."""
    match grain:
        case Grain.MONTH:
            return f"{first_day.year}-{first_day.month:02d}"
        case Grain.QUARTER:
            return f"{first_day.year}Q{(first_day.month + 2) // 3}"
        case Grain.YEAR:
            return str(first_day.year)


def _places(figures: Sequence[ReleasedFigure], places: Iterable[Place]) -> Iterator[Place]:
    """The areas that have figures, in the order of the places; those nobody has a name for by their code."""
    wanted = dict.fromkeys((figure.level, figure.area) for figure in figures)
    known = {(place.level, place.code): place for place in places}
    yield from (place for key, place in known.items() if key in wanted)
    for level, code in wanted:
        if (level, code) not in known:
            yield Place(level=level, code=code, name=Text(code, code, code))


def _codes(figures: Sequence[ReleasedFigure], places: Iterable[Place]) -> dict[tuple[Level, str], str]:
    """A code of its own for each area: the level before it where areas of two levels have one code."""
    keys = [(place.level, place.code) for place in _places(figures, places)]
    alike = {code for _, code in keys if sum(code == other for _, other in keys) > 1}
    return {(level, code): f"{level.value}:{code}" if code in alike else code for level, code in keys}
