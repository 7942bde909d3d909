"""A data set as a workbook that a spreadsheet opens as it is: figures with real numbers and days, and what they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import xlsxwriter

from virtaama.privacy.spreadsheets import harmless

MOST_ROWS = 1_048_575  # of a sheet, below its header
_WIDTH = 16


def write_workbook(
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    about: Mapping[str, str],
    made: datetime,
    path: Path,
) -> bool:
    """Write rows on one sheet and what they are on another; False, and nothing, where a sheet holds fewer rows."""
    if len(rows) > MOST_ROWS:
        return False
    settings = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), settings) as book:
        book.set_properties({"created": made.replace(tzinfo=None)})
        bold = book.add_format({"bold": True, "bottom": 1})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet("figures")
        sheet.write_row(0, 0, [harmless(column) for column in columns], bold)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(columns) - 1, _WIDTH)
        for line, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                match cell:
                    case None:
                        pass
                    case date():
                        sheet.write_datetime(line, column, datetime(cell.year, cell.month, cell.day), day)
                    case str():
                        sheet.write_string(line, column, harmless(cell))
                    case int() | float():
                        sheet.write_number(line, column, cell)
        sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
        words = book.add_worksheet("about")
        words.set_column(0, 0, 2 * _WIDTH)
        words.set_column(1, 1, 6 * _WIDTH)
        for line, (what, said) in enumerate(about.items()):
            words.write_string(line, 0, harmless(what), bold)
            words.write_string(line, 1, harmless(said), wrapped)
    return True
