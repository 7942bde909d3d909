"""What is planned for a warehouse, and how it is explained."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from tests.small_warehouse import attribute, concept, feed, mapping, model, residents
from virtaama.model.concepts import Type
from virtaama.model.feeds import Delivery
from virtaama.model.model import Model
from virtaama.problems import ProblemsFound
from virtaama.vault.design import design
from virtaama.vault.evolve import plan_tables
from virtaama.vault.explain import explain, explain_load
from virtaama.vault.plan import plan_load
from virtaama.vault.steps import AddColumn, Arrival, CreateTable

TODAY = dict[str, list[tuple[str, str]]]


def arrival(number: int, month: int, feed: str = "register.people") -> Arrival:
    return Arrival(
        number=number, feed=feed, extracted=datetime(2025, month, 1), file=f"people_{month}.csv", rows=1204
    )


def tables_of(small: Model) -> TODAY:
    steps = plan_tables(design(small), lambda _: [])
    return {step.name: list(step.columns) for step in steps if isinstance(step, CreateTable)}


def test_satellites_are_split_by_source_and_sensitivity() -> None:
    assert list(tables_of(residents())) == [
        "applied",
        "hub_municipality",
        "hub_resident",
        "sat_resident__register__people__personal",
        "sat_resident__register__people__direct",
        "link_resident__register__people",
    ]


def test_a_warehouse_that_fits_needs_nothing() -> None:
    tables = tables_of(residents())
    assert plan_tables(design(residents()), tables.__getitem__) == ()


def test_a_new_attribute_widens_its_satellite() -> None:
    tables = tables_of(units())
    steps = plan_tables(design(units("size")), tables.__getitem__)
    assert steps == (AddColumn(table="sat_unit__register__units__open", column="size", kind="BIGINT"),)
    assert explain(steps[0]) == "widen table sat_unit__register__units__open by size"


def test_what_would_bend_history_stops_with_every_difference() -> None:
    tables = tables_of(units("size"))
    tables["hub_unit"][1] = ("code", "BIGINT")
    with pytest.raises(ProblemsFound) as refused:
        plan_tables(design(units()), tables.__getitem__)
    assert [problem.what for problem in refused.value.problems] == [
        "table hub_unit of the warehouse does not fit the model: 'code' is BIGINT and would be VARCHAR.",
        "table sat_unit__register__units__open of the warehouse does not fit the model: 'size' is gone.",
    ]


def test_batches_are_planned_in_the_order_of_history() -> None:
    loads = plan_load(
        residents(), design(residents()), [arrival(1, 3), arrival(2, 1), arrival(3, 2)], frozenset()
    )
    assert [load.arrival.number for load in loads] == [2, 3, 1]
    assert {len(load.readings) for load in loads} == {1}


def test_batches_of_a_feed_share_their_steps() -> None:
    loads = plan_load(residents(), design(residents()), [arrival(1, 1), arrival(2, 2)], frozenset())
    assert loads[0].readings[0].steps is loads[1].readings[0].steps


def test_a_late_batch_has_what_followed_read_again() -> None:
    (load,) = plan_load(
        residents(), design(residents()), [arrival(1, 1), arrival(2, 3), arrival(3, 2)], frozenset({1, 2})
    )
    assert [reading.arrival.number for reading in load.readings] == [3, 2]
    assert explain_load(load)[0] == (
        "batch 3: register.people, extracted 2025-02-01, from people_2.csv (1 204 rows); "
        "it is late, so 1 later delivery is read again"
    )


def test_a_load_is_explained_step_by_step() -> None:
    (load,) = plan_load(residents(), design(residents()), [arrival(1, 1)], frozenset())
    assert explain_load(load) == (
        "batch 1: register.people, extracted 2025-01-01, from people_1.csv (1 204 rows)",
        "read what describes resident, from people_1.csv (1 204 rows)",
        "find resident keys that are delivered more than once",
        "count rows without a key, repeated rows and rows that contradict another",
        "keep the last row of each resident, and none without a key",
        "find which resident keys this source has named before",
        "count deletions",
        "add resident keys the hub has not met, from people_1.csv (1 204 rows)",
        "add municipality keys the hub has not met, named as home",
        "add personal attributes (language) of what is new to sat_resident__register__people__personal, "
        "from people_1.csv (1 204 rows)",
        "add personal attributes (language) that changed to sat_resident__register__people__personal",
        "add direct attributes (name) of what is new to sat_resident__register__people__direct, "
        "from people_1.csv (1 204 rows)",
        "add direct attributes (name) that changed to sat_resident__register__people__direct",
        "add relationships (home) of what is new to link_resident__register__people, "
        "from people_1.csv (1 204 rows)",
        "add relationships (home) that changed to link_resident__register__people",
        "count changes: keys met before that came with other content",
    )


def test_a_feed_nothing_is_mapped_from_is_only_noted() -> None:
    unmapped = replace(residents(), mappings=())
    (load,) = plan_load(unmapped, design(unmapped), [arrival(1, 1)], frozenset())
    assert explain_load(load)[1] == "nothing is mapped from this feed: only note that it was met"


def test_the_second_mapping_of_a_feed_to_a_concept_has_tables_of_its_own() -> None:
    twice = units()
    twice = replace(twice, mappings=(*twice.mappings, *twice.mappings))
    assert [source.name for source in design(twice).sources] == ["register__units", "register__units__2"]


def units(*more: str) -> Model:
    return model(
        concepts=[
            concept(
                "unit",
                attribute("code"),
                attribute("name"),
                *(attribute(name, Type.INTEGER) for name in more),
                key=["code"],
            )
        ],
        feeds=[
            feed("register.units", Delivery.FULL, {"ID": Type.TEXT, "NAME": Type.TEXT, "SIZE": Type.INTEGER})
        ],
        mappings=[
            mapping(
                "register.units",
                "unit",
                key=["ID"],
                attributes={"name": "NAME"} | dict.fromkeys(more, "SIZE"),
            )
        ],
    )
