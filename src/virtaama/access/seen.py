"""Who has seen a person: entries that name them, and entries whose roster holds them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from virtaama.access.audit import AuditLog
from virtaama.access.audit_entries import ALLOWED, Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The entries about a person, the oldest first, and how many might be about them as well."""

    entries: tuple[Entry, ...]
    untold: int  # openings of rows on record before entries said about whom
    unknown: int  # openings of rows some of which nobody can say about whom they are


def seen(log: AuditLog, person: bytes, begun: datetime, ended: datetime) -> Seen:
    """What was shown of a person from a moment until another. What was refused showed nothing and is left out.

    Reads the index of persons, and in each roster of the time some dozens of places. Damaged where a roster is gone.
    """
    first, last = log.first_since(begun), log.first_since(ended) - 1
    numbers = {
        row[0]
        for row in log.read(
            "SELECT number FROM record INDEXED BY record_of_person WHERE person = ? AND number BETWEEN ? AND ?",
            (person, first, last),
        )
    }
    named = log.read(
        "SELECT roster, number FROM record INDEXED BY record_of_roster "
        "WHERE roster IS NOT NULL AND number BETWEEN ? AND ?",
        (first, last),
    )
    holds = {roster: log.rosters.holds(roster, person) for roster in {row[0] for row in named}}
    numbers.update(number for roster, number in named if holds[roster])
    ((unknown,),) = log.read(
        "SELECT count(*) FROM record INDEXED BY record_unknown WHERE unknown > 0 AND decision = ? "
        "AND number BETWEEN ? AND ?",
        (ALLOWED, first, last),
    )
    return Seen(
        entries=tuple(entry for entry in _entries(log, sorted(numbers)) if entry.decision == ALLOWED),
        untold=_untold(log, first, last),
        unknown=unknown,
    )


def _entries(log: AuditLog, numbers: list[int]) -> list[Entry]:
    found: list[Entry] = []
    for start in range(0, len(numbers), _AT_ONCE):
        some = numbers[start : start + _AT_ONCE]
        found += log.select(f"number IN ({', '.join('?' * len(some))}) ORDER BY number", some)
    return found


_AT_ONCE = 500


def _untold(log: AuditLog, first: int, last: int) -> int:
    """Openings of rows among the entries of form 1, which stand before all others."""
    low, high = 0, last
    while low < high:
        middle = (low + high + 1) // 2
        found = log.read("SELECT form FROM record WHERE number = ?", (middle,))
        low, high = (middle, high) if found and found[0][0] == 1 else (low, middle - 1)
    ((count,),) = log.read(
        "SELECT count(*) FROM record WHERE number BETWEEN ? AND ? AND decision = ? "
        "AND (question LIKE '{\"open %' OR question LIKE '{\"quarantine %')",
        (first, low, ALLOWED),
    )
    return int(count)
