"""The engine and the reader that goes line by line make the same of any file, wherever its pieces end."""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.generative.examples import examples
from tests.unit.loading.deliveries import feed, fields
from virtaama.model.feeds import CsvDialect
from virtaama.sources import csv
from virtaama.sources.reading import FAULT, Reading

TEXTS = ["x", "", "ä", " x ", '"x"', '"x;y"', '"x\ny"', '"x""y"', 'x"y', '"x"y', '"x', '""', '"', 'ö"']
ROW = st.tuples(
    st.sampled_from(TEXTS),
    st.sampled_from(["1", "", "q", '"2"', "1.5"]),
    st.sampled_from(["1.2.2024", "", "31.2.2024"]),
    st.sampled_from(["", "", "", ";z"]),
).map(lambda row: ";".join(row[:3]) + row[3])
COLUMNS = {"A": "c0", "N": "c1", "D": "c2"}


def whole(pieces: Iterable[Reading]) -> tuple[list[Any], list[Any]]:
    """The outcome of all pieces, one after the other."""
    outcomes = [outcome(piece) for piece in pieces]
    return [row for rows, _ in outcomes for row in rows], [line for _, lines in outcomes for line in lines]


def outcome(reading: Reading) -> tuple[list[Any], list[Any]]:
    """The good rows, and line, bytes and reason of the others."""
    rows = reading.rows.to_pylist()
    faulty = [position for position, row in enumerate(rows) if row[FAULT]]
    found = zip(reading.locate(faulty), (rows[position][FAULT] for position in faulty), strict=True)
    aside = [(line, raw, fault.partition(":")[0]) for (line, raw), fault in found]
    aside += [(line.line, line.raw, line.reason) for line in reading.rejected]
    return [row for row in rows if not row[FAULT]], sorted(aside)


@settings(deadline=None, max_examples=examples(40))
@given(
    st.lists(st.one_of(ROW, st.just(""), ROW, ROW), max_size=16),
    st.sampled_from(["utf-8", "latin-1"]),
    st.sampled_from(["\n", "\n", "\r\n", "\r"]),
    st.booleans(),
    st.integers(1, 200),
)
def test_both_readers_agree_wherever_pieces_end(
    rows: list[str], encoding: str, end: str, last_end: bool, size: int
) -> None:
    described = feed(*fields(A="text", N="integer", D="date"), csv=CsvDialect(encoding=encoding))
    content = end.join(["A;N;D", *rows]) + (end if last_end else "")
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        file = Path(folder) / "rows.csv"
        file.write_bytes(content.encode(encoding))
        columns = {name: name for name in COLUMNS}
        by_line = outcome(csv.read_by_line(connection, file, described, COLUMNS, len(COLUMNS)))
        assert whole(csv.read(connection, file, described, columns)) == by_line
        assert whole(csv.read(connection, file, described, columns, size)) == by_line
