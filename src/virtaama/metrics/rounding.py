"""Figures for those who see rounded ones only: what is a count, how it is rounded, what is left of the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace

from virtaama.metrics.counts import Wanted, is_count, key_of
from virtaama.metrics.definitions import Catalogue, Measure, Metric
from virtaama.metrics.plan import counts_persons, dimensions_of, read_aggregate
from virtaama.metrics.question import Figure, Missing
from virtaama.privacy.disclosure.rounding import Lots


@dataclass(frozen=True, slots=True)
class Rounding:
    """Rounds the counts of figures to multiples of a base. The base 1 leaves all as it is."""

    base: int
    lots: Lots
    catalogue: Catalogue

    def of(self, figure: Figure, metric: Metric, by: str | None) -> Figure:
        """A figure as far as rounded counts tell it. As it is where it is about nobody.

        The value is computed from rounded counts. Sums over persons (what their care cost) are left out: two of
        them with a small group between them would tell what it sums to. The value stays, where it is a ratio
        or no sum at all. How many rows stand behind a figure is a count that stands nowhere else: left out.
        """
        if self.base <= 1 or figure.value is None or metric.minimum_group == 0:
            return figure
        numerator = self._told(figure.numerator, metric.numerator, figure, by)
        value = round(figure.value, metric.decimals)
        if metric.denominator is None:
            if read_aggregate(metric.numerator.aggregate).additive and numerator is None:
                return replace(
                    figure,
                    value=None,
                    missing=Missing.NOT_ROUNDED,
                    numerator=None,
                    denominator=None,
                    rows=None,
                )
            return replace(
                figure, value=value if numerator is None else numerator, numerator=numerator, rows=None
            )
        denominator = self._told(figure.denominator, metric.denominator, figure, by)
        if denominator == 0:
            return replace(
                figure, value=None, missing=Missing.TOO_FEW, numerator=None, denominator=None, rows=None
            )
        if numerator is not None and denominator is not None:
            value = numerator / denominator * metric.scale
        return replace(figure, value=value, numerator=numerator, denominator=denominator, rows=None)

    def _told(self, number: float | None, measure: Measure, figure: Figure, by: str | None) -> float | None:
        """What is told of a number: a rounded count, nothing of a sum over persons, all of what is about nobody."""
        if number is None:
            return None
        fact = self.catalogue.fact(measure.fact)
        if is_count(measure):
            told_apart = by if by and by in dimensions_of(fact, self.catalogue) else ""
            table = Wanted(measure, figure.level, told_apart, figure.grain)
            count = key_of(table, figure.area, figure.member or "", figure.period)
            return self.lots.rounded(number, self.base, count)
        return None if counts_persons(fact, self.catalogue) else number
