"""Landing: every delivery is recognised, read, made safe and kept, or refused with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from virtaama.keyring import Keyring
from virtaama.lake.batches import Batch, DriftEvent, Rejected
from virtaama.lake.files import Lake, sha256_of
from virtaama.lake.ledger import Ledger
from virtaama.lake.not_taken import Refused, Repeat
from virtaama.loading import drift
from virtaama.loading.contract import contract_of
from virtaama.loading.deliveries import Delivered, discover, opened, outer
from virtaama.loading.pseudonymise import DETAILS as IDENTITY_DETAILS
from virtaama.loading.pseudonymise import Pseudonymiser
from virtaama.model.feeds import Delivery, Feed, Format, Outcome
from virtaama.problems import DeliveryRefused
from virtaama.sources import csv, fhir, json_lines, parquet, sql_database
from virtaama.sources.reading import DETAILS, FAULT, Reading, RejectedLine, literal

HANDFUL = 10  # so few rejected rows never refuse a delivery, however small it is
TOGETHER = 20  # deliveries that are recorded in one go; a crash makes the next run land so many again at most
_ROW_GROUP = 32_768  # small enough that the cores share even a month of a small feed
_DICTIONARY = 8 << 20

Progress = Callable[[int, int, str], None]  # deliveries done, deliveries in all, the file at hand


class Connector(Protocol):
    """How one format is read. `header` is None when a delivery does not say what its columns are."""

    def header(
        self, connection: duckdb.DuckDBPyConnection, file: Path, feed: Feed
    ) -> tuple[str, ...] | None: ...

    def read(
        self,
        connection: duckdb.DuckDBPyConnection,
        file: Path,
        feed: Feed,
        columns: dict[str, str],
    ) -> Reading: ...


CONNECTORS: dict[Format, Connector] = {
    Format.CSV: csv,
    Format.FHIR: fhir,
    Format.JSON_LINES: json_lines,
    Format.PARQUET: parquet,
    Format.SQL: sql_database,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LandReport:
    """What one landing did. `unchanged` counts deliveries that had landed before under the same name."""

    landed: tuple[Batch, ...]
    repeats: tuple[Repeat, ...]
    refused: tuple[Refused, ...]
    unchanged: int
    rejected: int


def land_deliveries(
    feeds: Sequence[Feed],
    deliveries: Path,
    lake: Lake,
    ledger: Ledger,
    keyring: Keyring,
    now: datetime,
    progress: Progress = lambda done, total, file: None,
    *,
    memory: str = "2GB",
    threads: int | None = None,
    only: Container[str] | None = None,
) -> LandReport:
    """Land what has not landed, in the order (extracted, feed, file); the caller holds the project's lock.

    With `only` no other file of the folder is looked at.

    One delivery is one batch, recorded after its rows are on disk. A delivery that is refused does not stop
    the others. A crash in between loses nothing: what was not recorded is landed again by the next run.
    """
    waiting = [
        delivered
        for delivered in discover(feeds, deliveries, now)
        if only is None or outer(delivered.file) in only
    ]
    landed: list[Batch] = []
    repeats: list[Repeat] = []
    refused: list[Refused] = []
    unchanged = 0
    with reading_engine(memory, threads) as connection:
        door = Landing(
            lake=lake,
            ledger=ledger,
            pseudonymiser=Pseudonymiser(keyring),
            connection=connection,
            now=now,
        )
        for start in range(0, len(waiting), TOGETHER):
            with ledger.together():
                for done, delivered in enumerate(waiting[start : start + TOGETHER], start):
                    progress(done, len(waiting), delivered.file)
                    match _take(door, deliveries, delivered):
                        case Batch() as batch:
                            landed.append(batch)
                        case Repeat() as repeat:
                            repeats.append(repeat)
                        case Refused() as refusal:
                            refused.append(refusal)
                        case None:
                            unchanged += 1
    progress(len(waiting), len(waiting), "")
    return LandReport(
        landed=tuple(landed),
        repeats=tuple(repeats),
        refused=tuple(refused),
        unchanged=unchanged,
        rejected=sum(batch.rejected for batch in landed),
    )


def _take(landing: Landing, deliveries: Path, delivered: Delivered) -> Batch | Repeat | Refused | None:
    """What a delivered file became; None when it had landed before under the same name."""
    sha256 = ""
    try:
        with opened(deliveries, delivered) as path:
            written = _written(path)
            sha256 = sha256_of(path)
            batches = landing.ledger.batches(delivered.feed.id)
            if known := [batch for batch in batches if batch.sha256 == sha256]:
                if any(batch.file == delivered.file for batch in known):
                    return None
                if not _returns(delivered, known, batches):
                    return landing.repeat(known[-1], delivered)
            prepared = landing.prepare(path, delivered)
            if _written(path) != written:
                raise DeliveryRefused(
                    "the file changed while it was read.\n"
                    "  It lands when it is complete: have it put in place by renaming it."
                )
    except DeliveryRefused as refusal:
        return landing.refuse(delivered, sha256, refusal)
    return landing.record(delivered, sha256, prepared, batches)


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """What a delivery goes through on its way into the lake, wherever it came from."""

    lake: Lake
    ledger: Ledger
    pseudonymiser: Pseudonymiser
    connection: duckdb.DuckDBPyConnection
    now: datetime

    def prepare(self, path: Path, delivered: Delivered) -> Prepared:
        """Read a delivery and make it safe to keep; DeliveryRefused with the reason."""
        return _prepare(self.connection, path, delivered, self.pseudonymiser)

    def record(
        self,
        delivered: Delivered,
        sha256: str,
        prepared: Prepared,
        batches: Sequence[Batch],
    ) -> Batch:
        """Keep its rows, then put it on record. `batches` are those of its feed so far."""
        again = sum(batch.sha256 == sha256 for batch in batches)
        relative = self.lake.path_of(delivered.feed.id, sha256, again=again)
        return self.ledger.record_batch(
            feed=delivered.feed.id,
            file=delivered.file,
            sha256=sha256,
            parquet=relative,
            parquet_sha256=self.lake.store(relative, prepared.write),
            extracted=_in_sequence(delivered, batches),
            landed=self.now,
            rows=prepared.rows.num_rows,
            contract=contract_of(delivered.feed),
            rejected=prepared.rejected,
            drift=prepared.drift,
        )

    def repeat(self, known: Batch, delivered: Delivered) -> Repeat | None:
        if not self.ledger.record_repeat(known.number, delivered.file, self.now):
            return None
        return Repeat(batch=known.number, feed=known.feed, file=delivered.file, met=self.now)

    def refuse(self, delivered: Delivered, sha256: str, refusal: DeliveryRefused) -> Refused:
        reason = f"{delivered.file}: {refusal}"
        self.ledger.record_refused(
            feed=delivered.feed.id,
            file=delivered.file,
            sha256=sha256,
            refused=self.now,
            reason=reason,
            drift=refusal.events if isinstance(refusal, _Stopped) else (),
        )
        return Refused(
            feed=delivered.feed.id, file=delivered.file, sha256=sha256, refused=self.now, reason=reason
        )


def _returns(delivered: Delivered, known: Sequence[Batch], batches: Sequence[Batch]) -> bool:
    """Whether a complete delivery says again what it had said of another moment: not a repeat.

    What lies between the two moments may land later, so it does not count. Where only the clock tells
    the moment, everything has landed in its order: then it counts.
    """
    if delivered.feed.delivery is not Delivery.FULL:
        return False
    if delivered.dated:
        return all(batch.extracted != delivered.extracted for batch in known)
    return any(known[-1].extracted < batch.extracted < delivered.extracted for batch in batches)


def _written(path: Path) -> tuple[int, int]:
    """What changes when somebody writes to the file."""
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _in_sequence(delivered: Delivered, batches: Sequence[Batch]) -> datetime:
    """The moment a delivery describes; where only the clock says it, never before what came before.

    Clocks are set back, and time zones change: then the sequence of landing holds.
    """
    if delivered.dated or not batches:
        return delivered.extracted
    return max(delivered.extracted, batches[-1].extracted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A delivery that is safe to keep. `met` are its rows before those that could not be read were set aside."""

    rows: pa.Table
    met: pa.Table
    rejected: tuple[Rejected, ...]
    drift: tuple[DriftEvent, ...]

    def write(self, path: Path) -> None:
        # Pseudonyms repeat but are long: a dictionary of the usual size would be given up.
        pq.write_table(
            self.rows,
            path,
            compression="zstd",
            row_group_size=_ROW_GROUP,
            write_page_checksum=True,
            dictionary_pagesize_limit=_DICTIONARY,
        )


