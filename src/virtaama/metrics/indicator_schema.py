"""The members that make a metric an indicator, as JSON Schema."""

from __future__ import annotations

from virtaama.metrics.indicators import Frequency, Goal, Status
from virtaama.metrics.question import Missing
from virtaama.model.schema import LABELS
from virtaama.model.shape import Schema, members, number, one_of, text, texts, truth, words

APPROVAL = members(
    "The county's decision on one version.",
    {
        "version": number("Which version was decided on.", minimum=1, multipleOf=1),
        "decided_by": text("Who decided: a body or an office."),
        "record": text("The number under which the decision is kept."),
        "from": text("The first day it is in force, as 2026-01-01.", format="date"),
        "formula": text("The digest of the formula decided on; `virtaama metric formula` tells it."),
    },
    required=("version", "decided_by", "record", "from", "formula"),
)
BREAK = members(
    "A day from which on the metric measures something else than before.",
    {
        "on": text("The first day of what is new, as 2025-01-01.", format="date"),
        "reason": words("What changed, in three languages."),
    },
    required=("on", "reason"),
)
COUNTERPART = members(
    "An indicator of another publisher that tells nearly the same.",
    {
        "publisher": text("Who publishes it: Sotkanet, if not said."),
        "id": text("Its number there."),
        "title": text("Its name, as published."),
        "difference": words("In what the two definitions differ, in three languages."),
    },
    required=("id", "title", "difference"),
)
MISSING = members(
    "What becomes of rows that lack something, and what is said where there is no value.",
    {
        "rule": words("What becomes of rows that lack something, in three languages."),
        "reasons": members(
            "The metric's own words beside a reason, in three languages.",
            {reason.value: words("What is said beside it.") for reason in Missing},
        ),
    },
)
INDICATOR: Schema = {
    "goals": {
        **texts("What of the organiser's goals it tells about.", minItems=1),
        "items": one_of(
            [goal.value for goal in Goal],
            "client_experience, productivity, effectiveness or staff_experience.",
        ),
    },
    "frequency": one_of([each.value for each in Frequency], "How often it is reported."),
    "missing": MISSING,
    "breaks": {"description": "Days at which its series breaks.", "type": "array", "items": BREAK},
    "counterpart": COUNTERPART,
    "packages": texts("The packages of services it tells about; without any, all of them."),
    "version": number("The number of its definition: 1, 2, … .", minimum=1, multipleOf=1),
    "status": one_of(
        [Status.DRAFT.value, Status.APPROVED.value],
        "draft: previewed, published nowhere. approved: its version has an approval.",
    ),
    "approvals": {
        "description": "The decisions on its versions, the oldest first.",
        "type": "array",
        "items": APPROVAL,
    },
}
"""Members of a metric, each optional."""

PACKAGE = members(
    "Services that are steered together.",
    {
        "labels": LABELS,
        "services": texts("Codes of the list behind the dimension `service`.", minItems=1),
        "basic": truth("Whether it is one of those that together hold every service exactly once."),
    },
    required=("labels", "services"),
)
