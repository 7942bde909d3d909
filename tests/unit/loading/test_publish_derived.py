"""Derived concepts in a publication: made after what they need, taken over with it, refused with a doubled key."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path

import duckdb
import pytest

from tests.spec.care import COMPUTED, EPISODE, Care, care
from tests.unit.model.test_derived_problems import rule
from virtaama.engines.duckdb import DuckDB
from virtaama.loading.publish import Publication, publish
from virtaama.metrics.definitions import Catalogue
from virtaama.model.model import Model
from virtaama.problems import ProblemsFound
from virtaama.vault.derive import star
from virtaama.vault.design import design


class Published(Care):
    def __init__(self, model: Model, folder: Path) -> None:
        self.folder = folder / "published"
        super().__init__(model, folder, in_memory=True)

    def open_engine(self) -> DuckDB:
        return DuckDB.open(None, folders=[self.lake.folder, self.folder], memory="500MB", threads=2)

    def publish(self, held: frozenset[str] = frozenset()) -> Publication:
        return publish(
            self.engine,
            star=partial(star, self.model, design(self.model)),
            model=self.model,
            catalogue=Catalogue(version="0", facts=(), dimensions=(), metrics=()),
            batches=self.ledger.batches(),
            folder=self.folder,
            county_code="07",
            moment=datetime(2025, 6, 1),
            held=held,
        )


def test_a_derived_concept_is_published_and_taken_over_with_what_it_is_made_from(tmp_path: Path) -> None:
    wards = rule("SELECT episode_id AS stay_id, last_ward AS ward, resident_key FROM care_episode")
    warehouse = Published(care(wards, EPISODE, computed=COMPUTED), tmp_path)
    warehouse.people(("ann", "1950-5-1"))
    warehouse.stays("a ann 1-1 1-5 surgery", "b ann 1-6 1-9 recovery")
    warehouse.visits("v ann 1-3")
    warehouse.load()
    first = warehouse.publish()
    with duckdb.connect() as connection:
        found = connection.execute(
            f"SELECT stay_id, ward FROM '{first.folder}/star/ward_stay.parquet'"
        ).fetchall()
        ages = connection.execute(f"SELECT age_group FROM '{first.folder}/star/stay.parquet'").fetchall()
    assert found == [("a", "recovery")]
    assert ages == [("65-74",), ("65-74",)]
    made = {"star/stay", "star/care_episode", "star/ward_stay"}
    assert made <= set(warehouse.publish().taken_over)
    warehouse.visits("w ann 1-4")
    warehouse.load()
    assert made <= set(warehouse.publish().taken_over)
    warehouse.stays("c ann 2-1 2-2 tests")
    warehouse.load()
    assert made <= set(warehouse.publish().written)


def test_what_is_made_or_counted_from_a_star_that_was_held_back_is_made_anew_when_that_goes_on(
    tmp_path: Path,
) -> None:
    wards = rule("SELECT stay_id, ward, resident_key FROM stay").replace(
        "sensitivity: personal", "sensitivity: special, purposes: [planning, evaluation]"
    )
    warehouse = Published(care(wards), tmp_path)
    warehouse.people(("ann", "1950-5-1"))
    warehouse.stays("a ann 1-1 1-5 surgery")
    warehouse.load()
    warehouse.publish()
    warehouse.stays("b ann 1-6 1-9 recovery")
    warehouse.load()
    assert wards_of(warehouse.publish(held=frozenset({"stay"}))) == ["surgery"]
    after = warehouse.publish()
    assert wards_of(after) == ["recovery", "surgery"]
    assert "recording/stay" in after.written


def wards_of(publication: Publication) -> list[str]:
    with duckdb.connect() as connection:
        found = connection.execute(
            f"SELECT ward FROM '{publication.folder}/star/ward_stay.parquet' ORDER BY 1"
        )
        return [ward for (ward,) in found.fetchall()]


def test_a_key_made_twice_stops_the_publication_and_says_where(tmp_path: Path) -> None:
    doubled = rule("SELECT ward AS stay_id, ward, resident_key FROM stay").replace(
        "sensitivity: personal", "sensitivity: special, purposes: [planning, evaluation]"
    )
    warehouse = Published(care(doubled), tmp_path)
    warehouse.stays("a ann 1-1 1-5 surgery", "b ann 2-6 2-9 surgery")
    warehouse.load()
    with pytest.raises(ProblemsFound) as found:
        warehouse.publish()
    assert "the rules of derived concept 'ward_stay' make 2 instances of 1 different keys." in str(
        found.value
    )
    assert not list(warehouse.folder.glob("CURRENT"))
