"""Which moment the reader looks back to, as the address of the page says: what was true, and what was known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from virtaama.portal.ui.formats import day

AS_OF, KNOWN = "as_of", "known"
WRITTEN = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"),
    re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The days looked back to, each None where it is now, and what was wrong with those in the address."""

    as_of: date | None = None
    known: date | None = None
    problems: tuple[tuple[str, str], ...] = ()  # filter, what is wrong

    @property
    def end(self) -> date | None:
        """The day after which nothing is told."""
        return min((d for d in (self.as_of, self.known) if d), default=None)

    @property
    def carried(self) -> dict[str, str]:
        return {
            name: value.isoformat() for name, value in ((AS_OF, self.as_of), (KNOWN, self.known)) if value
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far one can look back: the first day something is told of and known, and the day it is."""

    as_of: date
    known: date
    today: date


def read_past(address: Mapping[str, str], reach: Reach | None, language: str) -> Past:
    """The days of an address. What cannot be looked back to becomes a problem and is now instead.

    `reach` is None where nothing tells of the past yet.
    """
    days: dict[str, date] = {}
    problems: list[tuple[str, str]] = []
    for name in (AS_OF, KNOWN):
        if not (written := address.get(name, "").strip()):
            continue
        asked = read_day(written)
        if problem := problem_of(name, asked, reach, language):
            problems.append((name, problem))
        elif asked:
            days[name] = asked
    return Past(as_of=days.get(AS_OF), known=days.get(KNOWN), problems=tuple(problems))


def problem_of(name: str, asked: date | None, reach: Reach | None, language: str) -> str:
    """Why one cannot look back to a day; empty where one can."""
    if asked is None:
        return _("There is no such day. Write it as 31.3.2026 or 2026-03-31. Showing today's view.")
    if reach is None:
        return _("Nothing published tells of the past yet. Showing today's view.")
    if asked > reach.today:
        return _("%(day)s has not come yet. Showing today's view.") % {"day": day(asked, language)}
    if name == AS_OF and asked < reach.as_of:
        return _("The data tells of %(first)s and later. Showing today's view.") % {
            "first": day(reach.as_of, language)
        }
    if name == KNOWN and asked < reach.known:
        return _(
            "The first data arrived on %(first)s; before it nothing was known. Showing today's view."
        ) % {"first": day(reach.known, language)}
    return ""


def read_day(text: str) -> date | None:
    """A day as 2026-03-31 or 31.3.2026; None when it is no day of the calendar."""
    found = next(filter(None, (way.fullmatch(text) for way in WRITTEN)), None)
    if found is None:
        return None
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None
