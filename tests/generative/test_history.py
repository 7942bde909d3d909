"""DuckDB and the interpreter agree on any deliveries, in any order, loaded in any portions."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.generative.examples import examples
from tests.generative.interpreter import Delivery, History, Row, interpret
from tests.small_warehouse import Ordered, Warehouse, endings, residents
from virtaama.loading.table_hash import table_hashes
from virtaama.model.concepts import Kind as Lasting
from virtaama.model.feeds import Delivery as Kind
from virtaama.vault.design import design
from virtaama.vault.endings import NO_ENDINGS
from virtaama.vault.keys import key_of
from virtaama.vault.views import as_of

MOMENTS = (datetime(2024, 12, 31), datetime(2025, 2, 1), datetime(2025, 3, 15))
KEYS = st.sampled_from(["a", "b", " b\u00a0", "c|d", "\\", "", None])
ROWS = st.builds(
    Row,
    id=KEYS,
    language=st.sampled_from(["fi", "sv", None]),
    home=st.sampled_from(["016", "398 ", None]),
    deleted=st.booleans(),
)
# Few months for many deliveries: some share their moment, and then their numbers decide.
DELIVERIES = st.lists(
    st.tuples(st.integers(1, 4), st.lists(ROWS, max_size=4), st.booleans()), min_size=1, max_size=5
)


@settings(max_examples=examples(12), deadline=None)
@given(deliveries=DELIVERIES, full=st.booleans())
def test_duckdb_agrees_with_the_interpreter(
    deliveries: list[tuple[int, list[Row], bool]], full: bool
) -> None:
    arrived = [
        Delivery(number, datetime(2025, month, 1), tuple(rows))
        for number, (month, rows, _) in enumerate(deliveries, start=1)
    ]
    expected = interpret(arrived, full)
    with TemporaryDirectory() as folder:
        warehouse = Warehouse(residents(Kind.FULL if full else Kind.CHANGES), Path(folder), in_memory=True)
        for delivery, (_, _, load_now) in zip(arrived, deliveries, strict=True):
            warehouse.deliver("register.people", delivery.extracted, *map(_as_delivered, delivery.rows))
            if load_now:
                warehouse.load()
        warehouse.load()
        assert _hub(warehouse, "resident", "person") == expected.people
        assert _hub(warehouse, "municipality", "code") == expected.homes
        assert _history(warehouse, "sat_resident__register__people__personal", "language") == _flat(
            expected.languages
        )
        homes = {str(key_of(code)): code for code in expected.homes}
        assert {
            (person, extracted, batch, homes.get(home) if home else None, deleted)
            for person, extracted, batch, home, deleted in _history(
                warehouse, "link_resident__register__people", "home_key"
            )
        } == _flat(expected.lives)
        for known in {len(arrived) // 2, len(arrived) - 1}:
            then = interpret(arrived[:known], full)
            for moment in (None, MOMENTS[known % len(MOMENTS)]):
                assert _living(warehouse, moment, known) == then.living(moment)
        # Where many moments are taken history is put in order once, of what lasts wholly and of what happens in part.
        with endings(warehouse, "resident", (Lasting.ENTITY, Lasting.EVENT)[len(arrived) % 2]) as ordered:
            for moment in MOMENTS:
                assert _living(warehouse, moment, None, ordered) == expected.living(moment)


@settings(max_examples=examples(9), deadline=None)
@given(deliveries=DELIVERIES, full=st.booleans())
def test_what_is_loaded_together_or_one_by_one_is_the_same(
    deliveries: list[tuple[int, list[Row], bool]], full: bool
) -> None:
    with TemporaryDirectory() as folder:
        model = residents(Kind.FULL if full else Kind.CHANGES)
        together, alone = (Warehouse(model, Path(folder) / name, in_memory=True) for name in ("a", "b"))
        for month, rows, _ in deliveries:
            for warehouse in (together, alone):
                warehouse.deliver("register.people", datetime(2025, month, 1), *map(_as_delivered, rows))
            alone.load()
        together.load()
        assert alone.findings() == together.findings()
        hashes = [
            {name: told for name, told in table_hashes(warehouse.engine).items() if name != "applied"}
            for warehouse in (together, alone)
        ]
        assert hashes[0] == hashes[1]


def _living(
    warehouse: Warehouse, moment: datetime | None, known: int | None, ordered: Ordered | None = None
) -> dict[str, str | None]:
    model = ordered.model if ordered else warehouse.model
    view = as_of(model, design(model), "resident", moment, known, ordered.endings if ordered else NO_ENDINGS)
    rows = warehouse.engine.read(view).to_pylist()
    assert len({row["person"] for row in rows}) == len(rows)
    return {row["person"]: row["language"] for row in rows}


def _as_delivered(row: Row) -> dict[str, Any]:
    return {
        "ID": row.id,
        "LANGUAGE": row.language,
        "HOME": row.home,
        "NAME": "sealed",
        "STATE": "P" if row.deleted else "L",
    }


def _hub(warehouse: Warehouse, concept: str, key: str) -> set[str]:
    rows = warehouse.rows(f"SELECT {key} FROM hub_{concept}")
    assert len(set(rows)) == len(rows)
    return {name for (name,) in rows}


def _history(warehouse: Warehouse, table: str, content: str) -> set[tuple[Any, ...]]:
    rows = warehouse.rows(
        f"SELECT person, extracted, batch, {content}, deleted FROM {table} JOIN hub_resident USING (resident_key)"
    )
    assert len(set(rows)) == len(rows)
    return set(rows)


def _flat(history: History) -> set[tuple[Any, ...]]:
    return {
        (key, extracted, batch, state.value, state.deleted)
        for key, told in history.items()
        for extracted, batch, state in told
    }
