"""Relationships that begin and end, that make trees, and that say who is the same as whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tests.small_warehouse import Warehouse, attribute, concept, endings, feed, mapping, model
from virtaama.model.concepts import Type, Validity
from virtaama.model.feeds import Delivery
from virtaama.model.model import Model
from virtaama.vault.design import design
from virtaama.vault.hierarchy import bridge, same_as
from virtaama.vault.tracking import tracked
from virtaama.vault.views import as_of, star

JANUARY, FEBRUARY, MARCH, APRIL = (datetime(2025, month, 1) for month in (1, 2, 3, 4))


def test_a_post_holds_on_its_days_whenever_it_was_told_of(tmp_path: Path) -> None:
    """An effectivity satellite: the first and the last day are both included, and an open end is open."""
    warehouse = Warehouse(posts(), tmp_path)
    warehouse.deliver(
        "staff.posts",
        APRIL,
        {"ID": "1", "PERSON": "ann", "SINCE": date(2025, 1, 10), "UNTIL": date(2025, 2, 28)},
        {"ID": "2", "PERSON": "bo", "SINCE": date(2025, 3, 1), "UNTIL": None},
        {"ID": "3", "PERSON": "cy", "SINCE": None, "UNTIL": date(2025, 1, 31)},
    )
    warehouse.load()
    tables = design(warehouse.model)
    moments = (datetime(2025, 1, 11), FEBRUARY, MARCH, datetime(2025, 3, 2))
    held = {moment: ids(warehouse, as_of(warehouse.model, tables, "post", moment)) for moment in moments}
    assert held == {
        datetime(2025, 1, 11): ["1", "3"],  # at the end of 10 January
        FEBRUARY: ["1", "3"],  # at the end of 31 January
        MARCH: ["1"],  # at the end of 28 February
        datetime(2025, 3, 2): ["2"],
    }
    with endings(warehouse, "post") as ordered:
        once = {
            moment: ids(warehouse, as_of(warehouse.model, tables, "post", moment, endings=ordered.endings))
            for moment in moments
        }
    assert once == held


def test_a_late_notice_changes_what_was_true_and_not_what_was_known(tmp_path: Path) -> None:
    warehouse = Warehouse(posts(), tmp_path)
    post = {"ID": "1", "PERSON": "ann", "SINCE": date(2025, 1, 1)}
    warehouse.deliver("staff.posts", FEBRUARY, post | {"UNTIL": None})
    warehouse.deliver("staff.posts", APRIL, post | {"UNTIL": date(2025, 1, 31)})
    warehouse.load()
    tables = design(warehouse.model)
    found = {known: ids(warehouse, as_of(warehouse.model, tables, "post", MARCH, known)) for known in (1, 2)}
    assert found == {1: ["1"], 2: []}


def test_everybody_under_a_unit_is_found_at_any_depth(tmp_path: Path) -> None:
    """A hierarchical link as a bridge: each unit with all above it, and how far."""
    warehouse = Warehouse(units(), tmp_path)
    above = {"county": None, "health": "county", "ward": "health", "bed": "ward", "social": "county"}
    warehouse.deliver("register.units", JANUARY, *({"ID": one, "ABOVE": up} for one, up in above.items()))
    warehouse.load()
    assert pairs(warehouse, "unit", "above") == {
        ("county", "county", 0),
        ("health", "health", 0),
        ("ward", "ward", 0),
        ("bed", "bed", 0),
        ("social", "social", 0),
        ("health", "county", 1),
        ("social", "county", 1),
        ("ward", "health", 1),
        ("ward", "county", 2),
        ("bed", "ward", 1),
        ("bed", "health", 2),
        ("bed", "county", 3),
    }


def test_a_circle_ends(tmp_path: Path) -> None:
    warehouse = Warehouse(units(), tmp_path)
    warehouse.deliver("register.units", JANUARY, {"ID": "a", "ABOVE": "b"}, {"ID": "b", "ABOVE": "a"})
    warehouse.load()
    assert pairs(warehouse, "unit", "above") == {("a", "a", 0), ("a", "b", 1), ("b", "b", 0), ("b", "a", 1)}


def test_one_client_under_several_numbers_has_one_that_stands_for_all(tmp_path: Path) -> None:
    """A same-as link: chains end at the last number, and a circle at one of its own."""
    warehouse = Warehouse(units(), tmp_path)
    same = {"1": "2", "2": "3", "3": None, "4": None, "x": "y", "y": "x"}
    warehouse.deliver(
        "register.units", JANUARY, *({"ID": one, "ABOVE": other} for one, other in same.items())
    )
    warehouse.load()
    view = star(warehouse.model, design(warehouse.model), "unit")
    names = {row["unit_key"]: row["code"] for row in warehouse.engine.read(view).to_pylist()}
    found = {
        names[row["unit_key"]]: names[row["stands_for"]]
        for row in warehouse.engine.read(same_as(view, "unit_key", "above_key")).to_pylist()
    }
    assert {one: found[one] for one in "1234"} == {"1": "3", "2": "3", "3": "3", "4": "4"}
    assert found["x"] == found["y"]
    assert found["x"] in ("x", "y")


def test_what_became_of_an_instance_is_told_delivery_by_delivery(tmp_path: Path) -> None:
    """Record tracking: appeared, changed, disappeared and returned, read from the histories."""
    warehouse = Warehouse(units(Delivery.FULL), tmp_path)
    warehouse.deliver("register.units", JANUARY, {"ID": "a", "ABOVE": "b"}, {"ID": "b"})
    warehouse.deliver("register.units", FEBRUARY, {"ID": "a", "ABOVE": None}, {"ID": "b"})
    warehouse.deliver("register.units", MARCH, {"ID": "b"})
    warehouse.deliver("register.units", APRIL, {"ID": "a"}, {"ID": "b"})
    warehouse.load()
    (source,) = design(warehouse.model).sources
    names = {row[0]: row[1] for row in warehouse.rows("SELECT unit_key, code FROM hub_unit")}
    rows = warehouse.engine.read(tracked(source)).to_pylist()
    assert {(names[str(row["unit_key"])], row["batch"]): row["status"] for row in rows} == {
        ("a", 1): "appeared",
        ("b", 1): "appeared",
        ("a", 2): "changed",
        ("a", 3): "disappeared",
        ("a", 4): "returned",
    }


def ids(warehouse: Warehouse, view: Any) -> list[str]:
    return sorted(row["id"] for row in warehouse.engine.read(view).to_pylist())


def pairs(warehouse: Warehouse, name: str, above: str) -> set[tuple[str, str, int]]:
    view = star(warehouse.model, design(warehouse.model), name)
    names = {row[f"{name}_key"]: row["code"] for row in warehouse.engine.read(view).to_pylist()}
    rows = warehouse.engine.read(bridge(view, f"{name}_key", f"{above}_key")).to_pylist()
    assert len(rows) == len({(row["descendant"], row["ancestor"]) for row in rows})
    return {(names[row["descendant"]], names[row["ancestor"]], row["depth"]) for row in rows}


def posts() -> Model:
    post = concept(
        "post",
        attribute("id"),
        attribute("since", Type.DATE),
        attribute("until", Type.DATE),
        key=["id"],
        relationships={"holder": "person"},
    )
    return model(
        concepts=[
            concept("person", attribute("code"), key=["code"]),
            replace(post, valid=Validity(since="since", until="until")),
        ],
        feeds=[
            feed(
                "staff.posts",
                Delivery.CHANGES,
                {"ID": Type.TEXT, "PERSON": Type.TEXT, "SINCE": Type.DATE, "UNTIL": Type.DATE},
            )
        ],
        mappings=[
            mapping(
                "staff.posts",
                "post",
                key=["ID"],
                attributes={"since": "SINCE", "until": "UNTIL"},
                relationships={"holder": ["PERSON"]},
            )
        ],
    )


def units(delivery: Delivery = Delivery.CHANGES) -> Model:
    return model(
        concepts=[concept("unit", attribute("code"), key=["code"], relationships={"above": "unit"})],
        feeds=[feed("register.units", delivery, {"ID": Type.TEXT, "ABOVE": Type.TEXT})],
        mappings=[mapping("register.units", "unit", key=["ID"], relationships={"above": ["ABOVE"]})],
    )
