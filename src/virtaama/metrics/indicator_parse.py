"""The members that make a metric an indicator, read from an entry of the right shape."""

from __future__ import annotations

from datetime import date
from typing import Any

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
from virtaama.metrics.question import Missing
from virtaama.model.documents import Entry

SOTKANET = "Sotkanet"


def indicator_members(entry: Entry) -> dict[str, Any]:
    """What of a metric says what it is for, what it stands beside and who decided on it, by field."""
    frequency, below = entry.text("frequency"), entry.member("counterpart")
    approvals = tuple(_approval(item) for item in entry.list("approvals"))
    return {
        "goals": tuple(Goal(goal) for goal in entry.texts("goals")),
        "frequency": Frequency(frequency) if frequency else None,
        "missing": _missing(entry.at(("missing",))) if entry.member("missing") else NOTHING_SAID,
        "breaks": tuple(sorted(map(_break, entry.list("breaks")), key=lambda each: each.on)),
        "counterpart": _counterpart(below) if below else None,
        "packages": entry.texts("packages"),
        "version": int(float(entry.text("version", "0"))),
        "status": Status(entry.text("status", Status.APPROVED if approvals else Status.UNRECORDED)),
        "approvals": approvals,
    }


def package_of(name: str, entry: Entry) -> Package:
    return Package(
        name=name,
        labels=entry.words("labels"),
        services=entry.texts("services"),
        basic=entry.truth("basic"),
        place=entry.place,
    )


def _approval(entry: Entry) -> MetricApproval:
    return MetricApproval(
        version=int(float(entry.text("version"))),
        decided_by=entry.text("decided_by"),
        record=entry.text("record"),
        valid_from=date.fromisoformat(entry.text("from")),
        formula=entry.text("formula"),
        place=entry.place,
    )


def _break(entry: Entry) -> Break:
    return Break(on=date.fromisoformat(entry.text("on")), reason=entry.words("reason"))


def _counterpart(entry: Entry) -> Counterpart:
    return Counterpart(
        publisher=entry.text("publisher", SOTKANET),
        id=entry.text("id"),
        title=entry.text("title"),
        difference=entry.words("difference"),
    )


def _missing(entry: Entry) -> MissingRule:
    said = entry.member("reasons")
    return MissingRule(
        rule=entry.words("rule") if entry.member("rule") else None,
        reasons=tuple((Missing(name), said.words(name)) for name, _ in said.members()) if said else (),
    )
