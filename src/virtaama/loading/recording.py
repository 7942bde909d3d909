"""Counting how concepts are recorded: once for what is expected of them and for the marts of units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from virtaama.engines.port import Engine
from virtaama.metrics.render.trees import Stars
from virtaama.quality.judge import Occasion, judged_rows, judged_volume
from virtaama.quality.recording import ROWS, Recording, totals, uniqueness
from virtaama.quality.results import Result
from virtaama.sql.build import table, temporary_table

RECORDED = "recorded"
"""The table counts are kept in until the next concept is counted."""


@dataclass(frozen=True, slots=True)
class Counting:
    """Counts concepts, one at a time, in an engine that knows their stars."""

    engine: Engine
    stars: Stars
    at: Occasion

    def count(self, recording: Recording) -> tuple[Result, ...]:
        """Count a concept; what came of its expectations. `Recording.mart` reads the rest from RECORDED."""
        self.engine.run(temporary_table(RECORDED, recording.counted))
        return tuple(self._judged(recording))

    def _judged(self, recording: Recording) -> Iterator[Result]:
        query = totals(recording, table(RECORDED))
        if query is None:
            return
        (found,) = self.engine.read(query).to_pylist()
        surplus = uniqueness(recording, self.stars)
        if surplus is not None:
            (repeated,) = self.engine.read(surplus).to_pylist()
            found |= repeated
        for place, (expectation, _) in enumerate(recording.expected):
            yield judged_rows(expectation, self.at, rows=found[f"failed_{place}"], of=found[f"of_{place}"])
        for expectation in recording.volumes:
            yield judged_volume(expectation, self.at, rows=found[ROWS], before=())
