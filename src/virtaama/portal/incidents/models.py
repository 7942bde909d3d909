"""Incidents and what was written about them. Rows are appended, never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db import models

from virtaama.portal.core.door import incident_duties
from virtaama.portal.incidents.state import Kind, State, Written, state_of
from virtaama.project.sign_in import LONGEST_NAME


class Incident(models.Model):
    """An incident; what it is follows from its entries. `begun` is the audit log's entry of its report."""

    begun: models.PositiveBigIntegerField[int, int] = models.PositiveBigIntegerField(unique=True)
    reported_by: models.CharField[str, str] = models.CharField(max_length=LONGEST_NAME, db_index=True)

    def state(self) -> State:
        """What it has come to."""
        entries = IncidentEntry.objects.filter(incident=self).order_by("pk")
        return state_of(self.pk, [entry.written() for entry in entries], incident_duties())


class IncidentEntry(models.Model):
    """One thing that was written about an incident; `record` is the audit log's entry with its digest.

    No foreign key to the account, so that removing an account never removes its history.
    """

    incident: models.ForeignKey[Incident, Incident] = models.ForeignKey(
        Incident, on_delete=models.PROTECT, related_name="+"
    )
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    by: models.CharField[str, str] = models.CharField(max_length=LONGEST_NAME)
    kind: models.CharField[str, str] = models.CharField(
        max_length=20, choices=[(each.value, each.value) for each in Kind]
    )
    said: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    record: models.PositiveBigIntegerField[int, int] = models.PositiveBigIntegerField(unique=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(by=""), name="incident_entry_has_by"),
        ]

    def written(self) -> Written:
        return Written(kind=Kind(self.kind), at=self.at, by=self.by, said=self.said)

    def save(self, *arguments: Any, **named: Any) -> None:
        if self.pk is not None:
            raise TypeError("what was written about an incident is never changed")
        super().save(*arguments, **named)

    def delete(self, *arguments: Any, **named: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("what was written about an incident is never removed")
