"""Of deliveries that are complete for each parent they name, DuckDB and the interpreter say the same in any order."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.generative.examples import examples
from tests.generative.interpreter import History
from tests.generative.sets import Delivery, Row, interpret
from tests.small_warehouse import Ordered, Warehouse, diagnoses, endings
from virtaama.engines.duckdb import DuckDB
from virtaama.loading.load import load
from virtaama.loading.table_hash import table_hashes
from virtaama.model.concepts import Kind as Lasting
from virtaama.model.model import Model
from virtaama.vault.columns import BOOKKEEPING
from virtaama.vault.design import design
from virtaama.vault.keys import key_of
from virtaama.vault.views import NO_ENDINGS, as_of

MOMENTS = (datetime(2024, 12, 31), datetime(2025, 2, 1), datetime(2025, 3, 15))
ROWS = st.builds(
    Row,
    visit=st.sampled_from(["1", "1", "2", " 1\u00a0", "", None]),
    code=st.sampled_from(["a", "b", "b", "c ", "1|", None]),
    certainty=st.sampled_from(["sure", "likely", None]),
    who=st.sampled_from(["x", "y ", None]),
    state=st.sampled_from([None, None, None, "P", "X"]),
)
# Few months for many deliveries: some share their moment, and then their numbers decide.
DELIVERIES = st.lists(
    st.tuples(st.integers(1, 4), st.lists(ROWS, max_size=4), st.booleans()), min_size=1, max_size=6
)
ORDERS = 10
PARENTS = st.sampled_from(["VISIT", "VISIT", "CODE"])


def model_for(parent: str) -> Model:
    return diagnoses((parent,), where="STATE IS DISTINCT FROM 'X'", deleted="STATE = 'P'")


@pytest.mark.timeout(600)  # some dozens of loads
@settings(max_examples=examples(6), deadline=None)
@given(deliveries=DELIVERIES, parent=PARENTS)
def test_duckdb_agrees_with_the_interpreter(
    deliveries: list[tuple[int, list[Row], bool]], parent: str
) -> None:
    arrived = numbered(deliveries)
    with TemporaryDirectory() as folder:
        warehouse = Warehouse(model_for(parent), Path(folder), in_memory=True)
        for delivery, (_, _, load_now) in zip(arrived, deliveries, strict=True):
            deliver(warehouse, delivery)
            if load_now:
                warehouse.load()
        warehouse.load()
        expected = interpret(arrived, parent)
        assert dict(warehouse.rows("SELECT visit || '/' || code, 1 FROM hub_diagnosis")) == dict.fromkeys(
            expected.keys, 1
        )
        assert {n for (n,) in warehouse.rows("SELECT number FROM hub_professional")} == expected.professionals
        assert history(warehouse, "sat_diagnosis__care__diagnoses__personal", "certainty") == flat(
            expected.certainties
        )
        people = {str(key_of(number)): number for number in expected.professionals}
        assert {
            (*place, people.get(who) if who else None, deleted)
            for *place, who, deleted in history(
                warehouse, "link_diagnosis__care__diagnoses", "CAST(made_by_key AS VARCHAR)"
            )
        } == flat(expected.made_by)
        for known in range(max(1, len(arrived) - 2), len(arrived) + 1):
            then = interpret(arrived[:known], parent)
            for moment in MOMENTS:
                assert living(warehouse, moment, known) == then.living(moment)
        for kind in (Lasting.ENTITY, Lasting.EVENT):
            with endings(warehouse, "diagnosis", kind) as ordered:
                for moment in MOMENTS:
                    assert living(warehouse, moment, None, ordered) == expected.living(moment)


@pytest.mark.timeout(600)  # some dozens of loads
@settings(max_examples=examples(3), deadline=None)
@given(deliveries=DELIVERIES, parent=PARENTS)
def test_what_is_loaded_together_or_one_by_one_or_made_anew_is_the_same(
    deliveries: list[tuple[int, list[Row], bool]], parent: str
) -> None:
    with TemporaryDirectory() as folder:
        together, alone = (
            Warehouse(model_for(parent), Path(folder) / name, in_memory=True) for name in ("a", "b")
        )
        for delivery in numbered(deliveries):
            deliver(together, delivery)
            deliver(alone, delivery)
            alone.load()
        together.load()
        assert alone.findings() == together.findings()
        assert said(alone.engine) == said(together.engine)
        # Backed out and taken up again: the source is filled anew from the lake.
        for of_today in (diagnoses((), where="STATE IS DISTINCT FROM 'X'"), model_for(parent)):
            load(of_today, alone.ledger, alone.lake, alone.engine, now=lambda: datetime(2026, 1, 1))
        assert said(alone.engine) == said(together.engine)


@pytest.mark.timeout(600)
def test_random_orders_give_one_history() -> None:
    random = Random(20251126)
    rows = [Row(visit, code, str(n % 2), "x", None) for n in range(3) for visit in "12" for code in "abc"]
    deliveries = [(month, random.sample(rows, 5)) for month in range(1, 7)]
    outcomes = set()
    for _ in range(ORDERS):
        with TemporaryDirectory() as folder:
            warehouse = Warehouse(diagnoses(), Path(folder), in_memory=True)
            for month, told in random.sample(deliveries, len(deliveries)):
                deliver(warehouse, Delivery(0, datetime(2025, month, 1), tuple(told)))
                if random.random() < 0.6:
                    warehouse.load()
            warehouse.load()
            tables = [
                warehouse.rows(
                    f"SELECT diagnosis_key, extracted, {content}, deleted FROM {name}__care__diagnoses{end}"
                )
                for name, content, end in (
                    ("sat_diagnosis", "certainty", "__personal"),
                    ("link_diagnosis", "made_by_key", ""),
                )
            ]
            outcomes.add(repr(tables))
            warehouse.engine.close()
    assert len(outcomes) == 1
    assert "True" in outcomes.pop()


def numbered(deliveries: list[tuple[int, list[Row], bool]]) -> list[Delivery]:
    return [
        Delivery(number, datetime(2025, month, 1), tuple(rows))
        for number, (month, rows, _) in enumerate(deliveries, start=1)
    ]


def deliver(warehouse: Warehouse, delivery: Delivery) -> None:
    rows = [
        {"VISIT": r.visit, "CODE": r.code, "CERTAINTY": r.certainty, "WHO": r.who, "STATE": r.state}
        for r in delivery.rows
    ]
    warehouse.deliver("care.diagnoses", delivery.extracted, *rows)


def history(warehouse: Warehouse, table: str, content: str) -> set[tuple[Any, ...]]:
    rows = warehouse.rows(
        f"SELECT visit || '/' || code, extracted, batch, {content}, deleted"
        f" FROM {table} JOIN hub_diagnosis USING (diagnosis_key)"
    )
    assert len(set(rows)) == len(rows)
    return set(rows)


def flat(history: History) -> set[tuple[Any, ...]]:
    return {
        (key, extracted, batch, state.value, state.deleted)
        for key, told in history.items()
        for extracted, batch, state in told
    }


def living(
    warehouse: Warehouse, moment: datetime, known: int | None, ordered: Ordered | None = None
) -> dict[str, str | None]:
    model = ordered.model if ordered else warehouse.model
    view = as_of(model, design(model), "diagnosis", moment, known, ordered.endings if ordered else NO_ENDINGS)
    rows = warehouse.engine.read(view).to_pylist()
    return {f"{row['visit']}/{row['code']}": row["certainty"] for row in rows}


def said(engine: DuckDB) -> dict[str, str]:
    return {name: told for name, told in table_hashes(engine).items() if name not in BOOKKEEPING}
