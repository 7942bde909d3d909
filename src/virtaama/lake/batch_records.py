"""The part of the ledger that remembers batches, the rows of each that were set aside, and drift."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from virtaama.lake.batches import Batch, DriftEvent, Rejected

_BATCH = "number, feed, file, sha256, parquet, parquet_sha256, extracted, landed, rows, rejected, contract"

_NOW = (
    "number, feed, file, sha256, coalesce(rewrite.parquet, batch.parquet), "
    "coalesce(rewrite.parquet_sha256, batch.parquet_sha256), extracted, landed, "
    "coalesce(rewrite.rows, batch.rows), rejected, contract"
)


def next_number(connection: sqlite3.Connection) -> int:
    (number,) = connection.execute("SELECT coalesce(max(number), 0) + 1 FROM batch").fetchone()
    return int(number)


def append_batch(connection: sqlite3.Connection, batch: Batch, rejected: Iterable[Rejected]) -> None:
    connection.execute(
        f"INSERT INTO batch ({_BATCH}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # nosec B608 # columns are constants of the module
        (
            batch.number,
            batch.feed,
            batch.file,
            batch.sha256,
            batch.parquet,
            batch.parquet_sha256,
            batch.extracted.isoformat(),
            batch.landed.isoformat(),
            batch.rows,
            batch.rejected,
            batch.contract,
        ),
    )
    connection.executemany(
        "INSERT INTO rejected (batch, line, raw, reason, detail) VALUES (?, ?, ?, ?, ?)",
        ((batch.number, row.line, row.raw, row.reason, row.detail) for row in rejected),
    )


def read_batches(connection: sqlite3.Connection, feed: str | None) -> tuple[Batch, ...]:
    """In the order in which history is read. Of a batch that was written anew, the file and rows it has now."""
    return tuple(
        _batch(row)
        for row in connection.execute(
            f"SELECT {_NOW} FROM batch LEFT JOIN rewrite ON rewrite.id = "  # nosec B608 # columns are constants of the module
            "(SELECT max(id) FROM rewrite WHERE rewrite.batch = batch.number) "
            "WHERE ? IS NULL OR feed = ? ORDER BY extracted, number",
            (feed, feed),
        )
    )


def read_rejected(connection: sqlite3.Connection, batch: int) -> tuple[Rejected, ...]:
    """`raw` still enciphered, in the order of their lines."""
    return tuple(
        Rejected(line=line, raw=raw, reason=reason, detail=detail)
        for line, raw, reason, detail in connection.execute(
            "SELECT line, raw, reason, detail FROM rejected WHERE batch = ? ORDER BY line, rowid",
            (batch,),
        )
    )


def read_drift(connection: sqlite3.Connection, feed: str, sha256: str) -> tuple[DriftEvent, ...]:
    return tuple(
        DriftEvent(kind=kind, column=name, outcome=outcome, detail=detail)
        for kind, name, outcome, detail in connection.execute(
            "SELECT kind, name, outcome, detail FROM drift WHERE feed = ? AND sha256 = ? ORDER BY rowid",
            (feed, sha256),
        )
    )


def append_drift(
    connection: sqlite3.Connection,
    feed: str,
    file: str,
    sha256: str,
    drift: tuple[DriftEvent, ...],
) -> None:
    connection.executemany(
        "INSERT INTO drift (feed, file, sha256, kind, name, outcome, detail) VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT DO NOTHING",
        ((feed, file, sha256, event.kind, event.column, event.outcome, event.detail) for event in drift),
    )


def _batch(row: tuple[int, str, str, str, str, str, str, str, int, int, str]) -> Batch:
    (
        number,
        feed,
        file,
        sha256,
        parquet,
        parquet_sha256,
        extracted,
        landed,
        rows,
        rejected,
        contract,
    ) = row
    return Batch(
        number=number,
        feed=feed,
        file=file,
        sha256=sha256,
        parquet=parquet,
        parquet_sha256=parquet_sha256,
        extracted=datetime.fromisoformat(extracted),
        landed=datetime.fromisoformat(landed),
        rows=rows,
        rejected=rejected,
        contract=contract,
    )
