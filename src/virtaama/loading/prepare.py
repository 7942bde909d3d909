"""A delivery on its way into the lake: read piece by piece, made safe to keep and written, or refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from virtaama.lake.batches import DriftEvent
from virtaama.lake.row_groups import RowGroups, row_groups
from virtaama.loading import drift
from virtaama.loading.deliveries import Delivered
from virtaama.loading.pseudonymise import DETAILS as IDENTITY_DETAILS
from virtaama.loading.pseudonymise import Pseudonymiser
from virtaama.loading.rewriting import write_without
from virtaama.loading.set_aside import SetAside
from virtaama.model.feeds import Feed, Format, Outcome
from virtaama.problems import DeliveryRefused
from virtaama.sources.apart.reading import PIECE, looked_into
from virtaama.sources.reading import DETAILS, FAULT, MOST_COLUMNS, Reading, RejectedLine

# What knows erased rows again is brought in where anything was erased.
if TYPE_CHECKING:
    from virtaama.loading.erased import Erased

HANDFUL = 10  # so few rejected rows never refuse a delivery, however small it is


class Stopped(DeliveryRefused):
    """Refused because of how its columns changed."""

    def __init__(self, message: str, events: tuple[DriftEvent, ...]) -> None:
        super().__init__(message)
        self.events = events


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A delivery that is safe to keep, in files that pass.

    `path` is Parquet with its `rows` good rows; `met`, where it was asked for, with the named columns of all
    rows, those that were set aside too. `rejected` can be gone through for as long as the files are there.
    """

    path: Path
    rows: int
    met: Path
    rejected: SetAside
    drift: tuple[DriftEvent, ...]
    left_out: int = 0  # rows about what was erased

    def write(self, path: Path) -> None:
        """Put the rows there; they are no longer where they were."""
        self.path.replace(path)


def prepare(
    path: Path,
    delivered: Delivered,
    pseudonymiser: Pseudonymiser,
    folder: Path,
    *,
    below: Path,
    size: int = PIECE,
    met: Sequence[str] = (),
    erased: Erased | None = None,
) -> Prepared:
    """Read a delivery in pieces of about `size` bytes and write it to `folder`; DeliveryRefused with the reason.

    It is read by a process that sees nothing but what is `below` a folder. Memory is that of a few pieces, however
    large the delivery is. `met` names columns that are wanted of all rows.
    Rows about what was `erased` are left out.
    """
    feed = delivered.feed
    written_as = Format.JSON_LINES if feed.format is Format.SQL and feed.collect else feed.format
    passing = _Passing(folder, pseudonymiser, feed, erased)
    try:
        with (
            looked_into(path, feed, written_as, size, below=below) as looked,
            row_groups(folder / "rows.unfinished") as good,
            row_groups(folder / "met.unfinished") as all_met,
        ):
            columns = _columns(looked.header, delivered)
            quarantined = columns.with_outcome(Outcome.QUARANTINE)
            fault = f"{quarantined[0].kind}_column:{quarantined[0].column}" if quarantined else ""
            for reading in looked.read(columns.sources):
                passing.take(reading, fault, good, all_met if met else None, met)
    finally:
        passing.rejected.close()
    events = (*columns.events, *_never_there(feed, passing), *_retyped(feed, passing))
    _refuse_too_much(delivered, passing, events, quarantined=bool(quarantined))
    path, rows = folder / "rows.unfinished", good.rows
    if erased and (gone := erased.rows_of_instances(path, feed)):
        path = folder / "left.unfinished"
        rows = write_without(folder / "rows.unfinished", gone, path)
        passing.left_out += len(gone)
    return Prepared(
        path=path,
        rows=rows,
        met=folder / "met.unfinished",
        rejected=passing.rejected,
        drift=events,
        left_out=passing.left_out,
    )


class _Passing:
    """What is counted while the pieces of a delivery pass."""

    def __init__(self, folder: Path, pseudonymiser: Pseudonymiser, feed: Feed, erased: Erased | None) -> None:
        self._pseudonymiser = pseudonymiser
        self._feed = feed
        self._erased = erased
        self.left_out = 0
        self.rejected = SetAside(folder / "rejected.unfinished", pseudonymiser.keyring, feed.id)
        self.unread: dict[str, int] = {}
        told_when_gone = {"deleted"} if feed.collect else set()  # most exports delete nothing
        self.empty = {field.name for field in feed.fields if not field.optional} - told_when_gone
        self.read = 0

    def take(
        self, reading: Reading, fault: str, good: RowGroups, met: RowGroups | None, names: Sequence[str]
    ) -> None:
        """Make a piece safe, keep its good rows and set the others aside; `fault` is that of every row."""
        self.empty -= {name for name in self.empty if reading.rows[name].null_count < reading.rows.num_rows}
        places, rows = self._without_erased(reading.rows)
        rows = self._pseudonymiser.protect(rows, self._feed)
        if fault:
            rows = rows.set_column(
                rows.num_columns - 1, FAULT, pa.array([fault] * rows.num_rows, pa.string())
            )
        lines = [*self._left(reading.rejected), *_faulty(rows, reading, places)]
        self.rejected.add(sorted(lines, key=lambda line: line.line))
        self.read += reading.rows.num_rows + len(reading.rejected)
        for name, count in reading.unread.items():
            self.unread[name] = self.unread.get(name, 0) + count
        if met is not None:
            met.add(rows.select(list(names)))
        if rows[FAULT].null_count < rows.num_rows:
            rows = rows.filter(pc.is_null(rows[FAULT]))
        good.add(rows.drop_columns([FAULT]))

    def _without_erased(self, rows: pa.Table) -> tuple[Sequence[int], pa.Table]:
        """Rows but for those that name somebody who was erased, before anybody is given a name in the lake again.

        With each comes where it stood among all.
        """
        gone = self._erased.names_erased(rows, self._feed) if self._erased else None
        if gone is None:
            return range(rows.num_rows), rows
        self.left_out += pc.sum(gone).as_py()
        stays = pc.invert(gone)
        return pc.indices_nonzero(stays).to_pylist(), rows.filter(stays)

    def _left(self, lines: Sequence[RejectedLine]) -> Iterator[RejectedLine]:
        """Lines that could not be read, but for those that name somebody who was erased."""
        for line in lines:
            if self._erased and self._erased.stands_in(line.raw):
                self.left_out += 1
            else:
                yield line


