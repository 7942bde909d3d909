"""A batch written anew without some of its rows: the others as they were, in their order, compared one by one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from virtaama.lake.batches import Batch
from virtaama.lake.erasures import Rewritten
from virtaama.lake.files import Lake
from virtaama.lake.row_groups import ROW_GROUP, row_groups
from virtaama.problems import Damaged


def rewrite(lake: Lake, batch: Batch, gone: tuple[int, ...]) -> Rewritten:
    """Put a new file of the batch in place, whole and durable; the old one stays until the ledger knows the new.

    `gone` are numbers of rows, from 0. Raises Damaged where the batch is not what landed, or the rows that stay would
    not be the same.
    """
    old = lake.verified_path(batch)
    relative = lake.rewritten_path(batch)

    def write(path: Path) -> None:
        write_without(old, gone, path)
        _refuse_other_rows(old, gone, path, batch)

    return Rewritten(
        batch=batch.number,
        parquet=relative,
        parquet_sha256=lake.store(relative, write),
        rows=batch.rows - len(gone),
        gone=len(gone),
    )


def write_without(file: Path, gone: tuple[int, ...], target: Path) -> int:
    """Write the rows of a file but for these, in their order, to another; how many they are."""
    with row_groups(target) as groups:
        for piece in _staying(file, gone):
            groups.add(piece)
    return groups.rows


def _staying(file: Path, gone: tuple[int, ...]) -> Iterator[pa.Table]:
    """The rows that stay, in pieces; at least one, which may be empty."""
    whole = pq.ParquetFile(file)
    yield whole.schema_arrow.empty_table()
    numbers = frozenset(gone)
    start = 0
    for piece in whole.iter_batches(batch_size=ROW_GROUP):
        here = range(start, start + piece.num_rows)
        rows = pa.table([*piece.columns], schema=piece.schema)
        if numbers.isdisjoint(here):
            yield rows
        else:
            yield rows.filter(pa.array([number not in numbers for number in here], pa.bool_()))
        start += piece.num_rows


def _refuse_other_rows(old: Path, gone: tuple[int, ...], new: Path, batch: Batch) -> None:
    """Compare row by row what stays of the old file with all of the new one."""
    written = pq.ParquetFile(new).iter_batches(batch_size=ROW_GROUP)
    rest: pa.Table | None = None
    for piece in _staying(old, gone):
        while piece.num_rows:
            if rest is None or not rest.num_rows:
                rest = _following(written)
            if rest is None:
                raise _differs(batch)
            length = min(rest.num_rows, piece.num_rows)
            if not rest.slice(0, length).equals(piece.slice(0, length)):
                raise _differs(batch)
            rest, piece = rest.slice(length), piece.slice(length)
    if (rest is not None and rest.num_rows) or _following(written) is not None:
        raise _differs(batch)


def _following(written: Iterator[pa.RecordBatch]) -> pa.Table | None:
    found = next(written, None)
    return None if found is None else pa.table([*found.columns], schema=found.schema)


def _differs(batch: Batch) -> Damaged:
    return Damaged(
        f"Batch {batch.number} of {batch.feed} could not be written anew: the rows that stay would not be the same.\n"
        "  It is as it was. Disk or memory of this machine may be failing: have them looked at."
    )
