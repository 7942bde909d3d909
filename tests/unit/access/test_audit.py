from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from virtaama.access.audit import AuditLog
from virtaama.problems import Damaged


def log(folder: Path) -> AuditLog:
    return AuditLog(folder / "audit.sqlite", b"key")


def write(audit: AuditLog, asker: str) -> int:
    return audit.append(
        moment=datetime(2024, 5, 2, 6, 0),
        asker=asker,
        role="manager",
        purpose="steering",
        question="{}",
        decision="allowed",
        snapshot=1,
        rows=3,
    )


def test_entries_are_numbered_and_kept_in_order(tmp_path: Path) -> None:
    audit = log(tmp_path)
    assert [write(audit, name) for name in ("a", "b", "c")] == [1, 2, 3]
    assert [entry.asker for entry in audit.entries()] == ["a", "b", "c"]
    assert audit.verify_chain() == 3


def test_a_commit_that_failed_does_not_stop_the_next_entry(tmp_path: Path) -> None:
    audit = log(tmp_path)
    write(audit, "a")
    audit._open().execute("PRAGMA busy_timeout = 10")
    with sqlite3.connect(tmp_path / "audit.sqlite", isolation_level=None) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM record").fetchone()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            write(audit, "b")
        reader.execute("ROLLBACK")
    assert write(audit, "c") == 2
    assert [entry.asker for entry in audit.entries()] == ["a", "c"]
    assert audit.verify_chain() == 2


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE record SET asker = 'x' WHERE number = 2",
        "UPDATE record SET rows = 0 WHERE number = 1",
        "DELETE FROM record WHERE number = 2",
        "DELETE FROM record WHERE number = 1",
        "INSERT INTO record SELECT 4, moment, asker, role, purpose, question, decision, snapshot, rows, seal "
        "FROM record WHERE number = 3",
    ],
)
def test_changed_log_does_not_verify(tmp_path: Path, tampering: str) -> None:
    audit = log(tmp_path)
    for name in ("a", "b", "c"):
        write(audit, name)
    audit.close()
    with sqlite3.connect(tmp_path / "audit.sqlite") as connection:
        connection.execute(tampering)
    with pytest.raises(Damaged):
        log(tmp_path).verify_chain()


def test_log_sealed_with_another_key_does_not_verify(tmp_path: Path) -> None:
    write(log(tmp_path), "a")
    with pytest.raises(Damaged):
        AuditLog(tmp_path / "audit.sqlite", b"other").verify_chain()


def test_cut_end_shows_against_a_head_kept_elsewhere(tmp_path: Path) -> None:
    audit = log(tmp_path)
    write(audit, "a")
    write(audit, "b")
    kept = audit.head()
    with sqlite3.connect(tmp_path / "audit.sqlite") as connection:
        connection.execute("DELETE FROM record WHERE number = 2")
    assert audit.verify_chain() == 1
    assert audit.head() != kept


def test_many_writers_at_once_make_one_chain(tmp_path: Path) -> None:
    logs = [log(tmp_path) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda n: write(logs[n % 4], str(n)), range(40)))
    assert logs[0].verify_chain() == 40
