"""Everything that is written about incidents, each with its entry in the audit log before it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from virtaama.access.incident_record import IncidentRecord
from virtaama.access.persons import names_a_person
from virtaama.portal.incidents.models import Incident, IncidentEntry
from virtaama.portal.incidents.state import Kind, Written
from virtaama.privacy.policy import Asker


class NamesAPerson(ValueError):
    """A text holds a personal identity code."""


class NotAsItStands(ValueError):
    """What an incident has come to does not allow this; `lacks` says what has to be done first."""

    def __init__(self, lacks: tuple[str, ...] = ()) -> None:
        super().__init__(", ".join(lacks))
        self.lacks = lacks


@transaction.atomic
def report_incident(
    *, what: str, where: str, aware: datetime, personal: str, by: Asker, now: datetime, record: IncidentRecord
) -> Incident:
    """An incident somebody noticed. Raises NamesAPerson; NotRecorded, and nothing is stored."""
    said = {"what": what, "where": where, "aware": aware.isoformat(), "personal": personal}
    written = _written(Kind.REPORTED, said, by, now)
    # The digest begins with 0: the incident has its number only when it is stored.
    begun = record.write(by, Kind.REPORTED, written.digest(0))
    incident = Incident.objects.create(begun=begun, reported_by=by.id)
    _store(incident, written, begun)
    return incident


@transaction.atomic
def write_about(
    *,
    incident: Incident,
    kind: Kind,
    said: Mapping[str, Any],
    by: Asker,
    now: datetime,
    record: IncidentRecord,
) -> None:
    """Something that was decided, done or noted. Raises NamesAPerson and NotAsItStands; NotRecorded as above."""
    # Looked at under the write lock, so that nobody writes to what another has just closed.
    incident = Incident.objects.select_for_update().get(pk=incident.pk)
    state = incident.state()
    if state.closed_at is not None and kind not in (Kind.REOPENED, Kind.NOTED):
        raise NotAsItStands
    if state.closed_at is None and kind is Kind.REOPENED:
        raise NotAsItStands
    if kind is Kind.CLOSED and state.lacks:
        raise NotAsItStands(state.lacks)
    written = _written(kind, said, by, now)
    number = record.write(by, kind, written.digest(incident.pk), first=incident.begun)
    _store(incident, written, number)


def _written(kind: Kind, said: Mapping[str, Any], by: Asker, now: datetime) -> Written:
    if any(isinstance(text, str) and names_a_person(text) for text in said.values()):
        raise NamesAPerson
    return Written(kind=kind, at=now, by=by.id, said=said)


def _store(incident: Incident, written: Written, number: int) -> None:
    IncidentEntry.objects.create(
        incident=incident,
        at=written.at,
        by=written.by,
        kind=written.kind,
        said=dict(written.said),
        record=number,
    )
