"""What makes a metric an indicator: what it is for, what it stands beside, and who decided on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from virtaama.metrics.question import Missing
from virtaama.model.concepts import Text
from virtaama.problems import Place


class Goal(StrEnum):
    """What an organiser of services aims at, all four at once."""

    CLIENT_EXPERIENCE = "client_experience"
    PRODUCTIVITY = "productivity"
    EFFECTIVENESS = "effectiveness"
    STAFF_EXPERIENCE = "staff_experience"


class Frequency(StrEnum):
    """How often an indicator is reported."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    FOUR_MONTHLY = "four_monthly"
    YEARLY = "yearly"


class Status(StrEnum):
    """Where a metric stands. Drafts are computed for those who preview them, and published nowhere."""

    DRAFT = "draft"
    APPROVED = "approved"
    UNRECORDED = "unrecorded"  # in use, and no decision is told


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricApproval:
    """A decision of the county on one version of a metric."""

    version: int
    decided_by: str  # a body or an office
    record: str  # by which the decision is found again
    valid_from: date
    formula: str  # the digest of what was decided on: `metrics.formula.formula_of`
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A day from which on a metric measures something else than before it."""

    on: date
    reason: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterpart:
    """An indicator of another publisher that tells nearly the same, and in what they differ."""

    publisher: str
    id: str
    title: str  # as published
    difference: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingRule:
    """What becomes of rows that lack something, and what is said where there is no value."""

    rule: Text | None = None
    reasons: tuple[tuple[Missing, Text], ...] = ()

    def reason(self, missing: Missing) -> Text | None:
        """The metric's own words for why a value is missing; None where it has none for this reason."""
        return dict(self.reasons).get(missing)


NOTHING_SAID = MissingRule()


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """Services that are steered together. The basic ones hold every service exactly once; others cut across them."""

    name: str
    labels: Text
    services: tuple[str, ...]  # codes of the list behind the dimension `service`
    basic: bool
    place: Place
