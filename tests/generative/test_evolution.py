"""Whatever becomes of a model, the warehouse that was brought to it is the one made anew from the lake."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.generative.evolving import OTHERS, PEOPLE, PLACES, changed, specs
from tests.generative.examples import examples
from tests.small_warehouse import Warehouse
from virtaama.engines.duckdb import DuckDB
from virtaama.loading.load import load, plan
from virtaama.loading.table_hash import table_hashes
from virtaama.model.model import Model
from virtaama.model.record import model_of, record_of
from virtaama.vault.columns import BOOKKEEPING

ROWS = st.fixed_dictionaries(
    {
        "A": st.sampled_from(["a", "b", "b ", "7", None]),
        "B": st.sampled_from(["a", "b", "x", None]),
        "C": st.sampled_from(["1", "2", None]),
        "D": st.sampled_from(["x", "y", None]),
    }
)
BATCHES = st.lists(
    st.tuples(
        st.sampled_from([PEOPLE, PEOPLE, OTHERS, PLACES]), st.integers(1, 4), st.lists(ROWS, max_size=3)
    ),
    max_size=4,
)


class Died(Exception):
    """The loader was interrupted."""


class Mortal:
    """An engine that dies at a statement."""

    def __init__(self, engine: DuckDB, statements: int) -> None:
        self._engine = engine
        self._left = statements

    def run(self, *given: Any) -> int:
        self._left -= 1
        if self._left < 0:
            raise Died
        return self._engine.run(*given)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)


@pytest.mark.timeout(900)  # some hundred loads; minutes where other work has the cores
@settings(max_examples=examples(5), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_an_evolved_warehouse_is_the_one_made_anew(data: st.DataObject) -> None:
    spec = data.draw(specs(), "model")
    with TemporaryDirectory() as folder:
        warehouse = Warehouse(spec.model(), Path(folder), in_memory=True)
        deliver(warehouse, data.draw(BATCHES, "before"))
        warehouse.load()
        for generation in range(data.draw(st.integers(1, 2), "generations")):
            spec = data.draw(changed(spec, generation), "changed")
            warehouse.model = spec.model()
            assert model_of(record_of(warehouse.model)) == warehouse.model
            deliver(warehouse, data.draw(BATCHES, "after"))
            try:
                bring(warehouse, Mortal(warehouse.engine, data.draw(st.integers(0, 40), "dies after")))
            except Died:
                bring(warehouse, warehouse.engine)
            assert plan_of(warehouse).is_empty
        anew = DuckDB.open(None, folders=[warehouse.lake.folder], memory="500MB", threads=2)
        load_into(warehouse.model, warehouse, anew)
        assert said(warehouse.engine) == said(anew)


def deliver(warehouse: Warehouse, batches: list[tuple[str, int, list[dict[str, Any]]]]) -> None:
    for feed, month, rows in batches:
        warehouse.deliver(feed, datetime(2025, month, 1), *rows)


def bring(warehouse: Warehouse, engine: Any) -> None:
    load_into(warehouse.model, warehouse, engine)


def plan_of(warehouse: Warehouse) -> Any:
    return plan(warehouse.model, warehouse.ledger, warehouse.lake, warehouse.engine)


def load_into(model: Model, warehouse: Warehouse, engine: Any) -> None:
    lost = {loss.name for loss in plan(model, warehouse.ledger, warehouse.lake, engine).model.losses}
    load(model, warehouse.ledger, warehouse.lake, engine, now=lambda: datetime(2026, 1, 1), accepted=lost)


def said(engine: DuckDB) -> dict[str, str]:
    hashes = table_hashes(engine)
    return {name: value for name, value in hashes.items() if name not in BOOKKEEPING}
