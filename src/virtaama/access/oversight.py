"""The door to the audit log itself. Whoever looks is on record in it, before anything is shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from virtaama.access.audit import AuditLog
from virtaama.access.audit_entries import ALLOWED, Act, Persons
from virtaama.access.seen import Seen, seen
from virtaama.privacy.policy import Asker, Role, may_open
from virtaama.problems import NotAllowed
from virtaama.statutes.log_data import given_without_reason_since

PAGE: Final = "audit"
PURPOSE: Final = "oversight"
"""What the log is looked at for: a duty of its own, which no role has for figures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogReport:
    """Who has seen one person, in a period, both days included. Holds neither identity code nor pseudonym."""

    asked: datetime
    first: date
    last: date
    reason: str  # why older data is told of than the law gives anyway
    seen: Seen
    record: int  # number of the entry that says that this was reported


class Oversight:
    """Looks into the audit log. There is no other way to it but the verifier's, which shows no entry."""

    def __init__(self, *, audit: AuditLog, roles: tuple[Role, ...], clock: Callable[[], datetime]) -> None:
        self._audit = audit
        self._roles = {role.name: role for role in roles}
        self._clock = clock

    def report(
        self,
        person: bytes,
        asker: Asker,
        *,
        first: date | None = None,
        last: date | None = None,
        reason: str = "",
    ) -> LogReport:
        """Who has seen a person, given by their key. From two years back until today, where nothing else is said.

        Older entries need a reason (ValueError). That it was asked for is on record, about this person, first.
        Raises NotAllowed, on record.
        """
        self._require(asker, {"log report": "of one person"})
        now = self._clock()
        earliest = given_without_reason_since(now.date())
        first, last = first or earliest, last or now.date()
        if first < earliest and not reason.strip():
            raise ValueError(f"what is older than {earliest} is told for a special reason only")
        question: dict[str, object] = {"log report": "of one person", "first": str(first), "last": str(last)}
        if reason.strip():
            question["reason"] = reason.strip()
        begun, ended = _span(first, last, now)
        found = seen(self._audit, person, begun, ended)
        record = self._record(
            asker, Act.REPORT, question, rows=len(found.entries), about=Persons.of([person])
        )
        return LogReport(asked=now, first=first, last=last, reason=reason.strip(), seen=found, record=record)

    def _require(self, asker: Asker, question: Mapping[str, object]) -> None:
        if may_open(PAGE, self._roles.get(asker.role)):
            return
        self._record(asker, Act.LOOK, question, decision="refused: the role does not look into the audit log")
        raise NotAllowed(f"role '{asker.role}' does not look into the audit log. The refusal was recorded.")

    def _record(
        self,
        asker: Asker,
        act: Act,
        question: Mapping[str, object],
        *,
        decision: str = ALLOWED,
        rows: int = 0,
        about: Persons | None = None,
        regards: int | None = None,
    ) -> int:
        return self._audit.append(
            moment=self._clock(),
            asker=asker.id,
            role=asker.role,
            purpose=PURPOSE,
            question=json.dumps(question, ensure_ascii=False),
            decision=decision,
            snapshot=None,
            rows=rows,
            act=act,
            about=about or Persons(),
            regards=regards,
        )


def _span(first: date, last: date, now: datetime) -> tuple[datetime, datetime]:
    """From the first moment of a day to the last of another, in the zone of the clock."""
    begun = datetime.combine(first, time.min, now.tzinfo)
    return begun, datetime.combine(last + timedelta(days=1), time.min, now.tzinfo)
