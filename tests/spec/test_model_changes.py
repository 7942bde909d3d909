"""What a changed model promises: the whole history under the new model, nothing lost, nothing read in vain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.small_warehouse import Warehouse, attribute, concept, feed, mapping, model
from tests.spec.test_views import shown
from virtaama.engines.duckdb import DuckDB
from virtaama.lake.coverage import coverage_of_fact, feed_coverages
from virtaama.loading.load import load, plan
from virtaama.loading.table_hash import table_hashes
from virtaama.metrics.definitions import Fact
from virtaama.metrics.plan import Coverage
from virtaama.model.changes import words
from virtaama.model.concepts import Type
from virtaama.model.feeds import Delivery
from virtaama.model.model import Model
from virtaama.vault.columns import BOOKKEEPING

JANUARY, FEBRUARY, MARCH, APRIL = (datetime(2025, month, 1) for month in (1, 2, 3, 4))
FIELDS = dict.fromkeys(("NO", "NAME", "PLACE", "OLD_NO"), Type.TEXT)


def clients(*attributes: str, **expressions: str) -> Model:
    """Clients of an old system, by their number."""
    return model(
        concepts=[concept("client", attribute("number"), *map(attribute, attributes), key=["number"])],
        feeds=[feed("old.clients", Delivery.CHANGES, FIELDS)],
        mappings=[mapping("old.clients", "client", key=["NO"], attributes=expressions)],
        version=f"{hash((attributes, tuple(expressions.items()))) & 0xFFFFFF:x}",
    )


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    made = Warehouse(clients("name", name="NAME"), tmp_path, in_memory=True)
    made.deliver(
        "old.clients", JANUARY, {"NO": "1", "NAME": "Aalto A", "PLACE": "016"}, {"NO": "2", "NAME": "Berg B"}
    )
    made.deliver("old.clients", MARCH, {"NO": "1", "NAME": "Aalto C", "PLACE": "398"})
    made.load()
    yield made
    # Whatever a test made of it: the same as from the lake alone.
    anew = DuckDB.open(None, folders=[made.lake.folder], memory="500MB", threads=2)
    load(made.model, made.ledger, made.lake, anew, now=lambda: MARCH)
    assert hashes(made.engine) == hashes(anew)


def hashes(engine: DuckDB) -> dict[str, str]:
    return {name: found for name, found in table_hashes(engine).items() if name not in BOOKKEEPING}


def follow(warehouse: Warehouse, new: Model) -> list[str]:
    """Bring the warehouse to a model; what changed, in words, and the sources that were read again."""
    warehouse.model = new
    planned = plan(new, warehouse.ledger, warehouse.lake, warehouse.engine).model
    assert planned.losses == ()
    warehouse.load()
    return [*map(words, planned.changes), *(refill.refill.source.id for refill in planned.refills)]


def known(warehouse: Warehouse, *names: str, at: datetime | None = None) -> list[tuple[Any, ...]]:
    return sorted(tuple(row[name] for name in names) for row in shown(warehouse, "client", at))


def test_a_new_attribute_has_its_values_from_the_first_delivery_on(warehouse: Warehouse) -> None:
    told = follow(warehouse, clients("name", "place", name="NAME", place="PLACE"))
    assert told == ["attribute 'place' of client is new", "client__old__clients"]
    assert known(warehouse, "number", "place", at=FEBRUARY) == [("1", "016"), ("2", None)]
    assert known(warehouse, "number", "place") == [("1", "398"), ("2", None)]


def test_a_changed_expression_holds_for_the_past_as_well(warehouse: Warehouse) -> None:
    told = follow(warehouse, clients("name", name="upper(NAME)"))
    assert told == ["name of mapping of old.clients to client: upper(NAME), was NAME", "client__old__clients"]
    assert known(warehouse, "name", at=FEBRUARY) == [("AALTO A",), ("BERG B",)]


def test_an_attribute_is_split_in_two(warehouse: Warehouse) -> None:
    parted = clients("family", "given", family="split_part(NAME, ' ', 1)", given="split_part(NAME, ' ', 2)")
    [described] = parted.concepts
    attributes = tuple(replace(a, was=() if a.name == "number" else ("name",)) for a in described.attributes)
    told = follow(warehouse, replace(parted, concepts=(replace(described, attributes=attributes),)))
    assert told == ["attribute 'name' of client is split into 'family' and 'given'", "client__old__clients"]
    assert known(warehouse, "family", "given", at=FEBRUARY) == [("Aalto", "A"), ("Berg", "B")]


def test_a_value_that_did_not_change_under_the_new_expression_is_one_row(warehouse: Warehouse) -> None:
    follow(warehouse, clients("name", name="split_part(NAME, ' ', 1)"))
    assert warehouse.rows("SELECT name, batch FROM sat_client__old__clients__open") == [
        ("Aalto", 1),
        ("Berg", 1),
    ]


def test_keys_that_nobody_names_any_more_leave_the_hub(warehouse: Warehouse) -> None:
    narrower = clients("name", name="NAME")
    only_some = mapping("old.clients", "client", key=["NO"], attributes={"name": "NAME"}, where="NO = '1'")
    follow(warehouse, replace(narrower, version="narrower", mappings=(only_some,)))
    assert warehouse.rows("SELECT number FROM hub_client") == [("1",)]


def test_a_field_that_is_called_otherwise_is_found_in_what_landed_before(warehouse: Warehouse) -> None:
    renamed = clients("name", name="FULL_NAME")
    [system] = renamed.systems
    fields = tuple(
        replace(f, name="FULL_NAME", also=("NAME",)) if f.name == "NAME" else f
        for f in system.feeds[0].fields
    )
    system = replace(system, feeds=(replace(system.feeds[0], fields=fields),))
    told = follow(warehouse, replace(renamed, systems=(system,)))
    assert told[0] == "field 'NAME' of old.clients is called 'FULL_NAME' now"
    warehouse.deliver("old.clients", APRIL, {"NO": "2", "FULL_NAME": "Berg D"})
    warehouse.load()
    assert known(warehouse, "name", at=FEBRUARY) == [("Aalto A",), ("Berg B",)]
    assert known(warehouse, "name") == [("Aalto C",), ("Berg D",)]


def replaced() -> Model:
    """A new system with numbers of its own, which knows the old numbers of those it took over."""
    before = clients("name", "place", name="NAME", place="PLACE")
    new = replace(feed("new.clients", Delivery.CHANGES, FIELDS), replaces=("old.clients",))
    system = replace(before.systems[0], name="new", feeds=(new,))
    mapped = mapping(
        "new.clients",
        "client",
        key=["coalesce(OLD_NO, 'new:' || NO)"],
        attributes={"name": "NAME", "place": "PLACE"},
        deleted="PLACE = 'gone'",
    )
    return replace(
        before, version="replaced", systems=(*before.systems, system), mappings=(*before.mappings, mapped)
    )


def test_a_new_system_takes_the_place_of_the_old(warehouse: Warehouse) -> None:
    follow(warehouse, clients("name", "place", name="NAME", place="PLACE"))
    assert follow(warehouse, replaced()) == [
        "feed 'new.clients' is new",
        "feed 'new.clients' takes the place of 'old.clients'; the history of both is kept",
        "mapping of new.clients to client is new",
    ]
    warehouse.deliver(
        "new.clients",
        APRIL,
        {"NO": "71", "OLD_NO": "1", "NAME": "Aalto E"},
        {"NO": "72", "NAME": "Chen F", "PLACE": "398"},
    )
    warehouse.load()
    # The new system speaks for whom it knows, also by saying nothing; the old one for the others.
    assert known(warehouse, "number", "name", "place") == [
        ("1", "Aalto E", None),
        ("2", "Berg B", None),
        ("new:72", "Chen F", "398"),
    ]
    assert known(warehouse, "number", "place", at=MARCH) == [("1", "398"), ("2", None)]


def test_whom_the_new_system_has_deleted_is_gone(warehouse: Warehouse) -> None:
    follow(warehouse, clients("name", "place", name="NAME", place="PLACE"))
    follow(warehouse, replaced())
    warehouse.deliver("new.clients", APRIL, {"NO": "71", "OLD_NO": "1", "PLACE": "gone"})
    warehouse.load()
    assert known(warehouse, "number") == [("2",)]
    assert known(warehouse, "number", at=MARCH) == [("1",), ("2",)]


def test_figures_go_on_over_the_change_of_systems(tmp_path: Path) -> None:
    monthly = Warehouse(replaced(), tmp_path, in_memory=True)
    for month in (1, 2, 3, 4):
        monthly.deliver("old.clients", datetime(2025, month, 1))
    for month in (5, 6):
        monthly.deliver("new.clients", datetime(2025, month, 1))
    feeds = feed_coverages(monthly.ledger.batches(), frozenset())
    fact = Fact(name="clients", of="client", time="", place=monthly.model.concepts[0].place)
    together = coverage_of_fact(fact, monthly.model, feeds, lambda _: (None, None, False))
    assert together == Coverage(datetime(2024, 12, 1).date(), datetime(2025, 5, 1).date())
