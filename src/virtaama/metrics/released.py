"""What a release gives: protected figures, each with its number or a word why there is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from virtaama.metrics.counts import Wanted, counted, is_count, key_of
from virtaama.metrics.definitions import Catalogue, Measure, Metric
from virtaama.metrics.plan import Coverage, MetricPlan, dimensions_of, read_aggregate
from virtaama.metrics.question import Grain, Level
from virtaama.metrics.release_tables import Read, breakdowns
from virtaama.metrics.releases import Release
from virtaama.privacy.disclosure.rounding import rounded
from virtaama.privacy.disclosure.tables import Key


class Status(StrEnum):
    """Whether a figure is given. Why it is hidden is told to nobody: that alone would tell that it is small."""

    GIVEN = "given"
    HIDDEN = "hidden"
    NO_DATA = "no_data"
    NO_DENOMINATOR = "no_denominator"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedFigure:
    """A figure as it leaves the county: counts rounded, the value computed from rounded counts."""

    metric: str
    level: Level
    area: str
    dimension: str
    member: str
    grain: Grain
    period: date
    status: Status
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    area: str
    member: str
    period: date


def released(
    release: Release,
    read: Read,
    whole: Mapping[str, Coverage],
    hidden: Set[Key],
    free: frozenset[Measure],
    catalogue: Catalogue,
) -> tuple[ReleasedFigure, ...]:
    """The figures of a release, metric by metric, of the months each metric is `whole` for."""
    found: list[ReleasedFigure] = []
    for name in release.metrics:
        metric = catalogue.metric(name)
        if name not in whole:
            continue
        plan = MetricPlan(metric=metric, breakdowns=(), coverage=whole[name])
        for level, dimension in breakdowns(release, metric, catalogue):
            for grain in release.grains:
                periods = frozenset(plan.periods(grain))
                found += (
                    figure
                    for figure in _figures(
                        release, metric, level, dimension, grain, read, hidden, free, catalogue
                    )
                    if figure.period in periods
                )
    return tuple(found)


def _figures(
    release: Release,
    metric: Metric,
    level: Level,
    dimension: str,
    grain: Grain,
    read: Read,
    hidden: Set[Key],
    free: frozenset[Measure],
    catalogue: Catalogue,
) -> Iterator[ReleasedFigure]:
    above = _Side(metric.numerator, level, dimension, grain, release, read, hidden, free, catalogue)
    below = (
        _Side(metric.denominator, level, dimension, grain, release, read, hidden, free, catalogue)
        if metric.denominator
        else None
    )
    for place in _places(above, below):
        numerator = above.number(place)
        denominator = below.number(place) if below else None
        status, value = _value(metric, numerator, denominator)
        yield ReleasedFigure(
            metric=metric.name,
            level=level,
            area=place.area,
            dimension=dimension,
            member=place.member,
            grain=grain,
            period=place.period,
            status=status,
            value=value,
            # What is no sum tells of its rows one by one, and is given as the value alone.
            numerator=numerator if above.is_sum and isinstance(numerator, float) else None,
            denominator=denominator if isinstance(denominator, float) else None,
        )


Number = float | Status
"""A number, or why there is none."""


class _Side:
    """The numbers of one measure of a metric, protected."""

    def __init__(
        self,
        measure: Measure,
        level: Level,
        dimension: str,
        grain: Grain,
        release: Release,
        read: Read,
        hidden: Set[Key],
        free: frozenset[Measure],
        catalogue: Catalogue,
    ) -> None:
        self.told_apart = dimension in dimensions_of(catalogue.fact(measure.fact), catalogue)
        known = dimension if self.told_apart else ""
        self._judged = Wanted(counted(measure), level, known, grain)
        self._is_free = measure in free
        self._hidden = hidden
        self.is_sum = read_aggregate(measure.aggregate).additive
        self._base = release.rounding if is_count(measure) and not self._is_free else 1
        self._values: Mapping[_Place, float | None] = {
            _Place(row.area, row.member, row.period): row.value
            for row in read[Wanted(measure, level, known, grain)]
        }

    @property
    def places(self) -> Iterator[_Place]:
        return iter(self._values)

    def number(self, place: _Place) -> Number:
        member = place.member if self.told_apart else ""
        if not self._is_free and key_of(self._judged, place.area, member, place.period) in self._hidden:
            return Status.HIDDEN
        value = self._values.get(_Place(place.area, member, place.period))
        if value is None:
            return 0.0 if self.is_sum else Status.NO_DATA
        return rounded(value, self._base)


def _places(above: _Side, below: _Side | None) -> tuple[_Place, ...]:
    """Wherever there may be a figure: with a denominator, where there is something to divide by."""
    found = dict.fromkeys(above.places)
    if below is None:
        return tuple(sorted(found, key=_order))
    if below.told_apart or not above.told_apart:
        found |= dict.fromkeys(below.places)
    else:
        members = dict.fromkeys((place.area, place.member) for place in above.places)
        periods = dict.fromkeys(place.period for place in below.places)
        found |= {_Place(area, member, period): None for area, member in members for period in periods}
    return tuple(sorted(found, key=_order))


def _order(place: _Place) -> tuple[str, str, date]:
    return place.area, place.member, place.period


def _value(metric: Metric, numerator: Number, denominator: Number | None) -> tuple[Status, float | None]:
    if isinstance(numerator, Status):
        return numerator, None
    if denominator is None:
        return Status.GIVEN, round(numerator, metric.decimals)
    if isinstance(denominator, Status):
        return denominator, None
    if denominator == 0:
        return Status.NO_DENOMINATOR, None
    return Status.GIVEN, round(numerator / denominator * metric.scale, metric.decimals)
