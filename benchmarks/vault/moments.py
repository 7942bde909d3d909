"""Many moments: every customer with three satellites at each month end, and at one more after the next delivery.

Customers are delivered month by month, half of them changed each time: by turns their segment, their address and
their balance, so that the satellites change at different times. What is measured begins with a loaded vault and ends
with rows on disk: ours by `virtaama features`, a Parquet file for each day; by hand the same files from the same
vault; AutomateDV its point-in-time table and the rows read through it, where the user has it.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from benchmarks.vault import ours
from benchmarks.vault.measure import python
from benchmarks.vault.moments_by_hand import SATELLITES
from benchmarks.vault.peers import moments
from benchmarks.vault.report import OURS
from benchmarks.vault.trade import write_customers
from virtaama.privacy.policy import Asker, Purpose
from virtaama.project.project import Project

if TYPE_CHECKING:
    from benchmarks.vault.bench import Bench

MODEL = Path(__file__).parent / "moments_model"
TABLE = "customers_monthly"
BY_HAND = "by hand, best known"
_MODULE, _HAND = "benchmarks.vault.moments", "benchmarks.vault.moments_by_hand"


def measure(bench: Bench, months: int, peers: Path | None, dbt: Path | None) -> None:
    """All month ends of `months` deliveries at once, then one more; the same rows must be there by hand."""
    folder, hand = bench.folder / "moments", bench.folder / "moments-by-hand"
    for made in (folder, hand):
        shutil.rmtree(made, ignore_errors=True)
    hand.mkdir()
    ours.create(folder, whole=False, model=MODEL)
    access = folder / "access.yaml"
    opened = access.read_text(encoding="utf-8").replace(
        "\n  analyst:\n", f"\n  analyst:\n    features: [{TABLE}]\n"
    )
    access.write_text(opened, encoding="utf-8")
    days = [_month_end(number) for number in range(months + 1)]
    peer = moments.prepare(bench.folder, peers, dbt) if peers and dbt else None
    loaded = 0
    for case, due in ((f"{months} month ends", months), ("one month end more", months + 1)):
        for number in range(loaded, due):
            data = bench.data(
                f"customers-{number}", lambda to, number=number: write_customers(to, bench.trade(), number)
            )
            ours.deliver(folder, data, str(days[number]))
        python("benchmarks.vault.ours", "land", folder)
        python("benchmarks.vault.ours", "load", folder)
        made = folder / "data" / "marts"
        wanted = days[loaded:due]
        back = _kept(made)
        bench.best(f"points in time: {case}", OURS, lambda: python(_MODULE, folder), back)
        back = _kept(hand)
        vault = ours.warehouse(folder)
        of_hand = partial(python, _HAND, vault, hand, *map(str, wanted))
        bench.best(f"points in time: {case}", BY_HAND, of_hand, back)
        mine, theirs = _contents(made.rglob("*.parquet")), _contents(hand.glob("*.parquet"))
        assert mine == theirs, f"the rows by hand and ours differ: {mine} and {theirs}"
        if peer:
            peer.take(vault, days[:due])
            bench.best(f"points in time: {case}", peer.system, peer.run, peer.back())
            assert peer.rows() == mine[0], f"AutomateDV has {peer.rows()} rows, we have {mine[0]}"
        loaded = due
    shutil.rmtree(folder)
    shutil.rmtree(hand)
    if peer:
        peer.remove()


def build(folder: Path) -> int:
    """What `virtaama features` does, opening the last day alone; the number of rows that were opened."""
    project = Project.open(folder)
    table = next(each for each in project.features if each.name == TABLE)
    asker = Asker(id="bench", role="analyst", municipalities=frozenset())
    last = max(batch.extracted for batch in project.ledger.batches()).date() - timedelta(days=1)
    return len(project.open_features(table, asker, Purpose.PLANNING, first=last, last=last).rows)


def _contents(files: Iterable[Path]) -> tuple[int, int]:
    """How many rows Parquet files hold, and a sum over them that no order changes."""
    names = ", ".join(("customer_key", "snapshot_day", *(n for c in SATELLITES.values() for n in c)))
    listed = ", ".join(f"'{file}'" for file in files)
    row = duckdb.execute(
        f"SELECT count(*), coalesce(sum(CAST(hash({names}) AS HUGEINT)), 0) FROM read_parquet([{listed}])"
    ).fetchone()
    assert row is not None
    return row[0], int(row[1])


def _kept(folder: Path) -> Callable[[], None]:
    """Remember a folder; what is given puts it back as it was."""
    kept = folder.with_name(f"{folder.name}.kept")
    shutil.rmtree(kept, ignore_errors=True)
    if folder.exists():
        shutil.copytree(folder, kept)

    def back() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        if kept.exists():
            shutil.copytree(kept, folder)

    return back


def _month_end(number: int) -> date:
    return date(2020 + (number + 1) // 12, (number + 1) % 12 + 1, 1) - timedelta(days=1)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    print(json.dumps({"rows": build(arguments.parse_args().folder)}))


if __name__ == "__main__":
    main()
