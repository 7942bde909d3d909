"""What the warehouse notices about a delivery: rows in, counts out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tests.small_warehouse import Warehouse, attribute, code_list, concept, feed, mapping, model
from virtaama.model.concepts import Kind, Type
from virtaama.model.feeds import Delivery
from virtaama.model.model import Model

MARCH = datetime(2025, 4, 1)  # the delivery of March is extracted when March is over
APRIL = datetime(2025, 5, 1)


def test_codes_are_judged_on_the_day_of_the_event(tmp_path: Path) -> None:
    warehouse = Warehouse(visits(), tmp_path)
    warehouse.deliver(
        "care.visits",
        MARCH,
        visit("1", "R10"),
        visit("2", "R99"),
        visit("3", "R20", started=datetime(2018, 12, 31, 23)),
        visit("4", "R20", started=datetime(2019, 1, 1)),
        visit("5", "R20"),
        visit("6", None),
    )
    warehouse.load()
    assert warehouse.findings() == {
        (1, "unknown_code", "visit.contact"): 1,
        (1, "ended_code", "visit.contact"): 2,
        (1, "late_row", "visit"): 2,
    }


def test_a_row_is_late_when_it_comes_two_months_on_and_is_new(tmp_path: Path) -> None:
    warehouse = Warehouse(visits(), tmp_path)
    january, march = datetime(2025, 1, 31, 23, 59), datetime(2025, 3, 1)
    warehouse.deliver("care.visits", MARCH, visit("1", "R10", march), visit("2", "R10", january))
    warehouse.deliver("care.visits", APRIL, visit("1", None, march), visit("3", "R10", datetime(2025, 2, 28)))
    warehouse.load()
    assert warehouse.findings() == {
        (1, "late_row", "visit"): 1,
        (2, "correction", "visit"): 1,
        (2, "late_row", "visit"): 1,
    }


def test_deletions_are_counted_and_their_content_is_not_judged(tmp_path: Path) -> None:
    warehouse = Warehouse(visits(), tmp_path)
    warehouse.deliver("care.visits", MARCH, visit("1", "R10"), visit("2", "R10"))
    warehouse.deliver("care.visits", APRIL, visit("1", "R99") | {"STATE": "P"})
    warehouse.load()
    assert warehouse.findings() == {(2, "deletion", "visit"): 1}


def test_a_by_product_repeats_on_purpose(tmp_path: Path) -> None:
    warehouse = Warehouse(visits(), tmp_path)
    warehouse.deliver("care.visits", MARCH, *(visit(str(n), "R10") | {"DOCTOR": "77"} for n in range(3)))
    warehouse.load()
    assert warehouse.findings() == {}
    assert warehouse.rows("SELECT number FROM hub_professional") == [("77",)]


def test_findings_of_a_batch_that_is_loaded_again_are_replaced(tmp_path: Path) -> None:
    warehouse = Warehouse(visits(), tmp_path)
    warehouse.deliver("care.visits", MARCH, visit("1", "R99"))
    warehouse.load()
    warehouse.engine.close()
    (tmp_path / "warehouse.duckdb").unlink()
    warehouse.engine = warehouse.open_engine()
    warehouse.load()
    assert warehouse.findings() == {(1, "unknown_code", "visit.contact"): 1}


def test_one_person_under_several_numbers_is_counted_once_in_every_delivery(tmp_path: Path) -> None:
    warehouse = Warehouse(registers(), tmp_path)
    known = [client("1", "ann"), client("2", "ann"), client("3", "bo"), client("4", None), client("5", None)]
    warehouse.deliver("old.clients", MARCH, *known, client("2", "ann"))
    warehouse.deliver("old.clients", APRIL, *known, client("6", "ann"), client("7", "bo"))
    warehouse.load()
    assert warehouse.findings() == {
        (1, "repeated_row", "client"): 1,
        (1, "several_numbers", "client.person"): 1,
        (2, "several_numbers", "client.person"): 2,
    }


def client(number: str, person: str | None) -> dict[str, Any]:
    return {"NUMBER": number, "PERSON": person}


def registers() -> Model:
    numbered = concept("client", attribute("number"), key=["number"], relationships={"person": "person"})
    alone = replace(numbered.relationships[0], one_each=True)
    return model(
        concepts=[
            concept("person", attribute("code"), key=["code"]),
            replace(numbered, relationships=(alone,)),
        ],
        feeds=[feed("old.clients", Delivery.FULL, {"NUMBER": Type.TEXT, "PERSON": Type.TEXT})],
        mappings=[
            mapping("old.clients", "client", key=["NUMBER"], relationships={"person": ["PERSON"]}),
        ],
    )


def visit(id: str, contact: str | None, started: datetime = datetime(2025, 3, 15)) -> dict[str, Any]:
    return {"ID": id, "CONTACT": contact, "STARTED": started, "STATE": "A"}


def visits() -> Model:
    return model(
        concepts=[
            concept("professional", attribute("number"), key=["number"]),
            concept(
                "visit",
                attribute("id"),
                attribute("started", Type.TIMESTAMP),
                attribute("contact", code_list="contact_type"),
                key=["id"],
                kind=Kind.EVENT,
                relationships={"professional": "professional"},
            ),
        ],
        code_lists=[code_list("contact_type", R10=(None, None), R20=(None, date(2018, 12, 31)))],
        feeds=[
            feed(
                "care.visits",
                Delivery.EVENTS,
                {
                    "ID": Type.TEXT,
                    "CONTACT": Type.TEXT,
                    "STARTED": Type.TIMESTAMP,
                    "DOCTOR": Type.TEXT,
                    "STATE": Type.TEXT,
                },
            )
        ],
        mappings=[
            mapping(
                "care.visits",
                "visit",
                key=["ID"],
                attributes={"started": "STARTED", "contact": "CONTACT"},
                relationships={"professional": ["DOCTOR"]},
                deleted="STATE = 'P'",
            ),
            mapping("care.visits", "professional", key=["DOCTOR"]),
        ],
    )
