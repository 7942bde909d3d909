"""Figures for those who see rounded ones only: what a count is, how it is rounded, what is left of the rest."""

from __future__ import annotations

from dataclasses import replace

from virtaama.metrics.definitions import Catalogue, Measure, Metric
from virtaama.metrics.plan import counts_persons, read_aggregate
from virtaama.metrics.question import Figure, Missing
from virtaama.privacy.disclosure.rounding import rounded


def rounded_figure(figure: Figure, metric: Metric, base: int, catalogue: Catalogue) -> Figure:
    """The figure as far as rounded counts tell it. As it is where the base is 1 or it is about nobody.

    Counts are rounded and the value is computed from them. Sums over persons (what their care cost) are left out:
    two of them with a small group between them would tell what it sums to. The value stays, where it is a
    ratio or no sum at all.
    """
    if base <= 1 or figure.value is None or metric.minimum_group == 0:
        return figure
    rows = None if figure.rows is None else int(rounded(figure.rows, base))
    numerator = _told(figure.numerator, metric.numerator, base, catalogue)
    if metric.denominator is None:
        value = figure.value if numerator is None else numerator
        return replace(figure, value=value, numerator=numerator, rows=rows)
    denominator = _told(figure.denominator, metric.denominator, base, catalogue)
    if denominator == 0:
        return replace(
            figure, value=None, missing=Missing.TOO_FEW, numerator=None, denominator=None, rows=None
        )
    value = round(figure.value, metric.decimals)
    if numerator is not None and denominator is not None:
        value = numerator / denominator * metric.scale
    return replace(figure, value=value, numerator=numerator, denominator=denominator, rows=rows)


def _told(number: float | None, measure: Measure, base: int, catalogue: Catalogue) -> float | None:
    """What is told of a number: a rounded count, nothing of a sum over persons, all of what is about nobody."""
    if number is None:
        return None
    if read_aggregate(measure.aggregate).function in ("count", "persons"):
        return rounded(number, base)
    return None if counts_persons(catalogue.fact(measure.fact), catalogue) else number
