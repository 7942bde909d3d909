"""Files are read forward in pieces that end where a line ends, whichever way lines end."""

from io import BytesIO
from pathlib import Path

import duckdb
import pytest

from tests.unit.loading.deliveries import Landing, feed, fields
from virtaama.sources import csv
from virtaama.sources.csv_lines import LONGEST_LINE
from virtaama.sources.pieces import Ahead, first_line_end, in_memory, last_line_end, line_ends, whole_lines


@pytest.mark.parametrize(
    ("data", "first", "last", "ends"),
    [
        (b"a\nb\nc", 2, 4, 2),
        (b"a\r\nb\r\nc", 3, 6, 2),
        (b"a\rb\rc", 2, 4, 2),
        (b"a\rb\r", 2, 2, 2),  # the last return may be half of a line end
        (b"a\r", 0, 0, 1),
        (b"abc", 0, 0, 0),
        (b"\n", 1, 1, 1),
    ],
)
def test_lines_end_in_three_ways(data: bytes, first: int, last: int, ends: int) -> None:
    assert first_line_end(data, ended=False) == first
    assert last_line_end(data, ended=False) == last
    assert last_line_end(data, ended=True) == len(data)
    assert line_ends(data, len(data)) == ends


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("size", [1, 3, 8])
def test_a_line_of_any_length_is_gone_past(end: bytes, size: int) -> None:
    ahead = Ahead(BytesIO(b"x" * 50 + end + b"y" + end))
    ahead.fill(size)
    ahead.skip_line()
    ahead.fill(20)
    assert (ahead.data.rstrip(), ahead.line) == (b"y", 2)


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_pieces_of_lines_are_the_file_and_know_their_first_line(tmp_path: Path, size: int) -> None:
    file = tmp_path / "lines"
    file.write_bytes(b"a\n\nbbbbbbbbb\nc\nd")
    pieces = list(whole_lines(file, size))
    assert b"".join(data for _, data in pieces) == file.read_bytes()
    for first, data in pieces:
        assert file.read_bytes().split(b"\n")[first - 1] == data.split(b"\n")[0]


def test_bytes_in_memory_are_a_file_to_the_engine() -> None:
    for content in (b"a\n1\n", b"a\n2\n"):
        with in_memory(content[:2], content[2:]) as path, duckdb.connect() as connection:
            found = connection.sql(f"SELECT a FROM read_csv('{path}', header = true)").fetchall()
            assert found == [(int(content[2:3]),)]


@pytest.mark.parametrize("size", [1_000, 3_000_000])
def test_a_line_longer_than_the_engine_takes_costs_itself_alone(tmp_path: Path, size: int) -> None:
    file = tmp_path / "rows.csv"
    file.write_bytes(b"A;N\nx;1\n" + b"y" * (2 * LONGEST_LINE) + b";2\nz;3\n")
    with duckdb.connect() as connection:
        described = feed(*fields(A="text", N="integer"))
        pieces = list(csv.read(connection, file, described, {"A": "A", "N": "N"}, size))
    assert [row["A"] for piece in pieces for row in piece.rows.to_pylist()] == ["x", "z"]
    [line] = [line for piece in pieces for line in piece.rejected]
    assert (line.line, line.reason, line.raw) == (3, "line_too_long", b"y" * LONGEST_LINE)


def test_a_header_without_an_end_is_refused(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (feed(*fields(A="text")),))
    landing.deliver(b"A" * (LONGEST_LINE + 5))
    [refused] = landing.land().refused
    assert "the header is longer than 2,000,000 bytes" in refused.reason


def test_line_ends_inside_a_quoted_value_are_kept_as_they_are(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (feed(*fields(A="text", N="integer")),))
    landing.deliver(b'A;N\r\n"x\r\ny";1\r\n"x\r\nz";q\r\n')
    landing.land()
    assert landing.rows() == [{"A": "x\r\ny", "N": 1}]
    assert landing.set_aside() == [(4, "wrong_type", b'"x\r\nz";q')]
