"""Tables named by a manifest: whole or not at all, and found out when they are not whole."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from virtaama.engines.port import FileDamaged
from virtaama.engines.segments import Segments, StoredTable
from virtaama.problems import Busy

COLUMNS = (("a", "INTEGER"),)


def segment_of(segments: Segments, *rows: int) -> StoredTable:
    folder = segments.new_segment()
    segments.path(folder).mkdir()
    pq.write_table(pa.table({"a": list(rows)}), segments.path(folder) / "part-0.parquet")
    return StoredTable(columns=COLUMNS, segments=(segments.written(folder),))


def folders(path: Path) -> int:
    return len(list((path / "segments").iterdir()))


def test_a_commit_is_what_the_next_process_finds(tmp_path: Path) -> None:
    segments = Segments.open(tmp_path)
    table = segment_of(segments, 1, 2)
    segments.commit({"t": table}, 0)
    segments.close()
    again = Segments.open(tmp_path)
    assert again.current().tables == {"t": table}
    assert table.rows == 2
    again.close()


def test_what_was_not_committed_is_swept_up_at_the_next_start(tmp_path: Path) -> None:
    segments = Segments.open(tmp_path)
    segments.commit({"t": segment_of(segments, 1)}, 0)
    segment_of(segments, 2)
    (tmp_path / "manifests" / "torn.unfinished").write_text("half of a mani")
    assert folders(tmp_path) == 2
    segments.close()
    Segments.open(tmp_path).close()
    assert folders(tmp_path) == 1
    assert [path.name for path in (tmp_path / "manifests").iterdir()] == ["1.json"]


def test_old_segments_and_manifests_go_when_nothing_names_them(tmp_path: Path) -> None:
    segments = Segments.open(tmp_path)
    first = segments.commit({"t": segment_of(segments, 1)}, 0)
    temporary = segment_of(segments, 3)
    second = segments.commit({"t": segment_of(segments, 2)}, first.number)
    segments.sweep(second, frozenset(s.folder for s in temporary.segments))
    assert folders(tmp_path) == 2
    segments.sweep(second)
    assert folders(tmp_path) == 1
    assert [path.name for path in (tmp_path / "manifests").iterdir()] == ["2.json"]
    segments.close()


def test_two_commits_after_the_same_one_do_not_both_happen(tmp_path: Path) -> None:
    segments = Segments.open(tmp_path)
    segments.commit({"t": segment_of(segments, 1)}, 0)
    with pytest.raises(Busy):
        segments.commit({}, 0)
    assert list(segments.current().tables) == ["t"]
    segments.close()


def test_one_process_at_a_time_has_the_folder(tmp_path: Path) -> None:
    segments = Segments.open(tmp_path)
    with pytest.raises(Busy):
        Segments.open(tmp_path)
    segments.close()
    Segments.open(tmp_path).close()


def test_a_bit_that_flipped_in_the_manifest_is_found(tmp_path: Path) -> None:
    segments = Segments.open(tmp_path)
    segments.commit({"t": segment_of(segments, 1)}, 0)
    segments.close()
    path = tmp_path / "manifests" / "1.json"
    flipped = bytearray(path.read_bytes())
    flipped[-10] ^= 1
    path.write_bytes(flipped)
    with pytest.raises(FileDamaged):
        Segments.open(tmp_path)
    with pytest.raises(FileDamaged):  # and the lock was let go of
        Segments.open(tmp_path)


def test_a_file_that_is_missing_is_found(tmp_path: Path) -> None:
    segments = Segments.open(tmp_path)
    table = segment_of(segments, 1)
    segments.commit({"t": table}, 0)
    segments.close()
    Path(segments.files(table.segments[0])[0]).unlink()
    with pytest.raises(FileDamaged):
        Segments.open(tmp_path)
