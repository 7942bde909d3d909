"""What must be read to answer a question. Needs the leave to answer it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from virtaama.access.then import Then, marts_of
from virtaama.metrics.definitions import Catalogue
from virtaama.metrics.periods import MONTHS_IN, last_day, period_of, periods
from virtaama.metrics.plan import Breakdown, Coverage, MetricPlan, is_defined, overlap, prepared_breakdowns
from virtaama.metrics.question import Grain, Level, Question
from virtaama.metrics.render.questions import guarded_question
from virtaama.metrics.render.trees import Stars
from virtaama.model.model import Model
from virtaama.privacy.policy import Allowed
from virtaama.sql.spelling import spelled

READ_COLUMNS = "metric, period, area, member, numerator, denominator, value, rows, guard, missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One query whose rows are READ_COLUMNS."""

    sql: str
    parameters: tuple[object, ...] = ()
    marts: frozenset[str] = frozenset()  # those it reads besides figures


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPlan:
    """The queries of an answer, and the metrics that make no sense as asked."""

    periods: tuple[date, ...]
    defined: tuple[str, ...]
    undefined: tuple[str, ...]
    readings: tuple[Reading, ...]


def plan_answer(
    question: Question,
    allowed: Allowed,
    *,
    catalogue: Catalogue,
    model: Model,
    coverage: dict[str, Coverage],
    county: str,
    then: Then | None = None,
    afresh: bool = False,
) -> AnswerPlan:
    """The readings that answer a question. What was prepared at publication is read, the rest computed.

    `coverage` are the months each metric is whole for. `then` is the place in time of the question where
    that is not now: nothing is prepared for it.
    """
    assert isinstance(allowed, Allowed)
    wanted = Breakdown(question.level, question.by or "")
    known = {metric.name: metric for metric in catalogue.metrics}
    defined = tuple(
        name
        for name in question.metrics
        if name in known and is_defined(known[name], question.level, question.by or "", catalogue)
    )
    prepared = tuple(
        n
        for n in defined
        if then is None and not afresh and wanted in prepared_breakdowns(known[n], catalogue)
    )
    asked = Coverage(
        period_of(question.first, question.grain),
        last_day(period_of(question.last, question.grain), question.grain),
    )
    readings = [_prepared(prepared, question, wanted)] if prepared else []
    for name in defined:
        if name in prepared or name not in coverage:
            continue
        if both := overlap((coverage[name], _whole_longer_periods(asked, question.grain))):
            plan = MetricPlan(metric=known[name], breakdowns=(wanted,), coverage=both)
            readings.append(_computed(plan, question, county, catalogue, model, then))
    return AnswerPlan(
        periods=periods(asked.first, asked.last, question.grain),
        defined=defined,
        undefined=tuple(name for name in question.metrics if name not in defined),
        readings=tuple(readings),
    )


def _prepared(metrics: tuple[str, ...], question: Question, wanted: Breakdown) -> Reading:
    places = ", ".join("?" for _ in metrics)
    area = "AND area = ?" if question.area and question.level is not Level.COUNTY else ""
    return Reading(
        sql=f"SELECT {READ_COLUMNS} FROM figures WHERE grain = ? AND level = ? AND dimension = ? "  # nosec B608 # a question mark for each value, which is bound
        f"AND metric IN ({places}) AND period BETWEEN ? AND ? {area}",
        parameters=(
            question.grain.value,
            question.level.value,
            wanted.dimension,
            *metrics,
            period_of(question.first, question.grain),
            question.last,
            *((question.area,) if area else ()),
        ),
    )


def _computed(
    plan: MetricPlan,
    question: Question,
    county: str,
    catalogue: Catalogue,
    model: Model,
    then: Then | None,
) -> Reading:
    if then is None:
        stars = Stars(model)
        query = guarded_question(plan, question.grain, county, catalogue, stars)
        figures = spelled(query)
        marts = frozenset(f"star/{concept}" for concept in stars.concepts_in(query))
    else:
        statement = then.figures(plan, question.grain, county, catalogue)
        figures, marts = statement.sql, marts_of(statement)
    area = "AND area = ?" if question.area and question.level is not Level.COUNTY else ""
    return Reading(
        sql=f"SELECT {READ_COLUMNS} FROM ({figures}) WHERE period BETWEEN ? AND ? {area}",  # nosec B608 # spelled from a tree of ours
        marts=marts,
        parameters=(
            period_of(question.first, question.grain),
            question.last,
            *((question.area,) if area else ()),
        ),
    )


def _whole_longer_periods(asked: Coverage, grain: Grain) -> Coverage:
    """The asked months, widened to whole years: a guard depends on the other periods of the longer one."""
    if MONTHS_IN[grain] == 12:
        return asked
    return replace(asked, first=date(asked.first.year, 1, 1), last=date(asked.last.year, 12, 1))
