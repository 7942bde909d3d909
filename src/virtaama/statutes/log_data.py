"""What a client may get to know of who has handled their data: the limits of 703/2023 10–11 §, dated.

A client gets log data free of charge within two months of asking. Data older than two years is given for a special
reason only. Log data is kept for twelve years. Not legal advice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class LogDataLimits:
    """The limits from one day on; both days of validity are included."""

    years_back: int  # older log data needs a special reason
    months_to_answer: int
    years_kept: int
    valid_from: date
    source: str
    valid_until: date | None = None


LIMITS: tuple[LogDataLimits, ...] = (
    LogDataLimits(
        years_back=2,
        months_to_answer=2,
        years_kept=12,
        valid_from=date(2024, 1, 1),
        source="Laki sosiaali- ja terveydenhuollon asiakastietojen käsittelystä 703/2023 10–11 §",
    ),
)


def log_data_limits(on: date) -> LogDataLimits:
    """The limits in force on a day; before the first those of the first, which is all that is recorded here."""
    held = [limits for limits in LIMITS if limits.valid_from <= on]
    return held[-1] if held else LIMITS[0]


def given_without_reason_since(on: date) -> date:
    """The first day of which log data is given to a client who asks on a day and has no special reason."""
    return _years_before(on, log_data_limits(on).years_back)


def kept_since(on: date) -> date:
    """The first day of which log data is still kept on a day."""
    return _years_before(on, log_data_limits(on).years_kept)


def _years_before(day: date, years: int) -> date:
    year = day.year - years
    return date(year, 2, 28) if (day.month, day.day) == (2, 29) else day.replace(year=year)