class _Stopped(DeliveryRefused):
    """Refused because of how its columns changed."""

    def __init__(self, message: str, events: tuple[DriftEvent, ...]) -> None:
        super().__init__(message)
        self.events = events


def _prepare(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    delivered: Delivered,
    pseudonymiser: Pseudonymiser,
) -> Prepared:
    feed = delivered.feed
    connector = CONNECTORS[Format.JSON_LINES if feed.format is Format.SQL and feed.collect else feed.format]
    columns = _columns(connector.header(connection, path, feed), delivered)
    reading = connector.read(connection, path, feed, columns.sources)
    rows = pseudonymiser.protect(reading.rows, feed)
    if quarantined := columns.with_outcome(Outcome.QUARANTINE):
        fault = f"{quarantined[0].kind}_column:{quarantined[0].column}"
        rows = rows.set_column(rows.num_columns - 1, FAULT, pa.array([fault] * rows.num_rows, pa.string()))
    lines = [*reading.rejected, *_faulty(rows, reading)]
    read = rows.num_rows + len(reading.rejected)
    events = (*columns.events, *_retyped(feed, reading, lines, read))
    if feed.drift.retyped is Outcome.STOP and any(line.reason == "wrong_type" for line in lines):
        raise _Stopped(
            _too_much(delivered, [x for x in lines if x.reason == "wrong_type"], read),
            events,
        )
    if not quarantined and len(lines) > max(HANDFUL, feed.reject_at_most * read):
        raise _Stopped(_too_much(delivered, lines, read), events)
    good = rows.filter(pc.is_null(rows[FAULT])).drop_columns([FAULT])
    return Prepared(
        rows=good,
        met=rows,
        rejected=tuple(
            Rejected(
                line=line.line,
                raw=pseudonymiser.keyring.seal(line.raw, feed.id),
                reason=line.reason,
                detail=line.detail,
            )
            for line in sorted(lines, key=lambda line: line.line)
        ),
        drift=events,
    )


