"""Two sets of files are compared as bags of rows."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from virtaama.engines.parquet_rows import Difference, difference


def written(path: Path, **columns: object) -> list[Path]:
    pq.write_table(pa.table(columns), path)
    return [path]


def test_order_and_files_do_not_matter(tmp_path: Path) -> None:
    whole = written(tmp_path / "a.parquet", k=[b"1", b"2", b"2"], n=[1, 2, 2])
    parts = written(tmp_path / "b.parquet", k=[b"2"], n=[2]) + written(
        tmp_path / "c.parquet", k=[b"2", b"1"], n=[2, 1]
    )
    assert difference(whole, parts) == Difference(rows=3, only_first=0, only_second=0)


def test_how_often_a_row_stands_matters(tmp_path: Path) -> None:
    twice = written(tmp_path / "a.parquet", n=[1, 1, None])
    once = written(tmp_path / "b.parquet", n=[1, 2, None])
    assert difference(twice, once) == Difference(rows=3, only_first=1, only_second=1)


def test_binary_numbers_may_differ_in_their_last_digits(tmp_path: Path) -> None:
    ours = written(tmp_path / "a.parquet", n=[1, 1, 2], x=[0.1 + 0.2, 7.0, None])
    theirs = written(tmp_path / "b.parquet", n=[2, 1, 1], x=[None, 7.0, 0.3])
    assert difference(ours, theirs) == Difference(rows=3, only_first=0, only_second=0)


def test_binary_numbers_that_lie_apart_differ(tmp_path: Path) -> None:
    ours = written(tmp_path / "a.parquet", n=[1, 2, 3], x=[1.0, 0.0, 5.0])
    theirs = written(tmp_path / "b.parquet", n=[1, 2, 3], x=[1.00001, None, 5.0])
    assert difference(ours, theirs) == Difference(rows=3, only_first=2, only_second=2)


def test_columns_of_another_type_differ(tmp_path: Path) -> None:
    ours = written(tmp_path / "a.parquet", n=[1], m=[1])
    theirs = written(tmp_path / "b.parquet", n=["1"], m=[1])
    assert difference(ours, theirs).columns == ("n",)
