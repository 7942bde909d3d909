"""The marts of a snapshot in the making: written anew, or taken over from the snapshot before."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlglot import exp

from virtaama.engines.port import Engine
from virtaama.lake.published import Manifest, Mart
from virtaama.loading.inputs import Inputs
from virtaama.loading.snapshots import NewSnapshot


class MartsMade:
    """The marts made so far, with those of the snapshot before to take over from."""

    def __init__(self, engine: Engine, snapshot: NewSnapshot, last: tuple[Path, Manifest] | None) -> None:
        self._engine = engine
        self.snapshot = snapshot
        self.earlier = last[0] if last else None
        self.before: dict[str, Mart] = {mart.name: mart for mart in last[1].marts} if last else {}
        self.made: dict[str, Mart] = {}
        self.taken_over: list[str] = []

    def stars(self) -> dict[str, Inputs]:
        """What each star made so far was made from, by its table. How a concept is recorded is no star of it."""
        return {mart.table: mart.inputs for mart in self.made.values() if mart.kind == "star"}

    def paths(self, name: str) -> tuple[Path, ...]:
        """The files of a mart that was made."""
        return self.made[name].paths(self.snapshot.folder)

    def is_unchanged(self, name: str, made_from: Inputs) -> bool:
        """Whether the mart of the snapshot before was made from just these."""
        return bool(made_from) and name in self.before and self.before[name].inputs == made_from

    def take_over(self, name: str) -> bool:
        """Use the mart of the snapshot before, if there is one and it is not damaged."""
        mart = self.before.get(name)
        if mart is None or self.earlier is None or not self.snapshot.take_over(mart, self.earlier):
            return False
        self.made[name] = mart
        self.taken_over.append(name)
        return True

    def write(self, name: str, query: exp.Query, made_from: Inputs | None = None) -> None:
        self.keep(name, self._engine.write(query, self.snapshot.path(name)), made_from or {}, None)

    def keep(self, name: str, rows: int, made_from: Inputs, months: tuple[date, date] | None) -> None:
        files = self.snapshot.files(name)
        self.made[name] = Mart(name=name, rows=rows, files=files, inputs=made_from, months=months)

    def discard(self, name: str) -> None:
        """Take a mart out again that was written or taken over."""
        if name in self.taken_over:
            self.taken_over.remove(name)
        self.snapshot.discard(name)
