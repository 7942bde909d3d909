"""What the views of a concept promise: deliveries in, one table out."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from tests.small_warehouse import Warehouse, attribute, concept, feed, mapping, model, residents
from virtaama.model.concepts import Type
from virtaama.model.feeds import Delivery
from virtaama.model.model import Model
from virtaama.vault.design import design
from virtaama.vault.keys import key_of
from virtaama.vault.views import as_of, star, star_columns

JANUARY, FEBRUARY, MARCH = (datetime(2025, month, 1) for month in (1, 2, 3))


def test_the_current_view_shows_the_last_state_and_no_names(tmp_path: Path) -> None:
    warehouse = Warehouse(residents(), tmp_path)
    warehouse.deliver(
        "register.people",
        JANUARY,
        {"ID": "a", "LANGUAGE": "fi", "HOME": "016", "NAME": "sealed"},
        {"ID": "b", "LANGUAGE": "sv", "HOME": "016", "NAME": "sealed"},
        {"ID": "c", "LANGUAGE": "en"},
    )
    warehouse.deliver("register.people", FEBRUARY, {"ID": "a", "LANGUAGE": "fi", "HOME": "398"})
    warehouse.deliver("register.people", MARCH, {"ID": "b", "STATE": "P"})
    warehouse.load()
    assert shown(warehouse, "resident") == [
        {"resident_key": str(key_of("a")), "person": "a", "language": "fi", "home_key": str(key_of("398"))},
        {"resident_key": str(key_of("c")), "person": "c", "language": "en", "home_key": None},
    ]


def test_as_of_shows_what_was_known_then(tmp_path: Path) -> None:
    warehouse = Warehouse(residents(), tmp_path)
    warehouse.deliver("register.people", JANUARY, {"ID": "a", "LANGUAGE": "fi"})
    warehouse.deliver(
        "register.people", FEBRUARY, {"ID": "a", "LANGUAGE": "sv"}, {"ID": "b", "LANGUAGE": "en"}
    )
    warehouse.deliver("register.people", MARCH, {"ID": "a", "STATE": "P"})
    warehouse.load()
    known = {
        moment: {row["person"]: row["language"] for row in shown(warehouse, "resident", moment)}
        for moment in (datetime(2024, 12, 31), JANUARY, FEBRUARY, MARCH)
    }
    assert known == {
        datetime(2024, 12, 31): {},
        JANUARY: {"a": "fi"},
        FEBRUARY: {"a": "sv", "b": "en"},
        MARCH: {"b": "en"},
    }


def test_the_earlier_source_wins_and_a_missing_value_gives_way(tmp_path: Path) -> None:
    warehouse = Warehouse(units_of_two_registers(), tmp_path)
    warehouse.deliver("first.units", JANUARY, {"ID": "x", "NAME": "Health centre"}, {"ID": "y", "NAME": None})
    warehouse.deliver(
        "second.units",
        JANUARY,
        {"ID": "x", "NAME": "HC", "SIZE": 12},
        {"ID": "y", "NAME": "Ward"},
        {"ID": "z", "NAME": "Clinic", "SIZE": 3},
    )
    warehouse.load()
    assert sorted((r["code"], r["name"], r["size"]) for r in shown(warehouse, "unit")) == [
        ("x", "Health centre", 12),
        ("y", "Ward", None),
        ("z", "Clinic", 3),
    ]


def test_an_instance_lives_while_one_source_still_has_it(tmp_path: Path) -> None:
    warehouse = Warehouse(units_of_two_registers(), tmp_path)
    warehouse.deliver(
        "first.units", JANUARY, {"ID": "x", "NAME": "Health centre"}, {"ID": "y", "NAME": "Ward"}
    )
    warehouse.deliver("second.units", JANUARY, {"ID": "x", "NAME": "HC", "SIZE": 12})
    warehouse.deliver("first.units", FEBRUARY)
    warehouse.load()
    assert [(r["code"], r["name"], r["size"]) for r in shown(warehouse, "unit")] == [("x", "HC", 12)]


def test_a_concept_only_pointed_to_has_its_keys(tmp_path: Path) -> None:
    warehouse = Warehouse(residents(), tmp_path)
    warehouse.deliver("register.people", JANUARY, {"ID": "a", "HOME": "016"})
    warehouse.load()
    assert shown(warehouse, "municipality") == [{"municipality_key": str(key_of("016")), "code": "016"}]


def test_the_columns_of_a_view_are_known_before_it_runs(tmp_path: Path) -> None:
    warehouse = Warehouse(residents(), tmp_path)
    warehouse.load()
    query = star(warehouse.model, design(warehouse.model), "resident")
    assert query.named_selects == [name for name, _ in star_columns(warehouse.model.concept("resident"))]


def units_of_two_registers() -> Model:
    fields = {"ID": Type.TEXT, "NAME": Type.TEXT, "SIZE": Type.INTEGER}
    return model(
        concepts=[
            concept(
                "unit", attribute("code"), attribute("name"), attribute("size", Type.INTEGER), key=["code"]
            )
        ],
        feeds=[feed("first.units", Delivery.FULL, fields), feed("second.units", Delivery.FULL, fields)],
        mappings=[
            mapping("first.units", "unit", key=["ID"], attributes={"name": "NAME"}),
            mapping("second.units", "unit", key=["ID"], attributes={"name": "NAME", "size": "SIZE"}),
        ],
    )


def shown(warehouse: Warehouse, concept: str, moment: datetime | None = None) -> list[dict[str, Any]]:
    tables = design(warehouse.model)
    query = (
        as_of(warehouse.model, tables, concept, moment) if moment else star(warehouse.model, tables, concept)
    )
    rows: list[dict[str, Any]] = warehouse.engine.read(query).to_pylist()
    as_text = [
        {name: str(v) if name.endswith("_key") and v else v for name, v in row.items()} for row in rows
    ]
    return sorted(as_text, key=repr)
