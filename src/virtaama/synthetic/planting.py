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
from virtaama.synthetic.rows import Rows, constant

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


def wrong_check(column: str) -> Change:
    """An identity code with a wrong check character."""

    def change(rows: Rows, month: Month) -> Rows:
        return with_column(rows, column, with_wrong_check(rows[column]))

    return change


def with_column(rows: Rows, name: str, values: pa.Array) -> Rows:
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
        delivered = np.ones(len(rows), dtype=bool)
        parts, positions = [], []
        for kind in IN_PLACE:
            if len(picked := picks.get(kind, _NONE)):
                delivered[picked] = False
                parts.append(self._changed(kind, rows, picked, month))
                positions.append(picked)
                self._manifest.record(kind, self._feed, file, len(picked))
        for kind in AGAIN_NEXT_MONTH:
            if len(picked := picks.get(kind, _NONE)):
                self._kept_back[month.number + 1].append((kind, rows.take(pa.array(picked))))
        if len(late := picks.get(Flaw.LATE_ROW, _NONE)):
            delivered[late] = False
            for lag, some in ((2, late[::2]), (3, late[1::2])):
                arrives = min(month.number + lag, self._months - 1)
                if len(some):
                    self._kept_back[arrives].append((Flaw.LATE_ROW, rows.take(pa.array(some))))
        kept = np.flatnonzero(delivered)
        if len(kept) < len(rows):
            together = pa.concat_tables([rows.take(pa.array(kept)), *parts])
            rows_now = together.take(pa.array(np.argsort(np.concatenate([kept, *positions]), kind="stable")))
        else:
            rows_now = rows
        twice = picks.get(Flaw.REPEATED_ROW, _NONE)
        self._manifest.record(Flaw.REPEATED_ROW, self._feed, file, len(twice))
        arrivals = [
            self._arrived(kind, kept_rows, month, file)
            for kind, kept_rows in self._kept_back.pop(month.number, [])
        ]
        return pa.concat_tables([rows_now, rows.take(pa.array(twice)), *arrivals]).combine_chunks()

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

    def _changed(self, kind: Flaw, rows: Rows, picked: Integers, month: Month) -> Rows:
        return self._shares[kind].change(rows.take(pa.array(picked)), month)

    def _arrived(self, kind: Flaw, rows: Rows, month: Month, file: str) -> Rows:
        self._manifest.record(kind, self._feed, file, len(rows))
        return self._shares[kind].change(rows, month)
