"""Small files that ask for much: each as a delivery of a feed that reads it."""

from __future__ import annotations

import gzip
import json
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.unit.loading.deliveries import feed, fields
from virtaama.model.feeds import Feed, Format

GIGABYTE = 1 << 30


@dataclass(frozen=True)
class Bomb:
    """How a file is made, and the feed that is made to read it."""

    ending: str
    made: Callable[[Path], None]
    described: Callable[[], Feed]


def _csv() -> Feed:
    return feed(*fields(A="text", B="integer"))


def _json() -> Feed:
    return feed(*fields(A="text"), format=Format.JSON_LINES, files="register/*/*.jsonl*")


def _fhir() -> Feed:
    return feed(*fields(id="text"), format=Format.FHIR, resource="Patient", files="register/*/*.json")


def _parquet() -> Feed:
    return feed(*fields(A="text"), format=Format.PARQUET, files="register/*/*.parquet")


def _sqlite() -> Feed:
    return feed(*fields(A="text"), format=Format.SQL, query="SELECT A FROM t", files="register/*/*.db")


def _zipped() -> Feed:
    return feed(*fields(A="text", B="integer"), files="register/*/*.zip!a.csv")


def _line(begin: bytes) -> Callable[[Path], None]:
    """A gigabyte without the end of a line. The file takes no room: it is a hole."""

    def made(path: Path) -> None:
        with path.open("wb") as file:
            file.write(begin)
            file.truncate(GIGABYTE)

    return made


def _text(text: bytes) -> Callable[[Path], None]:
    def made(path: Path) -> None:
        path.write_bytes(text)

    return made


def _many_members(path: Path) -> None:
    path.write_text(json.dumps({f"m{n}": n for n in range(1_000_000)}) + "\n")


def _members_of_many(path: Path) -> None:
    with path.open("w") as file:
        for n in range(100_000):
            file.write(json.dumps({f"m{n}_{k}": k for k in range(10)}) + "\n")


def _gzipped(path: Path) -> None:
    with gzip.open(path, "wb", compresslevel=1) as file:
        for _ in range(300):
            file.write(b'{"A": "' + b" " * 1_000_000)


def _wide(path: Path) -> None:
    pq.write_table(pa.table({f"c{n}": pa.array([1]) for n in range(20_000)}), path)


def _long_values(path: Path) -> None:
    """A text of eight megabytes, a million times: the file holds it once."""
    values = pa.array(["x" * 8_000_000])
    rows = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000_000, pa.int32()), values)
    pq.write_table(pa.table({"A": rows}), path, compression="zstd")


def _many_rows(path: Path) -> None:
    """A hundred million rows in a few hundred bytes: all say the same, and are packed to how many they are."""
    rows = pa.table({"A": pa.array(["x"] * 10_000_000).dictionary_encode()})
    with pq.ParquetWriter(path, rows.schema, compression="zstd", max_rows_per_page=1 << 30) as writer:
        for _ in range(10):
            writer.write_table(rows, row_group_size=10_000_000)


def _database(sql: str) -> Callable[[Path], None]:
    def made(path: Path) -> None:
        with sqlite3.connect(path) as database:
            database.execute(sql)
        database.close()

    return made


def _zip_of(size: int) -> Callable[[Path], None]:
    def made(path: Path) -> None:
        with (
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
            archive.open("a.csv", "w", force_zip64=True) as member,
        ):
            member.write(b"A;B\n")
            for _ in range(size // 1_000_000):
                member.write(b"\0" * 1_000_000)

    return made


def _lying_zip(path: Path) -> None:
    """It says that it holds ten bytes, in both places where it says so."""
    content = b"A;B\n" + b"x" * 50_000_000
    packer = zlib.compressobj(1, wbits=-15)
    packed = packer.compress(content) + packer.flush()
    name, crc = b"a.csv", zlib.crc32(content)
    local = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 0x21, crc, len(packed), 10, len(name), 0) + name
    listed = (
        struct.pack(
            "<4s6H3I5H2I",
            b"PK\1\2",
            *(20, 20, 0, 8, 0, 0x21),
            *(crc, len(packed), 10),
            *(len(name), 0, 0, 0, 0),
            *(0, 0),
        )
        + name
    )
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(listed), len(local) + len(packed), 0)
    path.write_bytes(local + packed + listed + end)


