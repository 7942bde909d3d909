"""Within which time a matter of social welfare moves on, dated: in working days, or in months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from virtaama.model.concepts import Text
from virtaama.model.documents import Entry
from virtaama.model.schema import LABELS
from virtaama.model.shape import NAME, text, words
from virtaama.statutes.holidays import Holidays
from virtaama.statutes.lengths import Length, length, read_length, read_whole, whole
from virtaama.statutes.packs import Kind, Table
from virtaama.statutes.provisions import Provision, Standing, at


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """So many working days."""

    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SocialDeadline(Provision):
    """How long something may take. `about` tells whom it is about, where not everybody."""

    name: str
    labels: Text
    counts_from: Text
    within: Length | WorkingDays
    about: Text | None = None

    def last_day(self, start: date, holidays: Holidays) -> date:
        """The last day in time; a time in months that ends on a day off ends on the next working day (150/1930 5 §)."""
        if isinstance(self.within, WorkingDays):
            return holidays.working_day_after(start, self.within.amount)
        return holidays.working_day_from(self.within.last_day(start))


@dataclass(frozen=True, slots=True)
class SocialDeadlines:
    """The deadlines of every day."""

    every: tuple[SocialDeadline, ...]

    def deadline(self, name: str, on: date) -> SocialDeadline | None:
        """The deadline for what begins on a day; None where the law sets none."""
        return at((each for each in self.every if each.name == name), on)


def _deadline(entry: Entry, standing: Standing) -> SocialDeadline:
    within, days = entry.text("within"), entry.text("working_days")
    if bool(within) == bool(days):
        raise ValueError("how long it may take is told by one of within and working_days")
    return SocialDeadline(
        name=entry.text("deadline"),
        labels=entry.words("labels"),
        counts_from=entry.words("counts_from"),
        within=read_length(within) if within else WorkingDays(read_whole(days)),
        about=entry.words("about") if entry.member("about") else None,
        **standing,
    )


SOCIAL_DEADLINES: Final = Kind(
    name="social_deadlines",
    about="Within which time a matter of social welfare moves on.",
    tables=(
        Table(
            name="deadlines",
            about="Each deadline, and what it counts from.",
            members={
                "deadline": text("Its name.", pattern=NAME),
                "labels": LABELS,
                "counts_from": words("What it counts from, in three languages."),
                "about": words("Whom it is about, where not everybody."),
                "within": length("How long it may take."),
                "working_days": whole("How many working days it may take."),
            },
            required=("deadline", "labels", "counts_from"),
            read=_deadline,
            key=lambda each: each.name,
        ),
    ),
    make=lambda rows: SocialDeadlines(rows["deadlines"]),
)
