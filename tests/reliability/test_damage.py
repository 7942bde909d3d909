"""What `make torture` does for an hour, for a few seconds: no row lost, none doubled, no damage unseen."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from torture import damage, kills, limits, orders
from torture.outcome import Outcome
from torture.processes import Killer


@pytest.fixture(scope="module")
def killer() -> Killer:
    return Killer(random.Random(20261126), fork=False)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory, killer: Killer) -> tuple[Path, Outcome]:
    """A fresh project, and what it says when it has gone through everything undisturbed; that one lies beside it."""
    base = tmp_path_factory.mktemp("torture") / "base"
    return base, kills.undisturbed(base, killer)


def test_a_full_disk_is_said_and_nothing_is_lost(ground: tuple[Path, Outcome], killer: Killer) -> None:
    base, expected = ground
    told = damage.full_disks(base, expected, killer, 3, tmpfs=False)
    assert told.outcomes["full"] > 0
    assert told.wrong == []


def test_a_torn_log_is_noticed_and_mended(ground: tuple[Path, Outcome], killer: Killer) -> None:
    base, expected = ground
    told = damage.torn_logs(base, expected, killer, 2)
    assert told.wrong == []
    assert told.outcomes == {"cut: missing batches loaded again": 1, "flipped: made again": 1}


def test_a_flipped_bit_is_found_in_warehouse_and_lake(ground: tuple[Path, Outcome], killer: Killer) -> None:
    finished = ground[0].with_name("undisturbed")
    warehouse = damage.flipped_warehouses(finished, killer.chance, 12)
    assert warehouse.outcomes["detected"] > 0
    assert warehouse.wrong == []
    lake = damage.damaged_lake(finished, killer.chance, 60)
    assert lake.outcomes["flipped: found by SHA-256"] + lake.outcomes["cut: found by SHA-256"] == 60
    assert lake.outcomes["flipped: also found by page checksums alone"] > 0
    assert lake.wrong == []


def test_every_unreadable_row_is_set_aside_with_line_bytes_and_reason(tmp_path: Path) -> None:
    told = orders.unreadable_rows(tmp_path / "rows", 700, 700)
    assert (told.landed, told.set_aside, told.wrong) == (700, 700, ())


def test_deliveries_again_under_other_names_add_nothing(ground: tuple[Path, Outcome]) -> None:
    assert orders.repeats(ground[0], 1) == (19, 19, 0)


def test_any_order_gives_the_same_warehouse(ground: tuple[Path, Outcome]) -> None:
    different, _ = orders.all_orders(ground[0], 2, sizes=(9,))
    assert different == 1


def test_any_past_moment_can_be_built_anew(ground: tuple[Path, Outcome]) -> None:
    assert orders.past_moments(ground[0], 2, steps=12) == (2, 0)


def test_clocks_that_jump_do_not_turn_the_sequence_round(ground: tuple[Path, Outcome]) -> None:
    assert orders.clocks(ground[0], 12) == (12, 0)


def test_little_memory_gives_the_same_tables(tmp_path: Path) -> None:
    told = limits.little_memory(tmp_path, 20_000, apart=lambda work: work())
    assert told.same
