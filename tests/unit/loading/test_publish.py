from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from tests.unit.published_county import MANAGER, PublishedCounty, published_county
from virtaama.metrics.question import Grain, Missing, Question
from virtaama.privacy.policy import Purpose


@pytest.fixture
def county(tmp_path: Path) -> PublishedCounty:
    return published_county(tmp_path)


def published(county: PublishedCounty) -> list[str]:
    return sorted(path.name for path in (county.folder / "published").iterdir())


def test_snapshot_holds_stars_codes_figures_and_what_it_is(county: PublishedCounty) -> None:
    with duckdb.connect(str(county.folder / "published" / "snapshot-1.duckdb"), read_only=True) as snapshot:
        tables = {
            f"{schema}.{name}"
            for schema, name in snapshot.execute(
                "SELECT schema_name, table_name FROM duckdb_tables()"
            ).fetchall()
        }
        batches = snapshot.execute("SELECT count(DISTINCT batch) FROM meta.applied").fetchone()
    assert tables >= {"star.visit", "star.resident", "ref.form", "main.figures", "meta.snapshot", "meta.feed"}
    assert batches == (12,)


def test_only_the_last_three_snapshots_are_kept(county: PublishedCounty) -> None:
    for _ in range(4):
        county.publish()
    assert published(county) == ["CURRENT", "snapshot-3.duckdb", "snapshot-4.duckdb", "snapshot-5.duckdb"]
    assert (county.folder / "published" / "CURRENT").read_text().strip() == "snapshot-5.duckdb"


def test_failed_publication_leaves_readers_what_they_had(county: PublishedCounty) -> None:
    county.engine.connection.execute("ALTER TABLE star.visit RENAME TO lost")
    with pytest.raises(duckdb.CatalogException):
        county.publish()
    assert county.door().snapshot().number == 1
    county.engine.connection.execute("ALTER TABLE star.lost RENAME TO visit")
    assert county.publish().number == 2
    assert not list((county.folder / "published").glob("*.tmp*"))


def test_killed_publication_is_swept_away_by_the_next(county: PublishedCounty) -> None:
    (county.folder / "published" / "snapshot-2.tmp").write_bytes(b"half")
    county.publish()
    assert published(county) == ["CURRENT", "snapshot-1.duckdb", "snapshot-2.duckdb"]


def test_batch_that_is_not_loaded_covers_no_month(county: PublishedCounty) -> None:
    county.engine.connection.execute("DELETE FROM applied WHERE batch > 9")
    county.publish()
    asked = Question(metrics=("cost",), grain=Grain.MONTH, first=date(2024, 3, 1), last=date(2024, 4, 1))
    march, april = county.door().ask(asked, MANAGER, Purpose.STEERING).figures
    assert (march.value, april.missing) == (0, Missing.NOT_DELIVERED)


def test_nothing_delivered_is_published_as_nothing(tmp_path: Path) -> None:
    county = PublishedCounty(tmp_path)
    assert county.publish(datetime(2024, 1, 1)).figures == 0
    asked = Question(metrics=("cost",), grain=Grain.MONTH, first=date(2024, 1, 1), last=date(2024, 1, 1))
    [figure] = county.door().ask(asked, MANAGER, Purpose.STEERING).figures
    assert figure.missing is Missing.NO_DATA


def test_single_delivery_covers_the_months_its_rows_lie_in(tmp_path: Path) -> None:
    county = PublishedCounty(tmp_path)
    county.deliver(datetime(2024, 5, 1), feeds=("books.postings",))
    county.add("posting", "1, 'p', '2023-02-03', 12.5, 'x'", "2, 'q', '2023-04-03', 2, 'x'")
    county.publish()
    assert county.door().periods() == (date(2023, 2, 1), date(2023, 4, 1))
