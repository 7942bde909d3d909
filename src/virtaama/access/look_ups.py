"""Look-ups of persons are counted before anybody is read, over all workers, and what is too often is on record.

Every way to a person by a code or a number passes here: the door to persons, pairs that may be the same person, the
audit log. Who is held back learns nothing of whom they asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from virtaama.access.audit import AuditLog
from virtaama.access.audit_entries import NOBODY, Act, Persons, asked_by
from virtaama.privacy.look_up_limits import LookUpLimits, in_force
from virtaama.privacy.policy import Asker
from virtaama.privacy.quotas import Let, Quota
from virtaama.problems import NotAllowed

TOO_OFTEN: Final = "refused: too many look-ups of persons"
"""The decision of an entry that tells of a look-up that was one too many."""

HELD_BACK_BY: Final = "held back by"


class Counts(Protocol):
    """Counts once with each quota, for whom stands beside it; with none where one has no room.."""

    def __call__(self, quotas: Sequence[tuple[Quota, str]]) -> Let: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBackBy:
    """The limit that was reached: so many in so many hours, of one asker or of the whole house."""

    most: int
    hours: int
    of_house: bool

    def told(self) -> Mapping[str, object]:
        return {"most": self.most, "hours": self.hours, "of": "house" if self.of_house else "asker"}


class TooOften(NotAllowed):
    """The asker, or the house, has looked up as many persons as may be. The refusal is on record."""

    def __init__(self, limit: HeldBackBy, until: datetime, wait: int) -> None:
        super().__init__(
            f"{limit.most} look-ups of persons in {limit.hours} h are as many as may be. It goes on at {until:%H:%M}."
        )
        self.limit = limit
        self.until = until
        self.wait = wait  # whole seconds until then


class LookUps:
    """Lets look-ups through, as many as the limits of the day say. May be used by many threads at once."""

    def __init__(
        self,
        *,
        limits: Sequence[LookUpLimits],
        counts: Counts,
        audit: AuditLog,
        clock: Callable[[], datetime],
    ) -> None:
        self._limits = tuple(limits)
        self._counts = counts
        self._audit = audit
        self._clock = clock

    def require(
        self,
        asker: Asker,
        *,
        purpose: str,
        act: Act,
        question: Mapping[str, object],
        about: Persons = NOBODY,
    ) -> None:
        """Count a look-up. Raises TooOften, on record, where it is one too many, and whatever hinders counting."""
        now = self._clock()
        limits = in_force(self._limits, now.date())
        let = self._counts(
            [
                *((quota, asker.id) for quota in limits.of_asker),
                *((quota, "") for quota in limits.of_house),
            ]
        )
        if let.held_back is None:
            return
        quota = let.held_back.quota
        limit = HeldBackBy(most=quota.most, hours=quota.seconds // 3_600, of_house=quota in limits.of_house)
        self._audit.append(
            moment=now,
            asker=asker.id,
            role=asker.role,
            purpose=purpose,
            question=asked_by(asker, {**question, HELD_BACK_BY: limit.told()}),
            decision=TOO_OFTEN,
            snapshot=None,
            rows=0,
            act=act,
            about=about,
        )
        wait = let.held_back.more_in
        raise TooOften(limit, now + timedelta(seconds=wait), wait)
