"""Who has looked up more persons than may be, as a data protection officer is shown it: by asker and day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Final

from virtaama.access.asked_about import told_by
from virtaama.access.audit import AuditLog
from virtaama.access.audit_entries import Entry
from virtaama.access.look_ups import HELD_BACK_BY, TOO_OFTEN, HeldBackBy

MOST: Final = 5_000  # refusals that are looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBack:
    """Look-ups of one asker on one day that were refused because there had been so many."""

    asker: str
    role: str
    day: date
    first: datetime
    count: int
    limit: HeldBackBy  # the one that was reached first


def held_back(log: AuditLog, first: int, last: int, zone: tzinfo) -> tuple[HeldBack, ...]:
    """Among the newest MOST refusals of entries of some numbers; the newest day first, then the most."""
    found: list[Entry] = []
    for piece in log.pieces(first, last):
        # That it is not 'allowed' is said for the index of refusals.
        found += log.select(
            f"decision = ? AND decision <> 'allowed' AND number BETWEEN ? AND ? "
            f"ORDER BY number DESC LIMIT {MOST - len(found)}",
            (TOO_OFTEN, *piece),
        )
        if len(found) >= MOST:
            break
    return tuple(
        sorted(
            _by_asker_and_day(reversed(found), zone), key=lambda each: (each.day, each.count), reverse=True
        )
    )


def _by_asker_and_day(entries: Iterable[Entry], zone: tzinfo) -> Iterable[HeldBack]:
    by_day: dict[tuple[str, date], list[Entry]] = {}
    for entry in entries:
        by_day.setdefault((entry.asker, entry.moment.astimezone(zone).date()), []).append(entry)
    for (asker, day), some in by_day.items():
        yield HeldBack(
            asker=asker,
            role=some[0].role,
            day=day,
            first=some[0].moment,
            count=len(some),
            limit=_limit_of(some[0]),
        )


def _limit_of(entry: Entry) -> HeldBackBy:
    told = told_by(entry)[HELD_BACK_BY]
    assert isinstance(told, dict)
    return HeldBackBy(most=told["most"], hours=told["hours"], of_house=told["of"] == "house")
