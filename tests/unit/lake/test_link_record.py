"""The record of what was decided on pairs."""

from __future__ import annotations

import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from virtaama.lake.link_record import Decision, LinkRecord, OutOfDate, Verdict
from virtaama.problems import Damaged, NotReady

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def decision(verdict: Verdict, instance: int = 1, same_as: int = 2, who: str = "rita") -> Decision:
    return Decision(
        linkage="clients",
        instance=f"{instance:032x}",
        same_as=f"{same_as:032x}",
        verdict=verdict,
        decided_by="person",
        who=who,
        note=b"sealed",
        moment=NOW,
        settings="1.1",
        weight=3.5,
        why={"family_name": "near"},
        seen="mark",
    )


def test_the_newest_of_each_pair_counts_and_all_are_kept(tmp_path: Path) -> None:
    record = LinkRecord.open(tmp_path / "links.sqlite")
    record.append([decision(Verdict.PROPOSED), decision(Verdict.PROPOSED, 1, 3)])
    said = record.decide(decision(Verdict.LINKED), after=1)
    assert [(d.number, d.verdict) for d in record.newest("clients")] == [(2, "proposed"), (3, "linked")]
    assert record.of_pair("clients", said.instance, said.same_as)[0] == said
    assert [d.verdict for d in record.of_pair("clients", said.instance, said.same_as)] == [
        "linked",
        "proposed",
    ]
    assert record.newest("others") == ()
    record.close()
    again = LinkRecord.open(tmp_path / "links.sqlite")
    assert again.newest("clients")[1] == said


def test_of_many_who_decide_on_one_pair_at_once_one_is_heard(tmp_path: Path) -> None:
    path = tmp_path / "links.sqlite"
    LinkRecord.open(path).append([decision(Verdict.PROPOSED)])

    def decide(n: int) -> bool:
        record = LinkRecord.open(path)
        try:
            record.decide(decision(Verdict.LINKED if n % 2 else Verdict.NOT_SAME, who=f"r{n}"), after=1)
        except OutOfDate:
            return False
        finally:
            record.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        heard = list(pool.map(decide, range(8)))
    assert sum(heard) == 1
    assert len(LinkRecord.open(path).of_pair("clients", f"{1:032x}", f"{2:032x}")) == 2


def test_what_is_forgotten_is_in_no_byte_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "links.sqlite"
    record = LinkRecord.open(path)
    record.append([decision(Verdict.LINKED, 0xABCDEF012345, 7), decision(Verdict.LINKED, 8, 9)])
    assert bytes.fromhex("abcdef012345") in path.read_bytes()
    assert record.forget([f"{0xABCDEF012345:032x}"]) == 1
    assert bytes.fromhex("abcdef012345") not in path.read_bytes()
    assert len(record.newest("clients")) == 1


def test_a_file_that_is_none_of_ours_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "links.sqlite"
    path.write_bytes(b"something else" * 100)
    with pytest.raises(Damaged):
        LinkRecord.open(path)
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 9")
    with pytest.raises(NotReady):
        LinkRecord.open(path)


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    LinkRecord.open(tmp_path / "links.sqlite")
    assert stat.S_IMODE((tmp_path / "links.sqlite").stat().st_mode) == 0o600


def test_neither_notes_nor_keys_come_into_a_log() -> None:
    assert "sealed" not in repr(decision(Verdict.LINKED))
