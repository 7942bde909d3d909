"""Events wait on disk, each once, and become deliveries that a crash neither loses nor doubles."""

import json
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from virtaama.sources.intake import spool as spool_module
from virtaama.sources.intake.spool import KNOWN_FOR, Event, Spool

NOON = datetime(2026, 11, 26, 12)


def event(number: int, feed: str = "devices.steps") -> Event:
    return Event(feed, f"e{number}", json.dumps({"id": f"e{number}"}))


def opened(folder: Path) -> Spool:
    return Spool.open(folder / ".intake", folder)


def delivered(folder: Path) -> list[str]:
    return [
        json.loads(line)["id"]
        for path in sorted(folder.rglob("*.jsonl"))
        for line in path.read_text().splitlines()
    ]


def test_an_event_that_was_sent_twice_is_kept_once(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    assert spool.add([event(1), event(2), event(1)], NOON) == [True, True, False]
    assert spool.add([event(2), event(2, "devices.other")], NOON) == [False, True]
    assert spool.waiting("devices.steps") == (2, NOON)
    spool.deliver("devices.steps", 100, NOON)
    assert spool.add([event(1)], NOON) == [False]  # known after it was delivered, too
    assert delivered(tmp_path) == ["e1", "e2"]


def test_a_delivery_holds_the_oldest_events_and_no_more_than_it_may(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    spool.add([event(number) for number in range(5)], NOON)
    first = spool.deliver("devices.steps", 3, NOON)
    assert first == tmp_path / "devices" / "2026-11-26" / "steps-000000000001-000000000003.events.jsonl"
    spool.deliver("devices.steps", 3, NOON)
    assert spool.deliver("devices.steps", 3, NOON) is None
    assert delivered(tmp_path) == ["e0", "e1", "e2", "e3", "e4"]


@pytest.mark.parametrize("step", ["replace", "sync"])
def test_a_crash_while_a_delivery_is_written_is_finished_by_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    spool = opened(tmp_path)
    spool.add([event(1), event(2)], NOON)

    def power_goes(*_: object) -> None:
        raise OSError("the power went")

    if step == "replace":
        monkeypatch.setattr(Path, "replace", power_goes)
    else:
        monkeypatch.setattr(spool_module, "_sync", power_goes)
    with pytest.raises(OSError, match="the power went"):
        spool.deliver("devices.steps", 10, NOON)
    monkeypatch.undo()
    spool.close()
    again = opened(tmp_path)
    again.add([event(3)], NOON)
    again.deliver("devices.steps", 10, NOON)
    assert delivered(tmp_path) == ["e1", "e2", "e3"]
    assert len(list(tmp_path.rglob("*.jsonl"))) == 2


def test_what_was_delivered_is_not_kept_and_ids_are_forgotten_after_a_month(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    spool.add([event(1), event(2)], NOON)
    spool.deliver("devices.steps", 1, NOON)
    spool.forget(NOON + KNOWN_FOR + timedelta(days=1))
    with sqlite3.connect(tmp_path / ".intake" / "spool.sqlite") as other:
        assert other.execute("SELECT id FROM event").fetchall() == [("e2",)]  # it was not delivered
    other.close()
    assert spool.add([event(1)], NOON) == [True]


def test_nobody_else_reads_the_spool(tmp_path: Path) -> None:
    opened(tmp_path)
    assert (tmp_path / ".intake").stat().st_mode & 0o077 == 0
    assert (tmp_path / ".intake" / "spool.sqlite").stat().st_mode & 0o077 == 0
