"""The ledger keeps what it was told, together or not at all."""

import sqlite3
from datetime import datetime
from pathlib import Path

import pytest

from virtaama.lake.batches import Batch, DriftEvent, Rejected
from virtaama.lake.ledger import Ledger
from virtaama.lake.noticed import QualityLine

NOON = datetime(2026, 10, 31, 12)


def record(
    ledger: Ledger,
    sha256: str,
    extracted: datetime = NOON,
    rejected: tuple[Rejected, ...] = (),
) -> Batch:
    return ledger.record_batch(
        feed="register.residents",
        file=f"{sha256}.csv",
        sha256=sha256,
        parquet=f"register.residents/{sha256}.parquet",
        parquet_sha256="p" + sha256,
        extracted=extracted,
        landed=NOON,
        rows=3,
        contract="c",
        rejected=rejected,
        drift=(
            DriftEvent(
                kind="added",
                column="UUSI",
                outcome="accept",
                detail="column UUSI is new",
            ),
        ),
    )


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger.open(tmp_path / "lake" / "ledger.sqlite")


def test_batches_are_read_in_the_order_of_what_they_describe(ledger: Ledger) -> None:
    later = record(ledger, "a", datetime(2024, 3, 1))
    earlier = record(ledger, "b", datetime(2024, 2, 1))
    assert (later.number, earlier.number) == (1, 2)
    assert ledger.batches() == (earlier, later)
    assert ledger.batches("another.feed") == ()


def test_the_same_bytes_are_one_batch(ledger: Ledger) -> None:
    batch = record(ledger, "a")
    assert ledger.batches_of("register.residents", "a") == (batch,)
    with pytest.raises(sqlite3.IntegrityError):
        record(
            ledger,
            "a",
            rejected=(Rejected(line=2, raw=b"x", reason="wrong_type", detail="d"),),
        )
    assert ledger.batches() == (batch,)
    assert ledger.rejected(1) == ()  # what belonged to the failed record is gone with it


def test_a_repeat_is_recorded_once(ledger: Ledger) -> None:
    record(ledger, "a")
    assert ledger.record_repeat(1, "again.csv", NOON)
    assert not ledger.record_repeat(1, "again.csv", NOON)
    assert [repeat.file for repeat in ledger.repeats()] == ["again.csv"]


def test_a_refusal_leaves_the_list_when_its_bytes_land_after_all(
    ledger: Ledger,
) -> None:
    ledger.record_refused(
        feed="register.residents",
        file="a.csv",
        sha256="a",
        refused=NOON,
        reason="too many",
        drift=(),
    )
    assert [refused.reason for refused in ledger.refused()] == ["too many"]
    record(ledger, "a")
    assert ledger.refused() == ()


def test_a_run_that_died_has_no_end(ledger: Ledger) -> None:
    first = ledger.start_run("land", NOON)
    ledger.finish_run(first, finished=NOON, ok=True, counts={"batches": 3})
    ledger.start_run("load", NOON)
    newest, oldest = ledger.runs()
    assert (newest.kind, newest.finished, newest.ok) == ("load", None, False)
    assert (oldest.kind, oldest.finished, oldest.ok, oldest.counts) == (
        "land",
        NOON,
        True,
        {"batches": 3},
    )


def test_findings_of_a_second_load_replace_those_of_the_first(ledger: Ledger) -> None:
    record(
        ledger,
        "a",
        rejected=(Rejected(line=2, raw=b"x", reason="wrong_type", detail="column N"),),
    )
    for count in (5, 4):
        ledger.replace_findings(
            1,
            (
                QualityLine(
                    feed="register.residents",
                    batch=1,
                    check="unknown_code",
                    detail="X9",
                    count=count,
                ),
            ),
        )
    assert {(line.check, line.count, line.rows) for line in ledger.quality()} == {
        ("column_added", 1, 3),
        ("unknown_code", 4, 3),
        ("wrong_type", 1, 3),
    }


def test_what_was_recorded_is_there_after_reopening(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger.sqlite")
    record(ledger, "a")
    ledger.close()
    again = Ledger.open(tmp_path / "ledger.sqlite")
    assert [batch.sha256 for batch in again.batches()] == ["a"]
    assert [event.column for event in again.drift("register.residents", "a")] == ["UUSI"]


def test_a_commit_that_failed_leaves_nothing_half_written(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "own.sqlite")
    ledger._connection.execute("PRAGMA busy_timeout = 10")
    with sqlite3.connect(tmp_path / "own.sqlite", isolation_level=None) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM run").fetchone()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            ledger.start_run("land", NOON)
        reader.execute("ROLLBACK")
    ledger.start_run("load", NOON)
    assert [run.kind for run in Ledger.open(tmp_path / "own.sqlite").runs()] == ["load"]
