"""What the pages of the audit log read, and how an address says it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from virtaama.access.asked_about import AskedAbout
from virtaama.access.audit_entries import Act, Entry
from virtaama.access.looked import Filters, Looked, Mark
from virtaama.access.names import Names, called
from virtaama.portal.oversight import words

DAYS = 30  # looked at where no period is named
_KEY = re.compile(r"[0-9a-f]{32}", re.ASCII)

ORDERS: dict[str, Callable[[Entry], Any]] = {
    "number": lambda entry: entry.number,
    "asker": lambda entry: (entry.asker, entry.number),
    "role": lambda entry: (entry.role, entry.number),
    "purpose": lambda entry: (entry.purpose, entry.number),
    "rows": lambda entry: (entry.rows, entry.number),
    "persons": lambda entry: (entry.persons + entry.unknown, entry.number),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An entry in words."""

    entry: Entry
    role: str
    purpose: str
    act: str
    data: str
    providers: str
    about: str
    mark: str  # one of MARKS, or empty


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """An opening of a person that one may ask about, in words; `by` is who reviewed it."""

    row: Row
    reason: str
    flags: str
    comment: str
    by: str


def opening_of(each: AskedAbout, marks: Mapping[int, Mark], names: Names, language: str) -> Opening:
    mark = marks.get(each.entry.number)
    return Opening(
        row=row_of(each.entry, names, language, mark.mark if mark else ""),
        reason=each.reason,
        flags=", ".join(str(words.FLAGS[flag]) for flag in each.flags),
        comment=mark.comment if mark else "",
        by=mark.by if mark else "",
    )


def filters_of(asked: Mapping[str, str], today: date) -> Filters:
    """The filters an address names; what cannot be read is as if it were not there."""
    last = _day(asked.get("to", "")) or today
    first = _day(asked.get("from", "")) or last - timedelta(days=DAYS)
    act = asked.get("act", "")
    decision = asked.get("decision", "")
    person = asked.get("person", "")
    return Filters(
        first=min(first, last),
        last=last,
        asker=asked.get("asker", ""),
        role=asked.get("role", ""),
        purpose=asked.get("purpose", ""),
        act=act if act in list(Act) else "",
        decision=decision if decision in ("allowed", "refused") else "",
        person=bytes.fromhex(person) if _KEY.fullmatch(person) else None,
    )


def rows_of(looked: Looked, order: str, names: Names, language: str) -> list[Row]:
    """The entries by one of ORDERS, downwards where it begins with a minus; else the newest first."""
    by = ORDERS.get(order.removeprefix("-"))
    entries = looked.entries if by is None else sorted(looked.entries, key=by, reverse=order.startswith("-"))
    return [
        row_of(
            entry, names, language, looked.marks[entry.number].mark if entry.number in looked.marks else ""
        )
        for entry in entries
    ]


def row_of(entry: Entry, names: Names, language: str, mark: str = "") -> Row:
    return Row(
        entry=entry,
        role=called(names.roles, entry.role, language),
        purpose=str(words.PURPOSES.get(entry.purpose, entry.purpose)),
        act=str(words.ACTS.get(entry.act, entry.act)),
        data=", ".join(called(names.data, name, language) for name in entry.data),
        providers=", ".join(called(names.systems, name, language) for name in entry.providers),
        about=words.about_whom(entry, language),
        mark=str(words.MARKS.get(mark, mark)),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
