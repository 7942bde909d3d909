"""Loading as a whole: one transaction a batch, nothing read that is not what was landed."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from tests.small_warehouse import Warehouse, residents
from virtaama.engines.duckdb import DuckDB
from virtaama.lake.ledger import Ledger
from virtaama.loading.load import load
from virtaama.model.mappings import Expression
from virtaama.problems import Busy, Damaged, ProblemsFound

JANUARY, FEBRUARY = datetime(2025, 1, 1), datetime(2025, 2, 1)
PEOPLE = "SELECT person FROM hub_resident"
APPLIED = "SELECT batch, feed, rows_in FROM applied"


def test_a_crash_between_loads_is_mended_by_running_again(tmp_path: Path) -> None:
    warehouse = Warehouse(residents(), tmp_path)
    warehouse.deliver("register.people", FEBRUARY, {"ID": "a"})
    # Late, so it is not loaded together with the one that landed before it.
    warehouse.deliver("register.people", JANUARY, {"ID": "b"}, {"ID": "c"})

    def die(done: int, total: int, file: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(
            warehouse.model,
            warehouse.ledger,
            warehouse.lake,
            warehouse.engine,
            now=datetime.now,
            progress=die,
        )
    assert warehouse.rows(PEOPLE) == [("a",)]
    warehouse.engine.close()
    warehouse.engine = warehouse.open_engine()
    assert warehouse.load().batches == 1
    assert warehouse.rows(PEOPLE) == [("a",), ("b",), ("c",)]
    assert warehouse.rows(APPLIED) == [(1, "register.people", 1), (2, "register.people", 2)]


def test_a_batch_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    warehouse = Warehouse(residents(), tmp_path)
    warehouse.deliver("register.people", JANUARY, {"ID": "a"})
    assert warehouse.load().rows_new == 4  # a key, a link row and two satellite rows
    damaged = warehouse.deliver("register.people", FEBRUARY, {"ID": "b"})
    (warehouse.lake.folder / damaged.parquet).write_bytes(b"something else")
    with pytest.raises(Damaged, match="not the file that was landed"):
        warehouse.load()
    assert warehouse.rows(PEOPLE) == [("a",)]
    assert warehouse.rows(APPLIED) == [(1, "register.people", 1)]


def test_a_warehouse_ahead_of_its_ledger_is_refused(tmp_path: Path) -> None:
    warehouse = Warehouse(residents(), tmp_path)
    warehouse.deliver("register.people", JANUARY, {"ID": "a"})
    warehouse.load()
    other = Ledger.open(tmp_path / "other.sqlite")
    with pytest.raises(Damaged, match="batches the ledger does not know: 1"):
        load(warehouse.model, other, warehouse.lake, warehouse.engine, now=datetime.now)


def test_progress_is_told_after_each_load(tmp_path: Path) -> None:
    warehouse = Warehouse(residents(), tmp_path)
    batch = warehouse.deliver("register.people", JANUARY, {"ID": "a"})
    told: list[tuple[int, int, str]] = []
    load(
        warehouse.model,
        warehouse.ledger,
        warehouse.lake,
        warehouse.engine,
        now=datetime.now,
        progress=lambda *step: told.append(step),
    )
    assert told == [(1, 1, batch.file)]


def test_an_empty_delivery_is_applied(tmp_path: Path) -> None:
    warehouse = Warehouse(residents(), tmp_path)
    warehouse.deliver("register.people", JANUARY)
    assert warehouse.load().batches == 1
    assert warehouse.rows(APPLIED) == [(1, "register.people", 0)]


def test_a_warehouse_leaves_no_log_beside_its_file(tmp_path: Path) -> None:
    warehouse = Warehouse(residents(), tmp_path)
    warehouse.deliver("register.people", JANUARY, {"ID": "a"})
    warehouse.load()
    warehouse.engine.close()
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["warehouse.duckdb"]


def test_a_warehouse_another_process_has_open_is_busy(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    holder = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(Busy, match="in use by another process"):
            DuckDB.open(path)
        other.communicate("")


def test_a_model_that_asks_for_more_is_filled_from_the_lake(tmp_path: Path) -> None:
    warehouse = Warehouse(residents(), tmp_path)
    whole = warehouse.model
    (mapping,) = whole.mappings
    without = replace(mapping, attributes=(("name", dict(mapping.attributes)["name"]),))
    warehouse.model = replace(whole, mappings=(without,), version="before")
    warehouse.deliver("register.people", JANUARY, {"ID": "a", "LANGUAGE": "fi"})
    warehouse.deliver("register.people", FEBRUARY, {"ID": "a", "LANGUAGE": "sv"})
    warehouse.load()
    warehouse.model = whole
    assert warehouse.load().batches == 0
    fresh = Warehouse(whole, tmp_path / "fresh")
    fresh.deliver("register.people", JANUARY, {"ID": "a", "LANGUAGE": "fi"})
    fresh.deliver("register.people", FEBRUARY, {"ID": "a", "LANGUAGE": "sv"})
    fresh.load()
    for table in (
        "hub_resident",
        "link_resident__register__people",
        "sat_resident__register__people__personal",
        "sat_resident__register__people__direct",
    ):
        assert warehouse.rows(f"SELECT * FROM {table}") == fresh.rows(f"SELECT * FROM {table}")


def test_a_value_of_the_wrong_type_is_placed_and_not_repeated(tmp_path: Path) -> None:
    warehouse = Warehouse(residents(), tmp_path)
    (mapping,) = warehouse.model.mappings
    broken = replace(mapping, deleted=Expression("CAST(LANGUAGE AS INTEGER) = 1", mapping.place))
    warehouse.model = replace(warehouse.model, mappings=(broken,))
    batch = warehouse.deliver("register.people", JANUARY, {"ID": "a", "LANGUAGE": "Maija"})
    with pytest.raises(ProblemsFound) as stopped:
        warehouse.load()
    assert str(stopped.value).startswith(
        f"small.yaml: an expression of 'resident' gives a value that is not of its attribute's type, in {batch.file}."
    )
    assert "Maija" not in str(stopped.value)
    assert warehouse.rows(PEOPLE) == []
