"""The ledger: what was delivered, what became of it, and which runs touched it. Appended, never rewritten.

One SQLite file in rollback-journal mode with full synchronisation, so that what a call has returned
from is on disk. A batch, its rejected rows and its drift are recorded together or not at all.
Moments are stored as the caller gives them; `extracted` is local time without a zone.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from virtaama.lake import batch_records, checks, runs
from virtaama.lake.batches import Batch, DriftEvent, Rejected
from virtaama.lake.deployments import Deployment, append_deployment, read_deployments
from virtaama.lake.erasures import Erasures
from virtaama.lake.ledger_tables import bring_up
from virtaama.lake.not_taken import Refused, Repeat, append_repeat, keep_refused, read_refused, read_repeats
from virtaama.lake.noticed import QualityLine, has_findings, put_findings, read_quality
from virtaama.lake.runs import Run
from virtaama.lake.sqlite_files import copy_database, readable
from virtaama.quality.results import Result


class Ledger:
    """The open ledger of one project."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the ledger; an empty one is made where there is none, one of an earlier form is brought up.

        Raises Damaged when the file cannot be read, NotReady when a newer Virtaama wrote it.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        try:
            with readable(path, "the ledger"):
                connection.execute("PRAGMA journal_mode = DELETE")
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("PRAGMA foreign_keys = ON")
                connection.execute("PRAGMA secure_delete = ON")
                bring_up(connection, path)
        except BaseException:
            connection.close()
            raise
        return cls(connection)

    def close(self) -> None:
        self._connection.close()

    # What it is

    @property
    def identity(self) -> str:
        """What tells this ledger from that of any other project; a copy of it has the same."""
        [(value,)] = self._connection.execute("SELECT value FROM about WHERE name = 'identity'")
        return str(value)

    def recognise_keys(self, prints: Mapping[str, str]) -> tuple[str, ...]:
        """The names of keys that are not those met before; a key met for the first time is remembered."""
        known = dict(self._connection.execute("SELECT name, value FROM about WHERE name LIKE 'key %'"))
        if new := {name: value for name, value in prints.items() if f"key {name}" not in known}:
            with self._writing() as connection:
                connection.executemany(
                    "INSERT INTO about (name, value) VALUES (?, ?)",
                    ((f"key {name}", value) for name, value in new.items()),
                )
        return tuple(name for name, value in prints.items() if known.get(f"key {name}", value) != value)

    def identities(self) -> tuple[str, int, int] | None:
        """The identity store this lake was landed with, and how far it had come; None before anything has landed."""
        found = self._connection.execute("SELECT value FROM about WHERE name = 'identities'").fetchone()
        if found is None:
            return None
        identity, persons, forgotten = found[0].split()
        return identity, int(persons), int(forgotten)

    def note_identities(self, identity: str, persons: int, forgotten: int) -> None:
        """Note how far the identity store has come: an earlier one would give persons other surrogates."""
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO about (name, value) VALUES ('identities', ?) "
                "ON CONFLICT DO UPDATE SET value = excluded.value",
                (f"{identity} {persons} {forgotten}",),
            )

    def damage(self) -> tuple[str, ...]:
        """What a whole reading of the file finds wrong, in the words of SQLite; empty when nothing."""
        try:
            found = [row[0] for row in self._connection.execute("PRAGMA integrity_check")]
            loose = self._connection.execute("PRAGMA foreign_key_check").fetchall()
        except sqlite3.DatabaseError as error:
            return (type(error).__name__,)
        return (*(text for text in found if text != "ok"), *(f"{row[0]} without its batch" for row in loose))

    def copy_to(self, path: Path) -> None:
        """A copy as of one moment, on disk when this returns; whoever writes goes on."""
        copy_database(self._connection, path)

    # Batches

    def batches(self, feed: str | None = None) -> tuple[Batch, ...]:
        """All batches, or those of one feed, in the order in which history is read: extracted, number."""
        return batch_records.read_batches(self._connection, feed)

    def batches_of(self, feed: str, sha256: str) -> tuple[Batch, ...]:
        """What these delivered bytes became for this feed: one batch, or none; or several when a complete
        delivery returned to what it had said before.
        """
        return tuple(batch for batch in self.batches(feed) if batch.sha256 == sha256)

    def record_batch(
        self,
        *,
        feed: str,
        file: str,
        sha256: str,
        parquet: str,
        parquet_sha256: str,
        extracted: datetime,
        landed: datetime,
        rows: int,
        contract: str,
        rejected: Collection[Rejected],
        drift: tuple[DriftEvent, ...],
    ) -> Batch:
        """Record a batch whose Parquet file is in place; it gets the next number."""
        with self._writing() as connection:
            batch = Batch(
                number=batch_records.next_number(connection),
                feed=feed,
                file=file,
                sha256=sha256,
                parquet=parquet,
                parquet_sha256=parquet_sha256,
                extracted=extracted,
                landed=landed,
                rows=rows,
                rejected=len(rejected),
                contract=contract,
            )
            batch_records.append_batch(connection, batch, rejected)
            batch_records.append_drift(connection, feed, file, sha256, drift)
        return batch

    def rejected(self, batch: int) -> tuple[Rejected, ...]:
        """The rows of a batch that were set aside, `raw` still enciphered, in the order of their lines."""
        return batch_records.read_rejected(self._connection, batch)

    def drift(self, feed: str, sha256: str) -> tuple[DriftEvent, ...]:
        """How the columns of one delivery differed from the declared ones."""
        return batch_records.read_drift(self._connection, feed, sha256)

    # Deliveries that did not become a batch

    def record_repeat(self, batch: int, file: str, met: datetime) -> bool:
        """Note that the bytes of a batch were met under another name; False when that was known."""
        with self._writing() as connection:
            return append_repeat(connection, batch, file, met)

    def repeats(self) -> tuple[Repeat, ...]:
        return read_repeats(self._connection)

    def record_refused(
        self,
        *,
        feed: str,
        file: str,
        sha256: str,
        refused: datetime,
        reason: str,
        drift: tuple[DriftEvent, ...],
    ) -> None:
        """Note that a delivery was not taken in, and why; a newer refusal of the same bytes replaces it."""
        with self._writing() as connection:
            keep_refused(
                connection, Refused(feed=feed, file=file, sha256=sha256, refused=refused, reason=reason)
            )
            batch_records.append_drift(connection, feed, file, sha256, drift)

    def refused(self) -> tuple[Refused, ...]:
        """Deliveries that were not taken in and have not been mended since."""
        return read_refused(self._connection)

    # Where the next collection of a feed begins

    def position(self, feed: str) -> Mapping[str, Any]:
        """Where a connector has come to; empty where it has not begun."""
        found = self._connection.execute("SELECT position FROM position WHERE feed = ?", (feed,)).fetchone()
        return dict(json.loads(found[0])) if found else {}

    def move_position(self, feed: str, position: Mapping[str, Any], moved: datetime) -> None:
        """Note where a connector has come to; with `together`, at once with the batch it brought."""
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO position (feed, position, moved) VALUES (?, ?, ?) ON CONFLICT DO UPDATE "
                "SET position = excluded.position, moved = excluded.moved",
                (feed, json.dumps(dict(position), sort_keys=True), moved.isoformat()),
            )

    @property
    def erasures(self) -> Erasures:
        """What was destroyed, for whom not to land anything again, and which batches were written anew."""
        return Erasures(self._connection, self._writing)

    # Runs

    def start_run(self, kind: str, started: datetime) -> int:
        """Open a run before it does anything; returns its id."""
        with self._writing() as connection:
            return runs.append_run(connection, kind, started)

    def note_run(self, id: int, counts: Mapping[str, int]) -> None:
        """What a run has done so far, for a run that lasts."""
        with self._writing() as connection:
            runs.note_counts(connection, id, counts)

    def finish_run(
        self, id: int, *, finished: datetime, ok: bool, counts: Mapping[str, int], error: str = ""
    ) -> None:
        with self._writing() as connection:
            runs.end_run(connection, id, finished=finished, ok=ok, counts=counts, error=error)

    def runs(self) -> tuple[Run, ...]:
        """All runs, the newest first."""
        return runs.read_runs(self._connection)

    # What was noticed

    def replace_findings(self, batch: int, findings: tuple[QualityLine, ...]) -> None:
        """Record what the loader noticed in a batch, in place of what an earlier load of it noticed."""
        if findings or has_findings(self._connection, batch):
            with self._writing() as connection:
                put_findings(connection, batch, findings)

    def quality(self) -> tuple[QualityLine, ...]:
        """Everything noticed: rejected rows by reason, drift, repeats, refusals, findings of the loader."""
        return read_quality(self._connection)

    # What was expected

    def record_results(
        self,
        results: Sequence[Result],
        tallies: Sequence[tuple[int, str, Mapping[str, int]]] = (),
    ) -> None:
        """Append what came of checks, with how values were spread in the deliveries checked."""
        if results or tallies:
            with self._writing() as connection:
                checks.append_results(connection, results)
                checks.keep_tallies(connection, tallies)

    def results(self, subject: str | None = None) -> tuple[Result, ...]:
        """Every check, or those of one concept or feed, in the order of history of the deliveries they are
        about; a delivery that was checked again comes as often as it was. See `quality.results.newest`.
        """
        return checks.read_results(self._connection, subject)

    def tallies(self, feed: str) -> dict[tuple[int, str], dict[str, int]]:
        """How often each value stands in a delivery of a feed, by delivery and field, where it was counted."""
        return checks.read_tallies(self._connection, feed)

    # Models that were taken into use

    def record_deployment(self, deployment: Deployment) -> None:
        """Append a model that is taken into use, unless it is the newest already."""
        known = self.deployments()
        if not known or (known[-1].version, known[-1].files) != (deployment.version, deployment.files):
            with self._writing() as connection:
                append_deployment(connection, deployment)

    def deployments(self) -> tuple[Deployment, ...]:
        """Every model that was taken into use, in that order; one that came back stands twice."""
        return read_deployments(self._connection)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Everything recorded inside is recorded at once at the end, or not at all."""
        with self._writing():
            yield

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        if self._connection.in_transaction:
            yield self._connection
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
            self._connection.execute("COMMIT")
        except BaseException:
            # A commit can fail too; where a full disk has rolled back by itself, this does nothing.
            self._connection.rollback()
            raise
