"""Tables as files: CSV and XLSX as a spreadsheet here expects them, with the words that go with the rows."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, StringIO

import xlsxwriter
from django.http import HttpResponse
from django.utils.translation import gettext as _

from virtaama.privacy.spreadsheets import harmless

Cell = str | float | int | date | None
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A table and the words that go with it."""

    name: str  # of the file, without its ending
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    about: tuple[tuple[str, str], ...]  # what, in words: who, when, filters, definitions, snapshot


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
        sheet.write_row(0, 0, [harmless(column) for column in export.columns], bold)
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


def as_file(table: Export, kind: str, language: str) -> HttpResponse:
    """The table as a download; `kind` is csv or xlsx."""
    content, type_ = (as_csv(table, language), CSV_TYPE) if kind == "csv" else (as_xlsx(table), XLSX_TYPE)
    response = HttpResponse(content, content_type=type_)
    response.headers["Content-Disposition"] = f'attachment; filename="{table.name}.{kind}"'
    return response
