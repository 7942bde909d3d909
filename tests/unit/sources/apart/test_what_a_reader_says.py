"""What a reader says is data to look at: a file that took it over can bring nothing about but a refusal."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pyarrow as pa
import pytest

from tests.unit.loading.deliveries import feed, fields
from torture import clinic
from virtaama.model.feeds import Format
from virtaama.problems import DeliveryRefused
from virtaama.sources.apart import reading
from virtaama.sources.apart.messages import REJECTED, answer, as_bytes, columns_of, hear
from virtaama.sources.apart.processes import Folder, Reader
from virtaama.sources.apart.reading import looked_into

CODE = clinic.identity(1)
DESCRIBED = feed(*fields(A="text", B="integer"))
ROWS = pa.table({"A": ["x"], "B": pa.array([1]), "fault": pa.array([None], pa.string())})
NONE = columns_of([], REJECTED)


class Nobody:
    """An origin whose readers are threads of the test."""

    def end(self, reader: int) -> int:
        return -9


@pytest.fixture
def lying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., int]]:
    """Land a file by a reader that answers what the test tells it to: how many rows were believed."""
    path = tmp_path / "a.csv"
    path.write_text("A;B\nx;1\n")
    threads: list[Thread] = []

    def read(*answers: Callable[[socket.socket], None]) -> int:
        line, theirs = socket.socketpair()
        line.settimeout(10)

        def speak() -> None:
            with theirs, suppress(EOFError, OSError):  # who is not believed is not heard to the end
                for say in answers:
                    hear(theirs)
                    say(theirs)

        threads.append(Thread(target=speak))
        threads[-1].start()
        reader = Reader(Nobody(), 0, line, Folder(tmp_path))  # type: ignore[arg-type]
        monkeypatch.setattr(reading, "take", lambda folder: reader)
        monkeypatch.setattr(reading, "give_back", lambda reader: reader.end())
        with looked_into(path, DESCRIBED, Format.CSV, 1_000) as looked:
            return sum(piece.rows.num_rows for piece in looked.read({"A": "A", "B": "B"}))

    yield read
    for thread in threads:
        thread.join()


def header(line: socket.socket) -> None:
    answer(line, {"header": ["A", "B"]})


def piece(
    rows: pa.Table = ROWS, lines: pa.Table = NONE, unread: object = None
) -> Callable[[socket.socket], None]:
    said = {"unread": unread or {}, "skipped": 0}
    return lambda line: answer(line, said, as_bytes(rows), as_bytes(lines))


def end(line: socket.socket) -> None:
    answer(line, {"end": True})


def test_what_was_asked_for_is_believed(lying: Callable[..., int]) -> None:
    assert lying(header, piece(), piece(), end) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        piece(rows=ROWS.rename_columns(["A", "C", "fault"])),
        piece(rows=ROWS.set_column(1, "B", pa.array(["1"]))),
        piece(rows=ROWS.set_column(2, "fault", pa.array(["wrong_type:nobody"]))),
        piece(unread={"C": 1}),
        piece(unread={"A": "many"}),
        piece(unread=[1]),
        piece(lines=columns_of([(1, b"x", "a reason", "of its own")], REJECTED)),
        piece(lines=columns_of([(1, b"x", "wrong_type", f"the code {CODE}")], REJECTED)),
        lambda line: answer(line, {}),
        lambda line: answer(line, {"unread": {}, "skipped": 0}, b"\0" * 100, b"\xff" * 100),
        lambda line: line.sendall(struct.pack("<IQQ", 2, 1 << 60, 0) + b"{}"),
        lambda line: line.sendall(struct.pack("<IQQ", 4, 0, 0) + b"null"),
        lambda line: line.sendall(struct.pack("<IQQ", 5, 0, 0) + b"\xff\xff\xff\xff\xff"),
        lambda line: line.sendall(struct.pack("<IQQ", 10**5, 0, 0) + b"[" * 10**5),
        lambda line: line.sendall(b"half"),
    ],
)
def test_what_was_not_asked_for_is_refused(
    lying: Callable[..., int], wrong: Callable[[socket.socket], None]
) -> None:
    with pytest.raises(DeliveryRefused, match="ended") as refused:
        lying(header, piece(), wrong)
    assert CODE not in str(refused.value)


def test_text_that_is_no_text_is_refused(lying: Callable[..., int]) -> None:
    bad = pa.Array.from_buffers(
        pa.string(), 1, [None, pa.py_buffer(struct.pack("<ii", 0, 1)), pa.py_buffer(b"\xff")]
    )
    with pytest.raises(DeliveryRefused, match="ended"):
        lying(header, piece(rows=ROWS.set_column(0, "A", bad)))


def test_names_that_are_none_are_refused(lying: Callable[..., int]) -> None:
    for names in ("A", [1], [["A"]], {"A": 1}):
        with pytest.raises(DeliveryRefused, match="ended"):
            lying(lambda line, names=names: answer(line, {"header": names}))


def test_a_reason_of_its_own_names_nobody_and_is_short(lying: Callable[..., int]) -> None:
    said = json.dumps({"refused": f"the code {CODE} " + "x" * 100_000}).encode()
    with pytest.raises(DeliveryRefused) as refused:
        lying(lambda line: line.sendall(struct.pack("<IQQ", len(said), 0, 0) + said))
    assert CODE not in str(refused.value)
    assert len(str(refused.value)) < 3_000


def test_more_than_a_file_of_its_size_can_hold_is_refused(
    lying: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "UNFOLDED", 100)
    monkeypatch.setattr(reading, "FOLD", 1)
    with pytest.raises(DeliveryRefused, match="more than a file of its size"):
        lying(header, *[piece()] * 50)
