"""Determinants from a table as the county gets it: a row for each organiser, a column for each determinant.

A cell that is empty, or holds a dash, is a number nobody has given: it is imported as missing. A cell that cannot be
read is a problem, and nothing of the table is taken.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from io import StringIO
from typing import Final

from virtaama.model.documents import did_you_mean
from virtaama.privacy.spreadsheets import harmless
from virtaama.problems import Place, Problem, ProblemsFound
from virtaama.statutes.funding_organisers import Organiser
from virtaama.statutes.hyte_coefficient import HyteIndicators
from virtaama.steering.funding.determinants import (
    ABOUT,
    COUNTRY,
    OF_COUNTRY,
    OF_COUNTRY_ALONE,
    Determinant,
    Measure,
)
from virtaama.steering.funding.inputs import Given, determinant, score
from virtaama.steering.funding.table_columns import (
    COUNTRY_NAMES,
    NO,
    YES,
    Column,
    Plain,
    ScoreOf,
    columns_of,
    headings,
    normal,
)

Row = tuple[int, tuple[str, ...]]
"""The line a row is on, from 1, and its cells."""

_NOTHING: Final = ("", "-", "–", "—", "..", "...")
_BLANK: Final = " ;,\t"
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The numbers of a table by year and name, and the headings of columns nobody knows, which were left out."""

    numbers: Mapping[int, Mapping[str, Given]]
    ignored: tuple[str, ...] = ()


def rows_of(text: str) -> tuple[Row, ...]:
    """The rows of a text with `;`, tabulator or comma between cells; rows that begin with # are remarks."""
    text = text.removeprefix("\ufeff")
    first = next((line for line in text.splitlines() if line.strip(_BLANK) and not line.startswith("#")), "")
    reader = csv.reader(StringIO(text, newline=""), delimiter=max(";\t,", key=first.count))
    rows: list[Row] = []
    line = 1
    for cells in reader:
        if any(cell.strip() for cell in cells) and not cells[0].startswith("#"):
            rows.append((line, tuple(cells)))
        line = reader.line_num + 1
    return tuple(rows)


def parse_table(
    file: str,
    rows: Sequence[Row],
    organisers: Sequence[Organiser],
    indicators: HyteIndicators,
    year: int | None = None,
) -> Imported:
    """The numbers of a table whose first row heads its columns. `year` is that of rows that name none.

    Raises ProblemsFound with every problem of the table, each with its line.
    """
    if not rows:
        raise ProblemsFound(
            (Problem(Place(file), "the table is empty.", "Its first row heads the columns."),)
        )
    (line, written), *others = rows
    columns = columns_of(written, indicators)
    reading = _Reading(file, columns, organisers, year)
    reading.check_columns(line, written, indicators)
    if not reading.problems:
        for number, cells in others:
            reading.row(number, cells)
        reading.check_country()
    if reading.problems:
        raise ProblemsFound(tuple(reading.problems))
    ignored = tuple(name.strip() for name, column in zip(written, columns, strict=True) if column is None)
    return Imported(numbers=reading.numbers, ignored=tuple(name for name in ignored if name))


def number_of(cell: str) -> Fraction | None:
    """A number as Finns and spreadsheets write it: 1 234,5 or 1234.5. None where the cell holds none.

    ValueError where it holds something else.
    """
    bare = re.sub(r"[\s\u00a0\u202f]", "", cell).replace("−", "-").replace("€", "")
    if bare in _NOTHING:
        return None
    plain = bare.replace(",", ".")
    if not _NUMBER.fullmatch(plain):
        raise ValueError(cell)
    return Fraction(plain)


