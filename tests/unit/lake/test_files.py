"""A file of the lake is whole, and is what the ledger says it is, or it is not used."""

import hashlib
from datetime import datetime
from pathlib import Path

import pytest

from virtaama.lake.batches import Batch
from virtaama.lake.files import Lake
from virtaama.problems import Damaged


def batch_of(relative: str, sha256: str) -> Batch:
    return Batch(
        number=1,
        feed="a.b",
        file="x.csv",
        sha256="s",
        parquet=relative,
        parquet_sha256=sha256,
        extracted=datetime(2024, 1, 1),
        landed=datetime(2024, 1, 1),
        rows=0,
        rejected=0,
        contract="c",
    )


def test_a_stored_file_is_known_by_its_hash(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    relative = lake.path_of("a.b", "s")
    digest = lake.store(relative, lambda path: path.write_bytes(b"rows"))
    assert digest == hashlib.sha256(b"rows").hexdigest()
    assert lake.verified_path(batch_of(relative, digest)).read_bytes() == b"rows"


def test_the_leftover_of_a_crash_is_replaced(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.store("a.b/s.parquet", lambda path: path.write_bytes(b"orphan"))
    digest = lake.store("a.b/s.parquet", lambda path: path.write_bytes(b"rows"))
    assert lake.verified_path(batch_of("a.b/s.parquet", digest)).read_bytes() == b"rows"
    assert [path.name for path in (tmp_path / "a.b").iterdir()] == ["s.parquet"]


def test_a_writer_that_fails_leaves_nothing_in_place(tmp_path: Path) -> None:
    def write(path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        Lake(tmp_path).store("a.b/s.parquet", write)
    assert not (tmp_path / "a.b/s.parquet").exists()


def test_a_changed_file_is_not_used(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    digest = lake.store("a.b/s.parquet", lambda path: path.write_bytes(b"rows"))
    (tmp_path / "a.b/s.parquet").write_bytes(b"rowz")
    with pytest.raises(Damaged, match="batch 1 of a.b"):
        lake.verified_path(batch_of("a.b/s.parquet", digest))


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(Damaged, match="is missing"):
        Lake(tmp_path).verified_path(batch_of("a.b/s.parquet", "x"))


def test_bytes_that_became_a_batch_before_get_a_file_of_their_own() -> None:
    lake = Lake(Path())
    assert [lake.path_of("a.b", "s", again) for again in (0, 1, 2)] == [
        "a.b/s.parquet",
        "a.b/s-1.parquet",
        "a.b/s-2.parquet",
    ]
