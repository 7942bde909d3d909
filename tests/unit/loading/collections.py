"""A small project that collects: the landing of the other tests, and its sources asked."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.unit.loading.deliveries import NOW, Landing
from virtaama.loading.collect import Reach, collect_feeds
from virtaama.loading.land import LandReport


@dataclass
class Collecting(Landing):
    """`now` moves on by an hour with each collection. `waits` are the seconds that were waited."""

    hosts: frozenset[str] = frozenset({"127.0.0.1"})
    now: datetime = NOW
    waits: list[float] = field(default_factory=list)
    turn: Callable[[], AbstractContextManager[None]] = nullcontext

    def collect(self) -> LandReport:
        self.now += timedelta(hours=1)
        reach = Reach(
            project=self.folder,
            folder=self.folder / "deliveries" / ".collect",
            cache=self.folder / "data" / "cache",
            hosts=self.hosts,
        )
        return collect_feeds(
            self.feeds,
            self.lake,
            self.ledger,
            self.keyring,
            self.identities,
            reach,
            self.now,
            wait=self.waits.append,
            turn=self.turn,
        )

    def collected(self) -> list[dict[str, Any]]:
        """The rows of what the next collection brings, none where nothing is new."""
        report = self.collect()
        assert report.refused == ()
        return [row for batch in report.landed for row in self.rows(batch)]
