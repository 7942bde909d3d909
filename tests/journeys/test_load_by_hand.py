"""The loader and SQL written by hand for the same tables: the benchmark's two loads hold the same rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.vault import by_hand, ours
from benchmarks.vault.trade import Trade, write_increment, write_whole
from virtaama.project.project import Project

SMALL = Trade(0.0004)


@pytest.mark.parametrize("whole", [False, True], ids=["changes", "whole deliveries"])
def test_both_loads_hold_the_same_rows_after_each_delivery(tmp_path: Path, whole: bool) -> None:
    write_whole(tmp_path / "first", SMALL)
    write_whole(tmp_path / "stirred", SMALL, stirred=True)
    write_whole(tmp_path / "changed", SMALL, 1)
    write_increment(tmp_path / "increment", SMALL, 1)
    folder, warehouse = tmp_path / "project", tmp_path / "by-hand.duckdb"
    ours.create(folder, whole=whole)
    last = "changed" if whole else "increment"
    for day, name in (("2026-01-01", "first"), ("2026-01-02", "stirred"), ("2026-01-03", last)):
        ours.deliver(folder, tmp_path / name, day)
        project = Project.open(folder)
        assert not project.land().refused
        project.load()
        arrivals = [by_hand.Arrival(**arrival) for arrival in ours.arrivals(folder)[-5:]]  # of five feeds
        by_hand.load(warehouse, arrivals)
        mine, theirs = ours.contents(ours.warehouse(folder)), ours.contents(warehouse)
        assert mine == theirs
    assert mine["sat_line__trade__lines__open"][0] > SMALL.rows("lines") + SMALL.new("lines")
