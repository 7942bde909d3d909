"""What a county reports of its money and by when, and how its income statement is laid out, dated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from virtaama.model.concepts import Text
from virtaama.model.documents import Entry
from virtaama.model.schema import LABELS
from virtaama.model.shape import NAME, one_of, text, texts
from virtaama.problems import Problem
from virtaama.statutes.finance_alarms import ALARMS_TABLE, AlarmRule
from virtaama.statutes.lengths import read_whole, whole
from virtaama.statutes.packs import Kind, Rows, Table
from virtaama.statutes.provisions import Provision, Standing, in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Provision):
    """A report on some months of a financial year, the first and the last; due the same day each year."""

    name: str
    labels: Text
    months: tuple[int, int]
    due: tuple[int, int]  # month and day
    next_year: bool

    def due_of(self, year: int) -> date:
        """The last day for the report on a financial year."""
        month, day = self.due
        return date(year + self.next_year, month, day)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine(Provision):
    """A line of the income statement; the sum of the lines in `of` where it has any."""

    name: str
    labels: Text
    of: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finance:
    """The calendar, the layout and the limits. Of a financial year holds what holds on its first day."""

    every_report: tuple[Report, ...]
    every_line: tuple[StatementLine, ...]
    every_alarm: tuple[AlarmRule, ...]

    def reports(self, year: int) -> tuple[tuple[date, Report], ...]:
        """The reports on a financial year with the last day of each, in the order they are due."""
        held = in_force(self.every_report, date(year, 1, 1))
        return tuple(sorted(((each.due_of(year), each) for each in held), key=lambda pair: pair[0]))

    def layout(self, year: int) -> tuple[StatementLine, ...]:
        """The lines of the income statement of a financial year, from the top."""
        return in_force(self.every_line, date(year, 1, 1))

    def statement(self, year: int, figures: Mapping[str, Decimal]) -> dict[str, Decimal]:
        """Every line of the statement of a financial year; lines nobody gives a figure for are nought.

        Raises ValueError for a figure of a line that is none, or that is a sum of others.
        """
        lines = self.layout(year)
        given = {line.name for line in lines if not line.of}
        if unknown := sorted(figures.keys() - given):
            raise ValueError(f"{', '.join(unknown)}: no line of {year} that figures are given for")
        found: dict[str, Decimal] = {}
        for line in lines:
            parts = (found[each] for each in line.of)
            found[line.name] = sum(parts, Decimal()) if line.of else figures.get(line.name, Decimal())
        return found

    def alarms(self, year: int) -> tuple[AlarmRule, ...]:
        """The limits for the accounts of a financial year."""
        return in_force(self.every_alarm, date(year, 1, 1))


_DAY: Final = r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"


def _report(entry: Entry, standing: Standing) -> Report:
    first, last = (read_whole(item.scalar) for item in entry.list("months"))
    if first > last:
        raise ValueError(f"a report on the months {first} to {last} is about none")
    month, day = map(int, entry.text("due").split("-"))
    date(2001, month, day)  # ValueError for a day that is not in every year
    return Report(
        name=entry.text("report"),
        labels=entry.words("labels"),
        months=(first, last),
        due=(month, day),
        next_year=entry.text("year") == "next",
        **standing,
    )


def _line(entry: Entry, standing: Standing) -> StatementLine:
    return StatementLine(
        name=entry.text("line"), labels=entry.words("labels"), of=entry.texts("of"), **standing
    )


def _make(rows: Rows) -> Finance:
    return Finance(
        every_report=rows["reports"], every_line=rows["income_statement"], every_alarm=rows["alarms"]
    )


def _check(found: Finance) -> Iterator[Problem]:
    """A line sums lines above it that hold as long as itself, and each line is in one sum at most."""
    for place, line in enumerate(found.every_line):
        above = found.every_line[:place]
        for name in line.of:
            if not any(_outlasts(each, line) for each in above if each.name == name):
                what = f"'{line.name}' is a sum of '{name}', which is no line above it on all its days."
                yield Problem(line.place, what, "Write the parts of a sum before it, with the same days.")
        for name in line.of:
            others = (each for each in above if name in each.of and each.meets(line))
            if twice := next(others, None):
                what = f"'{name}' is part of '{twice.name}' and of '{line.name}': it would count twice."
                yield Problem(line.place, what)


def _outlasts(part: StatementLine, whole: StatementLine) -> bool:
    return part.valid_from <= whole.valid_from and (part.valid_until or date.max) >= (
        whole.valid_until or date.max
    )


FINANCE: Final = Kind(
    name="finance",
    about="What a county reports of its money and by when; the income statement; limits of the assessment procedure.",
    tables=(
        Table(
            name="reports",
            about="Reports to the State and the last day for each.",
            members={
                "report": text("Its name.", pattern=NAME),
                "labels": LABELS,
                "months": {
                    "description": "The first and the last month it is about.",
                    "type": "array",
                    "minItems": 2,
                    "maxItems": 2,
                    "items": whole("A month.", maximum=12),
                },
                "due": text("The last day, as 04-30.", pattern=_DAY),
                "year": one_of(("same", "next"), "In which year that is: the financial year, or the next."),
            },
            required=("report", "labels", "months", "due"),
            read=_report,
            key=lambda report: report.name,
        ),
        Table(
            name="income_statement",
            about="The lines of the income statement, from the top.",
            members={
                "line": text("Its name.", pattern=NAME),
                "labels": LABELS,
                "of": texts("The lines it is the sum of.", minItems=1),
            },
            required=("line", "labels"),
            read=_line,
            key=lambda line: line.name,
        ),
        ALARMS_TABLE,
    ),
    make=_make,
    check=_check,
)
