"""What a client may get to know of who has handled their data: the limits of 703/2023 10–11 §, dated.

A client gets log data free of charge within some months of asking. Data older than some years is given for a special
reason only. Not legal advice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from virtaama.model.documents import Entry
from virtaama.model.shape import Schema, number
from virtaama.problems import Place, Problem
from virtaama.statutes.lengths import months_later
from virtaama.statutes.packs import Kind, Table
from virtaama.statutes.provisions import Provision, Standing, at


@dataclass(frozen=True, slots=True, kw_only=True)
class LogDataLimits(Provision):
    """The limits that hold together."""

    years_back: int  # older log data needs a special reason
    months_to_answer: int
    years_kept: int


@dataclass(frozen=True, slots=True)
class LogData:
    """The limits of every day, the first first; there is always one."""

    every: tuple[LogDataLimits, ...]

    def limits(self, on: date) -> LogDataLimits:
        """The limits in force on a day; before the first those of the first, which is all that is recorded."""
        return at(self.every, on) or self.every[0]

    def given_without_reason_since(self, on: date) -> date:
        """The first day of which log data is given to a client who asks on a day and has no special reason."""
        return months_later(on, -12 * self.limits(on).years_back)

    def kept_since(self, on: date) -> date:
        """The first day of which log data is still kept on a day."""
        return months_later(on, -12 * self.limits(on).years_kept)


def _whole(description: str) -> Schema:
    return number(description, minimum=1, multipleOf=1)


def _limits(entry: Entry, standing: Standing) -> LogDataLimits:
    return LogDataLimits(
        years_back=int(float(entry.text("years_back"))),
        months_to_answer=int(float(entry.text("months_to_answer"))),
        years_kept=int(float(entry.text("years_kept"))),
        **standing,
    )


def _gaps(found: LogData) -> Iterator[Problem]:
    """From the first day on there is always a limit."""
    if not found.every:
        yield Problem(Place("log_data"), "there are no limits.", "Write a row with the limits of now.")
    for each in found.every:
        last = each.valid_until
        if last and at(found.every, date.fromordinal(last.toordinal() + 1)) is None:
            yield Problem(each.place, f"no limits hold after {last}.", "Write the row that follows it.")


LOG_DATA: Final = Kind(
    name="log_data",
    about="What a client may get to know of who has handled their data, and how long that is kept.",
    tables=(
        Table(
            name="limits",
            about="The limits; there is always one row that holds.",
            members={
                "years_back": _whole("Years back log data is given without a special reason."),
                "months_to_answer": _whole("Months within which the client is answered."),
                "years_kept": _whole("Years log data is kept."),
            },
            required=("years_back", "months_to_answer", "years_kept"),
            read=_limits,
            key=lambda limits: None,
        ),
    ),
    make=lambda rows: LogData(tuple(sorted(rows["limits"], key=lambda each: each.valid_from))),
    check=_gaps,
)
