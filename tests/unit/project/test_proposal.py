"""What is proposed from extracts and databases holds together as it stands: it checks, lands, loads and answers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgresql_server import Server, started
from virtaama.cli.main import run
from virtaama.lake.ledger import Ledger
from virtaama.model.concepts import Sensitivity, Type
from virtaama.model.remarks import remarks
from virtaama.project.project import Project

PERSONS = ("010190-922D", "020290-922V", "030390-923B", "040490-924U", "050590-925A")
TYPES = ("R10", "R20", "R50")
CLIENTS = [(100 + n, PERSONS[n], f"Sukunimi{n}", "398") for n in range(5)]
VISITS = [
    (
        f"K{n:03}",
        100 + n % 5,
        f"2026-{8 + n % 3:02}-{1 + n % 28:02} 08:15:00",
        TYPES[n % 3],
        f"M{n % 2}4",
        n / 8,
    )
    for n in range(45)
]
SCHEMA = (
    "CREATE TABLE asiakas (asiakas_id INTEGER PRIMARY KEY, hetu VARCHAR(11), sukunimi VARCHAR(80), kunta VARCHAR(3))",
    "CREATE TABLE kaynti (kaynti_nro VARCHAR(10) PRIMARY KEY, asiakas_id INTEGER REFERENCES asiakas (asiakas_id), "
    "alkoi TIMESTAMP NOT NULL, tyyppi VARCHAR(3), diagnoosi VARCHAR(8), paino DOUBLE PRECISION)",
    "CREATE TABLE kayntirivi (kaynti_nro VARCHAR(10) REFERENCES kaynti (kaynti_nro), rivi INTEGER, "
    "hinta NUMERIC(8, 2), muutettu TIMESTAMP NOT NULL, PRIMARY KEY (kaynti_nro, rivi))",
    "CREATE TABLE tyhja (a INTEGER)",
)


def csv(path: Path, header: str, rows: list[tuple[object, ...]]) -> Path:
    lines = [header, *(";".join(str(cell) for cell in row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def inserts() -> list[str]:
    quoted = lambda row: "(" + ", ".join(f"'{cell}'" for cell in row) + ")"  # noqa: E731
    lines = [(f"K{n:03}", row, 12.5, f"2026-10-0{1 + n % 9} 10:00:00") for n in range(45) for row in (1, 2)]
    tables = (("asiakas", CLIENTS), ("kaynti", VISITS), ("kayntirivi", lines))
    return [f"INSERT INTO {name} VALUES {', '.join(map(quoted, rows))}" for name, rows in tables]


def test_several_extracts_are_related_by_their_values(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    visits = [(*row[:2], f"{row[2][8:10]}.{row[2][5:7]}.{row[2][:4]} 08:15", *row[3:5]) for row in VISITS]
    visits[7] = (*visits[7][:4], "Z99")  # one person's own diagnosis
    files = [
        csv(tmp_path / "kaynnit.csv", "KAYNTI_ID;ASIAKASNRO;ALKOI;TYYPPI;DIAGNOOSI", visits),
        csv(tmp_path / "asiakkaat.csv", "ASIAKASNRO;HETU;SUKUNIMI;KUNTA", list(CLIENTS)),
    ]
    folder = str(tmp_path / "clinic")
    assert run(["new", folder, *(part for file in files for part in ("--from-file", str(file)))]) == 0
    assert "refers to asiakkaat" in capsys.readouterr().out
    project = Project.open(Path(folder))
    visit, client = project.model.concept("kaynnit"), project.model.concept("asiakkaat")
    assert [(each.name, each.to) for each in visit.relationships] == [("asiakasnro", "asiakkaat")]
    assert [(each.name, each.to) for each in client.relationships] == [("person", "person")]
    diagnosis, kind = visit.attribute("diagnoosi"), visit.attribute("tyyppi")
    assert diagnosis is not None
    assert kind is not None
    assert diagnosis.sensitivity is Sensitivity.SPECIAL
    assert kind.sensitivity is Sensitivity.PERSONAL  # a visit refers to a client, who has an identity code
    codes = {codes.name: [code.code for code in codes.codes] for codes in project.model.code_lists}
    assert codes[kind.code_list] == list(TYPES)
    assert codes[diagnosis.code_list] == ["M04", "M14"]
    written = "".join(path.read_text(encoding="utf-8") for path in Path(folder).rglob("*.yaml"))
    assert "Z99" not in written  # what few rows share stays out
    assert not any(person in written for person in PERSONS)
    assert not any("Sukunimi" in line for line in written.splitlines())
    assert remarks(project.model) == ()
    expected = {(each.subject, each.name) for each in project.model.expectations}
    assert expected >= {
        ("kaynnit.rows", "key_is_unique"),
        ("kaynnit.rows", "asiakasnro_is_known"),
        ("kaynnit", "asiakasnro_is_described"),
    }
    assert run(["land", "--project", folder]) == 0
    assert run(["load", "--project", folder]) == 0
    assert run(["quality", "--fail-on", "warn", "--project", folder]) == 0
    capsys.readouterr()
    assert run(["ask", "kaynnit_rows", "--from", "2026-08", "--to", "2026-10", "--project", folder]) == 0
    assert [line.split()[-1] for line in capsys.readouterr().out.splitlines()[2:]] == ["15", "15", "15"]


def test_two_files_of_one_name_are_two_deliveries(tmp_path: Path) -> None:
    files = [
        csv(
            tmp_path / f"visits_2026-{month}.csv",
            "VISIT_ID;DAY",
            [(f"{month}-{n}", "1.9.2026") for n in range(3)],
        )
        for month in ("08", "09")
    ]
    folder = tmp_path / "clinic"
    assert run(["new", str(folder), "--from-file", str(files[0]), "--from-file", str(files[1])]) == 0
    assert run(["land", "--project", str(folder)]) == 0
    batches = Ledger.open(folder / "data" / "lake" / "ledger.sqlite").batches()
    assert [batch.feed for batch in batches] == ["visits.rows"] * 2
    csv(files[1], "VISIT_ID;OTHER", [(1, 2)])
    other = str(tmp_path / "other")
    assert run(["new", other, "--from-file", str(files[0]), "--from-file", str(files[1])]) == 7


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with started() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path}/register.sqlite"
        with sqlite3.connect(tmp_path / "register.sqlite") as connection:
            for statement in (*SCHEMA, *inserts()):
                connection.execute(statement)
        connection.close()
    else:
        server: Server = request.getfixturevalue("server")
        server.run(*SCHEMA, *inserts())
        address = server.address
    monkeypatch.setenv("REGISTER_URL", address)
    return str(request.param)


def test_a_database_becomes_concepts_with_the_relationships_of_its_keys(
    tmp_path: Path, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(tmp_path / "county")
    assert run(["new", folder, "--from-database", "env:REGISTER_URL"]) == 0
    assert "virtaama collect" in capsys.readouterr().err
    project = Project.open(Path(folder))
    concepts = {concept.name: concept for concept in project.model.concepts}
    assert sorted(concepts) == ["asiakas", "kaynti", "kayntirivi", "person"]
    assert concepts["kayntirivi"].key == ("kaynti_nro", "rivi")
    assert [(each.name, each.to) for each in concepts["kaynti"].relationships] == [("asiakas", "asiakas")]
    assert [each.to for each in concepts["kayntirivi"].relationships] == ["kaynti"]
    types = {each.name: each.type for each in concepts["kaynti"].attributes}
    assert types == {
        "kaynti_nro": Type.TEXT,
        "alkoi": Type.TIMESTAMP,
        "tyyppi": Type.TEXT,
        "diagnoosi": Type.TEXT,
        "paino": Type.DECIMAL,
    }
    name = concepts["asiakas"].attribute("sukunimi")
    assert name is not None
    assert name.sensitivity is Sensitivity.DIRECT
    assert run(["check", "--project", folder]) == 0
    capsys.readouterr()
    assert run(["collect", "--project", folder]) == 0
    assert "3 deliveries collected" in capsys.readouterr().err
    assert run(["load", "--project", folder]) == 0
    assert run(["ask", "kaynti_rows", "--from", "2026-08", "--to", "2026-10", "--project", folder]) == 0
    assert [line.split()[-1] for line in capsys.readouterr().out.splitlines()[2:]] == ["15", "15", "15"]
    assert run(["collect", "--project", folder]) == 0  # by mark and by comparison: nothing is new
    assert "0 deliveries collected, 3 feeds have nothing new" in capsys.readouterr().err


def test_an_address_with_a_password_is_not_taken_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address = "postgresql+psycopg://reader:hush@127.0.0.1/x"
    assert run(["new", str(tmp_path / "a"), "--from-database", address]) == 7
    assert "hush" not in capsys.readouterr().err
    assert not (tmp_path / "a").exists()


def test_a_database_that_cannot_be_looked_into_is_told_without_its_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REGISTER_URL", "postgresql+psycopg://reader:hush@127.0.0.1:1/x")
    assert run(["new", str(tmp_path / "a"), "--from-database", "env:REGISTER_URL"]) == 7
    said = capsys.readouterr().err
    assert "could not be looked into (OperationalError)" in said
    assert "hush" not in said
