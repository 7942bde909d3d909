from __future__ import annotations

import fcntl
import sqlite3
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from virtaama.access.audit import AuditLog
from virtaama.problems import Damaged, NotRecorded


def log(folder: Path) -> AuditLog:
    return AuditLog(folder / "audit.sqlite", b"key")


GIVEN: dict[str, Any] = {
    "moment": datetime(2024, 5, 2, 6, 0),
    "asker": "a",
    "role": "manager",
    "purpose": "steering",
    "question": "{}",
    "decision": "allowed",
    "snapshot": 1,
    "rows": 3,
}


def write(audit: AuditLog, asker: str) -> int:
    return audit.append(**{**GIVEN, "asker": asker})


def test_entries_are_numbered_and_kept_in_order(tmp_path: Path) -> None:
    audit = log(tmp_path)
    assert [write(audit, name) for name in ("a", "b", "c")] == [1, 2, 3]
    assert [entry.asker for entry in audit.entries()] == ["a", "b", "c"]
    assert audit.verify_chain() == 3
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_a_commit_that_failed_does_not_stop_the_next_entry(tmp_path: Path) -> None:
    audit = log(tmp_path)
    write(audit, "a")
    audit._open().execute("PRAGMA busy_timeout = 10")
    with sqlite3.connect(tmp_path / "audit.sqlite", isolation_level=None) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM record").fetchone()
        with pytest.raises(NotRecorded, match="locked"):
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
        "INSERT INTO record (number, moment, asker, role, purpose, question, decision, snapshot, rows, seal) "
        "SELECT 4, moment, asker, role, purpose, question, decision, snapshot, rows, seal FROM record "
        "WHERE number = 3",
        "UPDATE record SET form = 1 WHERE number = 2",
        "UPDATE record SET person = x'00000000000000000000000000000001' WHERE number = 2",
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


def test_a_log_of_0_1_0_is_brought_up_and_verifies_across_the_change(tmp_path: Path) -> None:
    path = tmp_path / "audit.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript(Path(__file__).with_name("audit_of_0_1_0.sql").read_text(encoding="utf-8"))
    audit = AuditLog(path, b"a key of 0.1.0")
    assert audit.verify_chain() == 3
    assert write(audit, "d") == 4
    assert audit.verify_chain() == 4
    assert [(entry.form, entry.about) for entry in audit.entries()] == [(1, "")] * 3 + [(2, "nobody")]
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE record SET about = 'nobody' WHERE number = 2")
    with pytest.raises(Damaged, match="entry 2"):
        audit.verify_chain()


def test_the_first_entry_since_a_moment_is_found_by_halving(tmp_path: Path) -> None:
    audit = log(tmp_path)
    for hour in range(7):
        audit.append(**{**GIVEN, "moment": datetime(2024, 5, 2, hour)})
    assert [audit.first_since(datetime(2024, 5, 2, hour)) for hour in (0, 3, 6)] == [1, 4, 7]
    assert audit.first_since(datetime(2024, 5, 2, 2, 30)) == 4
    assert audit.first_since(datetime(2025, 1, 1)) == 8


def waiting_together(audit: AuditLog, threads: ThreadPoolExecutor, count: int) -> list[Future[int]]:
    """So many writers, each in a thread, that wait until what holds the turn lets go."""
    with audit.path.with_suffix(".turns").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        futures = [threads.submit(write, audit, str(n)) for n in range(count)]
        deadline = monotonic() + 20
        while len(audit._queue) < count and monotonic() < deadline:
            sleep(0.01)
    return futures


def test_entries_that_wait_together_are_synced_together(tmp_path: Path) -> None:
    audit = log(tmp_path)
    write(audit, "first")
    commits: list[str] = []
    audit._open().set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
    with ThreadPoolExecutor(8) as threads:
        numbers = [future.result() for future in waiting_together(audit, threads, 8)]
    assert sorted(numbers) == list(range(2, 10))
    assert len(commits) == 1
    assert audit.verify_chain() == 9
    assert {entry.number: entry.asker for entry in audit.entries()}.items() >= {
        number: str(n) for n, number in enumerate(numbers)
    }.items()


def test_where_one_that_waited_together_cannot_be_written_none_is(tmp_path: Path) -> None:
    audit = log(tmp_path)
    write(audit, "first")
    audit._open().execute(
        "CREATE TRIGGER full BEFORE INSERT ON record WHEN new.asker = '3' "
        "BEGIN SELECT RAISE(ABORT, 'disk full'); END"
    )
    with ThreadPoolExecutor(8) as threads:
        futures = waiting_together(audit, threads, 5)
        assert all(isinstance(future.exception(), NotRecorded) for future in futures)
    assert [entry.asker for entry in audit.entries()] == ["first"]
    assert write(audit, "last") == 2


def test_a_log_that_was_exchanged_under_its_writer_is_not_written_to(tmp_path: Path) -> None:
    audit = log(tmp_path)
    write(audit, "a")
    copy = tmp_path / "copy"
    copy.write_bytes(audit.path.read_bytes())
    audit.path.rename(tmp_path / "moved")
    with pytest.raises(NotRecorded):
        write(audit, "b")
    copy.rename(audit.path)
    with pytest.raises(NotRecorded, match="another file is in the place"):
        write(audit, "b")
    assert log(tmp_path).verify_chain() == 1
