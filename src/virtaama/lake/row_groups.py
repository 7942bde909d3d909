"""A Parquet file of the lake, written as its rows come: the same bytes whatever pieces they come in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP = 32_768  # small enough that the cores share even a month of a small feed
_DICTIONARY = 8 << 20


class RowGroups:
    """Rows on their way into one file, in groups of the same size."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: pq.ParquetWriter | None = None
        self._waiting: list[pa.Table] = []
        self._rows = 0  # that wait
        self.schema: pa.Schema | None = None
        self.rows = 0

    def add(self, rows: pa.Table) -> None:
        """Rows that come after those before; the first table, which may be empty, says what the columns are."""
        self.schema = self.schema or rows.schema
        self.rows += rows.num_rows
        self._rows += rows.num_rows
        self._waiting.append(rows)
        if self._rows < ROW_GROUP:
            return
        whole = pa.concat_tables(self._waiting)
        full = self._rows - self._rows % ROW_GROUP
        for start in range(0, full, ROW_GROUP):
            self._write(whole.slice(start, ROW_GROUP))
        self._rows -= full
        # A copy: a slice would keep all of the piece in memory.
        self._waiting = [whole.take(pa.array(range(full, whole.num_rows), pa.int64()))]

    def close(self) -> None:
        """Write what waits; a file without rows has its columns."""
        if self._waiting and (self._rows or self._writer is None):
            self._write(pa.concat_tables(self._waiting))
        self.abandon()

    def abandon(self) -> None:
        self._waiting = []
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _write(self, group: pa.Table) -> None:
        if self._writer is None:
            # Pseudonyms repeat but are long: a dictionary of the usual size would be given up.
            self._writer = pq.ParquetWriter(
                self._path,
                group.schema,
                compression="zstd",
                write_page_checksum=True,
                dictionary_pagesize_limit=_DICTIONARY,
            )
        self._writer.write_table(group.combine_chunks(), row_group_size=ROW_GROUP)


@contextmanager
def row_groups(path: Path) -> Iterator[RowGroups]:
    """The file at `path`, whole when the block ends; without worth when the block fails."""
    groups = RowGroups(path)
    try:
        yield groups
        groups.close()
    finally:
        groups.abandon()
