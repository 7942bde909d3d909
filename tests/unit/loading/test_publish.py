from __future__ import annotations

import hashlib
import os
from datetime import date, datetime
from pathlib import Path
from time import time
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from sqlglot import exp

from tests.unit.published_county import MANAGER, PublishedCounty, published_county
from virtaama.engines.duckdb import DuckDB
from virtaama.engines.port import ROW_GROUP
from virtaama.lake.published import check, read_manifest
from virtaama.metrics.question import Grain, Level, Missing, Question
from virtaama.privacy.policy import Purpose


@pytest.fixture
def county(tmp_path: Path) -> PublishedCounty:
    return published_county(tmp_path)


def published(county: PublishedCounty) -> list[str]:
    return sorted(path.name for path in (county.folder / "published").iterdir())


def test_snapshot_holds_stars_codes_figures_and_what_it_is(county: PublishedCounty) -> None:
    folder = county.folder / "published" / "snapshot-1"
    manifest = read_manifest(folder)
    marts = {mart.name: mart for mart in manifest.marts}
    assert marts.keys() >= {
        *("star/visit", "star/resident", "ref/form", "figures/cost"),
        *("meta/area", "meta/feed", "meta/applied"),
    }
    assert (manifest.number, manifest.last_delivery) == (1, datetime(2024, 5, 1))
    listed = {file.path for mart in manifest.marts for file in mart.files}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert there == listed | {"manifest.json"}
    for mart in manifest.marts:
        [path] = mart.paths(folder)
        assert pq.read_metadata(path).num_rows == mart.rows
        assert hashlib.sha256(path.read_bytes()).hexdigest() == mart.files[0].sha256
    assert marts["star/visit"].rows == 5
    assert marts["figures/cost"].months == (date(2024, 1, 1), date(2024, 4, 1))


def test_only_the_last_three_snapshots_are_kept(county: PublishedCounty) -> None:
    for _ in range(4):
        county.publish()
    assert published(county) == ["CURRENT", "snapshot-3", "snapshot-4", "snapshot-5"]
    assert (county.folder / "published" / "CURRENT").read_text().strip() == "snapshot-5"


def test_failed_publication_leaves_readers_what_they_had(county: PublishedCounty) -> None:
    county.connection.execute("ALTER TABLE star.visit RENAME TO lost")
    with pytest.raises(duckdb.CatalogException):
        county.publish()
    assert county.door().snapshot().number == 1
    assert published(county) == ["CURRENT", "snapshot-1"]
    county.connection.execute("ALTER TABLE star.lost RENAME TO visit")
    assert county.publish().number == 2


def test_killed_publication_is_swept_away_by_the_next(county: PublishedCounty) -> None:
    half = county.folder / "published" / "snapshot-2.tmp" / "star"
    half.mkdir(parents=True)
    (half / "visit.parquet").write_bytes(b"half")
    assert county.door().snapshot().number == 1
    county.publish()
    assert published(county) == ["CURRENT", "snapshot-1", "snapshot-2"]


def test_what_a_killed_reader_put_aside_is_swept_away_after_a_day(county: PublishedCounty) -> None:
    old, new = (county.folder / "published" / f"reading-{name}" for name in ("old", "new"))
    for folder in (old, new):
        folder.mkdir()
        (folder / "duckdb_temp_storage.tmp").write_bytes(b"rows")
    two_days_ago = time() - 2 * 86_400
    os.utime(old, (two_days_ago, two_days_ago))
    county.publish()
    assert (old.exists(), new.exists()) == (False, True)


def test_figures_lie_so_that_statistics_leave_most_of_them_out(county: PublishedCounty) -> None:
    [path] = (county.folder / "published" / "snapshot-1" / "figures").glob("visits_per_1000*")
    rows = pq.read_table(path).to_pylist()
    order = ("grain", "level", "dimension", "area", "period", "member")
    places = [tuple(row[name] for name in order) for row in rows]
    assert places == sorted(places)
    assert len(places) > 50


