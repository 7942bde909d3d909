"""Metrics as data: facts that can be counted, and the formulas over them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from virtaama.metrics.indicators import (
    NOTHING_SAID,
    Break,
    Counterpart,
    Frequency,
    Goal,
    MetricApproval,
    MissingRule,
    Package,
    Status,
)
from virtaama.model.concepts import Text
from virtaama.problems import Place
from virtaama.statutes.care_guarantee import WaitLimit


class Direction(StrEnum):
    HIGHER_IS_BETTER = "higher_is_better"
    LOWER_IS_BETTER = "lower_is_better"
    NEUTRAL = "neutral"


class Family(StrEnum):
    """The five families of 612/2021 §29 as the portal groups them."""

    NEED = "need"
    AVAILABILITY = "availability"
    QUALITY = "quality"
    EFFECTIVENESS = "effectiveness"
    COST = "cost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Rows that can be counted: one per instance of a concept, or several facts laid end to end.

    Expressions are SQL read as DuckDB over the attributes of the concept; `relationship.attribute`
    follows a relationship (any number of steps), so nobody writes a join. Functions of the platform:
    age_years(born, at), age_group(born, at), care_guarantee_deadline(section, born, at).
    The name `at` is the day a row is looked at: the day it happened, or for a `during` fact the month end
    (the last day within the month, where days are counted). So a resident's age is
    age_group(resident.birth_date, at) in every fact.

    Exactly one of `time` (a moment) or `during` (start, end: the end open when null; both ends are days
    the fact holds) places a row in time.
    """

    name: str
    place: Place
    of: str = ""  # the concept; empty for a union
    union: tuple[str, ...] = ()  # names of facts; what all have of `by` and `columns` is the union's
    where: str = ""
    time: str = ""
    during: tuple[str, str] | None = None
    person: str = ""  # relationship path to the person counted; "self" when the concept is the person
    by: tuple[tuple[str, str], ...] = ()  # dimension -> expression
    columns: tuple[tuple[str, str], ...] = ()  # further named expressions aggregates may use


class Window(StrEnum):
    """Which rows a measure sees for a period."""

    PERIOD = "period"  # those that happened in the period
    PERIOD_END = "period_end"  # `during` facts: those that hold on the last day of the period
    MONTH_ENDS = "month_ends"  # `during` facts: mean over the month ends of the period
    DAYS = "days"  # `during` facts: days within the period, summed
    YEAR_TO_DATE = "year_to_date"  # from 1 January to the end of the period
    WHOLE_YEAR = "whole_year"  # the calendar year the period lies in


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """An aggregate over a fact.

    `aggregate` is one of: count | persons | sum(x) | mean(x) | median(x) | p90(x). Expressions may name the
    fact's columns and dimensions and, where the fact is no union, whatever its own expressions may name.
    With window `days`, count is the number of days and sum(x) the sum of x over the days. `per_person_having`
    keeps only the rows of persons whose rows in the period satisfy it (an aggregate condition, such
    as "count(DISTINCT sector) >= 3").
    """

    fact: str
    aggregate: str
    where: str = ""
    window: Window = Window.PERIOD
    per_person_having: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is aimed at, from a day on, and who says so."""

    value: float
    source: str
    valid_from: date
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A number with a meaning: numerator / denominator * scale, or the numerator alone.

    `by` are the dimensions it can be broken down by, a subset of those its numerator has. Where the
    denominator lacks a dimension it is not broken down: contacts by phone per 1 000 residents. `levels` are
    the areas it makes sense for: county, municipality, unit; the last two are the dimensions `municipality`
    and `unit`, which both facts must have. The level county needs none.
    """

    name: str
    labels: Text
    definition: Text
    family: Family
    unit: Text
    numerator: Measure
    direction: Direction
    decimals: int
    levels: tuple[str, ...]
    by: tuple[str, ...]
    legal_basis: str
    source: str
    owner: str
    place: Place
    denominator: Measure | None = None
    scale: float = 1
    targets: tuple[Target, ...] = ()
    # Fewer persons (or rows, where the fact has no person) are not shown. 0: the numerator is about no
    # person, such as money, and is shown to the last row whatever the role's own limit.
    minimum_group: int = 5
    # What makes it an indicator. Nothing of it changes a figure.
    goals: tuple[Goal, ...] = ()
    frequency: Frequency | None = None
    missing: MissingRule = NOTHING_SAID
    breaks: tuple[Break, ...] = ()  # the earliest first
    counterpart: Counterpart | None = None
    packages: tuple[str, ...] = ()  # of services it tells about; none: all of them
    version: int = 0  # 0: not told
    status: Status = Status.UNRECORDED
    approvals: tuple[MetricApproval, ...] = ()  # the oldest first

    @property
    def approval(self) -> MetricApproval | None:
        """The decision on its version; None while there is none."""
        return next((each for each in self.approvals if each.version == self.version), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """Something figures are broken down by, with the words for its members.

    `code_list` names the list the members' labels come from; `concept` the concept whose `name` they take, and
    `branch` its attribute that says to which branch of the organisation each belongs.
    """

    name: str
    labels: Text
    code_list: str = ""
    concept: str = ""
    branch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Every fact, dimension and metric of a county, checked against its model; and the law they are reckoned by.

    `version` is another where any of it is. `metrics` are those in use; `drafts` wait for a decision, and nothing
    but a preview computes or shows them.
    """

    version: str
    facts: tuple[Fact, ...]
    dimensions: tuple[Dimension, ...]
    metrics: tuple[Metric, ...]
    limits: tuple[WaitLimit, ...] = ()  # of the care guarantee
    drafts: tuple[Metric, ...] = ()
    packages: tuple[Package, ...] = ()

    def fact(self, name: str) -> Fact:
        return next(f for f in self.facts if f.name == name)

    def metric(self, name: str) -> Metric:
        return next(m for m in self.metrics if m.name == name)

    def of_drafts(self) -> Catalogue:
        """The same with the drafts among the metrics, the first of them: what a preview is asked of."""
        return replace(self, metrics=(*self.drafts, *self.metrics))
