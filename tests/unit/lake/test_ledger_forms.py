"""A ledger of an earlier form is brought to that of today without a loss; a newer one is left alone."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from virtaama.lake.ledger import Ledger
from virtaama.lake.ledger_tables import FORMAT
from virtaama.problems import Damaged, NotReady

DUMP = Path(__file__).with_name("ledger_of_0_1_0.sql")
TABLES = ("batch", "rejected", "drift", "repeat", "refused", "run", "finding")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(DUMP.read_text(encoding="utf-8"))
    return path


def rows(path: Path) -> list[list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as connection:
        return [connection.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES]


def form(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        [(found,)] = connection.execute("PRAGMA user_version")
    return int(found)


def test_an_earlier_form_is_brought_up_and_keeps_every_row(old: Path) -> None:
    before = rows(old)
    with closing(Ledger.open(old)) as ledger:
        identity = ledger.identity
        assert [batch.number for batch in ledger.batches()] == [1, 2]
        assert len(ledger.quality()) == 7
    assert rows(old) == before
    assert form(old) == FORMAT
    with closing(Ledger.open(old)) as again:
        assert again.identity == identity


# Dies at the n-th statement: before the first, between any two, and after the last.
DYING = """
import os, signal, sqlite3, sys
from pathlib import Path
from virtaama.lake.ledger import Ledger

left = int(sys.argv[2])

class Dying(sqlite3.Connection):
    def execute(self, *given):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().execute(*given)

connect = sqlite3.connect
sqlite3.connect = lambda path, **options: connect(path, **options, factory=Dying)
Ledger.open(Path(sys.argv[1]))
"""


def test_a_kill_while_it_is_brought_up_leaves_one_form_or_the_other(old: Path) -> None:
    before = rows(old)
    kills = 0
    for statement in (3, 4, 5, 6, 7, 8, 9):
        done = subprocess.run(
            [sys.executable, "-c", DYING, str(old), str(statement)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            check=False,
        )
        kills += done.returncode == -signal.SIGKILL
        assert form(old) in (0, FORMAT)
        assert rows(old) == before
    assert kills >= 5
    with closing(Ledger.open(old)) as ledger:
        assert ledger.identity
        assert ledger.damage() == ()
    assert rows(old) == before


def test_a_newer_form_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    Ledger.open(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {FORMAT + 1}")
    before = path.read_bytes()
    with pytest.raises(NotReady, match="newer version of Virtaama"):
        Ledger.open(path)
    assert path.read_bytes() == before


def test_a_file_that_is_no_ledger_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"something else " * 1_000)
    with pytest.raises(Damaged, match="the ledger cannot be read"):
        Ledger.open(path)
    assert path.read_bytes() == b"something else " * 1_000


def test_a_ledger_that_lost_rows_is_found_out(old: Path) -> None:
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("DELETE FROM batch WHERE number = 2")
        connection.commit()
    with closing(Ledger.open(old)) as ledger:
        assert ledger.damage() == ("rejected without its batch",)


def test_keys_met_once_are_known_again(tmp_path: Path) -> None:
    with closing(Ledger.open(tmp_path / "ledger.sqlite")) as ledger:
        assert ledger.recognise_keys({"identity": "a", "direct": "b"}) == ()
        assert ledger.recognise_keys({"identity": "a", "direct": "b"}) == ()
        assert ledger.recognise_keys({"identity": "x", "direct": "b", "new": "c"}) == ("identity",)


def test_a_copy_is_the_same_ledger(tmp_path: Path) -> None:
    with closing(Ledger.open(tmp_path / "ledger.sqlite")) as ledger:
        ledger.copy_to(tmp_path / "copy.sqlite")
        with closing(Ledger.open(tmp_path / "copy.sqlite")) as copy:
            assert copy.identity == ledger.identity
