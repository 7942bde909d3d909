"""Openings of persons that a data protection officer is shown: glass that was broken, and what carries a flag."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from virtaama.access.audit import AuditLog
from virtaama.access.audit_entries import ALLOWED, Act, Entry
from virtaama.privacy.closeness import Flag

MOST: Final = 5_000  # openings that are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAbout:
    """An opening, why it was made, and what may be asked about it."""

    entry: Entry
    reason: str
    flags: tuple[Flag, ...]

    @property
    def broke_glass(self) -> bool:
        return self.entry.act == Act.BREAK_GLASS


def broken_glass(log: AuditLog, first: int, last: int) -> Iterator[AskedAbout]:
    """The newest MOST openings outside their askers' scope, among entries of some numbers."""
    yield from _found(log, first, last, "act = ?", (str(Act.BREAK_GLASS),))


def flagged(log: AuditLog, first: int, last: int) -> Iterator[AskedAbout]:
    """The newest MOST openings of persons close to their askers, among entries of some numbers."""
    acts = (str(Act.PERSON), str(Act.BREAK_GLASS))
    yield from _found(log, first, last, "act IN (?, ?) AND question LIKE '%\"flags\": [%'", acts)


def _found(
    log: AuditLog, first: int, last: int, condition: str, values: tuple[str, ...]
) -> Iterator[AskedAbout]:
    left = MOST
    for piece in log.pieces(first, last):
        entries = log.select(
            f"{condition} AND decision = ? AND number BETWEEN ? AND ? ORDER BY number DESC LIMIT {left}",
            (*values, ALLOWED, *piece),
        )
        yield from map(asked_about, entries)
        left -= len(entries)
        if not left:
            return


def asked_about(entry: Entry) -> AskedAbout:
    told = told_by(entry)
    known = {flag.value for flag in Flag}
    flags = told.get("flags", ())
    return AskedAbout(
        entry=entry,
        reason=str(told.get("reason", "")),
        flags=tuple(Flag(flag) for flag in flags if flag in known) if isinstance(flags, list) else (),
    )


def told_by(entry: Entry) -> Mapping[str, object]:
    """What the question of an entry says; nothing where it says nothing by name."""
    told = json.loads(entry.question)
    return told if isinstance(told, dict) else {}


def told_to_the_person(entry: Entry) -> str:
    """The question of an entry as the person it is about may read it: without what the county asks itself about."""
    told = {name: value for name, value in told_by(entry).items() if name != "flags"}
    return json.dumps(told, ensure_ascii=False)
