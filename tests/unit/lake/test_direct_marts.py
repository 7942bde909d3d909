"""Names lie apart, for their owner only, and old ones are gone with the next publication."""

from __future__ import annotations

import stat
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from virtaama.lake.direct_marts import DirectMarts, Enciphered
from virtaama.problems import Damaged

ROWS = [
    ("k1", "family_name", "SUKU", "closed 1", 0),
    ("k1", "family_name", "family", "closed 2", 1),
    ("k1", "street", "KATU", "closed 3", 0),
    ("k2", "family_name", "family", "closed 4", 1),
]


def published(folder: Path, number: int, rows: list[tuple[str, str, str, str, int]] = ROWS) -> DirectMarts:
    def write(path: Path) -> int:
        names = ("key", "attribute", "field", "value", "rank")
        pq.write_table(pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))), path)
        return len(rows)

    marts = DirectMarts(folder)
    marts.finish((marts.store("resident", ("family_name", "street"), number, write),))
    return marts


def test_the_first_source_counts(tmp_path: Path) -> None:
    marts = published(tmp_path / "direct", 1)
    assert marts.of("resident", "k1") == (
        Enciphered("family_name", "SUKU", "closed 1"),
        Enciphered("street", "KATU", "closed 3"),
    )
    assert marts.of("resident", "k2") == (Enciphered("family_name", "family", "closed 4"),)
    assert marts.of("resident", "k3") == marts.of("unit", "k1") == ()


def test_nobody_else_may_enter(tmp_path: Path) -> None:
    published(tmp_path / "direct", 1)
    assert stat.S_IMODE((tmp_path / "direct").stat().st_mode) == 0o700
    [file] = (tmp_path / "direct").glob("*.parquet")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_was_published_before_is_gone(tmp_path: Path) -> None:
    published(tmp_path / "direct", 1)
    marts = published(tmp_path / "direct", 2, ROWS[3:])
    assert [file.name for file in (tmp_path / "direct").glob("*.parquet")] == ["resident-2.parquet"]
    assert marts.of("resident", "k1") == ()
    marts.finish(())
    assert [file.name for file in (tmp_path / "direct").iterdir()] == ["about.json"]


def test_it_is_known_what_is_there(tmp_path: Path) -> None:
    assert DirectMarts(tmp_path / "direct").holds({})
    marts = published(tmp_path / "direct", 1)
    assert marts.holds({"resident": ("family_name", "street")})
    assert not marts.holds({})
    assert not marts.holds({"resident": ("family_name",)})


def test_a_file_that_was_exchanged_is_not_read(tmp_path: Path) -> None:
    marts = published(tmp_path / "direct", 1)
    [file] = (tmp_path / "direct").glob("*.parquet")
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(Damaged, match="not what was written"):
        marts.of("resident", "k1")
    (tmp_path / "direct" / "about.json").write_text("{")
    with pytest.raises(Damaged, match="cannot be read"):
        marts.of("resident", "k1")
    assert not marts.holds({"resident": ("family_name", "street")})
