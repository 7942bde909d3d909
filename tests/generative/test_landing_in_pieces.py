"""Where the pieces of a delivery end changes nothing of what lands: rows, bytes of the batch, quarantine, events."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.generative.examples import examples
from tests.unit.loading.deliveries import NOW, feed, fields
from torture import clinic
from virtaama.identities.store import Identities
from virtaama.keyring import Keyring
from virtaama.lake.files import Lake, sha256_of
from virtaama.lake.row_groups import ROW_GROUP, row_groups
from virtaama.loading.deliveries import Delivered
from virtaama.loading.prepare import prepare
from virtaama.loading.pseudonymise import Pseudonymiser
from virtaama.model.feeds import CsvDialect, Feed, Format
from virtaama.sources.apart.reader import CONNECTORS, engine
from virtaama.sources.apart.reading import looked_into
from virtaama.sources.reading import FAULT

WHOLE = 1 << 30
FIELDS = fields(
    CODE="identity",
    NAME={"type": "text", "direct": True, "whose": ("CODE", "NUMBER")},
    NUMBER={"type": "text"},
    N={"type": "integer", "required": True},
    D="date",
    NOTE="text",
)


def rows(chance: Random, number: int) -> list[dict[str, Any]]:
    """Rows of which some cannot be read, some name persons where they should not, and some are whole."""
    codes = [clinic.identity(n) for n in range(9)]
    return [
        {
            "CODE": chance.choice([*codes, *codes, None, "010190-0000"]),
            "NAME": chance.choice(["Äiti", "Öljy", "Anna", None]),
            "NUMBER": chance.choice(["a1", "a2", None]),
            "N": chance.choice([row, row, row, row, None, "q"]),
            "D": chance.choice(["2024-02-01", None, "2024-02-29", "2023-02-29"]),
            "NOTE": chance.choice(["", "a", "a\nb", f"of {codes[0]}", 'a "b"', "x" * 40]),
        }
        for row in range(number)
    ]


def as_csv(made: list[dict[str, Any]], chance: Random) -> bytes:
    def text(value: object) -> str:
        written = "" if value is None else str(value)
        if written.startswith("2") and "-" in written:
            written = ".".join(reversed(written.split("-")))
        quoted = any(mark in written for mark in '\n"') or chance.random() < 0.2
        return '"' + written.replace('"', '""') + '"' if quoted else written

    lines = [";".join(FIELD.name for FIELD in FIELDS)]
    for row in made:
        lines.append(";".join(text(value) for value in row.values()))
        if chance.random() < 0.05:
            lines.append(chance.choice(['"open;;1;;', "too;few", "", 'a;b;"2";;x;y', 'x"y;;1;;', ";;\0;;"]))
    return "\n".join(lines).encode("latin-1")


def as_lines(made: list[dict[str, Any]], chance: Random) -> bytes:
    lines = [json.dumps(row) for row in made]
    lines[1:] = [line if chance.random() < 0.9 else chance.choice(["", "{", "[1]"]) for line in lines[1:]]
    return "\n".join(lines).encode()


def as_parquet(made: list[dict[str, Any]], path: Path) -> None:
    texts = [{name: None if value is None else str(value) for name, value in row.items()} for row in made]
    pq.write_table(pa.Table.from_pylist(texts), path, row_group_size=7)


def as_sqlite(made: list[dict[str, Any]], path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE visit (CODE, NAME, NUMBER, N, D, NOTE)")
        database.executemany(
            "INSERT INTO visit VALUES (?, ?, ?, ?, ?, ?)", [tuple(row.values()) for row in made]
        )


def delivered(format: Format, number: int, seed: int, path: Path) -> Feed:
    chance = Random(seed)
    made = rows(chance, number)
    match format:
        case Format.CSV:
            path.write_bytes(as_csv(made, chance))
        case Format.JSON_LINES:
            path.write_bytes(as_lines(made, chance))
        case Format.FHIR:
            kinds = ("Patient", "Patient", "Patient", "Encounter")
            path.write_bytes(
                as_lines([{"resourceType": chance.choice(kinds), **row} for row in made], chance)
            )
        case Format.PARQUET:
            as_parquet(made, path)
        case _:
            as_sqlite(made, path)
    query = "SELECT * FROM visit" if format is Format.SQL else ""
    dialect = CsvDialect(encoding="latin-1")
    resource = "Patient" if format is Format.FHIR else ""
    return feed(*FIELDS, format=format, query=query, resource=resource, csv=dialect, reject_at_most=1.0)


def landed(folder: Path, described: Feed, path: Path, identities: Identities, size: int) -> tuple[Any, ...]:
    """All that a landing in pieces of this size puts into the lake and on record."""
    delivery = Delivered(feed=described, order=0, file="x", extracted=NOW)
    keyring = identities.keyring
    with Lake(folder).workspace() as room:
        prepared = prepare(path, delivery, Pseudonymiser(keyring, identities), room, below=folder, size=size)
        aside = [
            (row.line, keyring.unseal(row.raw, described.id), row.reason, row.detail)
            for row in prepared.rejected
        ]
        return prepared.rows, len(prepared.rejected), sha256_of(prepared.path), aside, prepared.drift


@pytest.fixture(scope="module")
def identities(tmp_path_factory: pytest.TempPathFactory) -> Identities:
    folder = tmp_path_factory.mktemp("project")
    return Identities(folder / "identities", Keyring.create(folder / "keys"), lambda: NOW)


@pytest.mark.parametrize("format", [Format.CSV, Format.JSON_LINES, Format.PARQUET, Format.SQL])
@settings(deadline=None, max_examples=examples(8))
@given(number=st.integers(1, 60), seed=st.integers(0, 2**32), size=st.integers(60, 6_000))
def test_a_delivery_in_pieces_is_the_same_batch(
    identities: Identities, format: Format, number: int, seed: int, size: int
) -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        path = folder / "delivered"
        described = delivered(format, number, seed, path)
        whole = landed(folder, described, path, identities, WHOLE)
        assert landed(folder, described, path, identities, size) == whole
        if format is not Format.JSON_LINES:  # lines of which are left out, too
            assert whole[0] + whole[1] >= number


def test_a_file_of_the_lake_is_the_same_bytes_whatever_pieces_its_rows_come_in(tmp_path: Path) -> None:
    chance = Random(5)
    rows = pa.table({"a": [chance.choice(["x", None, "y" * 50, str(n)]) for n in range(2 * ROW_GROUP + 5)]})
    digests = set()
    for cuts in ((), (1, 2, ROW_GROUP), (ROW_GROUP - 1, ROW_GROUP + 1), (40_000,), (2 * ROW_GROUP,)):
        path = tmp_path / "rows.parquet"
        with row_groups(path) as groups:
            for start, end in zip((0, *cuts), (*cuts, rows.num_rows), strict=True):
                groups.add(rows.slice(start, end - start))
        digests.add(sha256_of(path))
        assert pq.read_table(path).equals(rows)
        assert pq.ParquetFile(path).metadata.row_group(0).num_rows == ROW_GROUP
    assert len(digests) == 1


@pytest.mark.parametrize("format", [Format.CSV, Format.JSON_LINES, Format.PARQUET, Format.SQL, Format.FHIR])
def test_a_delivery_read_apart_is_what_its_connector_reads(tmp_path: Path, format: Format) -> None:
    path = tmp_path / "delivered"
    described = delivered(format, 300, 7, path)
    connector, connection = CONNECTORS[format], engine(tmp_path)
    with looked_into(path, described, format, 4_000, below=tmp_path) as looked:
        assert looked.header == connector.header(connection, path, described)
        columns = {name: name for name in looked.header or [field.name for field in FIELDS]}
        here = connector.read(connection, path, described, columns, 4_000)
        pieces = 0
        for one, other in zip(looked.read(columns), here, strict=True):
            assert one.rows.equals(other.rows)
            assert (one.rejected, one.unread, one.skipped) == (other.rejected, other.unread, other.skipped)
            faulty = pc.indices_nonzero(pc.is_valid(one.rows[FAULT])).to_pylist()
            assert one.locate(faulty) == other.locate(faulty)
            pieces += 1
    assert pieces > 1
