"""After landing, no identity code and no name is found in any byte the project keeps."""

import json
import sqlite3
from pathlib import Path

import pytest

from tests.unit.loading.deliveries import Landing, feed, fields
from virtaama.model.feeds import CsvDialect, Format

SIGNS = "-UVWXY"


def code(number: int, sign: str = "-") -> str:
    digits = f"010190{number:03}"
    return f"010190{sign}{number:03}{'0123456789ABCDEFHJKLMNPRSTUVWXY'[int(digits) % 31]}"


CODES = [code(number, SIGNS[number % len(SIGNS)]) for number in range(900, 1000)]
PERSONS = fields(PERSON={"type": "identity", "required": True}, SURNAME={"type": "text", "direct": True})


def everything_kept(folder: Path) -> bytes:
    kept = [path for path in folder.rglob("*") if path.is_file() and "deliveries" not in path.parts]
    assert any(path.suffix == ".parquet" for path in kept)
    return b"\n".join(path.read_bytes() for path in kept)


def assert_no_person_in(kept: bytes) -> None:
    for text in [*CODES, *(each[:10] for each in CODES), "Virtanen"]:
        for encoding in ("utf-8", "utf-16-le", "latin-1"):
            assert text.encode(encoding) not in kept


def test_good_rows_rejected_rows_and_refusals_leave_no_identity_code(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (feed(*PERSONS, *fields(N="integer", NOTE="text")),))
    good = "".join(f"{each};Virtanen;1;\n" for each in CODES)
    rejected = (
        f"{CODES[0]};Virtanen;one;\n"  # a value of another type
        f"{CODES[1]};Virtanen\n"  # too few columns
        f"{CODES[2]}X;Virtanen;1;\n"  # not an identity code
        f"{CODES[3]};Virtanen;1;soita {CODES[4].lower()} heti\n"  # a code in free text
        f'"{CODES[5]};Virtanen;1;\n'  # a quotation mark that does not close
    )
    landing.deliver("PERSON;SURNAME;N;NOTE\n" + good + rejected)
    landing.deliver(f"PERSON;SURNAME;N;NOTE\n{rejected * 20}", "register/2026-10/refused.csv")
    report = landing.land()
    assert [batch.rows for batch in report.landed] == [100]
    assert [reason for _, reason, _ in landing.set_aside()] == [
        "wrong_type",
        "wrong_column_count",
        "bad_identity",
        "identity_in_text",
        "wrong_quoting",
    ]
    assert len(report.refused) == 1
    assert_no_person_in(everything_kept(tmp_path))
    assert_no_person_in(repr(report).encode())


def test_the_same_person_has_the_same_surrogate_in_every_source(tmp_path: Path) -> None:
    objects = feed(*PERSONS, name="objects", format=Format.JSON_LINES, files="register/*/*.jsonl")
    landing = Landing(tmp_path, (feed(*PERSONS), objects))
    landing.deliver(f"PERSON;SURNAME\n{CODES[0]};Virtanen\n")
    landing.deliver(
        json.dumps({"PERSON": f" {CODES[0].lower()}", "SURNAME": "Virtanen"}), "register/2026-09/a.jsonl"
    )
    landing.land()
    first, second = landing.rows()
    assert first == second
    assert first["PERSON"] == landing.identities.find(CODES[0])
    assert landing.identities.decipher(first["PERSON"], "SURNAME", first["SURNAME"]) == "Virtanen"
    assert_no_person_in(everything_kept(tmp_path))


def test_a_wrong_identity_code_is_set_aside_with_its_line(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (feed(*PERSONS),))
    wrong = CODES[1][:-1] + ("0" if CODES[1][-1] != "0" else "1")
    landing.deliver(f"PERSON;SURNAME\n{CODES[0]};Virtanen\n{wrong};Virtanen\n;Virtanen\n")
    landing.land()
    assert landing.set_aside() == [
        (3, "bad_identity", f"{wrong};Virtanen".encode()),
        (4, "missing_value", b";Virtanen"),
    ]
    details = [row.detail for row in landing.ledger.rejected(1)]
    assert details == [
        "column PERSON does not hold a personal identity code",
        "column PERSON is required and empty",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_lines_in_a_wrong_encoding_leave_no_identity_code(tmp_path: Path, encoding: str) -> None:
    landing = Landing(tmp_path, (feed(*PERSONS, csv=CsvDialect(encoding=encoding)),))
    other = "latin-1" if encoding == "utf-8" else "utf-8"
    lines = [f"{each};Virtanen".encode() for each in CODES[:50]]
    landing.deliver(b"\n".join([b"PERSON;SURNAME", *lines, f"{CODES[60]};Mäki".encode(other)]))
    (batch,) = landing.land().landed
    assert (batch.rows, batch.rejected) == (50, 1)
    assert_no_person_in(everything_kept(tmp_path))


def test_a_failing_query_says_nothing_of_what_is_stored(tmp_path: Path) -> None:
    broken = feed(
        *PERSONS,
        format=Format.SQL,
        files="register/*/*.sqlite",
        query=f"SELECT PERSON, abs('{CODES[0]}') || x FROM person",
    )
    landing = Landing(tmp_path, (broken,))
    path = landing.deliver(b"", "register/2026-09/a.sqlite")
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE person (PERSON TEXT)")
    (refused,) = landing.land().refused
    assert CODES[0] not in refused.reason
