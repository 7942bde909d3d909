"""Property: nothing a source or a person wrote becomes a formula in a spreadsheet; numbers stay numbers.

Every place of the product that writes a table to be opened elsewhere is named here; another one fails the test.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO, StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pyarrow as pa
import pytest

import virtaama
from tests.shipped_law import RETENTION_RULES
from tests.unit.published_county import CATALOGUE, MANAGER, published_county
from virtaama.access import log_report
from virtaama.access.answers import AreaName
from virtaama.cli import ask, features, funding_sheets
from virtaama.interchange.codes_out import codes_csv, lists_csv
from virtaama.interchange.platform import Publisher
from virtaama.metrics.question import Grain, Question
from virtaama.model.concepts import Code, CodeList, Text
from virtaama.portal.api.tables import csv_of
from virtaama.portal.ui.exports import Export, as_csv, as_xlsx
from virtaama.privacy.policy import Purpose
from virtaama.privacy.spreadsheets import BEGINNINGS
from virtaama.problems import Place
from virtaama.project import data_set, data_set_sheet, retention
from virtaama.statutes.hyte_coefficient import HyteIndicators
from virtaama.statutes.retained import Fact
from virtaama.steering.funding.table import as_text

FORMULAS = (
    *(f'{beginning}HYPERLINK("http://x.example";"katso")' for beginning in BEGINNINGS),
    "=1+1",
    "+1",
    "-1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(A1)",
    '="a\nb"',
    "-",
)
NAMED = AreaName(level="county", code="07", name=Text("=1+1", "=1+1", "=1+1"))
WRITERS = {
    "access/log_report.py",
    "cli/ask.py",
    "cli/features.py",
    "cli/funding_sheets.py",
    "interchange/codes_out.py",
    "portal/api/tables.py",
    "portal/ui/exports.py",
    "project/data_set.py",
    "project/data_set_sheet.py",
    "project/retention.py",
    "steering/funding/table.py",
}
"""Who writes tables for others. `synthetic` invents deliveries, which are read by us alone."""

Cells = list[list[str]]


def read_back(content: bytes, delimiter: str = ",") -> Cells:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def of_a_page(texts: tuple[str, ...], folder: Path) -> Cells:
    export = Export(name="x", columns=texts, rows=(texts, texts), about=())
    return read_back(as_csv(export, "fi"), ";")


def of_a_workbook(texts: tuple[str, ...], folder: Path) -> Cells:
    export = Export(name="x", columns=texts, rows=(texts,), about=tuple((text, text) for text in texts))
    book = openpyxl.load_workbook(BytesIO(as_xlsx(export)))
    cells = [[cell for cell in row if cell.value is not None] for sheet in book for row in sheet.iter_rows()]
    assert {cell.data_type for row in cells for cell in row} == {"s"}, "a formula, or a number that was text"
    return [[cell.value for cell in row] for row in cells]


def of_a_released_workbook(texts: tuple[str, ...], folder: Path) -> Cells:
    about = {text: text for text in texts}
    assert data_set_sheet.write_workbook(texts, [texts], about, datetime(2026, 1, 1), folder / "x.xlsx")
    book = openpyxl.load_workbook(folder / "x.xlsx")
    cells = [[cell for cell in row if cell.value is not None] for sheet in book for row in sheet.iter_rows()]
    assert {cell.data_type for row in cells for cell in row} == {"s"}
    return [[cell.value for cell in row] for row in cells]


def of_code_lists(texts: tuple[str, ...], folder: Path) -> Cells:
    codes = tuple(Code(code=str(n), labels=Text(text, "x", "y")) for n, text in enumerate(texts))
    lists = [
        CodeList(name="x", labels=Text(text, "x", "y"), source=text, codes=codes, place=Place("x"))
        for text in texts
    ]
    told = Publisher(registry="x")
    written = lists_csv(lists, told), codes_csv(lists[0], told, date(2026, 1, 1))
    return [row for text in written for row in read_back(text.encode())]


def of_a_log_report(texts: tuple[str, ...], folder: Path) -> Cells:
    report = log_report.Worded(
        language="fi", title="", explained="", about=(), columns=texts, rows=(texts,), remarks=()
    )
    return read_back(log_report.as_csv(report), ";")


def of_a_data_set(texts: tuple[str, ...], folder: Path) -> Cells:
    data_set.write_csv([texts], folder / "x.csv")
    return read_back((folder / "x.csv").read_bytes())


def of_feature_rows(texts: tuple[str, ...], folder: Path) -> Cells:
    columns = {f"{text}{n}": pa.array([text, None]) for n, text in enumerate(texts)}
    features._write(pa.table(columns), folder / "x.csv")
    return read_back((folder / "x.csv").read_bytes())


def of_a_list_of_what_is_due(texts: tuple[str, ...], folder: Path) -> Cells:
    day = date(2026, 11, 26)
    told = [
        SimpleNamespace(concept=text, number=text, person=text, rule=text, counted_from=Fact.DEATH, due=day)
        for text in texts
    ]
    due: Any = SimpleNamespace(on=day, instances=tuple(told))
    return read_back(retention.write_list(folder / "due", due, RETENTION_RULES).read_bytes(), ";")


def of_a_table_of_determinants(texts: tuple[str, ...], folder: Path) -> Cells:
    headings = ("koodi", "asukasmäärä", "lähde", *(f"{text}{n}" for n, text in enumerate(texts)))
    rows = [(1, headings), *((line, ("21", "1", text, *texts)) for line, text in enumerate(texts, start=2))]
    return read_back(as_text(rows, HyteIndicators(indicators=()), 2026).encode(), ";")


EXPORTS = [
    of_a_table_of_determinants,
    of_a_list_of_what_is_due,
    of_a_page,
    of_a_workbook,
    of_a_log_report,
    of_code_lists,
    of_a_data_set,
    of_a_released_workbook,
    of_feature_rows,
]


@pytest.mark.parametrize("export", EXPORTS)
def test_no_cell_begins_a_formula(export: Callable[[tuple[str, ...], Path], Cells], tmp_path: Path) -> None:
    cells = [cell for row in export(FORMULAS, tmp_path) for cell in row]
    assert sum(cell.startswith("'") for cell in cells) >= len(FORMULAS)
    assert not [cell for cell in cells if cell.startswith(BEGINNINGS)]
    # Nothing is lost: after the apostrophe stands what was there.
    kept = {cell.removeprefix("'").replace("\r", "\n") for cell in cells}
    assert {text.replace("\r", "\n") for text in FORMULAS} <= kept


def test_no_answer_in_the_terminal_begins_a_formula(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = Question(
        metrics=("cost",), grain=Grain.MONTH, first=date(2024, 1, 1), last=date(2024, 3, 1), by="service"
    )
    answer = published_county(tmp_path).door().ask(asked, MANAGER, Purpose.STEERING)
    some = next(figure for figure in answer.figures if figure.value)
    hostile = tuple(replace(some, member=text, value=-1.5) for text in FORMULAS)
    ask.write_csv(replace(answer, figures=hostile), {("county", "07"): NAMED}, "fi")
    header, *rows = read_back(capsys.readouterr().out.encode())
    assert [row[header.index("member")] for row in rows] == [f"'{text}" for text in FORMULAS]
    assert {row[header.index("value")] for row in rows} == {"-1.5"}, "a number is a number"


def test_no_sheet_of_the_funding_begins_a_formula(capsys: pytest.CaptureFixture[str]) -> None:
    rows = tuple((text, funding_sheets.Cents(-150)) for text in FORMULAS)
    funding_sheets.give(funding_sheets.Sheet(columns=("what", "euros"), rows=rows, invented=False), "csv")
    _header, *cells = read_back(capsys.readouterr().out.encode())
    assert [row[0] for row in cells] == [f"'{text}" for text in FORMULAS]
    assert {row[1] for row in cells} == {"-1.50"}, "a number is a number"


def test_no_table_of_the_api_begins_a_formula(tmp_path: Path) -> None:
    asked = Question(
        metrics=("cost",), grain=Grain.MONTH, first=date(2024, 1, 1), last=date(2024, 3, 1), by="service"
    )
    answer = published_county(tmp_path).door().ask(asked, MANAGER, Purpose.STEERING)
    some = next(figure for figure in answer.figures if figure.value)
    hostile = tuple(replace(some, member=text, value=-1.5) for text in FORMULAS)
    labels = {text: text for text in FORMULAS}
    written = csv_of(CATALOGUE.metric("cost"), replace(answer, figures=hostile), labels, {"07": "=1+1"})
    header, *rows = read_back(written)
    for column in ("member", "member_label"):
        assert [row[header.index(column)] for row in rows] == [f"'{text}" for text in FORMULAS]
    assert {row[header.index("area_name")] for row in rows} == {"'=1+1"}
    assert {row[header.index("value")] for row in rows} == {"-1.5"}, "a number is a number"


def test_numbers_and_days_stay_what_they_are(tmp_path: Path) -> None:
    export = Export(name="x", columns=("A", "B", "C"), rows=((-1.5, -2, date(2026, 1, 1)),), about=())
    assert read_back(as_csv(export, "fi"), ";")[1] == ["-1,5", "-2", "2026-01-01"]
    sheet = openpyxl.load_workbook(BytesIO(as_xlsx(export))).worksheets[0]
    assert (sheet["A2"].value, sheet["B2"].value, sheet["C2"].is_date) == (-1.5, -2, True)
    rows = pa.table({"n": [-1, 2], "x": [-0.5, None], "day": [date(2026, 1, 1), None]})
    features._write(rows, tmp_path / "x.csv")
    assert read_back((tmp_path / "x.csv").read_bytes())[1] == ["-1", "-0.5", "2026-01-01"]


def test_every_writer_of_tables_is_among_those_tested() -> None:
    writes = re.compile(r"csv\.(?:Dict)?[wW]riter\(|write_csv\(|xlsxwriter\.Workbook\(|\.to_csv\(|openpyxl")
    root = Path(virtaama.__file__).parent
    found = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if writes.search(path.read_text(encoding="utf-8"))
    }
    assert {name for name in found if not name.startswith("synthetic/")} == WRITERS
