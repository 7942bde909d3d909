"""What has left the county: every figure of every release, shown or hidden, kept for good.

A file for each time a release was made, written before the data set itself: where writing that was cut short,
more counts as released than was, never less. Of what was hidden it holds no numbers.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from virtaama.lake.files import sync
from virtaama.metrics.releases import Earlier, Shown
from virtaama.privacy.disclosure.tables import Key
from virtaama.problems import Damaged

COLUMNS = ("measure", "area", "member", "period")
_NAME = re.compile(r"(?P<release>[a-z0-9_]+)-(?P<number>\d+)\.parquet")


@dataclass(frozen=True, slots=True)
class ReleaseRecord:
    """The folder of the record."""

    folder: Path

    def earlier(self) -> Earlier:
        """Every count that was ever shown, as it was, and every one that was ever hidden, in whatever release."""
        shown: dict[Key, set[Shown]] = defaultdict(set)
        hidden: dict[Key, int] = {}
        for path in sorted(self.folder.glob("*.parquet")):
            try:
                rows = pq.read_table(path)
            except (pa.ArrowInvalid, OSError):
                raise Damaged(
                    f"{path}: the record of a release cannot be read. Bring it back from a backup: without it "
                    "nothing is released."
                ) from None
            columns = (rows.column(name).to_pylist() for name in (*COLUMNS, "count", "rounding", "threshold"))
            for *key, count, rounding, threshold in zip(*columns, strict=True):
                if count is None:
                    hidden[tuple(key)] = max(threshold, hidden.get(tuple(key), 0))
                else:
                    shown[tuple(key)].add(Shown(count, rounding))
        return Earlier({key: frozenset(found) for key, found in shown.items()}, hidden)

    def last(self, release: str) -> int:
        """How often a release was made."""
        found = (_NAME.fullmatch(path.name) for path in self.folder.glob(f"{release}-*.parquet"))
        return max((int(each["number"]) for each in found if each and each["release"] == release), default=0)

    def add(
        self,
        release: str,
        shown: Mapping[Key, float],
        hidden: Mapping[Key, str],
        *,
        rounding: int,
        threshold: int,
    ) -> int:
        """Put a release on record, on disk, before it is given; the number it was made as."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = self.last(release) + 1
        path = self.folder / f"{release}-{number}.parquet"
        rows: list[tuple[object, ...]] = [(*key, count, None) for key, count in sorted(shown.items())]
        rows += [(*key, None, why) for key, why in sorted(hidden.items())]
        names = {**dict.fromkeys(COLUMNS, pa.string()), "count": pa.float64(), "hidden": pa.string()}
        columns = {
            name: pa.array([row[place] for row in rows], kind)
            for place, (name, kind) in enumerate(names.items())
        }
        for name, same in (("rounding", rounding), ("threshold", threshold)):
            columns[name] = pa.array([same] * len(rows), pa.int32())
        unfinished = path.with_suffix(".unfinished")
        pq.write_table(pa.table(columns), unfinished)
        sync(unfinished)
        unfinished.replace(path)
        sync(self.folder)
        return number
