"""What happens with an incident, on record in the audit log: what was done and a digest of what was written."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

from virtaama.access.audit import AuditLog
from virtaama.access.audit_entries import ALLOWED, Act
from virtaama.privacy.policy import Asker

PURPOSE = "oversight"


class IncidentRecord:
    """Writes before anything is stored elsewhere, and tells later what was written. Texts stay outside the log."""

    def __init__(self, audit: AuditLog, clock: Callable[[], datetime]) -> None:
        self._audit = audit
        self._clock = clock

    def write(self, asker: Asker, act: str, digest: str, first: int | None = None) -> int:
        """Put an act on record; the number of the entry. `first` is that of the report the incident began with.

        Raises NotRecorded; then nothing may be stored.
        """
        return self._audit.append(
            moment=self._clock(),
            asker=asker.id,
            role=asker.role,
            purpose=PURPOSE,
            question=json.dumps({"incident": act, "sha256": digest}),
            decision=ALLOWED,
            snapshot=None,
            rows=0,
            act=Act.INCIDENT,
            regards=first,
        )

    def written(self, first: int) -> dict[int, str]:
        """The digests on record of an incident, by the number of their entry."""
        found = self._audit.select(
            "act = ? AND (number = ? OR regards = ?) ORDER BY number", (Act.INCIDENT, first, first)
        )
        return {entry.number: json.loads(entry.question)["sha256"] for entry in found}
