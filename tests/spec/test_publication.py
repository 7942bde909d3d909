"""Incremental publication: what has not changed is taken over, and nobody can tell from the content."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.generative.examples import examples
from tests.published_warehouse import CATALOGUE, MODEL, Published
from tests.small_warehouse import mapping
from virtaama.lake.published import Mart, read_manifest
from virtaama.loading.publish import Publication


@pytest.fixture
def county(tmp_path: Path) -> Published:
    county = Published(tmp_path)
    for month in (1, 2, 3, 4):
        county.person(month, "398", "398", "098")
        county.visit(month, 0, 1, 2)
        county.post(month)
    county.load()
    county.publish()
    return county


def written(publication: Publication) -> set[str]:
    """The marts written anew, but for those that are so each time."""
    return {name for name in publication.written if name.startswith(("star/", "figures/"))}


def content(publication: Publication) -> dict[str, list[dict[str, Any]]]:
    return {
        mart.name: sorted(rows_of(publication.folder, mart), key=repr)
        for mart in read_manifest(publication.folder).marts
    }


def rows_of(folder: Path, mart: Mart) -> list[dict[str, Any]]:
    return [row for path in mart.paths(folder) for row in pq.read_table(path).to_pylist()]


def test_without_news_stars_and_figures_are_taken_over_as_the_same_files(county: Published) -> None:
    publication = county.publish()
    assert written(publication) == set()
    assert not [name for name in publication.written if name.startswith("history/")]
    for name in ("star/visit.parquet", "figures/visits.parquet"):
        first, second = (county.folder / "published" / f"snapshot-{n}" / name for n in (1, 2))
        assert first.samefile(second)


def test_a_batch_renews_its_concept_and_the_figures_that_count_it(county: Published) -> None:
    county.visit(4, 5)
    county.load()
    assert written(county.publish()) == {"star/visit", "figures/visits"}


def test_figures_are_renewed_by_what_they_reach_through_relationships(county: Published) -> None:
    county.person(4, "098", "398", "098")
    county.load()
    # Municipalities are known only from what refers to them.
    assert written(county.publish()) == {"star/resident", "star/municipality", "figures/visits"}


def test_another_definition_renews_its_own_figures_and_another_word_none(county: Published) -> None:
    visits, postings = (CATALOGUE.metric(name) for name in ("visits", "postings"))
    county.catalogue = replace(CATALOGUE, metrics=(replace(visits, owner="other", decimals=2), postings))
    assert written(county.publish()) == set()
    county.catalogue = replace(CATALOGUE, metrics=(visits, replace(postings, scale=2)))
    assert written(county.publish()) == {"figures/postings"}


def test_another_mapping_renews_its_concept(county: Published) -> None:
    others = MODEL.mappings[:-1]
    county.model = replace(
        MODEL, mappings=(*others, mapping("books.postings", "posting", key=["ID"], where="ID <> '1'"))
    )
    assert "star/posting" in written(county.publish())


def test_a_month_that_has_become_whole_renews_the_figures_it_belongs_to(county: Published) -> None:
    county.post(5)
    county.load()
    assert written(county.publish()) == {"star/posting", "figures/postings"}


@pytest.mark.parametrize("name", ["star/visit", "figures/visits"])
def test_a_damaged_mart_is_written_anew_and_not_taken_over(county: Published, name: str) -> None:
    before = content(county.publish())
    path = county.folder / "published" / "snapshot-2" / f"{name}.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    publication = county.publish()
    assert written(publication) == {name}
    assert content(publication) == before | {"meta/applied": before["meta/applied"]}


def test_snapshots_are_copied_where_there_are_no_links(
    county: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*paths: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    publication = county.publish()
    assert written(publication) == set()
    first = county.folder / "published" / "snapshot-1" / "star" / "visit.parquet"
    second = publication.folder / "star" / "visit.parquet"
    assert first.read_bytes() == second.read_bytes()
    assert not first.samefile(second)


def test_removing_an_old_snapshot_leaves_what_newer_ones_have_of_it(county: Published) -> None:
    before = content(county.publish())
    for _ in range(3):
        publication = county.publish()
    names = sorted(path.name for path in (county.folder / "published").iterdir())
    assert names == ["CURRENT", "snapshot-3", "snapshot-4", "snapshot-5"]
    assert content(publication) == before


def test_history_is_added_to_by_later_deliveries_and_made_whole_by_late_ones(county: Published) -> None:
    def files(publication: Publication) -> int:
        [mart] = [
            mart
            for mart in read_manifest(publication.folder).of_kind("history")
            if mart.table == "sat_visit__care__visits__open"
        ]
        return len(mart.files)

    county.visit(5, 0, 1)
    county.load()
    later = county.publish()
    assert files(later) == 2
    county.visit(2, 3)
    county.load()
    late = county.publish()
    assert files(late) == 1
    assert content(late) == content(county.publish("from nothing"))


def test_what_was_late_among_what_is_new_is_published_as_taken_out(county: Published) -> None:
    name = "history/link_resident__register__people__superseded"
    county.person(6, "098", "398", "098")
    county.person(5, "098", "398", "098")  # the first moved in May already: what June told is no news
    county.load()
    published = content(county.publish())
    assert published[name]
    assert published == content(county.publish("from nothing"))


def test_inputs_are_named_in_the_manifest(county: Published) -> None:
    manifest = read_manifest(county.folder / "published" / "snapshot-1")
    marts = {mart.name: mart for mart in manifest.marts}
    assert list(marts["star/visit"].inputs) == ["platform", "model", "batches of care.visits"]
    assert marts["star/visit"].inputs["batches of care.visits"].startswith("4, ")
    reached = {name for name in marts["figures/visits"].inputs if name.startswith("star/")}
    assert reached == {"star/visit", "star/resident", "star/municipality"}


months = st.integers(1, 6)
homes = st.lists(st.sampled_from(["398", "098", ""]), min_size=1, max_size=4)
people = st.tuples(st.just("person"), months, homes)
visits = st.tuples(st.just("visit"), months, st.lists(st.integers(0, 5), max_size=4, unique=True))
postings = st.tuples(st.just("post"), months, st.just([]))
publications = st.tuples(st.just("publish"), months, st.just([]))


@settings(
    max_examples=examples(3),
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(steps=st.lists(st.one_of(people, visits, postings, publications), min_size=4, max_size=9))
def test_any_sequence_of_loads_gives_the_snapshot_of_a_publication_from_nothing(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, list[Any]]]
) -> None:
    county = Published(tmp_path_factory.mktemp("county"))
    county.load()
    county.publish()
    for step, month, told in steps:
        if step == "publish":
            county.load()
            county.publish()
        else:
            getattr(county, step)(month, *told)
    county.load()
    assert content(county.publish()) == content(county.publish("from nothing"))
