"""A person's record in words: what the pages show of what the door gave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from virtaama.access.opened import OpenedColumn, OpenedPerson, OpenedRow, OpenedSection, Value
from virtaama.portal.ui.formats import day, local_moment, number
from virtaama.statutes.access_words import SERVICES


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of a record in words. `facts` where it is one row that belongs to no moment, as who somebody is."""

    name: str
    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    facts: tuple[tuple[str, str], ...]
    withheld: bool
    more: bool
    own_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    sections: tuple[Section, ...]
    closed: tuple[str, ...]  # sections the reader's work does not open
    services: tuple[str, ...]  # services of which it opens nothing


def record_of(person: OpenedPerson, language: str) -> Record:
    return Record(
        sections=tuple(_section(section, language) for section in person.sections),
        closed=tuple(text.in_language(language) for text in person.left_out.sections),
        services=tuple(SERVICES[service].in_language(language) for service in person.left_out.services),
    )


def _section(section: OpenedSection, language: str) -> Section:
    headings = [column.labels.in_language(language) for column in section.columns]
    rows = [_row(row, section, language) for row in section.rows]
    if section.of_services:
        headings.append(_("Service"))
    undated = len(rows) == 1 and section.rows[0].when is None and not section.of_services
    return Section(
        name=section.name,
        title=section.labels.in_language(language),
        headings=tuple(headings),
        rows=() if undated else tuple(rows),
        facts=tuple(zip(headings, rows[0], strict=True)) if undated else (),
        withheld=any(column.withheld for column in section.columns),
        more=section.more,
        own_only=section.own_only,
    )


def _row(row: OpenedRow, section: OpenedSection, language: str) -> tuple[str, ...]:
    cells = [
        worded(value, column, language) for column, value in zip(section.columns, row.values, strict=True)
    ]
    if section.of_services:
        cells.append(SERVICES[row.service].in_language(language) if row.service else _("not told"))
    return tuple(cells)


def worded(value: Value, column: OpenedColumn, language: str) -> str:
    """A value as people read it; a code with its words."""
    if column.withheld:
        return _("withheld")
    match value:
        case None:
            return "–"
        case bool():
            return _("yes") if value else _("no")
        case datetime():
            return local_moment(value, language)
        case date():
            return day(value, language)
        case int() | float():
            return number(value, 0 if float(value).is_integer() else 1, language)
        case _:
            words = column.codes.get(str(value))
            return words.in_language(language) if words else str(value)
