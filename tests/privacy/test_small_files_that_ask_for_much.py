"""Property: no delivery takes the loader down, fills its memory or its disk, or lands by half; the next one lands.

Each bomb is a file of a few bytes, or a hole. `make attack` measures the seconds and the memory of each.
"""

from __future__ import annotations

import os
import signal
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.privacy.bombs import BOMBS, READ, delivered
from tests.unit.loading.deliveries import Landing, feed, fields
from virtaama.loading import prepare
from virtaama.problems import DeliveryRefused
from virtaama.sources.apart import reading
from virtaama.sources.apart.reading import Looked, looked_into, names_in

HARMLESS = feed(*fields(A="text", B="integer"), name="harmless", files="register/*/good.txt")
LONG = {
    "CSV, a header of 1 GB",
    "FHIR, a file of 1 GB",
    "JSON lines, 10^6 members",
    "JSON lines, 10^6 members of 10^5 objects",
    "JSON lines, a line of 1 GB",
    "Parquet, 10^8 rows of one value",
    "Parquet, 20 000 columns",
    "Parquet, 8 TB in a value",
}
"""What takes a second or more to make, or to be known by all its bytes: `make attack` alone lands them."""


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same limits, the least time."""
    monkeypatch.setattr(reading, "SECONDS", 0.1)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("name", [name for name in BOMBS if name not in LONG])
def test_a_bomb_is_refused_and_the_next_delivery_lands(tmp_path: Path, name: str) -> None:
    described, _ = delivered(BOMBS[name], tmp_path)
    landing = Landing(tmp_path, (described, HARMLESS))
    landing.deliver("A;B\nx;1\n", "register/2026-10/good.txt")
    report = landing.land()
    assert ("register.harmless", 1) in [(batch.feed, batch.rows) for batch in report.landed]
    if name in READ:
        assert len(report.landed) == 2
        return
    (refused,) = report.refused
    assert "\n  " in refused.reason, "it says what to do"
    assert [each.reason for each in landing.ledger.refused()] == [refused.reason]
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


def test_a_delivery_whose_reader_is_killed_is_refused_and_lands_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two pieces, as by a system that has no memory left; nothing of the first is kept."""

    @contextmanager
    def killed(path: Path, *how: Any, **more: Any) -> Iterator[Looked]:
        with looked_into(path, *how, **more) as looked:
            if "2026-09" in str(path):
                os.kill(looked._reader.number, signal.SIGKILL)
            yield looked

    landing = Landing(tmp_path, (HARMLESS,))
    landing.deliver("A;B\n" + "x;1\n" * 1_000_000, "register/2026-09/good.txt")
    landing.deliver("A;B\ny;2\n", "register/2026-10/good.txt")
    with monkeypatch.context() as patched:
        patched.setattr(prepare, "looked_into", killed)
        report = landing.land()
    assert [batch.file for batch in report.landed] == ["register/2026-10/good.txt"]
    (refused,) = report.refused
    assert "SIGKILL" in refused.reason
    assert not list((tmp_path / "data" / "lake").rglob("*.unfinished"))
    assert [batch.rows for batch in landing.land().landed] == [1_000_000]
