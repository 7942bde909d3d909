"""What is planned for a warehouse, and how it is explained."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tests.small_warehouse import attribute, concept, diagnoses, feed, mapping, model, residents
from virtaama.model.concepts import Type
from virtaama.model.feeds import Delivery
from virtaama.model.model import Model
from virtaama.vault.design import design
from virtaama.vault.explain import explain_load
from virtaama.vault.plan import plan_load
from virtaama.vault.steps import Arrival, BatchLoad, FindDiffering, StageRows


def arrival(number: int, month: int, feed: str = "register.people") -> Arrival:
    return Arrival(
        number=number, feed=feed, extracted=datetime(2025, month, 1), file=f"people_{month}.csv", rows=1204
    )


def numbers(load: BatchLoad) -> list[int]:
    return [arrival.number for arrival in load.arrivals]


def test_deliveries_that_land_in_the_order_of_history_are_loaded_together() -> None:
    arrivals = [arrival(1, 1), arrival(2, 2), arrival(3, 3)]
    (load,) = plan_load(residents(), design(residents()), arrivals, frozenset())
    assert numbers(load) == [1, 2, 3]
    (reading,) = load.readings
    assert reading.arrivals == load.arrivals


def test_what_is_loaded_together_has_an_upper_bound() -> None:
    arrivals = [arrival(1, 1), arrival(2, 2), arrival(3, 3)]
    loads = plan_load(residents(), design(residents()), arrivals, frozenset(), at_most=2 * 1204)
    assert [numbers(load) for load in loads] == [[1, 2], [3]]
    assert loads[0].readings[0].steps is loads[1].readings[0].steps


def test_what_comes_late_is_loaded_by_itself_and_what_followed_it_is_read_again() -> None:
    arrivals = [arrival(1, 1), arrival(2, 3), arrival(3, 2), arrival(4, 4)]
    _, late, after = plan_load(residents(), design(residents()), arrivals, frozenset())
    assert [[a.number for a in reading.arrivals] for reading in late.readings] == [[3], [3, 2]]
    assert numbers(after) == [4]
    assert explain_load(late)[0] == (
        "batch 3: register.people, extracted 2025-02-01, from people_2.csv (1 204 rows); "
        "it is late, so 1 later delivery is read again"
    )


def test_a_large_full_delivery_is_laid_beside_the_one_before() -> None:
    of_all = residents(Delivery.FULL)
    arrivals = [replace(arrival(number, number), rows=90_000) for number in (1, 2, 3)]
    first, second, third = plan_load(of_all, design(of_all), arrivals, frozenset())
    assert first.readings[0].before is None
    assert [load.readings[0].before for load in (second, third)] == [arrivals[0], arrivals[1]]
    (compared,) = (step for step in second.readings[0].steps if isinstance(step, FindDiffering))
    assert not compared.same
    unchanged = [replace(each, sha256="5e" * 32) for each in arrivals[:2]]
    _, repeated = plan_load(of_all, design(of_all), unchanged, frozenset())
    assert any(isinstance(step, FindDiffering) and step.same for step in repeated.readings[0].steps)


def test_rows_landed_under_an_older_description_are_brought_to_the_shape_of_today() -> None:
    old = replace(arrival(1, 1), columns=frozenset({"ID", "LANGUAGE", "GONE"}))
    (load,) = plan_load(residents(), design(residents()), [old], frozenset())
    (stage,) = (step for step in load.readings[0].steps if isinstance(step, StageRows))
    assert stage.shape is not None
    held = {field.name: field.columns for field in stage.shape.fields}
    assert [name for name, columns in held.items() if not columns] == ["NAME", "HOME", "STATE"]
    assert held["LANGUAGE"] == ("LANGUAGE",)


def test_a_load_is_explained_step_by_step() -> None:
    (load,) = plan_load(residents(), design(residents()), [arrival(1, 1)], frozenset())
    origin = ", from people_1.csv (1 204 rows)"
    personal, direct = (f"sat_resident__register__people__{name}" for name in ("personal", "direct"))
    assert explain_load(load) == (
        f"batch 1: register.people, extracted 2025-01-01{origin}",
        f"put the deliveries in order{origin}",
        "find the municipality keys rows point to as home",
        f"read what describes resident{origin}",
        "find resident keys with more than one row",
        "find resident keys that one delivery holds more than once",
        "count rows without a key, repeated rows and rows that contradict another",
        "keep the last row of each resident in a delivery, and none without a key",
        "find which resident keys this source has named before",
        "find which resident keys are to be compared with what was said before",
        "find rows whose resident an earlier delivery has named",
        "count deletions",
        f"add resident keys the hub has not met{origin}",
        "add municipality keys the hub has not met, named as home",
        f"add personal attributes (language) that changed to {personal}",
        f"add personal attributes (language) of what is new to {personal}{origin}",
        f"add direct attributes (name) that changed to {direct}",
        f"add direct attributes (name) of what is new to {direct}{origin}",
        "add relationships (home) that changed to link_resident__register__people",
        f"add relationships (home) of what is new to link_resident__register__people{origin}",
        "count changes: keys named before that came with other content",
    )


def test_a_load_of_whole_sets_says_whose_and_what_it_ends() -> None:
    sets = diagnoses()
    arrivals = [arrival(1, 2, "care.diagnoses"), arrival(2, 1, "care.diagnoses")]
    in_order, late = plan_load(sets, design(sets), arrivals, frozenset())
    said, said_late = explain_load(in_order), explain_load(late)
    for words in (
        "find each visit these deliveries are complete for",
        "find the diagnosis keys of each such visit named before",
        "add personal attributes (certainty) that changed to sat_diagnosis__care__diagnoses__personal, "
        "and mark as deleted what a delivery leaves out of the visit it names",
        "count changes: keys named before that came with other content, and keys that disappeared",
    ):
        assert words in said
        assert words in said_late
    assert "find the diagnosis keys this late delivery touches, and those it leaves out" in said_late
    assert not any("deliveries are complete" in line for line in explain_load(load_of_changes()))


def load_of_changes() -> BatchLoad:
    without = diagnoses(())
    (load,) = plan_load(without, design(without), [arrival(1, 1, "care.diagnoses")], frozenset())
    return load


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
