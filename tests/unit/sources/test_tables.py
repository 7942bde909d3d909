"""SQL databases and Parquet files become typed columns; a database is only read."""

import json
import sqlite3
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.unit.loading.deliveries import Landing, feed, fields
from virtaama.model.feeds import Format

CLIENTS = feed(
    *fields(
        number={"type": "text", "required": True},
        born={"type": "date", "format": "%Y%m%d"},
        visits="integer",
        cost="decimal",
    ),
    format=Format.SQL,
    files="register/*/*.sqlite",
    query="SELECT number, born, visits, cost FROM client ORDER BY rowid",
)


def database(landing: Landing, *rows: tuple[object, ...]) -> Path:
    path = landing.deliver(b"", "register/2026-09/old.sqlite")
    with sqlite3.connect(path) as opened:
        opened.execute("CREATE TABLE client (number, born, visits, cost)")
        opened.executemany("INSERT INTO client VALUES (?, ?, ?, ?)", rows)
    opened.close()
    return path


def test_rows_of_a_query_are_typed(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (CLIENTS,))
    path = database(landing, ("a", 19900131, 3, 1.5), ("b", "", None, None))
    before = path.read_bytes()
    landing.land()
    assert landing.rows() == [
        {"number": "a", "born": date(1990, 1, 31), "visits": 3, "cost": Decimal("1.5")},
        {"number": "b", "born": None, "visits": None, "cost": None},
    ]
    assert path.read_bytes() == before
    assert [path.name for path in path.parent.iterdir()] == ["old.sqlite"]


def test_a_row_that_cannot_be_read_is_kept_as_its_values(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (CLIENTS,))
    database(landing, ("a", 19900131, 3, 1), ("b", 19900231, 3, 1), (None, None, 1, 1))
    landing.land()
    (second, third) = landing.set_aside()
    assert (second[0], second[1], json.loads(second[2])["number"]) == (2, "wrong_type", "b")
    assert (third[0], third[1]) == (3, "missing_value")


def test_a_table_that_is_not_there_refuses_the_delivery(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (CLIENTS,))
    landing.deliver(b"", "register/2026-09/empty.sqlite")
    landing.deliver(b"not a database at all", "register/2026-09/none.sqlite")
    reasons = [refused.reason for refused in landing.land().refused]
    assert len(reasons) == 2
    assert all("the query of register.rows failed" in reason for reason in reasons)


def test_columns_of_parquet_are_typed(tmp_path: Path) -> None:
    described = feed(
        *fields(i="integer", f="integer", d="date", t="timestamp", n="decimal", s="text"),
        format=Format.PARQUET,
        files="register/*/*.parquet",
    )
    landing = Landing(tmp_path, (described,))
    path = landing.deliver(b"", "register/2026-09/a.parquet")
    pq.write_table(
        pa.table(
            {
                "s": ["x", "y"],
                "i": [1, None],
                "f": [2.0, 2.5],
                "d": pa.array([date(2024, 2, 1), None]),
                "t": pa.array([datetime(2024, 2, 1, 9, 5), None]),
                "n": [1.25, None],
            }
        ),
        path,
    )
    landing.land()
    assert landing.rows() == [
        {
            "i": 1,
            "f": 2,
            "d": date(2024, 2, 1),
            "t": datetime(2024, 2, 1, 9, 5),
            "n": Decimal("1.25"),
            "s": "x",
        }
    ]
    ((line, reason, raw),) = landing.set_aside()
    assert (line, reason, json.loads(raw)["s"]) == (2, "wrong_type", "y")


def test_a_file_that_is_not_parquet_is_refused(tmp_path: Path) -> None:
    described = feed(*fields(i="integer"), format=Format.PARQUET, files="register/*/*.parquet")
    landing = Landing(tmp_path, (described,))
    landing.deliver(b"PAR1 cut short", "register/2026-09/a.parquet")
    (refused,) = landing.land().refused
    assert "not Parquet" in refused.reason
