from __future__ import annotations

from datetime import date
from io import BytesIO

import openpyxl
import pytest

from virtaama.portal.ui.exports import Export, as_csv, as_xlsx

DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_becomes_a_formula(text: str) -> None:
    export = Export(name="x", columns=("A",), rows=((text,),), about=((text, text),))
    assert as_csv(export, "fi").decode("utf-8-sig").splitlines()[1].strip('"').startswith("'")
    book = openpyxl.load_workbook(BytesIO(as_xlsx(export)))
    for cell in (book.worksheets[0]["A2"], book.worksheets[1]["A1"], book.worksheets[1]["B1"]):
        assert cell.data_type == "s"
        assert cell.value.startswith("'")


def test_a_negative_number_stays_a_number() -> None:
    export = Export(name="x", columns=("A", "B"), rows=((-1.5, date(2026, 1, 1)),), about=())
    assert as_csv(export, "fi").decode("utf-8-sig").splitlines()[1] == "-1,5;2026-01-01"
    assert openpyxl.load_workbook(BytesIO(as_xlsx(export))).worksheets[0]["A2"].value == -1.5


def test_semicolons_and_quotes_survive() -> None:
    export = Export(name="x", columns=("A",), rows=(('a;"b"',),), about=())
    assert as_csv(export, "fi").decode("utf-8-sig").splitlines()[1] == '"a;""b"""'
