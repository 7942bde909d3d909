"""What warehouses get wrong: each trap is a few rows in, and what must come out."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.small_warehouse import Warehouse, attribute, concept, feed, mapping, model, residents
from virtaama.model.concepts import Type
from virtaama.model.feeds import Delivery
from virtaama.model.model import Model
from virtaama.vault.design import design
from virtaama.vault.views import as_of, star

JANUARY, FEBRUARY, MARCH, APRIL, MAY = (datetime(2025, month, 1) for month in range(1, 6))
LANGUAGES = "SELECT extracted, language, deleted FROM sat_resident__register__people__personal"


def person(id: str, language: str, **more: Any) -> dict[str, Any]:
    return {"ID": id, "LANGUAGE": language, "STATE": "L"} | more


def loaded(warehouse: Warehouse, *deliveries: tuple[datetime, list[dict[str, Any]]]) -> Warehouse:
    """Each delivery lands and is loaded before the next."""
    for moment, rows in deliveries:
        warehouse.deliver(warehouse.model.feeds[0].id, moment, *rows)
        warehouse.load()
    return warehouse


def test_a_key_is_the_same_in_the_hub_as_in_its_hash(tmp_path: Path) -> None:
    warehouse = loaded(
        Warehouse(residents(), tmp_path),
        (JANUARY, [person(" a", "fi")]),
        (FEBRUARY, [person("a\u00a0", "fi")]),
        (MARCH, [person("A", "fi")]),
    )
    assert warehouse.rows("SELECT person FROM hub_resident") == [("A",), ("a",)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a", "b|c"), ("a|b", "c")),
        (("a\\", "b"), ("a", "\\b")),
        (("a\\|", "b"), ("a\\", "|b")),
        (("1", "12"), ("11", "2")),
    ],
)
def test_parts_of_a_key_never_run_into_each_other(
    tmp_path: Path, one: tuple[str, str], other: tuple[str, str]
) -> None:
    warehouse = loaded(
        Warehouse(stays(), tmp_path),
        (JANUARY, [{"WARD": ward, "BED": bed, "NOTE": "x"} for ward, bed in (one, other)]),
    )
    assert warehouse.rows("SELECT ward, bed FROM hub_place") == sorted([one, other], key=repr)
    assert warehouse.rows("SELECT count(DISTINCT place_key) FROM hub_place") == [(2,)]


def test_a_key_with_a_missing_part_is_no_key_and_is_counted(tmp_path: Path) -> None:
    warehouse = loaded(
        Warehouse(stays(), tmp_path),
        (
            JANUARY,
            [
                {"WARD": "a", "BED": None, "NOTE": "x"},
                {"WARD": None, "BED": "a", "NOTE": "x"},
                {"WARD": "a", "BED": " ", "NOTE": "x"},
                {"WARD": "a", "BED": "1", "NOTE": "x"},
            ],
        ),
    )
    assert warehouse.rows("SELECT ward, bed FROM hub_place") == [("a", "1")]
    assert warehouse.findings() == {(1, "no_key", "place"): 3}


def test_a_missing_value_is_not_the_same_as_an_empty_neighbour(tmp_path: Path) -> None:
    """Text joined without its nulls would be the same in both deliveries."""
    warehouse = loaded(
        Warehouse(stays(), tmp_path),
        (JANUARY, [{"WARD": "a", "BED": "1", "NOTE": "x", "STATE": None}]),
        (FEBRUARY, [{"WARD": "a", "BED": "1", "NOTE": None, "STATE": "x"}]),
    )
    assert warehouse.rows("SELECT extracted, note, state FROM sat_place__ward__beds__open") == [
        (JANUARY, "x", None),
        (FEBRUARY, None, "x"),
    ]


def test_the_same_row_twice_in_a_delivery_is_one_row(tmp_path: Path) -> None:
    warehouse = loaded(Warehouse(residents(), tmp_path), (JANUARY, [person("a", "fi")] * 3))
    assert warehouse.rows(LANGUAGES) == [(JANUARY, "fi", False)]
    assert warehouse.findings() == {(1, "repeated_row", "resident"): 2}


def test_the_same_full_delivery_again_says_nothing_new_and_what_is_odd_is_counted_again(
    tmp_path: Path,
) -> None:
    rows = [person("a", "fi"), person("a", "fi"), person("b", "sv"), person("", "fi")]
    warehouse = loaded(
        Warehouse(residents(Delivery.FULL), tmp_path), (JANUARY, rows), (FEBRUARY, rows), (MARCH, rows[2:])
    )
    assert warehouse.rows(LANGUAGES) == [
        (JANUARY, "fi", False),
        (JANUARY, "sv", False),
        (MARCH, None, True),
    ]
    odd = {"repeated_row": 1, "no_key": 1}
    assert warehouse.findings() == {
        (batch, check, "resident"): count for batch in (1, 2) for check, count in odd.items()
    } | {(3, "disappeared", "resident"): 1, (3, "no_key", "resident"): 1}


def test_a_late_row_is_compared_with_its_neighbours_and_not_with_the_newest(tmp_path: Path) -> None:
    warehouse = loaded(
        Warehouse(residents(), tmp_path),
        (JANUARY, [person("a", "fi")]),
        (APRIL, [person("a", "sv")]),
        (MARCH, [person("a", "fi")]),  # as in January: nothing new, though it differs from the newest
        (FEBRUARY, [person("a", "sv")]),  # as the newest, but not as its neighbours
    )
    assert warehouse.rows(LANGUAGES) == [
        (JANUARY, "fi", False),
        (FEBRUARY, "sv", False),
        (MARCH, "fi", False),
        (APRIL, "sv", False),
    ]


def test_a_row_older_than_all_that_is_loaded_is_not_dropped(tmp_path: Path) -> None:
    warehouse = loaded(
        Warehouse(residents(), tmp_path),
        (MAY, [person("a", "fi")]),
        (JANUARY, [person("a", "sv"), person("b", "en")]),
    )
    assert warehouse.rows(LANGUAGES) == [(JANUARY, "en", False), (JANUARY, "sv", False), (MAY, "fi", False)]


def test_a_deletion_followed_by_the_same_row_is_a_return(tmp_path: Path) -> None:
    warehouse = loaded(
        Warehouse(residents(Delivery.FULL), tmp_path),
        (JANUARY, [person("a", "fi")]),
        (FEBRUARY, []),
        (MARCH, [person("a", "fi")]),
    )
    assert warehouse.rows(LANGUAGES) == [(JANUARY, "fi", False), (FEBRUARY, None, True), (MARCH, "fi", False)]


def test_two_deliveries_of_one_moment_keep_the_order_they_landed_in(tmp_path: Path) -> None:
    warehouse = loaded(
        Warehouse(residents(), tmp_path),
        (JANUARY, [person("a", "fi")]),
        (JANUARY, [person("a", "sv")]),
    )
    view = star(warehouse.model, design(warehouse.model), "resident")
    assert [row["language"] for row in warehouse.engine.read(view).to_pylist()] == ["sv"]


def test_what_was_true_and_what_was_known_are_told_apart(tmp_path: Path) -> None:
    """In January and April the register said fi. In May it came to light that it had been sv in February."""
    warehouse = loaded(
        Warehouse(residents(), tmp_path),
        (JANUARY, [person("a", "fi")]),  # batch 1
        (APRIL, [person("a", "fi")]),  # batch 2
        (FEBRUARY, [person("a", "sv")]),  # batch 3, late
    )
    tables = design(warehouse.model)

    def language(true_at: datetime, known: int) -> str | None:
        [row] = warehouse.engine.read(as_of(warehouse.model, tables, "resident", true_at, known)).to_pylist()
        return str(row["language"])

    assert {
        (moment, known): language(moment, known) for moment in (JANUARY, MARCH, APRIL) for known in (2, 3)
    } == {
        (JANUARY, 2): "fi",
        (JANUARY, 3): "fi",
        (MARCH, 2): "fi",
        (MARCH, 3): "sv",
        (APRIL, 2): "fi",
        (APRIL, 3): "fi",
    }


def stays() -> Model:
    """A concept whose key has two parts, and two attributes that may be missing."""
    texts = dict.fromkeys(("WARD", "BED", "NOTE", "STATE"), Type.TEXT)
    return model(
        concepts=[
            concept(
                "place",
                *(attribute(name) for name in ("ward", "bed", "note", "state")),
                key=["ward", "bed"],
            )
        ],
        feeds=[feed("ward.beds", Delivery.CHANGES, texts)],
        mappings=[
            mapping("ward.beds", "place", key=["WARD", "BED"], attributes={"note": "NOTE", "state": "STATE"})
        ],
    )