def test_stars_are_written_without_columns_the_model_does_not_open(county: PublishedCounty) -> None:
    county.connection.execute("ALTER TABLE star.resident ADD COLUMN name VARCHAR DEFAULT 'Aino'")
    publication = county.publish()
    schema = pq.read_schema(publication.folder / "star" / "resident.parquet")
    assert schema.names == ["resident_key", "person", "birth_date", "sex", "home_municipality_key"]


def test_held_concept_and_what_counts_it_stay_as_they_were_published(county: PublishedCounty) -> None:
    asked = Question(
        metrics=("cost", "median_wait"), grain=Grain.MONTH, first=date(2024, 2, 1), last=date(2024, 2, 1)
    )
    county.add("posting", "2, 'q', '2024-02-04', 7.5, 'x'")
    county.add("visit", *(f"{n}, 'f', '2024-02-05 10:00', 6, true, 'R10', 50, {n}, 1" for n in (1, 2)))
    county.publish(held=frozenset({"posting"}))
    figures = county.door().ask(asked, MANAGER, Purpose.STEERING).figures
    assert [figure.value for figure in figures] == [12.5, 6]
    county.publish()
    figures = county.door().ask(asked, MANAGER, Purpose.STEERING).figures
    assert [figure.value for figure in figures] == [20, 6]


def test_held_concept_that_was_never_published_has_no_figures(tmp_path: Path) -> None:
    county = PublishedCounty(tmp_path)
    county.deliver(*(datetime(2024, month, 1) for month in (2, 3, 4, 5)))
    county.add("posting", "1, 'p', '2024-02-03', 12.5, 'x'")
    publication = county.publish(held=frozenset({"posting"}))
    assert pq.read_metadata(publication.folder / "star" / "posting.parquet").num_rows == 0
    asked = Question(metrics=("cost",), grain=Grain.MONTH, first=date(2024, 2, 1), last=date(2024, 2, 1))
    [figure] = county.door().ask(asked, MANAGER, Purpose.STEERING).figures
    assert figure.missing is Missing.NO_DATA


def test_batch_that_is_not_loaded_covers_no_month(county: PublishedCounty) -> None:
    county.connection.execute("DELETE FROM applied WHERE batch > 9")
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


class InParts(DuckDB):
    """Writes as Spark does: a folder of part files, some empty, with notes of its own."""

    def write(
        self,
        query: exp.Expr,
        path: Path,
        parameters: dict[str, Any] | None = None,
        *,
        group: int = ROW_GROUP,
    ) -> int:
        path.mkdir()
        rows = super().write(query, path / "part-00000.parquet", parameters, group=group)
        nothing = exp.select("*").from_(exp.Subquery(this=query.copy(), alias="q")).where(exp.false())
        super().write(nothing, path / "part-00001.parquet", parameters)
        (path / "_SUCCESS").touch()
        (path / "._SUCCESS.crc").touch()
        return rows


def test_marts_written_in_parts_are_read_like_single_files(county: PublishedCounty) -> None:
    asked = Question(
        metrics=("visits_per_1000", "median_wait", "cost"),
        grain=Grain.MONTH,
        first=date(2024, 1, 1),
        last=date(2024, 4, 1),
        level=Level.MUNICIPALITY,
        by="sex",
    )
    whole = county.door().ask(asked, MANAGER, Purpose.STEERING)
    county.engine = InParts(county.connection, in_memory=True)
    publication = county.publish()
    in_parts = county.door().ask(asked, MANAGER, Purpose.STEERING)
    assert (whole.snapshot.number, in_parts.snapshot.number) == (1, 2)
    assert in_parts.figures == whole.figures
    manifest = check(publication.folder)
    assert {len(mart.files) for mart in manifest.marts} == {2}
    listed = {file.path for mart in manifest.marts for file in mart.files}
    there = {p.relative_to(publication.folder).as_posix() for p in publication.folder.rglob("*.*")}
    assert {name for name in there if name.endswith((".crc", "_SUCCESS"))} == set()
    assert listed <= there
