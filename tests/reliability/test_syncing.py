"""What the ledger says exists is on disk before the ledger says so: synced, named, its name synced, then recorded."""

import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.unit.loading.deliveries import Landing, feed, fields
from virtaama.lake.ledger import Ledger


def test_a_batch_is_synced_before_it_is_on_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[tuple[str, str]] = []
    sync, replace, record = os.fsync, Path.replace, Ledger.record_batch

    def fsync(descriptor: int) -> None:
        done.append(("sync", Path(f"/proc/self/fd/{descriptor}").readlink().name))
        sync(descriptor)

    def replaced(path: Path, target: Any) -> Path:
        done.append(("name", Path(target).name))
        return replace(path, target)

    def recorded(ledger: Ledger, **what: Any) -> Any:
        done.append(("record", Path(what["parquet"]).name))
        return record(ledger, **what)

    landing = Landing(tmp_path, (feed(*fields(NAME="text")),))
    landing.deliver("NAME\nx\n")
    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replaced)
    monkeypatch.setattr(Ledger, "record_batch", recorded)
    [batch] = landing.land().landed
    kept = Path(batch.parquet)
    unfinished = kept.with_suffix(".unfinished").name
    assert done == [
        ("sync", "lake"),  # the folder of the feed is new in it
        ("name", unfinished),  # written in a folder that passes
        ("sync", unfinished),
        ("name", kept.name),
        ("sync", kept.parent.name),
        ("record", kept.name),
    ]


def test_the_ledger_syncs_what_it_commits(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger.sqlite")
    connection: sqlite3.Connection = ledger._connection
    [(level,)] = connection.execute("PRAGMA synchronous").fetchall()
    assert level >= 2  # FULL: each commit waits for the disk
    ledger.close()
