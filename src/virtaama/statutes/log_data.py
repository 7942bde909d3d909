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
from virtaama.problems import Problem
from virtaama.statutes.lengths import months_later, read_whole, whole
from virtaama.statutes.packs import WHOLE_FILE, Kind, Table
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


def _limits(entry: Entry, standing: Standing) -> LogDataLimits:
    return LogDataLimits(
        years_back=read_whole(entry.text("years_back")),
        months_to_answer=read_whole(entry.text("months_to_answer")),
        years_kept=read_whole(entry.text("years_kept")),
        **standing,
    )


def _gaps(found: LogData) -> Iterator[Problem]:
    """From the first day on there is always a limit."""
    if not found.every:
        yield Problem(WHOLE_FILE, "there are no limits.", "Write a row with the limits of now.")
    for each in found.every:
        if each.day_after and at(found.every, each.day_after) is None:
            what = f"no limits hold after {each.valid_until}."
            yield Problem(each.place, what, "Write the row that follows it.")


LOG_DATA: Final = Kind(
    name="log_data",
    about="What a client may get to know of who has handled their data, and how long that is kept.",
    tables=(
        Table(
            name="limits",
            about="The limits; there is always one row that holds.",
            members={
                "years_back": whole("Years back log data is given without a special reason."),
                "months_to_answer": whole("Months within which the client is answered."),
                "years_kept": whole("Years log data is kept."),
            },
            required=("years_back", "months_to_answer", "years_kept"),
            read=_limits,
            key=lambda limits: None,
        ),
    ),
    make=lambda rows: LogData(tuple(sorted(rows["limits"], key=lambda each: each.valid_from))),
    check=_gaps,
)