def _columns(header: tuple[str, ...] | None, delivered: Delivered) -> drift.Columns:
    feed = delivered.feed
    if header is not None and len(header) > MOST_COLUMNS:
        raise DeliveryRefused(
            f"it has more than {MOST_COLUMNS:,} columns.\n  Is the file what it is said to be?"
        )
    if header is None:
        return drift.Columns(sources={field.name: field.name for field in feed.fields}, events=())
    if twice := drift.repeated(header):
        known = {name for field in feed.fields for name in (field.name, *field.also)}
        named = ", ".join(name for name in twice if name in known) or "a column that is not described"
        raise DeliveryRefused(
            f"the header names {named} more than once.\n"
            "  Which column is meant cannot be known; have the delivery corrected."
        )
    columns = drift.compare(feed, header)
    if stopping := columns.with_outcome(Outcome.STOP):
        raise Stopped(
            f"{'; '.join(event.detail for event in stopping)}.\n"
            f"  Correct the delivery; or name the new column, `also` or `drift` at {feed.place} "
            "and land it again.",
            columns.events,
        )
    return columns


def _faulty(rows: pa.Table, reading: Reading, places: Sequence[int]) -> Iterator[RejectedLine]:
    """The rows with a fault, as they were delivered; `places` are where the rows stood in the reading."""
    positions = pc.indices_nonzero(pc.is_valid(rows[FAULT])).to_pylist()
    if not positions:
        return
    faults = rows[FAULT].take(pa.array(positions)).to_pylist()
    where = [places[position] for position in positions]
    for (line, raw), fault in zip(reading.locate(where), faults, strict=True):
        reason, _, column = fault.partition(":")
        yield RejectedLine(line, raw, reason, _ALL_DETAILS[reason].format(column))


_ALL_DETAILS = {
    **DETAILS,
    **IDENTITY_DETAILS,
    "added_column": "column {} was added to the delivery",
    "missing_column": "column {} is missing from the delivery",
    "renamed_column": "column {} was renamed in the delivery",
}


def _never_there(feed: Feed, passed: _Passing) -> tuple[DriftEvent, ...]:
    """Fields no resource gave, where there are enough of them to say so: other formats name their columns."""
    if feed.format is not Format.FHIR or passed.read <= HANDFUL:
        return ()
    unlike = passed.rejected.counts
    return tuple(
        drift.never_there(field.name, passed.read)
        for field in feed.fields
        if field.name in passed.empty
        and field.name not in passed.unread
        and not unlike["wrong_type", DETAILS["wrong_type"].format(field.name)]
    )


def _retyped(feed: Feed, passed: _Passing) -> tuple[DriftEvent, ...]:
    """Values accepted as null, and columns most of whose values are not of the declared type."""
    if feed.drift.retyped is Outcome.ACCEPT:
        return tuple(
            drift.retyped(feed, field.name, passed.unread[field.name], passed.read)
            for field in feed.fields
            if field.name in passed.unread
        )
    unlike = passed.rejected.counts
    return tuple(
        drift.retyped(feed, field.name, count, passed.read)
        for field in feed.fields
        if (count := unlike["wrong_type", DETAILS["wrong_type"].format(field.name)])
        and (feed.drift.retyped is Outcome.STOP or count > passed.read / 2)
    )


def _refuse_too_much(
    delivered: Delivered, passed: _Passing, events: tuple[DriftEvent, ...], *, quarantined: bool
) -> None:
    feed, counts = delivered.feed, passed.rejected.counts
    unlike = {kind: count for kind, count in counts.items() if kind[0] == "wrong_type"}
    if feed.drift.retyped is Outcome.STOP and unlike:
        raise Stopped(_too_much(delivered, unlike, passed.rejected.first("wrong_type"), passed.read), events)
    if not quarantined and counts.total() > max(HANDFUL, feed.reject_at_most * passed.read):
        raise Stopped(_too_much(delivered, counts, passed.rejected.first(), passed.read), events)


def _too_much(
    delivered: Delivered, counts: Mapping[tuple[str, str], int], first: Sequence[int], read: int
) -> str:
    reasons = Counter(counts).most_common(5)
    listed = "; ".join(f"{count} × {reason}: {detail}" for (reason, detail), count in reasons)
    return (
        f"{sum(counts.values())} of {read} rows cannot be read ({listed}), "
        f"first at lines {', '.join(map(str, first))}.\n"
        f"  Compare the file with the description of the feed at {delivered.feed.place}; when the file is "
        "right as it is, change the description or raise `reject_at_most`."
    )
