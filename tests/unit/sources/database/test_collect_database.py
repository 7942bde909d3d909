"""Databases are asked for what is new; nothing is lost between two askings, and nothing comes twice."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.postgresql_server import Server, started
from tests.unit.loading.collections import Collecting
from tests.unit.loading.deliveries import feed, fields
from virtaama.lake.ledger import Ledger
from virtaama.model.collect import FromDatabase
from virtaama.model.feeds import Feed, Format
from virtaama.sources.database import marks
from virtaama.sources.sql_database import as_text

WAY = FromDatabase(url_from="env:REGISTER")


def queried(query: str, way: FromDatabase = WAY, **types: object) -> Feed:
    return feed(*fields(**types), format=Format.SQL, files="", query=query, collect=way, extracted="")  # type: ignore[arg-type]


VISITS = queried(
    "SELECT id, clinic, changed FROM visit",
    way=FromDatabase(url_from="env:REGISTER", mark="changed", overlap=600),
    id="integer",
    clinic="text",
    changed="timestamp",
)
CLIENTS = queried(
    "SELECT id, hetu, town FROM client ORDER BY id",
    way=FromDatabase(url_from="env:REGISTER", compare=("id",), removed="gone"),
    id={"type": "integer", "required": True},
    hetu="identity",
    town="text",
    gone={"type": "boolean", "optional": True},
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with started() as server:
        yield server


@pytest.fixture
def postgresql(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    server.run(
        "DROP TABLE IF EXISTS visit, client",
        "CREATE TABLE visit (id integer PRIMARY KEY, clinic text, changed timestamp NOT NULL)",
        "CREATE TABLE client (id integer PRIMARY KEY, hetu text, town text)",
    )
    monkeypatch.setenv("REGISTER", server.address)
    return server


@pytest.fixture
def sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> sqlite3.Connection:
    connection = sqlite3.connect(tmp_path / "live.sqlite", isolation_level=None)
    connection.execute("CREATE TABLE visit (id INTEGER, clinic TEXT, changed TEXT)")
    connection.execute("CREATE TABLE client (id INTEGER, hetu TEXT, town TEXT)")
    monkeypatch.setenv("REGISTER", f"sqlite:///{tmp_path}/live.sqlite")
    return connection


def test_what_lies_above_the_mark_is_collected_and_nothing_twice(tmp_path: Path, postgresql: Server) -> None:
    project = Collecting(tmp_path, (VISITS,))
    postgresql.run("INSERT INTO visit VALUES (1, 'x', '2026-11-01 08:00'), (2, 'y', '2026-11-01 09:00')")
    assert [row["id"] for row in project.collected()] == [1, 2]
    assert project.collected() == []
    postgresql.run("INSERT INTO visit VALUES (3, 'z', '2026-11-01 09:00')")
    assert [row["id"] for row in project.collected()] == [3]
    postgresql.run("UPDATE visit SET clinic = 'new', changed = '2026-11-01 10:00' WHERE id = 1")
    assert project.collected() == [{"id": 1, "clinic": "new", "changed": datetime(2026, 11, 1, 10)}]
    assert [batch.rows for batch in project.ledger.batches()] == [2, 1, 1]


def test_a_transaction_that_ends_late_is_met_within_the_overlap(tmp_path: Path, postgresql: Server) -> None:
    project = Collecting(tmp_path, (VISITS,))
    with postgresql.connect() as slow, slow.transaction():
        slow.execute("INSERT INTO visit VALUES (1, 'late', '2026-11-01 08:55')")
        postgresql.run("INSERT INTO visit VALUES (2, 'early', '2026-11-01 09:00')")
        assert [row["id"] for row in project.collected()] == [2]
    assert [row["id"] for row in project.collected()] == [1]


def test_a_crash_before_the_batch_is_on_record_neither_loses_nor_doubles(
    tmp_path: Path, postgresql: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Collecting(tmp_path, (VISITS,))
    postgresql.run("INSERT INTO visit VALUES (1, 'x', '2026-11-01 08:00')")

    def power_goes(*_: object) -> None:
        raise OSError("the power went")

    monkeypatch.setattr(Ledger, "move_position", power_goes)
    with pytest.raises(OSError, match="the power went"):
        project.collect()
    monkeypatch.undo()
    monkeypatch.setenv("REGISTER", postgresql.address)
    assert project.ledger.batches() == ()
    assert project.ledger.position("register.rows") == {}
    assert [row["id"] for row in project.collected()] == [1]
    assert project.collected() == []


def test_a_refused_delivery_leaves_the_mark_where_it_was(tmp_path: Path, postgresql: Server) -> None:
    project = Collecting(tmp_path, (VISITS,))
    postgresql.run("ALTER TABLE visit ALTER id TYPE text")
    postgresql.run("INSERT INTO visit SELECT 'a' || n, 'x', '2026-11-01' FROM generate_series(1, 20) n")
    assert "20 of 20 rows cannot be read" in project.collect().refused[0].reason
    postgresql.run("UPDATE visit SET id = substr(id, 2)")
    assert len(project.collected()) == 20
    assert project.ledger.refused() == ()


def test_a_mark_that_is_null_is_refused_rather_than_lost(tmp_path: Path, sqlite: sqlite3.Connection) -> None:
    project = Collecting(tmp_path, (VISITS,))
    sqlite.execute("INSERT INTO visit VALUES (1, 'x', '2026-11-01 08:00:00')")
    project.collect()
    sqlite.execute("INSERT INTO visit VALUES (2, 'x', NULL)")
    assert "changed of register.rows is null" in project.collect().refused[0].reason


def test_moments_kept_as_text_have_an_overlap_too(tmp_path: Path, sqlite: sqlite3.Connection) -> None:
    project = Collecting(tmp_path, (VISITS,))
    sqlite.execute(
        "INSERT INTO visit VALUES (1, 'x', '2026-11-01 08:00:00'), (2, 'x', '2026-11-01 09:00:00')"
    )
    assert len(project.collected()) == 2
    sqlite.execute(
        "INSERT INTO visit VALUES (3, 'x', '2026-11-01 08:55:00'), (4, 'x', '2026-11-01 07:00:00')"
    )
    assert [row["id"] for row in project.collected()] == [3]


@pytest.mark.parametrize(
    ("mark", "overlap", "lower"),
    [
        (datetime(2026, 3, 1, 0, 5), 600, datetime(2026, 2, 28, 23, 55)),
        (date(2026, 3, 1), 600, date(2026, 2, 28)),
        (1000, 600, 400),
        (Decimal("10.5"), 1, Decimal("9.5")),
        ("2026-03-01 00:05:00.250", 600, "2026-02-28 23:55:00.250"),
        ("2026-03-01T00:05", 600, "2026-02-28T23:55"),
        ("2026-03-01T00:05:00+02:00", 600, "2026-03-01T00:05:00+02:00"),
        ("0000A7", 600, "0000A7"),
        (b"\x00\xa7", 600, b"\x00\xa7"),
    ],
)
def test_every_kind_of_mark_is_kept_and_lowered(mark: marks.Mark, overlap: int, lower: marks.Mark) -> None:
    assert marks.read(marks.written(mark)) == mark
    assert type(marks.read(marks.written(mark))) is type(mark)
    assert marks.below(mark, overlap) == lower


def test_by_comparison_only_rows_that_differ_are_kept(tmp_path: Path, postgresql: Server) -> None:
    project = Collecting(tmp_path, (CLIENTS,))
    postgresql.run(
        "INSERT INTO client VALUES (1, '081074-910N', 'Satama'), (2, '050698-917X', 'Keskusta'), (3, NULL, NULL)"
    )
    assert [row["id"] for row in project.collected()] == [1, 2, 3]
    assert project.collected() == []
    postgresql.run("UPDATE client SET town = 'Ranta' WHERE id = 1", "DELETE FROM client WHERE id = 2")
    changed, gone = project.collected()
    assert (changed["id"], changed["town"], changed["gone"]) == (1, "Ranta", None)
    assert (gone["id"], gone["town"], gone["gone"]) == (2, "Keskusta", True)
    assert gone["hetu"] != "050698-917X"
    postgresql.run("INSERT INTO client VALUES (2, '050698-917X', 'Keskusta')")
    (back,) = project.collected()
    assert (back["id"], back["gone"]) == (2, None)
    postgresql.run("UPDATE client SET town = 'Satama' WHERE id = 1")  # all as it was in the beginning
    assert [(row["id"], row["town"]) for row in project.collected()] == [(1, "Satama")]
    assert [batch.rows for batch in project.ledger.batches()] == [3, 2, 1, 1]


def test_a_row_that_cannot_be_read_is_not_gone(tmp_path: Path, sqlite: sqlite3.Connection) -> None:
    project = Collecting(tmp_path, (CLIENTS,))
    sqlite.execute(
        "INSERT INTO client VALUES (1, '081074-910N', 'x'), (2, '050698-917X', 'y'), (3, NULL, 'z')"
    )
    project.collect()
    sqlite.execute("UPDATE client SET hetu = 'wrong' WHERE id = 1")
    sqlite.execute("DELETE FROM client WHERE id = 3")
    assert [(row["id"], row["gone"]) for row in project.collected()] == [(3, True)]
    assert [reason for _, reason, _ in project.set_aside()] == ["bad_identity"]


def test_a_key_that_is_not_one_is_refused(tmp_path: Path, sqlite: sqlite3.Connection) -> None:
    project = Collecting(tmp_path, (CLIENTS,))
    sqlite.execute("INSERT INTO client VALUES (1, NULL, 'x'), (1, NULL, 'y')")
    assert "id does not identify a row of register.rows" in project.collect().refused[0].reason


def test_an_empty_answer_never_says_that_everything_is_gone(
    tmp_path: Path, sqlite: sqlite3.Connection
) -> None:
    project = Collecting(tmp_path, (CLIENTS,))
    assert "gives no row" in project.collect().refused[0].reason


def test_a_complete_extract_that_returns_to_what_it_said_before_lands_again(
    tmp_path: Path, sqlite: sqlite3.Connection
) -> None:
    complete = queried("SELECT id, town FROM client", id="integer", town="text")
    project = Collecting(tmp_path, (complete,))
    sqlite.execute("INSERT INTO client VALUES (1, NULL, 'x')")
    for town in ("x", "y", "y", "x"):
        sqlite.execute("UPDATE client SET town = ?", (town,))
        project.collect()
    assert [row["town"] for row in project.rows()] == ["x", "y", "x"]


def test_colons_and_percent_signs_of_a_query_are_its_own(tmp_path: Path, postgresql: Server) -> None:
    postgresql.run("INSERT INTO visit VALUES (1, 'x', '2026-11-01 08:00')")
    odd = queried(
        "SELECT id::text AS id, changed, ' :x 50 %' AS note FROM visit WHERE clinic LIKE 'x%';",
        way=FromDatabase(url_from="env:REGISTER", mark="changed"),
        id="integer",
        changed="timestamp",
        note="text",
    )
    project = Collecting(tmp_path, (odd,))
    assert [row["note"] for row in project.collected()] == [" :x 50 %"]
    assert project.collected() == []


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", "there is no secret env:REGISTER"),
        ("postgresql+psycopg://reader:hush@db.example.fi/x", "db.example.fi is not among the hosts"),
        ("postgresql+psycopg://reader:hush@127.0.0.1:1/x", "could not be asked (OperationalError)"),
        ("nothing like hush", "does not hold the address of a database"),
        ("oracle+nosuchdriver://reader:hush@127.0.0.1/x", "could not be asked (NoSuchModuleError)"),
    ],
)
def test_a_database_that_cannot_be_asked_is_refused_without_its_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, said: str
) -> None:
    monkeypatch.setenv("REGISTER", address)
    project = Collecting(tmp_path, (VISITS,))
    (refused,) = project.collect().refused
    assert said in refused.reason
    assert "hush" not in refused.reason


def test_a_wrong_password_is_not_repeated_in_the_reason(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGISTER", f"postgresql+psycopg://reader:wrong1234@127.0.0.1:{server.port}/postgres")
    project = Collecting(tmp_path, (VISITS,))
    (refused,) = project.collect().refused
    assert "OperationalError" in refused.reason
    assert "wrong1234" not in refused.reason
    assert len(project.waits) == 2  # it was tried three times, waiting longer each time


def test_the_reader_writes_nothing(tmp_path: Path, postgresql: Server) -> None:
    writing = queried("DELETE FROM visit RETURNING id", id="integer")
    postgresql.run("INSERT INTO visit VALUES (1, 'x', '2026-11-01 08:00')")
    project = Collecting(tmp_path, (writing,))
    assert "could not be asked" in project.collect().refused[0].reason
    with postgresql.connect() as connection:
        assert connection.execute("SELECT count(*) FROM visit").fetchone() == (1,)


def test_a_secret_is_read_from_a_file_outside_the_project_alone(
    tmp_path: Path, sqlite: sqlite3.Connection, tmp_path_factory: pytest.TempPathFactory
) -> None:
    sqlite.execute("INSERT INTO visit VALUES (1, 'x', '2026-11-01 08:00:00')")
    outside = tmp_path_factory.mktemp("secrets") / "register"
    for path, said in ((tmp_path / "register", "lies inside the project"), (outside, "")):
        path.write_text(f"sqlite:///{tmp_path}/live.sqlite\n")
        way = FromDatabase(url_from=f"file:{path}", mark="changed")
        one = queried("SELECT id, changed FROM visit", way=way, id="integer", changed="timestamp")
        refused = Collecting(tmp_path, (one,)).collect().refused
        assert bool(refused) == bool(said)
        assert not said or said in refused[0].reason


def test_no_digest_of_a_row_can_be_guessed(
    tmp_path: Path, sqlite: sqlite3.Connection, tmp_path_factory: pytest.TempPathFactory
) -> None:
    sqlite.execute("INSERT INTO visit VALUES (1, 'x', '2026-11-01 08:00:00')")
    positions = []
    for folder in (tmp_path, tmp_path_factory.mktemp("other")):
        project = Collecting(folder, (VISITS,))
        project.collect()
        positions.append(project.ledger.position("register.rows")["near"])
    assert positions[0] != positions[1]


def test_a_database_that_stopped_answering_does_not_hold_up_the_others(
    tmp_path: Path, sqlite: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    sqlite.execute("INSERT INTO visit VALUES (1, 'x', '2026-11-01 08:00:00')")
    monkeypatch.setenv("OTHER", "postgresql+psycopg://reader@127.0.0.1:1/x")
    other = queried("SELECT 1 AS id", way=FromDatabase(url_from="env:OTHER"), id="integer")
    project = Collecting(tmp_path, (other, VISITS))
    report = project.collect()
    assert (len(report.refused), len(report.landed)) == (1, 1)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("", None),
        (True, "true"),
        (Decimal("1.50"), "1.50"),
        (date(2026, 11, 1), "2026-11-01"),
        (b"\xc3\xa4", "ä"),
        ({"a": [1, "ä"]}, '{"a": [1, "ä"]}'),
    ],
)
def test_values_of_a_database_become_text_that_reads_back(value: object, text: str | None) -> None:
    assert as_text(value) == text


def test_who_is_erased_between_two_turns_of_one_collection_is_another_in_the_second(
    tmp_path: Path, sqlite: sqlite3.Connection
) -> None:
    feeds = tuple(replace(CLIENTS, name=name) for name in ("clients", "customers"))
    sqlite.execute("INSERT INTO client VALUES (1, '010190-900P', 'Lahti')")
    project = Collecting(tmp_path, feeds)
    turns = []

    @contextmanager
    def turn() -> Iterator[None]:
        if len(project.ledger.batches()) == 1 and not turns:
            turns.append(project.identities.find("010190-900P"))
            project.identities.forget(str(turns[0]))
        yield

    project.turn = turn
    first, second = project.collected()
    assert first["hetu"] == turns[0] != second["hetu"]
    assert second["hetu"] == project.identities.find("010190-900P")