def _columns(header: tuple[str, ...] | None, delivered: Delivered) -> drift.Columns:
    feed = delivered.feed
    if header is None:
        return drift.Columns(sources={field.name: field.name for field in feed.fields}, events=())
    if twice := drift.repeated(header):
        raise DeliveryRefused(
            f"the header names {', '.join(twice)} more than once.\n"
            "  Which column is meant cannot be known; have the delivery corrected."
        )
    columns = drift.compare(feed, header)
    if stopping := columns.with_outcome(Outcome.STOP):
        raise _Stopped(
            f"{'; '.join(event.detail for event in stopping)}.\n"
            f"  Correct the delivery; or name the new column, `also` or `drift` at {feed.place} "
            "and land it again.",
            columns.events,
        )
    return columns


def _faulty(rows: pa.Table, reading: Reading) -> Iterator[RejectedLine]:
    positions = pc.indices_nonzero(pc.is_valid(rows[FAULT])).to_pylist()
    if not positions:
        return
    faults = rows[FAULT].take(pa.array(positions)).to_pylist()
    for (line, raw), fault in zip(reading.locate(positions), faults, strict=True):
        reason, _, column = fault.partition(":")
        yield RejectedLine(line, raw, reason, _ALL_DETAILS[reason].format(column))


_ALL_DETAILS = {
    **DETAILS,
    **IDENTITY_DETAILS,
    "added_column": "column {} was added to the delivery",
    "missing_column": "column {} is missing from the delivery",
    "renamed_column": "column {} was renamed in the delivery",
}


def _retyped(
    feed: Feed, reading: Reading, lines: Sequence[RejectedLine], read: int
) -> tuple[DriftEvent, ...]:
    """Values accepted as null, and columns most of whose values are not of the declared type."""
    if feed.drift.retyped is Outcome.ACCEPT:
        return tuple(drift.retyped(feed, name, count, read) for name, count in reading.unread.items())
    unlike = Counter(line.detail for line in lines if line.reason == "wrong_type")
    return tuple(
        drift.retyped(feed, field.name, count, read)
        for field in feed.fields
        if (count := unlike[DETAILS["wrong_type"].format(field.name)])
        and (feed.drift.retyped is Outcome.STOP or count > read / 2)
    )


def _too_much(delivered: Delivered, lines: Sequence[RejectedLine], read: int) -> str:
    reasons = Counter((line.reason, line.detail) for line in lines).most_common(5)
    listed = "; ".join(f"{count} × {reason}: {detail}" for (reason, detail), count in reasons)
    sample = ", ".join(str(line.line) for line in sorted(lines, key=lambda line: line.line)[:5])
    return (
        f"{len(lines)} of {read} rows cannot be read ({listed}), first at lines {sample}.\n"
        f"  Compare the file with the description of the feed at {delivered.feed.place}; when the file is "
        "right as it is, change the description or raise `reject_at_most`."
    )


@contextmanager
def reading_engine(memory: str, threads: int | None) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"python_enable_replacements": "false"}) as connection:
        connection.execute(f"SET memory_limit = {literal(memory)}")
        if threads:
            connection.execute(f"SET threads = {threads:d}")
        connection.execute(
            "SET temp_directory = ''"
        )  # what does not fit fails; nothing is spilled in the clear
        yield connection
