"""Who has seen a person: entries that name them, and entries whose roster holds them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from virtaama.access.audit import AuditLog
from virtaama.access.audit_entries import ALLOWED, Entry, Stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The entries about a person, the oldest first, and how many might be about them as well."""

    entries: tuple[Entry, ...]
    untold: int  # openings of rows on record before entries said about whom
    unknown: int  # openings of rows some of which nobody can say about whom they are


def seen(
    log: AuditLog, person: bytes, begun: datetime, ended: datetime, *, also: tuple[bytes, ...] = ()
) -> Seen:
    """What was shown of a person from a moment until another. What was refused showed nothing and is left out.

    `also` are other keys the log has known the same person by.
    Reads the index of persons, and in each roster of the time some dozens of places. Damaged where a roster is gone.
    """
    since, until = begun.timestamp(), ended.timestamp()

    def within(rows: list[Stored]) -> list[Stored]:
        # By the moment itself, not by numbers: a clock that went wrong for a while must hide nothing.
        return [row for row in rows if since <= datetime.fromisoformat(row[-1]).timestamp() < until]

    keys = (person, *also)
    numbers = {
        row[0]
        for key in keys
        for row in within(
            log.read("SELECT number, moment FROM record INDEXED BY record_of_person WHERE person = ?", (key,))
        )
    }
    named = within(
        log.read(
            "SELECT roster, number, moment FROM record INDEXED BY record_of_roster WHERE roster IS NOT NULL"
        )
    )
    holds = {
        roster: any(log.rosters.holds(roster, key) for key in keys) for roster in {row[0] for row in named}
    }
    numbers.update(number for roster, number, _ in named if holds[roster])
    unknown = within(
        log.read(
            "SELECT moment FROM record INDEXED BY record_unknown WHERE unknown > 0 AND decision = ?",
            (ALLOWED,),
        )
    )
    untold = within(
        log.read(
            "SELECT moment FROM record WHERE number <= ? AND decision = ? "
            "AND (question LIKE '{\"open %' OR question LIKE '{\"quarantine %')",
            (_last_of_form_1(log), ALLOWED),
        )
    )
    return Seen(
        entries=tuple(entry for entry in log.numbered(sorted(numbers)) if entry.decision == ALLOWED),
        untold=len(untold),
        unknown=len(unknown),
    )


def _last_of_form_1(log: AuditLog) -> int:
    """The last of the entries of form 1, which stand before all others; 0 where there is none."""
    low, high = 0, log.head()[0]
    while low < high:
        middle = (low + high + 1) // 2
        ((form,),) = log.read("SELECT form FROM record WHERE number = ?", (middle,))
        low, high = (middle, high) if form == 1 else (low, middle - 1)
    return low
