"""Figures as files: the rows of a page, all of them, with what they mean and where they come from.

They are made from the same answer of the door as the page, so they obey the same rights and carry the
number of the same audit record.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, StringIO

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from virtaama.access.answers import Answer
from virtaama.metrics.definitions import Metric
from virtaama.metrics.question import Figure
from virtaama.portal.steering.filters import Filters
from virtaama.portal.ui.formats import period_written
from virtaama.portal.ui.words import LEVELS, MISSING

Cell = str | float | int | date | None
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A table and the words that go with it."""

    name: str  # of the file, without its ending
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    about: tuple[tuple[str, str], ...]  # what, in words: who, when, filters, definitions, snapshot


def export(
    *,
    name: str,
    metrics: Sequence[Metric],
    answer: Answer,
    filters: Filters,
    member_labels: dict[str, str],
    by: str,
    asker: str,
    now: datetime,
    language: str,
) -> Export:
    """Every figure of an answer as a row. `member_labels` has the words for the members of `by`, if any."""
    defined = {metric.name: metric for metric in metrics}
    names = {area.code: area.name.in_language(language) for area in filters.areas}
    columns = (
        _("Metric"),
        _("Level"),
        _("Area code"),
        _("Area"),
        _("Period"),
        _("First day"),
        *((by, _("Code")) if by else ()),
        _("Value"),
        _("Unit"),
        _("Why missing"),
        _("Numerator"),
        _("Denominator"),
        _("Observations"),
        _("Snapshot"),
    )
    rows = tuple(
        row_of(figure, defined[figure.metric], names, member_labels, bool(by), answer, language)
        for figure in answer.figures
    )
    return Export(
        name=name, columns=columns, rows=rows, about=about(metrics, answer, filters, asker, now, language)
    )


def row_of(
    figure: Figure,
    metric: Metric,
    names: dict[str, str],
    member_labels: dict[str, str],
    broken_down: bool,
    answer: Answer,
    language: str,
) -> tuple[Cell, ...]:
    member = (member_labels.get(figure.member or "", figure.member), figure.member) if broken_down else ()
    return (
        metric.labels.in_language(language),
        str(LEVELS[figure.level]),
        figure.area,
        names.get(figure.area, figure.area),
        period_written(figure.period, figure.grain),
        figure.period,
        *member,
        figure.value,
        metric.unit.in_language(language),
        str(MISSING[figure.missing]) if figure.missing else None,
        figure.numerator,
        figure.denominator,
        figure.rows,
        answer.snapshot.number,
    )


def about(
    metrics: Sequence[Metric], answer: Answer, filters: Filters, asker: str, now: datetime, language: str
) -> tuple[tuple[str, str], ...]:
    snapshot = answer.snapshot
    lines = [
        (_("Taken by"), asker),
        (_("Taken at"), timezone.localtime(now).isoformat(timespec="seconds")),
        (_("Area"), filters.area.name.in_language(language)),
        (_("Period"), filters.period_written),
        (_("Snapshot"), str(snapshot.number)),
        (_("Published"), snapshot.published.isoformat(timespec="seconds")),
        (
            _("Data as of"),
            snapshot.last_delivery.isoformat(timespec="seconds") if snapshot.last_delivery else "",
        ),
        (_("Model version"), snapshot.model_version),
        (_("Version of the metrics"), snapshot.catalogue_version),
        (_("Audit record"), str(answer.record)),
    ]
    if snapshot.redefined:
        lines.append((_("Defined otherwise since"), ", ".join(snapshot.redefined)))
    for metric in metrics:
        lines.append((metric.labels.in_language(language), metric.definition.in_language(language)))
        lines.append((_("Legal basis"), metric.legal_basis))
        lines.append((_("Source"), metric.source))
    return tuple(lines)


def as_csv(export: Export, language: str) -> bytes:
    """Semicolons and a byte order mark, as Excel expects here; a decimal comma except in English."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([harmless(column) for column in export.columns])
    for row in export.rows:
        writer.writerow([csv_cell(cell, language) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def csv_cell(cell: Cell, language: str) -> str:
    match cell:
        case None:
            return ""
        case float():
            number = repr(cell)
            return number if language == "en" else number.replace(".", ",")
        case date():
            return cell.isoformat()
        case str():
            return harmless(cell)
        case _:
            return str(cell)


def harmless(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def as_xlsx(export: Export) -> bytes:
    """Two sheets: the rows with real numbers and dates, and what they mean."""
    file = BytesIO()
    with xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(_("Figures"))
        sheet.write_row(0, 0, export.columns, bold)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(export.columns) - 1, 16)
        for line, row in enumerate(export.rows, start=1):
            for column, cell in enumerate(row):
                match cell:
                    case None:
                        pass
                    case date():
                        sheet.write_datetime(line, column, datetime(cell.year, cell.month, cell.day), day)
                    case str():
                        sheet.write_string(line, column, harmless(cell))
                    case _:
                        sheet.write_number(line, column, cell)
        sheet.autofilter(0, 0, max(len(export.rows), 1), len(export.columns) - 1)
        words = book.add_worksheet(_("About"))
        words.set_column(0, 0, 28)
        words.set_column(1, 1, 100)
        for line, (what, value) in enumerate(export.about):
            words.write_string(line, 0, harmless(what), bold)
            words.write_string(line, 1, harmless(value), wrapped)
    return file.getvalue()
