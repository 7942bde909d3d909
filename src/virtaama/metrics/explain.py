"""A metric in plain words: what is counted, over what, and for which rows."""

from __future__ import annotations

from virtaama.metrics.definitions import Catalogue, Fact, Measure, Metric, Window
from virtaama.metrics.plan import Aggregate, MetricPlan, parts_of, read_aggregate
from virtaama.metrics.question import Grain
from virtaama.metrics.render.questions import question_query
from virtaama.metrics.render.trees import Stars
from virtaama.sql.spelling import spelled

_WINDOWS = {
    Window.PERIOD: "in the period",
    Window.PERIOD_END: "that hold on the last day of the period",
    Window.MONTH_ENDS: "that hold on a month end, as the mean over the month ends of the period",
    Window.DAYS: "by the days of them that fall in the period",
    Window.YEAR_TO_DATE: "from 1 January to the end of the period",
    Window.WHOLE_YEAR: "in the calendar year of the period",
}


def formula_in_words(metric: Metric, catalogue: Catalogue) -> tuple[str, ...]:
    """The formula of a metric, a sentence a step."""
    steps = [f"Numerator: {_measure_in_words(metric.numerator, catalogue)}."]
    if metric.denominator:
        steps.append(f"Denominator: {_measure_in_words(metric.denominator, catalogue)}.")
        times = "" if metric.scale == 1 else f", times {metric.scale:g}"
        steps.append(f"Value: numerator divided by denominator{times}.")
    else:
        steps.append("Value: the numerator.")
    if metric.minimum_group:
        steps.append(f"Groups smaller than {metric.minimum_group} are not shown.")
    return tuple(steps)


def formula_in_sql(plan: MetricPlan, grain: Grain, county: str, catalogue: Catalogue, stars: Stars) -> str:
    """The statement that computes a metric from the published star tables."""
    return spelled(question_query(plan, grain, county, catalogue, stars), pretty=True)


def _measure_in_words(measure: Measure, catalogue: Catalogue) -> str:
    fact = catalogue.fact(measure.fact)
    rows = " and ".join(_rows_in_words(part) for part in parts_of(fact, catalogue))
    words = f"{_aggregate_in_words(read_aggregate(measure.aggregate))} {rows} {_WINDOWS[measure.window]}"
    if measure.where:
        words += f", only where {measure.where}"
    if measure.per_person_having:
        words += f", only of persons whose rows in the period satisfy {measure.per_person_having}"
    return words


def _aggregate_in_words(aggregate: Aggregate) -> str:
    match aggregate.function:
        case "count":
            return "the number of"
        case "persons":
            return "the number of different persons in"
        case "p90":
            return f"the 90th percentile of {aggregate.argument} over"
        case function:
            return f"the {function} of {aggregate.argument} over"


def _rows_in_words(fact: Fact) -> str:
    placed = f"by {fact.time}" if fact.time else "held from {} to {}".format(*(fact.during or ("", "")))
    condition = f" where {fact.where}" if fact.where else ""
    return f"'{fact.of}' rows ({fact.name}, {placed}{condition})"
