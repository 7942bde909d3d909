"""Planting flaws in the rows of a feed: in fixed proportions, never two on one row, each counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from virtaama.synthetic.calendar import Flags, Integers, Month
from virtaama.synthetic.identity import with_wrong_check
from virtaama.synthetic.manifest import Flaw, Manifest
from virtaama.synthetic.rows import Column, Rows, constant

Change = Callable[[Rows, Month], Rows]

IN_PLACE = (Flaw.UNKNOWN_CODE, Flaw.ENDED_CODE, Flaw.IMPOSSIBLE_DATE, Flaw.BAD_IDENTITY)
AGAIN_NEXT_MONTH = (Flaw.CORRECTION, Flaw.DELETION)

_NONE: Integers = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Share:
    """How large a share of a feed's rows carries a flaw, and how it changes a row.

    A row delivered again is changed for the month it is delivered in.
    """

    of_rows: float
    change: Change = lambda rows, month: rows


def put(**values: str | None) -> Change:
    """Give columns the same value on every row."""

    def change(rows: Rows, month: Month) -> Rows:
        for column, value in values.items():
            rows = with_column(rows, column, constant(value, len(rows)))
        return rows

    return change


def corrected(column: str, style: str, **values: str | None) -> Change:
    """Other values, and a moment of change at the beginning of the month of delivery."""

    def change(rows: Rows, month: Month) -> Rows:
        moment = style.format(year=month.year, month=month.month)
        return put(**{column: moment, **values})(rows, month)

    return change


def swapped(column: str, others: Mapping[str, str]) -> Change:
    """Another value for each that the column can hold."""

    def change(rows: Rows, month: Month) -> Rows:
        return with_column(rows, column, pa.array([others[value] for value in rows[column].to_pylist()]))

    return change


def both(first: Change, second: Change) -> Change:
    return lambda rows, month: second(first(rows, month), month)


def wrong_check(column: str) -> Change:
    """An identity code with a wrong check character."""

    def change(rows: Rows, month: Month) -> Rows:
        return with_column(rows, column, with_wrong_check(rows[column]))

    return change


def with_column(rows: Rows, name: str, values: Column) -> Rows:
    return rows.set_column(rows.column_names.index(name), name, values)


class Sowing:
    """Plants the flaws of one feed, month after month, and keeps back what is delivered later."""

    def __init__(
        self,
        feed: str,
        shares: Mapping[Flaw, Share],
        manifest: Manifest,
        rng: np.random.Generator,
        months: int,
    ) -> None:
        self._feed = feed
        self._shares = shares
        self._manifest = manifest
        self._rng = rng
        self._months = months
        self._owed: dict[Flaw, float] = defaultdict(float)
        self._kept_back: dict[int, list[tuple[Flaw, Rows]]] = defaultdict(list)

    def sow(self, month: Month, file: str, rows: Rows, sound: Flags | None = None) -> Rows:
        """The rows to deliver this month: this month's with flaws, and what was kept back for it.

        Only rows that are `sound` (all, unless told) are touched. The flaws are counted under `file`.
        """
        candidates = np.arange(len(rows)) if sound is None else np.flatnonzero(sound)
        picks = self._pick(month, candidates)
        self._keep_back(picks, rows, month)
        twice = picks.get(Flaw.REPEATED_ROW, _NONE)
        self._manifest.record(Flaw.REPEATED_ROW, self._feed, file, len(twice))
        arrivals = [
            self._arrived(kind, kept_rows, month, file)
            for kind, kept_rows in self._kept_back.pop(month.number, [])
        ]
        on_time = self._on_time(picks, rows, month, file)
        return pa.concat_tables([on_time, _at(rows, twice), *arrivals]).combine_chunks()

    def _on_time(self, picks: Mapping[Flaw, Integers], rows: Rows, month: Month, file: str) -> Rows:
        """The rows that are not late, in their order, some of them changed."""
        as_they_are = np.ones(len(rows), dtype=bool)
        as_they_are[picks.get(Flaw.LATE_ROW, _NONE)] = False
        parts, positions = [], []
        for kind in IN_PLACE:
            picked = picks.get(kind, _NONE)
            as_they_are[picked] = False
            parts.append(
                self._shares[kind].change(_at(rows, picked), month) if len(picked) else rows.slice(0, 0)
            )
            positions.append(picked)
            self._manifest.record(kind, self._feed, file, len(picked))
        unchanged = np.flatnonzero(as_they_are)
        if len(unchanged) == len(rows):
            return rows
        together = pa.concat_tables([_at(rows, unchanged), *parts])
        return _at(together, np.argsort(np.concatenate([unchanged, *positions]), kind="stable"))

    def _keep_back(self, picks: Mapping[Flaw, Integers], rows: Rows, month: Month) -> None:
        late = picks.get(Flaw.LATE_ROW, _NONE)
        last = self._months - 1
        for kind, arrives, picked in (
            *((kind, month.number + 1, picks.get(kind, _NONE)) for kind in AGAIN_NEXT_MONTH),
            (Flaw.LATE_ROW, min(month.number + 2, last), late[::2]),
            (Flaw.LATE_ROW, min(month.number + 3, last), late[1::2]),
        ):
            if len(picked):
                self._kept_back[arrives].append((kind, _at(rows, picked)))

    def _pick(self, month: Month, candidates: Integers) -> dict[Flaw, Integers]:
        wanted: dict[Flaw, int] = {}
        for kind, share in self._shares.items():
            self._owed[kind] += share.of_rows * len(candidates)
            later = {Flaw.LATE_ROW: 2, Flaw.CORRECTION: 1, Flaw.DELETION: 1}.get(kind, 0)
            if month.number + later < self._months:
                wanted[kind] = int(self._owed[kind])
        total = sum(wanted.values())
        if total > len(candidates):
            return {}
        for kind, count in wanted.items():
            self._owed[kind] -= count
        drawn = self._rng.choice(candidates, total, replace=False) if total else candidates[:0]
        ends = np.cumsum(list(wanted.values()), dtype=np.int64)[:-1]
        return {kind: np.sort(part) for kind, part in zip(wanted, np.split(drawn, ends), strict=True)}

    def _arrived(self, kind: Flaw, rows: Rows, month: Month, file: str) -> Rows:
        self._manifest.record(kind, self._feed, file, len(rows))
        return self._shares[kind].change(rows, month)


def _at(rows: Rows, positions: Integers) -> Rows:
    return rows.take(pa.array(positions))
