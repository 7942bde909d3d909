"""What is written opens elsewhere as it was meant: types, days, Finnish letters, codes that begin with zeros."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest

from tests.unit.interchange.test_json_stat import FIGURES, Q1, TOLD, figure
from virtaama.access.answers import AreaName, Snapshot
from virtaama.access.releasing import MadeRelease, Protected
from virtaama.metrics.question import Level
from virtaama.model.concepts import Text
from virtaama.project import data_set, data_set_sheet
from virtaama.project.data_set import write_data_set

NAME = Text("Päijät-Häme, Åsa", "Päijänne-Tavastland", "Päijät-Häme")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set on disk: a county named with Finnish letters, a municipality whose code begins with a zero."""
    release = MadeRelease(
        release=TOLD.release,
        number=1,
        protected=Protected(
            figures=(*FIGURES, figure("visits", Level.MUNICIPALITY, "016", Q1, 2.5)),
            shown={},
            hidden={},
            audited=0,
            narrowest=None,
            too_narrow=0,
        ),
        snapshot=Snapshot(
            number=7,
            published=datetime(2026, 11, 25, 4, 0, tzinfo=UTC),
            model_version="m",
            catalogue_version="c",
            last_delivery=None,
        ),
        areas=(
            AreaName(level="county", code="07", name=NAME),
            AreaName(level="municipality", code="016", name=replace(NAME, fi="Kärkölä")),
        ),
        members=TOLD.members,
        made=datetime(2026, 11, 26, 12, 0, tzinfo=UTC),
        record=9,
    )
    return write_data_set(release, TOLD.catalogue, tmp_path_factory.mktemp("releases"))


def test_pandas_reads_the_parquet_with_its_types(made: Path) -> None:
    frame = pd.read_parquet(made / "care.parquet", dtype_backend="pyarrow")
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == {
        **dict.fromkeys(data_set.COLUMNS, "string[pyarrow]"),
        "period": "date32[day][pyarrow]",
        **dict.fromkeys(("value", "numerator", "denominator"), "double[pyarrow]"),
    }
    assert set(frame["area_name"].dropna()) == {"Päijät-Häme, Åsa", "Kärkölä"}
    assert "016" in set(frame["area"])
    (first,) = frame[(frame["area"] == "07") & (frame["value"] == 12.5)]["period"]
    assert first == date(2025, 1, 1)
    assert frame["value"].isna().sum() == (frame["status"] != "given").sum() == 4


def test_every_reader_reads_the_same_rows(made: Path) -> None:
    path = made / "care.parquet"
    rows = [tuple(row.values()) for row in pq.read_table(path).to_pylist()]
    assert duckdb.execute("SELECT * FROM read_parquet(?)", [str(path)]).fetchall() == rows
    frame = pd.read_parquet(path).astype(object)
    assert [tuple(row) for row in frame.where(frame.notna(), None).itertuples(index=False)] == rows


def test_a_spreadsheet_opens_the_workbook_with_numbers_days_and_letters(made: Path) -> None:
    book = openpyxl.load_workbook(made / "care.xlsx")
    assert book.sheetnames == ["figures", "about"]
    header, *lines = book["figures"].iter_rows()
    assert [cell.value for cell in header] == [*data_set.COLUMNS]
    (found,) = (line for line in lines if line[0].value == "visits" and line[10].value == 12.5)
    cells = dict(zip(data_set.COLUMNS, found, strict=True))
    assert (cells["area"].value, cells["area_name"].value) == ("07", "Päijät-Häme, Åsa")
    assert (cells["period"].is_date, cells["period"].value) == (True, datetime(2025, 1, 1))
    assert cells["value"].data_type == "n"
    told = {row[0].value: row[1].value for row in book["about"].iter_rows()}
    assert told["licence"] == "CC-BY-4.0"
    assert "Peitetty yksityisyyden suojaamiseksi" in told["status"]


def test_more_rows_than_a_sheet_holds_make_no_workbook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_set_sheet, "MOST_ROWS", 1)
    path, day = tmp_path / "x.xlsx", datetime(2026, 1, 1)
    assert not data_set_sheet.write_workbook(["a"], [[1], [2]], {}, day, path)
    assert not path.exists()
