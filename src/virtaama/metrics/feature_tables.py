"""Feature tables as data: one row for each instance and snapshot day, for machine learning.

A row holds what was known and true when its day was over, and nothing that came later; only what is
declared as an outcome looks ahead.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from virtaama.model.concepts import Purpose, Text
from virtaama.problems import Place


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time: months, or days."""

    months: int = 0
    days: int = 0

    def before(self, day: date) -> date:
        """The day this long before: a month end stays a month end."""
        return _months_after(day, -self.months) if self.months else day - timedelta(days=self.days)

    def after(self, day: date) -> date:
        return _months_after(day, self.months) if self.months else day + timedelta(days=self.days)

    def __str__(self) -> str:
        count = self.months or self.days
        return f"{count} {'month' if self.months else 'day'}{'' if count == 1 else 's'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What an instance was on the day: an expression over its columns and `at`, the snapshot day."""

    name: str
    labels: Text
    definition: Text
    value: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """An aggregate over the rows of a fact that belong to the instance, in a span before or after the day.

    `aggregate` is count | days | sum(x) | mean(x) | median(x) | p90(x); `days` counts the days on which a
    `during` fact held. A row belongs to the instance its `by` leads to, else to the fact's person. Rows of a
    fact with `time` belong to the day they happened; those of one with `during` to every day they held.
    """

    name: str
    labels: Text
    definition: Text
    fact: str
    aggregate: str
    span: Span
    place: Place
    where: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureTable:
    """A row for each instance of `of` that satisfies `where`, on each day of a calendar.

    `columns` look at the day and back, `outcomes` ahead. `purposes` are what its rows may be opened for. Of a
    day only rows are given that at least `alike` share in the columns `identifying`, where there are any, and
    where those who share them differ in every column of `sensitive`. Who opens the table gets its instances
    under pseudonyms of its `domain`.
    """

    name: str
    labels: Text
    definition: Text
    of: str
    calendar: str
    purposes: tuple[Purpose, ...]
    columns: tuple[State | Use, ...]
    outcomes: tuple[Use, ...]
    legal_basis: str
    owner: str
    place: Place
    where: str = ""
    identifying: tuple[str, ...] = ()
    sensitive: tuple[str, ...] = ()
    alike: int = 5
    domain: str = ""  # that of its own where nothing is said: see `in_domain`

    @property
    def in_domain(self) -> str:
        """The name of the domain: tables of one name can be joined, no others."""
        return self.domain or self.name

    @property
    def uses(self) -> tuple[Use, ...]:
        return tuple(column for column in self.columns if isinstance(column, Use))

    @property
    def states(self) -> tuple[State, ...]:
        return tuple(column for column in self.columns if isinstance(column, State))

    @property
    def names(self) -> tuple[str, ...]:
        """The columns of a row but for its key, its day and the reasons of what is missing."""
        return tuple(column.name for column in (*self.columns, *self.outcomes))


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    at_end = day.day == calendar.monthrange(day.year, day.month)[1]
    return date(year, month + 1, last if at_end else min(day.day, last))
