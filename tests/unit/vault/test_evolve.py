"""What a changed model asks of its warehouse: the cheapest steps that lose nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.small_warehouse import HERE, WORDS, attribute, code_list, concept, feed, mapping, model
from virtaama.model.compare import compare
from virtaama.model.concepts import Concept, Relationship, Sensitivity, Type
from virtaama.model.feeds import Delivery
from virtaama.model.model import Model
from virtaama.vault.design import design
from virtaama.vault.evolve import Evolution, plan_evolution
from virtaama.vault.explain_tables import explain_table_step
from virtaama.vault.fingerprints import fingerprint
from virtaama.vault.losses import losses

FIELDS = dict.fromkeys(("ID", "NAME", "SIZE", "TOWN"), Type.TEXT)
FED = frozenset({"register.units", "register.towns"})


def units(**other: Any) -> Model:
    """Units in towns, from a feed each."""
    found = {
        "name": attribute("name"),
        "size": attribute("size", Type.INTEGER),
        "unit": "unit",
        "unit_was": (),
        "key": ("code",),
        "key_sql": ("ID",),
        "town": {"town": "town"},
        "attributes": {"name": "NAME", "size": "try_cast(SIZE AS BIGINT)"},
        "codes": code_list("kind", a=(None, None)),
        "more": (),
    } | other
    attributes = [found["name"], found["size"], *found["more"]]
    keys = [attribute(name) for name in found["key"]]
    described = concept(found["unit"], *keys, *filter(None, attributes), key=found["key"])
    return model(
        concepts=[
            replace(described, was=found["unit_was"], relationships=_towns(found["town"])),
            concept("town", attribute("code"), attribute("name"), key=["code"]),
        ],
        code_lists=[found["codes"]],
        feeds=[
            feed("register.units", Delivery.FULL, FIELDS),
            feed("register.towns", Delivery.FULL, FIELDS),
        ],
        mappings=[
            mapping(
                "register.units",
                found["unit"],
                key=found["key_sql"],
                attributes=found["attributes"],
                relationships={name: ["TOWN"] for name in found["town"]},
            ),
            mapping("register.towns", "town", key=["ID"], attributes={"name": "NAME"}),
        ],
    )


def _towns(roles: dict[str, str]) -> tuple[Relationship, ...]:
    return tuple(
        Relationship(name=name, to="town", labels=WORDS, definition=WORDS, place=HERE, was=(was,))
        for name, was in roles.items()
    )


def filled(made: Model) -> dict[str, str]:
    return {source.id: fingerprint(made, source) for source in design(made).sources}


def evolution(new: Model, old: Model | None = None) -> Evolution:
    old = old or units()
    return plan_evolution(old, new, filled(old), FED)


def said(plan: Evolution) -> list[str]:
    return [explain_table_step(step) for step in plan.steps]


def refilled(plan: Evolution) -> list[str]:
    return [refill.source.id for refill in plan.refills]


UNIT = "sat_unit__register__units__open"


def test_an_empty_warehouse_gets_every_table_and_reads_nothing_again() -> None:
    plan = plan_evolution(None, units(), {}, frozenset())
    assert [step for step in said(plan) if not step.startswith("create table")] == [
        "take the codes out of ref_kind",
        "write the 1 code of list kind to ref_kind",
    ]
    assert refilled(plan) == []
    assert [name for name, _ in plan.filled] == ["unit__register__units", "town__register__towns"]


def test_a_model_that_says_the_same_asks_for_nothing() -> None:
    moved = replace(units(), version="another")
    assert evolution(moved) == Evolution(steps=(), filled=tuple(filled(units()).items()), refills=())


def test_the_order_of_attributes_asks_for_nothing() -> None:
    turned = units(name=attribute("size", Type.INTEGER), size=attribute("name"))
    assert said(evolution(turned)) == []
    assert refilled(evolution(turned)) == []


def test_what_is_only_called_otherwise_is_renamed_and_nothing_is_read_again() -> None:
    plan = evolution(
        units(
            unit="place",
            unit_was=("unit",),
            name=replace(attribute("title"), was=("name",)),
            attributes={"title": "NAME", "size": "try_cast(SIZE AS BIGINT)"},
            town={"home_town": "town"},
        )
    )
    satellite = "sat_place__register__units__open"
    link = "link_place__register__units"
    assert said(plan) == [
        "rename table hub_unit to hub_place",
        "rename column unit_key of hub_place to place_key",
        f"rename table {UNIT} to {satellite}",
        f"rename column unit_key of {satellite} to place_key",
        f"rename column name of {satellite} to title",
        f"rename table {UNIT}__superseded to {satellite}__superseded",
        f"rename column unit_key of {satellite}__superseded to place_key",
        f"rename column name of {satellite}__superseded to title",
        f"rename table link_unit__register__units to {link}",
        f"rename column unit_key of {link} to place_key",
        f"rename column town_key of {link} to home_town_key",
        f"rename table link_unit__register__units__superseded to {link}__superseded",
        f"rename column unit_key of {link}__superseded to place_key",
        f"rename column town_key of {link}__superseded to home_town_key",
    ]
    assert refilled(plan) == []


def one_more() -> Model:
    known = {"name": "NAME", "size": "try_cast(SIZE AS BIGINT)", "nick": "lower(NAME)"}
    return units(more=(attribute("nick"),), attributes=known)


@pytest.mark.parametrize(
    "changed",
    [
        one_more(),
        units(attributes={"name": "upper(NAME)", "size": "try_cast(SIZE AS BIGINT)"}),
        units(name=attribute("name", sensitivity=Sensitivity.PERSONAL)),
        units(size=attribute("size", Type.DECIMAL)),
        units(size=None, attributes={"name": "NAME"}),
        units(town={}),
    ],
    ids=["added", "expression", "class", "type", "removed", "relationship removed"],
)
def test_only_the_source_that_is_concerned_is_read_again(changed: Model) -> None:
    plan = evolution(changed)
    assert refilled(plan) == ["unit__register__units"]
    assert plan.filled == (("town__register__towns", filled(units())["town__register__towns"]),)
    assert not any("towns" in step for step in said(plan))
    assert not any("create table hub" in step or "drop table hub" in step for step in said(plan))


def test_another_key_makes_the_hub_anew_and_everything_that_refers_to_it() -> None:
    shifted = units()
    town = replace(shifted.concepts[1], attributes=(attribute("code", Type.INTEGER), attribute("name")))
    plan = evolution(replace(shifted, concepts=(shifted.concepts[0], town)))
    assert {"drop table hub_town", "create table hub_town (town_key, code)"} <= set(said(plan))
    assert "drop table hub_unit" not in said(plan)
    assert refilled(plan) == ["unit__register__units", "town__register__towns"]


def test_hubs_lose_what_nobody_names_with_the_last_source_that_adds_keys() -> None:
    shifted = units(attributes={"name": "upper(NAME)", "size": "try_cast(SIZE AS BIGINT)"})
    towns = mapping("register.towns", "town", key=["ID"], attributes={"name": "upper(NAME)"})
    plan = evolution(replace(shifted, mappings=(shifted.mappings[0], towns)))
    assert [[prune.hub.name for prune in refill.hubs] for refill in plan.refills] == [
        ["hub_unit"],
        ["hub_town"],
    ]
    assert plan.refills[1].hubs[0].named_in == (
        ("sat_town__register__towns__open", "town_key"),
        ("link_unit__register__units", "town_key"),
    )


def test_a_mapping_that_is_gone_takes_its_tables_and_its_keys_with_it() -> None:
    gone = replace(units(), mappings=units().mappings[:1])
    assert said(evolution(gone)) == [
        "drop table sat_town__register__towns__open",
        "drop table sat_town__register__towns__open__superseded",
        "leave in hub_town only the keys some source names",
    ]


def test_a_source_that_was_never_finished_is_read_again() -> None:
    halfway = {name: value for name, value in filled(units()).items() if name != "town__register__towns"}
    assert refilled(plan_evolution(units(), units(), halfway, FED)) == ["town__register__towns"]


def test_a_new_source_without_deliveries_waits_for_them() -> None:
    plan = plan_evolution(units(), one_more(), filled(units()), frozenset({"register.towns"}))
    assert refilled(plan) == []
    assert dict(plan.filled) == filled(one_more())


def test_a_feed_that_describes_two_concepts_is_two_sources() -> None:
    towns = mapping("register.units", "town", key=["TOWN"])
    both = replace(units(), mappings=(*units().mappings, towns))
    other = mapping("register.units", "town", key=["upper(TOWN)"])
    changed = replace(both, mappings=(*units().mappings, other))
    assert refilled(evolution(changed, both)) == ["town__register__units"]
    upper = units(attributes={"name": "upper(NAME)", "size": "try_cast(SIZE AS BIGINT)"}).mappings[0]
    changed = replace(both, mappings=(upper, *both.mappings[1:]))
    assert refilled(evolution(changed, both)) == ["unit__register__units"]


def test_codes_are_written_again_where_they_are_others() -> None:
    assert said(evolution(units(codes=code_list("kind", a=(None, None), b=(None, None))))) == [
        "take the codes out of ref_kind",
        "write the 2 codes of list kind to ref_kind",
    ]


def test_words_leave_a_fingerprint_as_it_is() -> None:
    spoken = replace(units(), concepts=tuple(_in_other_words(each) for each in units().concepts))
    assert filled(spoken) == filled(units())


def _in_other_words(each: Concept) -> Concept:
    other = replace(WORDS, fi="toinen sana")
    return replace(each, labels=other, attributes=tuple(replace(a, labels=other) for a in each.attributes))


LOSSES = [
    (units(size=None, attributes={"name": "NAME"}), ["unit.size"], [(UNIT, "size")]),
    (units(attributes={"name": "NAME"}), ["register.units/unit.size"], [(UNIT, "size")]),
    (units(town={}), ["unit.town"], [("link_unit__register__units", "town_key")]),
    (
        replace(units(), mappings=units().mappings[:1]),
        ["register.towns/town"],
        [("sat_town__register__towns__open", "")],
    ),
    (
        replace(units(town={}), concepts=units(town={}).concepts[:1], mappings=units(town={}).mappings[:1]),
        ["town", "unit.town"],
        [("sat_town__register__towns__open", ""), ("link_unit__register__units", "town_key")],
    ),
    (one_more(), [], []),
    (units(codes=code_list("kind", b=(None, None))), [], []),
    (
        units(size=replace(attribute("width"), was=("size",)), attributes={"name": "NAME", "width": "SIZE"}),
        [],
        [],
    ),
    (
        units(
            size=replace(attribute("short"), was=("size",)),
            more=(replace(attribute("long"), was=("size",)),),
            attributes={"name": "NAME", "short": "left(SIZE, 1)", "long": "SIZE"},
        ),
        [],
        [],
    ),
]


@pytest.mark.parametrize(("new", "names", "held"), LOSSES)
def test_what_would_leave_the_warehouse_is_named_with_its_table(
    new: Model, names: list[str], held: list[tuple[str, str]]
) -> None:
    found = losses(units(), new, compare(units(), new))
    assert [loss.name for loss in found] == names
    assert [(each.table, each.column) for loss in found for each in loss.held] == held
