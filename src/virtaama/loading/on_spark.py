"""What a project says that Spark would read otherwise: told at the check, where it was written, before any load."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial

from sqlglot import exp

from virtaama.metrics.definitions import Catalogue
from virtaama.metrics.plan import Coverage, MetricPlan, prepared_breakdowns
from virtaama.metrics.question import Grain
from virtaama.metrics.render.observations import span
from virtaama.metrics.render.questions import question_query
from virtaama.metrics.render.trees import Stars
from virtaama.model.expectations import Holds
from virtaama.model.model import Model
from virtaama.problems import Place, Problem
from virtaama.sql.build import parsed
from virtaama.sql.spark.fence import NotSpelled
from virtaama.sql.spelling import EngineName, spelled
from virtaama.vault.derive import star
from virtaama.vault.design import design

_MONTH = date(2025, 1, 1)
_WHERE = "See docs/how-to/run-on-spark.md for what means the same on both engines."


def problems_on_spark(model: Model, catalogue: Catalogue) -> Iterator[Problem]:
    """One problem for each expression, rule or metric that is not known to mean the same on Spark."""
    for place, what, tree in (*_of_model(model), *_of_rules(model), *_of_catalogue(model, catalogue)):
        try:
            spelled(tree(), EngineName.SPARK)
        except NotSpelled as refused:
            yield Problem(place, f"{what}: {refused}.", refused.advice or _WHERE)


Said = tuple[Place, str, Callable[[], exp.Expr]]


def _of_model(model: Model) -> Iterator[Said]:
    for feed in model.feeds:
        if feed.row_order:
            yield feed.place, f"row_order of feed '{feed.id}'", _read(feed.row_order)
    for mapping in model.mappings:
        told = f"of {mapping.feed} to '{mapping.concept}'"
        parts = [(f"key {told}", part) for part in mapping.key]
        parts += [(f"'{name}' {told}", part) for name, part in mapping.attributes]
        parts += [
            (f"'{target.relationship}' {told}", part) for target in mapping.targets for part in target.key
        ]
        conditions = (("where", mapping.where), ("deleted", mapping.deleted))
        parts += [(f"{name} {told}", part) for name, part in conditions if part]
        for what, part in parts:
            yield part.place, what, _read(part.sql)
    for expected in model.expectations:
        holds = expected.check.condition if isinstance(expected.check, Holds) else ""
        for sql in filter(None, (expected.where, holds)):
            yield expected.place, f"expectation '{expected.name}' of '{expected.subject}'", _read(sql)


def _of_rules(model: Model) -> Iterator[Said]:
    wanted = design(model)
    for concept in model.every_concept:
        if model.derived_as(concept.name) or concept.is_computed:
            yield (
                concept.place,
                f"rule of '{concept.name}'",
                partial(star, model, wanted, concept.name),
            )


def _of_catalogue(model: Model, catalogue: Catalogue) -> Iterator[Said]:
    stars = Stars(model, schema="")
    coverage = Coverage(_MONTH, _MONTH)
    for metric in catalogue.metrics:
        plan = MetricPlan(metric=metric, breakdowns=prepared_breakdowns(metric, catalogue), coverage=coverage)
        yield (
            metric.place,
            f"metric '{metric.name}'",
            partial(question_query, plan, Grain.MONTH, "county", catalogue, stars),
        )
    for fact in catalogue.facts:
        if not fact.union:
            yield fact.place, f"fact '{fact.name}'", partial(span, fact, catalogue, stars)


def _read(sql: str) -> Callable[[], exp.Expr]:
    return partial(parsed, sql)
