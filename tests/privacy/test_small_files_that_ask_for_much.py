"""Property: no small file fills the disk or the memory of the loader, or lands by half; the next delivery lands.

Each bomb is a file of a few bytes, or a hole. What a reader of a format does with a hostile file is not limited yet:
docs/decisions/0027-perimeter.md.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.privacy.bombs import BOMBS, delivered
from tests.unit.loading.deliveries import Landing, feed, fields
from virtaama.loading.packed import names_in
from virtaama.problems import DeliveryRefused

HARMLESS = feed(*fields(A="text", B="integer"), name="harmless", files="register/*/good.txt")
SLOW = {"Parquet, 20 000 columns"}
"""What takes seconds to make: one of many columns is among the others."""


@pytest.mark.parametrize("name", [name for name in BOMBS if name not in SLOW])
def test_a_bomb_is_refused_and_the_next_delivery_lands(tmp_path: Path, name: str) -> None:
    described, _ = delivered(BOMBS[name], tmp_path)
    landing = Landing(tmp_path, (described, HARMLESS))
    landing.deliver("A;B\nx;1\n", "register/2026-10/good.txt")
    report = landing.land()
    assert [(batch.feed, batch.rows) for batch in report.landed] == [("register.harmless", 1)]
    (refused,) = report.refused
    assert "\n  " in refused.reason, "it says what to do"
    assert len(list((tmp_path / "data" / "lake").rglob("*.parquet"))) == 1
    assert not list((tmp_path / "data" / "lake").rglob("*.unfinished"))


def test_what_is_large_and_honest_lands(tmp_path: Path) -> None:
    """The limits are wide: long rows, many columns and well packed files are read."""
    names = [f"C{n}" for n in range(1_000)]
    wide = feed(*fields(**dict.fromkeys(names, "text")), name="wide", files="register/*/wide.csv")
    packed = feed(*fields(A="text", B="integer"), files="register/*/*.zip!a.csv")
    landing = Landing(tmp_path, (wide, packed))
    row = ";".join("x" * 1_000 for _ in names)
    landing.deliver(";".join(names) + f"\n{row}\n", "register/2026-09/wide.csv")
    even = tmp_path / "deliveries" / "register" / "2026-09" / "even.zip"
    with zipfile.ZipFile(even, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", "A;B\n" + "Kuntoutus;1\n" * 100_000)
    report = landing.land()
    assert sorted((batch.feed, batch.rows) for batch in report.landed) == [
        ("register.rows", 100_000),
        ("register.wide", 1),
    ]


@pytest.mark.parametrize(
    "mark", [b"\x1f\x8b", b"PK\3\4", b"BZh9", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf\x27\x1c"]
)
def test_a_packed_file_says_how_it_should_come(tmp_path: Path, mark: bytes) -> None:
    landing = Landing(tmp_path, (HARMLESS,))
    landing.deliver(mark + b"\0" * 50, "register/2026-10/good.txt")
    (refused,) = landing.land().refused
    assert "the file is packed" in refused.reason


def test_a_long_list_of_a_zip_is_not_read(tmp_path: Path) -> None:
    _, path = delivered(BOMBS["zip, a list of 200 MB"], tmp_path)
    with pytest.raises(DeliveryRefused, match="more files than can be looked through"):
        names_in(path)
