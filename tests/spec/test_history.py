"""What the warehouse promises about history: rows in, rows out."""

from __future__ import annotations

from datetime import datetime
from itertools import permutations
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.generative.examples import TIMES
from tests.small_warehouse import Warehouse, residents
from virtaama.model.feeds import Delivery
from virtaama.vault.keys import key_of

JANUARY, FEBRUARY, MARCH, APRIL = (datetime(2025, month, 1) for month in (1, 2, 3, 4))
HISTORY = "SELECT extracted, language, deleted FROM sat_resident__register__people__personal"


def person(
    id: str | None, language: str | None = "fi", state: str = "L", home: str | None = "398"
) -> dict[str, Any]:
    return {"ID": id, "LANGUAGE": language, "STATE": state, "HOME": home, "NAME": f"sealed {id}"}


def test_a_value_that_returns_is_kept_each_time(tmp_path: Path) -> None:
    warehouse = Warehouse(residents(), tmp_path)
    for moment, language in ((JANUARY, "fi"), (FEBRUARY, "sv"), (MARCH, "fi")):
        warehouse.deliver("register.people", moment, person("a", language))
    warehouse.load()
    assert warehouse.rows(HISTORY) == [(JANUARY, "fi", False), (FEBRUARY, "sv", False), (MARCH, "fi", False)]


def test_the_same_content_again_adds_nothing(tmp_path: Path) -> None:
    warehouse = Warehouse(residents(), tmp_path)
    warehouse.deliver("register.people", JANUARY, person("a"))
    warehouse.deliver("register.people", FEBRUARY, person("a"))
    warehouse.load()
    assert warehouse.rows(HISTORY) == [(JANUARY, "fi", False)]


def test_loading_again_changes_nothing(tmp_path: Path) -> None:
    warehouse = Warehouse(residents(), tmp_path)
    warehouse.deliver("register.people", JANUARY, person("a"))
    warehouse.load()
    assert warehouse.load().batches == 0
    assert warehouse.rows(HISTORY) == [(JANUARY, "fi", False)]


def test_a_deletion_is_a_row_without_content_and_a_return_is_kept(tmp_path: Path) -> None:
    warehouse = Warehouse(residents(), tmp_path)
    warehouse.deliver("register.people", JANUARY, person("a"))
    warehouse.deliver("register.people", FEBRUARY, person("a", state="P"))
    warehouse.deliver("register.people", MARCH, person("a"))
    warehouse.load()
    assert warehouse.rows(HISTORY) == [(JANUARY, "fi", False), (FEBRUARY, None, True), (MARCH, "fi", False)]
    assert warehouse.rows(
        "SELECT extracted, home_key IS NULL, deleted FROM link_resident__register__people"
    ) == [
        (JANUARY, False, False),
        (FEBRUARY, True, True),
        (MARCH, False, False),
    ]


def test_what_a_full_delivery_leaves_out_was_deleted(tmp_path: Path) -> None:
    warehouse = Warehouse(residents(Delivery.FULL), tmp_path)
    warehouse.deliver("register.people", JANUARY, person("a"), person("b", "sv"))
    warehouse.deliver("register.people", FEBRUARY, person("a"))
    warehouse.deliver("register.people", MARCH, person("a"))
    warehouse.load()
    assert warehouse.rows(HISTORY) == [(JANUARY, "fi", False), (JANUARY, "sv", False), (FEBRUARY, None, True)]
    assert warehouse.findings() == {(2, "disappeared", "resident"): 1}


def test_the_later_row_of_a_key_wins_and_both_kinds_of_repetition_are_counted(tmp_path: Path) -> None:
    warehouse = Warehouse(residents(), tmp_path)
    warehouse.deliver(
        "register.people",
        JANUARY,
        person("a", "fi"),
        person("a", "fi"),
        person(" a ", "sv"),
        person(None),
        person(" "),
    )
    warehouse.load()
    assert warehouse.rows(HISTORY) == [(JANUARY, "sv", False)]
    assert warehouse.rows("SELECT resident_key, person FROM hub_resident") == [(str(key_of("a")), "a")]
    assert warehouse.findings() == {
        (1, "no_key", "resident"): 2,
        (1, "repeated_row", "resident"): 1,
        (1, "same_key_different_content", "resident"): 1,
    }


def test_a_relationship_without_a_key_points_nowhere(tmp_path: Path) -> None:
    warehouse = Warehouse(residents(), tmp_path)
    warehouse.deliver("register.people", JANUARY, person("a", home=None), person("b", home="016"))
    warehouse.load()
    assert warehouse.rows("SELECT home_key FROM link_resident__register__people") == [
        (str(key_of("016")),),
        (None,),
    ]
    assert warehouse.rows("SELECT code FROM hub_municipality") == [("016",)]


Told = TypeVar("Told")


def orders(deliveries: list[Told]) -> list[tuple[Told, ...]]:
    """Each late behind each other one, and each first and last; at length, as `make properties` has it, all orders."""
    if TIMES > 1:
        return list(permutations(deliveries))
    ways = (tuple(deliveries), tuple(reversed(deliveries)))
    return [way[turn:] + way[:turn] for way in ways for turn in range(len(way))]


@pytest.mark.parametrize("delivery", [Delivery.CHANGES, Delivery.FULL])
def test_any_order_of_the_same_deliveries_gives_the_same_warehouse(
    tmp_path: Path, delivery: Delivery
) -> None:
    deliveries = [
        (JANUARY, [person("a", "fi", home="016"), person("b")]),
        (FEBRUARY, [person("a", "sv"), person("c")]),
        (MARCH, [person("a", "fi"), person("b", state="P"), person("d", home=None)]),
        (APRIL, [person("a", "fi"), person("b", "en"), person("c", "sv")]),
    ]
    outcomes = set()
    for turn, order in enumerate(orders(deliveries)):
        warehouse = Warehouse(residents(delivery), tmp_path / str(turn), in_memory=True)
        for moment, rows in order:
            warehouse.deliver("register.people", moment, *rows)
            warehouse.load()
        tables = (
            "SELECT resident_key, extracted, language, deleted FROM sat_resident__register__people__personal",
            "SELECT resident_key, extracted, name, deleted FROM sat_resident__register__people__direct",
            "SELECT resident_key, extracted, home_key, deleted FROM link_resident__register__people",
            "SELECT person FROM hub_resident",
            "SELECT code FROM hub_municipality",
        )
        outcomes.add(repr([warehouse.rows(query) for query in tables]))
        warehouse.engine.close()
    assert len(outcomes) == 1
