"""Building feature tables: what has not changed is kept, what is not kept any more goes."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.spec.care import Care, care_files
from tests.spec.features import CALENDAR, FACTS, build_of, column, hospital, table_text
from virtaama.lake.marts import FeatureMart
from virtaama.loading.features import Built, build_features
from virtaama.metrics.definitions import Catalogue
from virtaama.metrics.parse import parse_catalogue
from virtaama.model.parse import parse_model
from virtaama.problems import Damaged

MOMENT = datetime(2025, 6, 1, 12)
BACK = column("n", fact="visit", aggregate="count", last="1 month")
AHEAD = column("later", fact="visit", aggregate="count", next="1 month").strip()


@pytest.fixture
def care(tmp_path: Path) -> tuple[Care, Catalogue, FeatureMart]:
    model, catalogue = hospital()
    warehouse = Care(model, tmp_path, in_memory=True)
    mart = FeatureMart(tmp_path / "lake" / "marts" / "use")
    warehouse.people(("ann", "1950-5-1"), on="1-2")
    for month in (2, 3, 4):
        warehouse.visits(f"v{month} ann {month - 1}-5", on=f"{month}-1")
    warehouse.load()
    return warehouse, catalogue, mart


def build(care: tuple[Care, Catalogue, FeatureMart], text: str) -> Built:
    warehouse, catalogue, mart = care
    return build_features(
        warehouse.engine, build_of(warehouse, catalogue, text), mart, MOMENT, lambda done, of, what: None
    )


def built_days(mart: FeatureMart) -> dict[date, int]:
    about = mart.about()
    return {each.day: each.rows for each in about.days} if about else {}


def test_there_is_a_file_for_each_day_that_is_over(care: tuple[Care, Catalogue, FeatureMart]) -> None:
    assert build(care, table_text(BACK)) == Built(days=3, written=3, rows=3)
    assert built_days(care[2]) == {date(2025, 1, 31): 1, date(2025, 2, 28): 1, date(2025, 3, 31): 1}
    about = care[2].about()
    assert about is not None
    [row] = care[2].rows(about.days[1]).to_pylist()
    assert (row["snapshot_day"], row["n"], row["missing"]) == (date(2025, 2, 28), 1.0, "")
    assert len(row["resident_key"]) == 32


def test_days_made_together_are_as_each_by_itself(care: tuple[Care, Catalogue, FeatureMart]) -> None:
    """Where several are made history is put in order once; nothing of that stays."""
    warehouse, catalogue, mart = care
    text = table_text(BACK + column("born", value="birth_date"), AHEAD)
    warehouse.people(("ann", "1951-5-1"), ("bo", "1960-1-1"), on="2-15")
    warehouse.people(("bo", "1960-1-1"), on="3-15")
    warehouse.visits("v2 ann 1-6", "v5 bo 2-20", on="3-20")
    warehouse.load()
    before = warehouse.engine.tables()
    alone = build_of(warehouse, catalogue, text)
    assert len(alone.endings(alone.days())) > 1
    assert alone.endings(alone.days()[:1]) == {}
    assert build(care, text).written == len(alone.days()) > 1
    about = mart.about()
    assert about is not None
    for each in about.days:
        by_itself = warehouse.engine.read(alone.query(each.day)).to_pylist()
        assert seen(mart.rows(each).to_pylist()) == seen(by_itself), each.day
        assert by_itself
    assert warehouse.engine.tables() == before


def seen(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """The rows without their keys, in an order."""
    return sorted(tuple(map(str, (v for n, v in row.items() if n != "resident_key"))) for row in rows)


def test_what_was_made_from_the_same_is_kept(care: tuple[Care, Catalogue, FeatureMart]) -> None:
    build(care, table_text(BACK))
    before = {path.name: path.stat().st_mtime_ns for path in care[2].folder.glob("*.parquet")}
    care[0].visits("v5 ann 4-5", on="5-1")
    care[0].load()
    assert build(care, table_text(BACK)) == Built(days=4, written=1, rows=4)
    after = {path.name: path.stat().st_mtime_ns for path in care[2].folder.glob("*.parquet")}
    assert before.items() <= after.items()


def test_a_late_delivery_makes_the_days_it_tells_of_anew(care: tuple[Care, Catalogue, FeatureMart]) -> None:
    build(care, table_text(BACK))
    care[0].visits("late ann 2-6", on="3-1")
    care[0].load()
    assert build(care, table_text(BACK)).written == 2
    about = care[2].about()
    assert about is not None
    assert [care[2].rows(day).to_pylist()[0]["n"] for day in about.days] == [1, 2, 1]


def test_outcomes_are_made_anew_when_anything_is_delivered(care: tuple[Care, Catalogue, FeatureMart]) -> None:
    build(care, table_text(BACK, AHEAD))
    care[0].visits("v5 ann 4-5", on="5-1")
    care[0].load()
    assert build(care, table_text(BACK, AHEAD)).written == 4


def test_days_that_are_no_longer_kept_are_deleted(tmp_path: Path) -> None:
    calendar = CALENDAR.replace("every: month", "every: month, keep: 2")
    model = parse_model({**care_files(), "calendars/days.yaml": calendar})
    catalogue = parse_catalogue({"facts.yaml": FACTS}, model)
    warehouse = Care(model, tmp_path)
    mart = FeatureMart(tmp_path / "lake" / "marts" / "use")
    for month in (2, 3, 4):
        warehouse.people(("ann", "1950-5-1"), on=f"{month}-1")
        warehouse.load()
        build((warehouse, catalogue, mart), table_text(BACK))
    assert list(built_days(mart)) == [date(2025, 2, 28), date(2025, 3, 31)]
    assert len(list(mart.folder.glob("*.parquet"))) == 2


def test_a_file_that_is_not_the_one_that_was_built_is_not_read(
    care: tuple[Care, Catalogue, FeatureMart],
) -> None:
    build(care, table_text(BACK))
    about = care[2].about()
    assert about is not None
    file = care[2].folder / about.days[0].file
    file.write_bytes(file.read_bytes() + b"x")
    with pytest.raises(Damaged, match="built again"):
        care[2].rows(about.days[0])
    assert isinstance(care[2].rows(about.days[1]), pa.Table)


def test_only_the_owner_of_the_files_may_enter(care: tuple[Care, Catalogue, FeatureMart]) -> None:
    build(care, table_text(BACK))
    assert care[2].folder.stat().st_mode & 0o777 == 0o700
