"""Holding deliveries against what is expected of their feeds, and keeping what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from virtaama.engines.port import Engine
from virtaama.lake.batches import Batch
from virtaama.lake.files import Lake
from virtaama.lake.ledger import Ledger
from virtaama.model.expectations import Drift, Expectation, Fresh, RowCheck, Volume
from virtaama.model.feeds import Feed
from virtaama.model.model import Model
from virtaama.quality.deliveries import FILE, ROWS, VALUE, counted, counts, drifting, is_numeric, tallies
from virtaama.quality.judge import Occasion, judged_drift, judged_fresh, judged_rows, judged_volume
from virtaama.quality.results import Result, fingerprint
from virtaama.quality.spread import kept

TOGETHER = 200  # deliveries counted by one query

Tallies = dict[tuple[int, str], dict[str, int]]


def check_deliveries(
    model: Model,
    ledger: Ledger,
    lake: Lake,
    engine: Engine,
    *,
    run: int,
    now: datetime,
    again: frozenset[int] = frozenset(),
) -> tuple[Result, ...]:
    """Check every delivery that was not held yet against what is expected now, those of `again` once more.

    The results are appended to the ledger. A delivery is held against those before it in history that had
    landed before it, so the same deliveries give the same results however often they are checked. Whether
    a delivery is missing is asked at every call. The bytes of a delivery are checked before they are read.
    """
    checked: list[Result] = []
    for feed in model.feeds:
        expected = model.expected_of(feed.id)
        if expected:
            batches = ledger.batches(feed.id)
            checked += _check_feed(model, feed, expected, batches, ledger, lake, engine, run, now, again)
            checked += _check_rhythm(expected, batches, ledger, run, now)
    return tuple(checked)


def _check_rhythm(
    expected: Sequence[Expectation], batches: Sequence[Batch], ledger: Ledger, run: int, now: datetime
) -> tuple[Result, ...]:
    delivered = [batch.extracted for batch in batches]
    results = tuple(
        judged_fresh(e, Occasion(now, run), delivered=delivered)
        for e in expected
        if isinstance(e.check, Fresh)
    )
    ledger.record_results(results)
    return results


def _check_feed(
    model: Model,
    feed: Feed,
    expected: Sequence[Expectation],
    batches: Sequence[Batch],
    ledger: Ledger,
    lake: Lake,
    engine: Engine,
    run: int,
    now: datetime,
    again: frozenset[int],
) -> tuple[Result, ...]:
    of_deliveries = [e for e in expected if not isinstance(e.check, Fresh)]
    known = {(r.expectation, r.fingerprint, r.batch) for r in ledger.results(feed.id)}
    lacking = {
        batch.number: [
            e
            for e in of_deliveries
            if batch.number in again or (e.name, fingerprint(e), batch.number) not in known
        ]
        for batch in batches
    }
    due = [batch for batch in batches if lacking[batch.number]]
    if not due:
        return ()
    checking = _Checking(
        model=model, feed=feed, expected=of_deliveries, engine=engine, before=ledger.tallies(feed.id)
    )
    results: list[Result] = []
    for start in range(0, len(due), TOGETHER):
        part = due[start : start + TOGETHER]
        checking.read({str(lake.verified_path(batch)): batch for batch in part})
    for batch in due:
        results += checking.judged(
            batch, batches, lacking[batch.number], Occasion(now, run, batch.number, batch.extracted)
        )
    fields = [_field(feed, name) for name in drifting(of_deliveries)]
    new = [(b.number, field, checking.before.get((b.number, field), {})) for b in due for field in fields]
    ledger.record_results(results, new)
    return tuple(results)


@dataclass
class _Checking:
    """What was counted in the deliveries of one feed; `before` holds the tallies of all its deliveries."""

    model: Model
    feed: Feed
    expected: Sequence[Expectation]
    engine: Engine
    before: Tallies

    def __post_init__(self) -> None:
        self.counts: dict[int, Mapping[str, int]] = {}

    def read(self, files: Mapping[str, Batch]) -> None:
        """Two queries over these files at most, however much is expected."""
        import pyarrow.parquet as pq  # here: it is slow to start, and most feeds expect nothing of a row

        present = frozenset(name for file in files for name in pq.read_schema(file).names)
        bound = {"files": list(files)}
        if any(isinstance(e.check, RowCheck) for e in self.expected):
            moments = [(file, batch.extracted.isoformat(sep=" ")) for file, batch in files.items()]
            lists = {codes.name: codes for codes in self.model.code_lists}
            query = counts(self.feed, self.expected, lists, moments, present)
            for row in self.engine.rows(query, bound):
                self.counts[files[row[FILE]].number] = row
        fields = [name for name in drifting(self.expected) if name in present]
        if fields:
            found: Tallies = {}
            for row in self.engine.rows(tallies(self.feed, fields, present), bound):
                key = (files[row[FILE]].number, _field(self.feed, row["field"]))
                found.setdefault(key, {})[row[VALUE]] = row[ROWS]
            self.before |= {key: kept(tally) for key, tally in found.items()}

    def judged(
        self, batch: Batch, batches: Sequence[Batch], expected: Iterable[Expectation], at: Occasion
    ) -> Iterator[Result]:
        earlier = [
            other
            for other in batches
            if (other.extracted, other.number) < (batch.extracted, batch.number)
            and other.number < batch.number
        ]
        places = {each.expectation.name: each for each in counted(self.expected)}
        for e in expected:
            match e.check:
                case Volume():
                    yield judged_volume(e, at, rows=batch.rows, before=[other.rows for other in earlier])
                case Drift(name, against):
                    field = _field(self.feed, name)
                    yield judged_drift(
                        e,
                        at,
                        now=self.before.get((batch.number, field), {}),
                        before=[self.before.get((o.number, field), {}) for o in earlier[-against:]],
                        numeric=is_numeric(self.feed, name),
                    )
                case _:
                    row = self.counts.get(batch.number)
                    place = places[e.name]
                    yield judged_rows(
                        e,
                        at,
                        rows=row[place.failed] if row else 0,
                        of=row[place.looked_at] if row else 0,
                    )


def _field(feed: Feed, name: str) -> str:
    """Under which name a tally is kept: numbers are tallied otherwise than words."""
    return f"{name}:number" if is_numeric(feed, name) else name
