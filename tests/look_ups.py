"""Counting look-ups without a portal: in memory, as one worker that has everybody to itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from virtaama.access.audit import AuditLog
from virtaama.access.look_ups import LookUps
from virtaama.privacy.look_up_limits import LookUpLimits
from virtaama.privacy.quotas import Counts, Let, Quota, Standing


class CountsInMemory:
    """The portal's counting, with a clock of its own."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.kept: dict[tuple[str, str], Counts] = {}

    def __call__(self, quotas: Sequence[tuple[Quota, str]]) -> Let:
        now = self.clock().timestamp()
        names = [(quota.name, whose) for quota, whose in quotas]
        let = Let.through(
            tuple(
                Standing.of(quota, self.kept.get(name, {}), now)
                for name, (quota, _) in zip(names, quotas, strict=True)
            )
        )
        self.kept.update(zip(names, (standing.counts for standing in let.standings), strict=True))
        return let


def unlimited(quotas: Sequence[tuple[Quota, str]]) -> Let:
    """Lets everybody through: for tests of what comes after."""
    return Let(standings=())


def look_ups(audit: AuditLog, clock: Callable[[], datetime], limits: Sequence[LookUpLimits] = ()) -> LookUps:
    return LookUps(limits=limits, counts=CountsInMemory(clock), audit=audit, clock=clock)


def unlimited_look_ups(audit: AuditLog, clock: Callable[[], datetime]) -> LookUps:
    return LookUps(limits=(), counts=unlimited, audit=audit, clock=clock)
