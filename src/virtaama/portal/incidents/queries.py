"""What the pages of the register read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from virtaama.access.incident_record import IncidentRecord
from virtaama.portal.core.door import incident_duties
from virtaama.portal.incidents.models import Incident, IncidentEntry
from virtaama.portal.incidents.state import Kind, State, state_of

STATES = ("overdue", "open", "closed")
KINDS = ("breach", "significant", "unclassified")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which incidents are shown; what is empty does not narrow. Both days, of the report, are included."""

    state: str = ""
    kind: str = ""
    first: date | None = None
    last: date | None = None


def filters_of(asked: Mapping[str, str]) -> Filters:
    """The filters an address names; what cannot be read is as if it were not there."""
    state, kind = asked.get("state", ""), asked.get("kind", "")
    return Filters(
        state=state if state in STATES else "",
        kind=kind if kind in KINDS else "",
        first=_day(asked.get("from", "")),
        last=_day(asked.get("to", "")),
    )


def incidents(now: datetime, filters: Filters | None = None, reported_by: str = "") -> tuple[State, ...]:
    """What is overdue first, then by what is due next, then the newest of what is closed.

    `reported_by` narrows to what one person reported.
    """
    entries = IncidentEntry.objects.select_related("incident").order_by("incident", "pk")
    if reported_by:
        entries = entries.filter(incident__reported_by=reported_by)
    duties = incident_duties()
    states = [
        state_of(number, [entry.written() for entry in history], duties)
        for number, history in groupby(entries, key=lambda entry: entry.incident.pk)
    ]
    chosen = [state for state in states if filters is None or _meets(state, filters, now)]
    return tuple(sorted(chosen, key=lambda state: _order(state, now)))


def incident(number: int) -> Incident | None:
    return Incident.objects.filter(pk=number).first()


def is_as_recorded(found: Incident, record: IncidentRecord) -> bool:
    """Whether what stands here is what the audit log says was written, all of it and nothing else."""
    here = {
        entry.record: entry.written().digest(0 if entry.kind == Kind.REPORTED else found.pk)
        for entry in IncidentEntry.objects.filter(incident=found)
    }
    return here == record.written(found.begun)


def _order(state: State, now: datetime) -> tuple[int, float]:
    if state.closed_at is not None:
        return 3, -state.closed_at.timestamp()
    following = state.next
    if state.is_overdue(now):
        overdue = min(clock.due for clock in state.clocks if clock.due and clock.done is None)
        return 0, overdue.timestamp()
    if following is None:
        return 2, -state.reported_at.timestamp()
    return 1, following.due.timestamp() if following.due else 0


def _meets(state: State, filters: Filters, now: datetime) -> bool:
    of_state = {
        "": True,
        "overdue": state.is_overdue(now),
        "open": state.closed_at is None,
        "closed": state.closed_at is not None,
    }
    of_kind = {
        "": True,
        "breach": state.classified.breach is True,
        "significant": state.classified.significant is True,
        "unclassified": not state.is_classified,
    }
    day = state.reported_at.astimezone().date()
    return (
        of_state[filters.state]
        and of_kind[filters.kind]
        and (filters.first is None or filters.first <= day)
        and (filters.last is None or day <= filters.last)
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
