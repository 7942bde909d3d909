"""A run of the bench in a work folder: what is loaded, by us and by hand, and what it cost."""

from __future__ import annotations

import datetime
import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.vault import ours
from benchmarks.vault.measure import Cost, python, told
from benchmarks.vault.report import OURS, Result
from benchmarks.vault.trade import Trade, write_increment, write_period, write_whole

BY_HAND, FLOOR = "by hand, best known", "floor: keys and rows"
DAY = {"initial": "2026-01-01", "increment": "2026-01-02", "same": "2026-01-03", "changed": "2026-01-04"}
YEARS = (1, 10)


@dataclass(slots=True)
class Bench:
    """A run of the bench in a work folder."""

    folder: Path
    scale: float
    rounds: int
    results: list[Result] = field(default_factory=list)

    def data(self, name: str, write: Callable[[Path], None]) -> Path:
        """Delivered files, made once for a scale."""
        folder = self.folder / f"deliveries-{self.scale:g}" / name
        if not (folder / "whole").exists():
            shutil.rmtree(folder, ignore_errors=True)
            write(folder)
            (folder / "whole").touch()
        return folder

    def best(
        self,
        case: str,
        system: str,
        run: Callable[[], Cost],
        before: Callable[[], object] = lambda: None,
        note: str = "",
    ) -> Cost:
        """The cheapest of the rounds; `before` puts everything back to where a round begins."""
        costs = []
        for _ in range(self.rounds):
            before()
            costs.append(run())
        cost = min(costs, key=lambda c: c.cpu)
        rows = told(cost).get("rows") if cost.said.startswith("{") else None
        self.results.append(
            Result(
                case=case,
                system=system,
                cpu=cost.cpu,
                wall=min(c.wall for c in costs),
                peak_megabytes=max(c.peak_megabytes for c in costs),
                rows=rows if isinstance(rows, int) else None,
                note=note,
            )
        )
        print(f"{case:42} {system:28} {cost.cpu:8.1f} CPU s {cost.wall:8.1f} s {cost.peak_megabytes:7.0f} MB")
        sys.stdout.flush()
        return cost

    # Ours and by hand

    def trade(self) -> Trade:
        return Trade(self.scale)

    def initial(self) -> Path:
        return self.data("initial", lambda folder: write_whole(folder, self.trade()))

    def increment(self) -> Path:
        return self.data("increment", lambda folder: write_increment(folder, self.trade(), 1))

    def changed(self) -> Path:
        return self.data("changed", lambda folder: write_whole(folder, self.trade(), 1))

    def same(self) -> Path:
        return self.data("same", lambda folder: write_whole(folder, self.trade(), stirred=True))

    def project(self, name: str, *, whole: bool, before_change: bool = False) -> Path:
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        ours.create(folder, whole=whole, before_change=before_change)
        return folder

    def land(self, folder: Path, data: Path, day: str) -> Cost:
        ours.deliver(folder, data, day)
        cost = python("benchmarks.vault.ours", "land", folder)
        assert not told(cost)["refused"], told(cost)
        return cost

    def load(self, case: str, folder: Path, hand: Path, note: str = "", later: str = "") -> None:
        """What has landed and is not loaded yet: by us, and by hand; the same rows must be there after."""
        ours.keep(folder) if ours.warehouse(folder).exists() else None
        self.best(
            case,
            OURS,
            lambda: python("benchmarks.vault.ours", "load", folder),
            lambda: ours.bring_back(folder),
            note,
        )
        arrivals = ours.arrivals(folder)
        waiting = [a for a in arrivals if a["extracted"] == arrivals[-1]["extracted"]]
        self.by_hand(case, "load", hand, waiting, later)
        _same_rows(folder, hand)

    def by_hand(
        self, case: str, stage: str, hand: Path, arrivals: list[ours.Arrival], later: str = ""
    ) -> None:
        kept = hand.with_suffix(".kept")
        shutil.copy(hand, kept) if hand.exists() else kept.unlink(missing_ok=True)

        def back() -> None:
            hand.unlink(missing_ok=True)
            if kept.exists():
                shutil.copy(kept, hand)

        option = ("--later", later) if later else ()
        self.best(
            case,
            BY_HAND,
            lambda: self.hand(stage, hand, arrivals, *option),
            back,
        )

    def hand(self, stage: str, warehouse: Path, arrivals: list[ours.Arrival], *options: str) -> Cost:
        told_in = self.folder / "arrivals.json"
        told_in.write_text(json.dumps(arrivals), encoding="utf-8")
        return python("benchmarks.vault.by_hand", stage, warehouse, told_in, *options)

    def changes(self) -> None:
        """The initial load and an increment that holds only what is new or changed."""
        folder, hand = self.project("changes", whole=False), self._empty("changes-by-hand.duckdb")
        self.land(folder, self.initial(), DAY["initial"])
        self.load("initial load", folder, hand)
        floor = self._empty("floor.duckdb")
        arrivals = ours.arrivals(folder)
        self.best(
            "initial load",
            FLOOR,
            lambda: self.hand("floor", floor, arrivals),
            lambda: floor.unlink(missing_ok=True),
        )
        floor.unlink()
        self.land(folder, self.increment(), DAY["increment"])
        self.load("increment of 1 %", folder, hand)
        self._clear(folder, hand)

    def whole(self) -> None:
        """Deliveries that are complete each time."""
        folder, hand = self.project("whole", whole=True), self._empty("whole-by-hand.duckdb")
        self.land(folder, self.initial(), DAY["initial"])
        python("benchmarks.vault.ours", "load", folder)
        self.hand("load", hand, ours.arrivals(folder))
        _same_rows(folder, hand)
        # A whole delivery of another day is one of its own, even if its bytes are the same.
        self.land(folder, self.initial(), "2026-01-02")
        self.load("whole again, the same files", folder, hand)
        self.land(folder, self.same(), DAY["same"])
        self.load("whole again, the same rows in another order", folder, hand)
        self.land(folder, self.changed(), DAY["changed"])
        self.load("whole again, 1 % changed", folder, hand)
        self._clear(folder, hand)

    def model(self) -> None:
        """An attribute of order lines is added, and filled over the whole history from the lake."""
        folder, hand = (
            self.project("model", whole=False, before_change=True),
            self._empty("model-by-hand.duckdb"),
        )
        for name in ("initial", "increment"):
            self.land(folder, getattr(self, name)(), DAY[name])
            python("benchmarks.vault.ours", "load", folder)
            arrivals = [a for a in ours.arrivals(folder) if a["number"] > (0 if name == "initial" else 5)]
            self.hand("load", hand, arrivals, "--later", "mode")
        ours.change_model(folder, whole=False)
        ours.keep(folder)
        case = "model change: an attribute added and filled"
        self.best(
            case,
            OURS,
            lambda: python("benchmarks.vault.ours", "load", folder),
            lambda: ours.bring_back(folder),
        )
        self.by_hand(case, "refill", hand, ours.arrivals(folder))
        _same_rows(folder, hand)
        self._clear(folder, hand)

    def years(self) -> None:
        """The same increment after one year of history and after ten; a year is the size of the scale."""
        folder, hand = self.project("years", whole=False), self._empty("years-by-hand.duckdb")
        months = loaded = 0
        for years in YEARS:
            for month in range(months, 12 * years):
                self._deliver_period(folder, month, 12)
            months = 12 * years
            python("benchmarks.vault.ours", "land", folder)
            python("benchmarks.vault.ours", "load", folder)
            arrivals = ours.arrivals(folder)
            self.hand("load", hand, arrivals[loaded:])
            self._deliver_period(folder, 365 * years, 365)
            python("benchmarks.vault.ours", "land", folder)
            self.load(f"a day's increment after {years} year{'s' if years > 1 else ''}", folder, hand)
            loaded = len(ours.arrivals(folder))
        self._clear(folder, hand)

    def _deliver_period(self, folder: Path, period: int, of: int) -> None:
        data = self.folder / "period"
        shutil.rmtree(data, ignore_errors=True)
        write_period(data, self.trade(), period, of)
        # Dated before the month whose first day it is, so that the month can come after it.
        days = period * 365 // of - (10 if of > 12 else 0)
        ours.deliver(folder, data, str(datetime.date(2020, 1, 1) + datetime.timedelta(days=days)))

    def _empty(self, name: str) -> Path:
        path = self.folder / name
        path.unlink(missing_ok=True)
        path.with_suffix(".kept").unlink(missing_ok=True)
        return path

    def _clear(self, folder: Path, hand: Path) -> None:
        """What was measured is not needed any more, and is large."""
        shutil.rmtree(folder)
        hand.unlink(missing_ok=True)
        hand.with_suffix(".kept").unlink(missing_ok=True)


def _same_rows(folder: Path, hand: Path) -> None:
    mine, theirs = ours.contents(ours.warehouse(folder)), ours.contents(hand)
    unlike = [name for name in mine if mine[name] != theirs.get(name)]
    assert not unlike, f"the load by hand and ours differ in {', '.join(unlike)}"
