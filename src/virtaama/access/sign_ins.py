"""Sign-ins to the portal in the sealed record: who, when, by which way, and when it was over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from virtaama.access.audit import AuditLog
from virtaama.access.audit_entries import ALLOWED, Act, asked_by
from virtaama.privacy.leaves import Asker

PURPOSE: Final = "sign_in"


class SignIns:
    """Writes them down; it shows none. Raises NotRecorded where that cannot be done: then nobody is signed in."""

    def __init__(self, audit: AuditLog, clock: Callable[[], datetime]) -> None:
        self._audit = audit
        self._clock = clock

    def begin(self, asker: Asker, way: str) -> int:
        """Somebody is about to be signed in by a way that was proven; the number of the entry."""
        return self._write(asker, Act.SIGN_IN, {"by": way})

    def end(self, asker: Asker, why: str, *, sessions: int = 1) -> int:
        """Sessions of somebody are over, or about to be; the number of the entry."""
        several: dict[str, object] = {"sessions": sessions} if sessions > 1 else {}
        return self._write(asker, Act.SIGN_OUT, {"why": why, **several})

    def _write(self, asker: Asker, act: Act, told: dict[str, object]) -> int:
        return self._audit.append(
            moment=self._clock(),
            asker=asker.id,
            role=asker.role,
            purpose=PURPOSE,
            question=asked_by(asker, told),
            decision=ALLOWED,
            snapshot=None,
            rows=0,
            act=act,
        )