def _long_list(path: Path) -> None:
    """A zip that lists millions of files; its list is a hole."""
    length = 200 << 20
    with path.open("wb") as file:
        file.truncate(length)
        file.seek(length)
        file.write(struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 60_000, 60_000, length, 0, 0))


def _workbook(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/sharedStrings.xml", LAUGHS)


LAUGHS = b"<?xml version='1.0'?><!DOCTYPE l [<!ENTITY l0 'ha'>%b]><l>&l9;</l>" % b"".join(
    b"<!ENTITY l%d '%b'>" % (n + 1, b"&l%d;" % n * 10) for n in range(9)
)
NESTED = b"[" * 1_000_000 + b"]" * 1_000_000
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT"
BOMBS: dict[str, Bomb] = {
    "CSV, a line of 1 GB": Bomb("csv", _line(b"A;B\nx;"), _csv),
    "CSV, a header of 1 GB": Bomb("csv", _line(b"A;B;"), _csv),
    "CSV, 10^6 columns": Bomb("csv", _text(b";" * 1_000_000 + b"\nx\n"), _csv),
    "CSV, 10^6 open quotation marks": Bomb("csv", _text(b"A;B\n" + b'"\n' * 1_000_000), _csv),
    "JSON lines, a line of 1 GB": Bomb("jsonl", _line(b'{"A": "'), _json),
    "JSON lines, 10^6 deep": Bomb("jsonl", _text(b'{"A": ' + NESTED + b"}\n"), _json),
    "JSON lines, 10^6 members": Bomb("jsonl", _many_members, _json),
    "JSON lines, 10^6 members of 10^5 objects": Bomb("jsonl", _members_of_many, _json),
    "JSON lines, packed 1:1000": Bomb("jsonl.gz", _gzipped, _json),
    "FHIR, a file of 1 GB": Bomb("json", _line(b'{"resourceType": "Patient", "id": "'), _fhir),
    "FHIR, 10^6 deep": Bomb("json", _text(b'{"resourceType": "Patient", "x": ' + NESTED + b"}"), _fhir),
    "Parquet, 20 000 columns": Bomb("parquet", _wide, _parquet),
    "Parquet, 8 TB in a value": Bomb("parquet", _long_values, _parquet),
    "Parquet, no footer": Bomb(
        "parquet", _text(b"PAR1" + b"\xff" * 100_000 + b"\xff\xff\xff\x7fPAR1"), _parquet
    ),
    "Parquet, 10^8 rows of one value": Bomb("parquet", _many_rows, _parquet),
    "SQLite, a view without an end": Bomb(
        "db", _database(f"CREATE VIEW t AS {ENDLESS} i AS A FROM n"), _sqlite
    ),
    "SQLite, a question without an end": Bomb(
        "db", _database(f"CREATE VIEW t AS {ENDLESS} max(i) AS A FROM n"), _sqlite
    ),
    "SQLite, a value of 1 GB": Bomb(
        "db", _database("CREATE VIEW t AS SELECT zeroblob(999999999) AS A"), _sqlite
    ),
    "XLSX for CSV, 10^9 entities": Bomb("csv", _workbook, _csv),
    "XML for CSV, 10^9 entities": Bomb("csv", _text(LAUGHS), _csv),
    "XML for FHIR, 10^9 entities": Bomb("json", _text(LAUGHS), _fhir),
    "zip, 300 MB of zeros": Bomb("zip", _zip_of(300_000_000), _zipped),
    "zip that lies about its size": Bomb("zip", _lying_zip, _zipped),
    "zip, a list of 200 MB": Bomb("zip", _long_list, _zipped),
}


READ = ("FHIR, 10^6 deep",)
"""What may land: its parser does not go down into what nobody asks for, so that it takes no more than its length."""


def delivered(bomb: Bomb, folder: Path) -> tuple[Feed, Path]:
    """The bomb as a file in the folder of deliveries."""
    path = folder / "deliveries" / "register" / "2026-09" / f"a.{bomb.ending}"
    path.parent.mkdir(parents=True)
    bomb.made(path)
    return bomb.described(), path