@dataclass(slots=True)
class _Reading:
    """The rows of one table, and what is wrong with them."""

    file: str
    columns: tuple[Column | None, ...]
    organisers: Sequence[Organiser]
    year: int | None
    numbers: dict[int, dict[str, Given]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    lines: dict[tuple[int, str], int] = field(default_factory=dict)

    def check_columns(self, line: int, written: tuple[str, ...], indicators: HyteIndicators) -> None:
        place = Place(self.file, line)
        if Plain.CODE not in self.columns and Plain.NAME not in self.columns:
            advice = "Head one column `koodi` (01 to 21, 90) or `hyvinvointialue`."
            self.problems.append(Problem(place, "no column says which organiser a row is about.", advice))
        if self.year is not None and Plain.YEAR in self.columns:
            self.problems.append(
                Problem(place, "the table says itself of which years it is.", "Leave out --year.")
            )
        if self.year is None and Plain.YEAR not in self.columns:
            advice = "Add a column `vuosi`, or name the year when you import: --year 2026."
            self.problems.append(Problem(place, "no column says which year the numbers are of.", advice))
        if not any(isinstance(column, Determinant | ScoreOf) for column in self.columns):
            unknown = next((name for name in written if normal(name)), "")
            advice = did_you_mean(unknown, headings(indicators))
            self.problems.append(Problem(place, "no column is headed by a determinant.", advice))
        for column in dict.fromkeys(each for each in self.columns if each is not None):
            if self.columns.count(column) > 1:
                named = written[self.columns.index(column)].strip()
                self.problems.append(Problem(place, f"'{named}' heads two columns.", "Take one out."))

    def row(self, line: int, cells: tuple[str, ...]) -> None:
        place = Place(self.file, line)
        plain = {
            column: cell.strip()
            for column, cell in zip(self.columns, cells, strict=False)
            if isinstance(column, Plain)
        }
        code, year = self._organiser(place, plain), self._year(place, plain)
        invented = plain.get(Plain.INVENTED, "").casefold()
        if invented not in (*YES, *NO):
            self.problems.append(
                Problem(place, f"'{invented}' does not say whether it is invented.", "kyllä or ei.")
            )
        if code is None or year is None:
            return
        if before := self.lines.get((year, code)):
            what = f"'{code}' of {year} stands here twice; it is on line {before} already."
            self.problems.append(Problem(place, what, "Take one of them out."))
            return
        self.lines[year, code] = line
        source = plain.get(Plain.SOURCE, "")
        basis = f"{source} ({self.file}:{line})" if source else f"{self.file}:{line}"
        numbers = self.numbers.setdefault(year, {})
        for column, cell in zip(self.columns, cells, strict=False):
            if isinstance(column, Determinant | ScoreOf):
                value = self._number(place, code, column, cell)
                if value is not None:
                    numbers[_name(code, column)] = Given(value=value, basis=basis, invented=invented in YES)

    def check_country(self) -> None:
        """The row of the whole country beside those of all organisers: they must say the same."""
        for year, numbers in self.numbers.items():
            for name in OF_COUNTRY:
                whole = numbers.get(determinant(COUNTRY, name))
                each = [numbers.get(determinant(one.code, name)) for one in self.organisers]
                together = sum((given.value for given in each if given), Fraction(0))
                if whole and all(each) and whole.value != together:
                    sums = f"{_plain(whole.value)}, of all organisers {_plain(together)}"
                    what = f"'{ABOUT[name].label.fi}' of the whole country is {sums}."
                    place = Place(self.file, self.lines[year, COUNTRY])
                    self.problems.append(Problem(place, what, "Correct one of them, or take this row out."))

    def _organiser(self, place: Place, plain: Mapping[Plain, str]) -> str | None:
        code, name = plain.get(Plain.CODE, ""), plain.get(Plain.NAME, "")
        if normal(code) in COUNTRY_NAMES or (not code and normal(name) in COUNTRY_NAMES):
            return COUNTRY
        for organiser in self.organisers:
            names = (organiser.name.fi, organiser.name.sv, organiser.name.en)
            if code.zfill(2) == organiser.code or (not code and normal(name) in map(normal, names)):
                return organiser.code
        written = code or name
        known = (*(each.code for each in self.organisers), *(each.name.fi for each in self.organisers))
        what = f"'{written}' is no organiser." if written else "this row names no organiser."
        self.problems.append(Problem(place, what, did_you_mean(written, known)))
        return None

    def _year(self, place: Place, plain: Mapping[Plain, str]) -> int | None:
        written = plain.get(Plain.YEAR, "")
        if not written and self.year is not None:
            return self.year
        if re.fullmatch(r"20\d\d", written):
            return int(written)
        if Plain.YEAR in self.columns:
            self.problems.append(Problem(place, f"'{written}' is no year.", "Write it as 2026."))
        return None

    def _number(self, place: Place, code: str, column: Determinant | ScoreOf, cell: str) -> Fraction | None:
        try:
            value = number_of(cell)
        except ValueError:
            what = f"'{cell.strip()}' in column '{_heading(column)}' is no number."
            self.problems.append(
                Problem(place, what, "Write it as 1234,5; leave the cell empty where it is not known.")
            )
            return None
        if value is None:
            return None
        if wrong := _wrong(value, code, column):
            self.problems.append(Problem(place, f"'{_heading(column)}' is {cell.strip()}: {wrong}"))
        return value


def _wrong(value: Fraction, code: str, column: Determinant | ScoreOf) -> str:
    if isinstance(column, ScoreOf):
        return "" if code != COUNTRY and 0 <= value <= 100 else "a score of an organiser is from 0 to 100."
    about = ABOUT[column]
    if code == COUNTRY and column not in OF_COUNTRY:
        return "this is not read of the whole country. Leave the cell empty there."
    if code != COUNTRY and column in OF_COUNTRY_ALONE:
        return "this is told of the whole country only. Add a row with the code FI."
    if value < 0 and not about.may_be_negative:
        return "this is never less than nothing."
    if about.measure is Measure.PERSONS and value.denominator != 1:
        return "persons are counted whole."
    return ""


def _name(code: str, column: Determinant | ScoreOf) -> str:
    return score(code, column.indicator) if isinstance(column, ScoreOf) else determinant(code, column)


def _heading(column: Determinant | ScoreOf) -> str:
    return column.indicator if isinstance(column, ScoreOf) else ABOUT[column].label.fi


def _plain(value: Fraction) -> str:
    return f"{float(value):,.10g}".replace(",", " ")


def as_text(rows: Sequence[Row], indicators: HyteIndicators, year: int | None = None) -> str:
    """The rows of a table without problems as text. A year stands in a column of its own where there was none.

    People open it in a spreadsheet: no text in it becomes a formula there, and numbers stay numbers.
    """
    columns = columns_of(rows[0][1], indicators)
    dated = year is not None and Plain.YEAR not in columns
    out = StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    for place, (_, cells) in enumerate(rows):
        said = ("vuosi" if place == 0 else str(year),) if dated else ()
        kinds = columns if place else (None,) * len(cells)
        written = (_cell(cell, kind) for cell, kind in zip(cells, kinds, strict=False))
        writer.writerow((*said, *written))
    return out.getvalue()


def _cell(cell: str, column: Column | None) -> str:
    return cell.strip() if isinstance(column, Determinant | ScoreOf) else harmless(cell)


def merged(tables: Mapping[str, Imported]) -> Mapping[int, Mapping[str, Given]]:
    """The numbers of several tables by the names of their files, together.

    Raises ProblemsFound where two tables say different things of the same.
    """
    numbers: dict[int, dict[str, Given]] = {}
    said: dict[tuple[int, str], str] = {}
    problems: list[Problem] = []
    for file, table in tables.items():
        for year, values in table.numbers.items():
            for name, given in values.items():
                other = numbers.setdefault(year, {}).get(name)
                if other is not None and other.value != given.value:
                    elsewhere = f"{_plain(other.value)} in {said[year, name]}"
                    what = f"'{name}' of {year} is {_plain(given.value)} here, and {elsewhere}."
                    problems.append(Problem(Place(file), what, "Take the older table away."))
                    continue
                numbers[year][name] = given
                said[year, name] = file
    if problems:
        raise ProblemsFound(tuple(problems))
    return numbers
