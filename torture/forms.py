"""R18: killed while a ledger of an earlier form is brought to that of today."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

from torture.processes import ROOT
from virtaama.lake.ledger import Ledger
from virtaama.lake.ledger_tables import FORMAT

DUMP = ROOT / "tests" / "unit" / "lake" / "ledger_of_0_1_0.sql"
TABLES = ("batch", "rejected", "drift", "repeat", "refused", "run", "finding")


def migrations(folder: Path, kills: int, chance: random.Random) -> tuple[int, int]:
    """Open a ledger of 0.1.0 until it is brought up, with kills; how many, and how often it was then not whole."""
    wrong = killed = 0
    while killed < kills:
        path = folder / "ledger.sqlite"
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(DUMP.read_text(encoding="utf-8"))
        before = _rows(path)
        for _ in range(4):
            killed += _opened(path, chance.randrange(1, 14))
            wrong += _rows(path) != before or _form(path) not in (0, FORMAT)
        with closing(Ledger.open(path)) as ledger:
            wrong += bool(ledger.damage()) or not ledger.identity
        wrong += _rows(path) != before or _form(path) != FORMAT
    return killed, wrong


def _opened(path: Path, statement: int) -> bool:
    """Open the ledger in a process that dies at a statement; whether it did."""
    pid = os.fork()
    if not pid:
        left = statement
        connect = sqlite3.connect

        class Dying(sqlite3.Connection):
            def execute(self, *given: object) -> sqlite3.Cursor:
                nonlocal left
                left -= 1
                if not left:
                    os.kill(os.getpid(), signal.SIGKILL)
                return super().execute(*given)  # type: ignore[arg-type]

        sqlite3.connect = lambda path, **options: connect(path, **options, factory=Dying)  # type: ignore[assignment]
        try:
            Ledger.open(path)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(pid, 0)[1])


def _rows(path: Path) -> list[list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as connection:
        return [connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in TABLES]


def _form(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        [(found,)] = connection.execute("PRAGMA user_version")
    return int(found)
