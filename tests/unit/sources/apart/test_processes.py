"""Readers: processes without keys and surroundings, that see one folder and are begun anew when they end."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.unit.loading.deliveries import feed, fields
from virtaama.model.feeds import Format
from virtaama.problems import DeliveryRefused
from virtaama.sources.apart import processes
from virtaama.sources.apart.messages import Look
from virtaama.sources.apart.processes import Reader, take
from virtaama.sources.apart.reading import looked_into

DESCRIBED = feed(*fields(A="text", B="integer"))


def delivered(folder: Path, text: str = "A;B\nx;1\n") -> Path:
    path = folder / "a.csv"
    path.write_text(text)
    return path


def rows_of(path: Path, below: Path | None = None) -> int:
    with looked_into(path, DESCRIBED, Format.CSV, 1_000, below=below) as looked:
        return sum(piece.rows.num_rows for piece in looked.read({"A": "A", "B": "B"}))


def waiting(folder: Path) -> Reader:
    """The reader that is kept for a folder."""
    (found,) = (reader for reader in processes._IDLE if reader.folder.is_at(folder))
    return found


def look(reader: Reader, path: Path) -> None:
    reader.ask(Look(format=Format.CSV, file=path, feed=DESCRIBED, seconds=2))


def test_a_reader_is_kept_for_the_next_delivery_of_its_folder(tmp_path: Path) -> None:
    path = delivered(tmp_path)
    assert rows_of(path) == 1
    number = waiting(tmp_path).number
    assert rows_of(path) == 1
    assert waiting(tmp_path).number == number


def test_a_reader_sees_no_other_folder(tmp_path: Path) -> None:
    seen, other = tmp_path / "deliveries", tmp_path / "keys"
    seen.mkdir()
    other.mkdir()
    secret = delivered(other)
    (seen / "link.csv").symlink_to(secret)
    reader = take(seen)
    look(reader, delivered(seen))
    reader.end()
    for path in (secret, seen / "link.csv", seen / ".." / "keys" / "a.csv"):
        reader = take(seen)
        with pytest.raises(DeliveryRefused, match="PermissionError"):
            look(reader, path)
        assert reader.over


def test_a_file_that_is_linked_to_from_the_folder_is_read_where_it_lies(tmp_path: Path) -> None:
    seen, other = tmp_path / "deliveries", tmp_path / "share"
    seen.mkdir()
    other.mkdir()
    (seen / "link.csv").symlink_to(delivered(other))
    assert rows_of(seen / "link.csv", below=seen) == 1


def test_a_folder_that_was_made_anew_has_a_reader_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "fetched"
    for _ in range(3):
        folder.mkdir()
        path = delivered(folder)
        assert rows_of(path) == 1
        path.unlink()
        folder.rmdir()


def test_a_reader_has_no_secrets_and_nothing_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRTAAMA_PASSWORD", "secret")
    processes.end_all()
    with (tmp_path / "open.key").open("w"):
        reader = take(tmp_path)
        look(reader, delivered(tmp_path))
        own = Path(f"/proc/{reader.number}")
        surroundings = (own / "environ").read_bytes()
        opened = {str(each.readlink()) for each in (own / "fd").iterdir()}
    reader.end()
    assert b"secret" not in surroundings
    assert str(tmp_path / "open.key") not in opened
    assert {each.partition(":")[0] for each in opened} <= {"/dev/null", "socket", str(tmp_path / "a.csv")}


def test_a_reader_that_ended_while_it_waited_costs_no_delivery(tmp_path: Path) -> None:
    path = delivered(tmp_path)
    rows_of(path)
    number = waiting(tmp_path).number
    os.kill(number, signal.SIGKILL)
    while waiting(tmp_path).waits():
        pass
    assert rows_of(path) == 1
    assert waiting(tmp_path).number != number


def test_readers_are_begun_anew_when_their_origin_is_gone(tmp_path: Path) -> None:
    path = delivered(tmp_path)
    rows_of(path)
    process = processes._ORIGIN[0]._process
    process.kill()
    process.wait()
    other = tmp_path / "other"
    other.mkdir()
    assert rows_of(delivered(other)) == 1
    assert rows_of(path) == 1


def test_readers_end_with_their_origin(tmp_path: Path) -> None:
    rows_of(delivered(tmp_path))
    idle = waiting(tmp_path)
    processes.end_all()
    with pytest.raises(DeliveryRefused, match="ended"):
        look(idle, tmp_path / "a.csv")


def test_what_takes_longer_than_it_may_is_ended(tmp_path: Path) -> None:
    described = feed(
        *fields(A="text"),
        format=Format.SQL,
        query="WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) AS A FROM n",
    )
    path = tmp_path / "a.db"
    path.touch()
    reader = take(tmp_path)
    with pytest.raises(DeliveryRefused, match="takes longer"):
        reader.ask(Look(format=Format.SQL, file=path, feed=described, seconds=0.1))


def test_a_reader_that_says_nothing_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = take(tmp_path)
    os.kill(reader.number, signal.SIGSTOP)
    reader.line.settimeout(0.1)
    with pytest.raises(DeliveryRefused, match="takes longer"):
        look(reader, delivered(tmp_path))
    assert reader.over
