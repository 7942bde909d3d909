"""What the writer takes is on disk when it says so; who comes when too many wait is asked to come later."""

import queue
from collections.abc import Iterator
from concurrent.futures import Future
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.unit.loading.deliveries import feed, fields
from virtaama.model.feeds import Delivery, Feed, Format
from virtaama.model.intake import Intake, files_of_intake
from virtaama.sources.intake.spool import Event, Spool
from virtaama.sources.intake.writer import BACKLOG, NotAnEvent, Writer, event_of, message_of


def events_feed(**intake: Any) -> Feed:
    return feed(
        *fields(id="text", steps="integer"),
        system="devices",
        name="steps",
        format=Format.JSON_LINES,
        delivery=Delivery.EVENTS,
        files=files_of_intake("devices", "steps"),
        extracted="",
        intake=Intake(event_id="id", token_from="env:T", topic="homes/+/steps", **intake),
    )


FEED = events_feed(most=3, within=60)


class Clock:
    now = datetime(2026, 11, 26, 12)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    writer = Writer({FEED.id: FEED}, tmp_path / ".intake", tmp_path, Clock())
    yield writer
    writer.stop()


def event(number: int) -> Event:
    return event_of(FEED, {"id": f"e{number}", "steps": number})


def deliveries(folder: Path) -> list[int]:
    return [len(path.read_text().splitlines()) for path in sorted(folder.rglob("*.jsonl"))]


def test_a_delivery_is_made_by_number_and_by_time(tmp_path: Path, writer: Writer) -> None:
    clock = writer.clock
    assert isinstance(clock, Clock)
    writer.start()
    writer.submit([event(number) for number in range(7)]).result(10)
    writer.submit([event(7)]).result(10)  # by then what was due has been delivered
    assert deliveries(tmp_path) == [3, 3]
    clock.now += timedelta(seconds=61)
    writer.submit([event(8)]).result(10)
    writer.submit([event(8)]).result(10)
    assert deliveries(tmp_path) == [3, 3, 3]
    assert (writer.tally.received, writer.tally.known) == (10, 1)


def test_what_was_taken_is_delivered_at_the_end(tmp_path: Path, writer: Writer) -> None:
    writer.start()
    done = writer.submit([event(1)])
    writer.stop()
    assert done.result(0) == [True]
    assert deliveries(tmp_path) == [1]
    with pytest.raises(queue.Full):
        writer.submit([event(2)])


def test_a_clock_that_was_set_back_makes_no_event_wait(tmp_path: Path, writer: Writer) -> None:
    clock = writer.clock
    assert isinstance(clock, Clock)
    writer.start()
    writer.submit([event(1)]).result(10)
    clock.now -= timedelta(hours=1)
    writer.submit([]).result(10)
    writer.submit([]).result(10)
    assert deliveries(tmp_path) == [1]


def test_who_comes_when_too_many_wait_is_asked_to_come_later(tmp_path: Path, writer: Writer) -> None:
    writer.feeds = {FEED.id: events_feed(most=10 * BACKLOG, within=60)}
    waiting: list[Future[list[bool]]] = [writer.submit([event(number)]) for number in range(BACKLOG)]
    with pytest.raises(queue.Full):
        writer.submit([event(BACKLOG)])
    writer.start()
    assert all(done.result(20) == [True] for done in waiting)
    assert writer.submit([event(BACKLOG)]).result(10) == [True]
    writer.stop()
    assert deliveries(tmp_path) == [BACKLOG + 1]


def test_what_cannot_be_written_is_not_acknowledged_and_ends_the_intake(
    writer: Writer, monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    def full(*_: object) -> list[bool]:
        raise OSError("no space left")

    monkeypatch.setattr(Spool, "add", full)
    monkeypatch.setattr("threading.excepthook", lambda _: None)
    writer.start()
    with pytest.raises(OSError, match="no space left"):
        writer.submit([event(1)]).result(10)
    writer.stop()
    assert isinstance(writer.failure, OSError)


@pytest.mark.parametrize("value", [1, "x", [], {}, {"id": None}, {"id": ""}, {"id": True}, {"id": 1.5}])
def test_an_event_is_an_object_with_an_id(value: object) -> None:
    with pytest.raises(NotAnEvent):
        event_of(FEED, value)


def test_a_message_carries_its_topic_and_one_that_is_no_event_is_kept_as_it_came() -> None:
    message = message_of(FEED, "homes/7/steps", b'{"id": 5, "steps": 1}')
    assert (message.id, message.body) == ("5", '{"id":5,"steps":1,"topic":"homes/7/steps"}')
    broken = message_of(FEED, "homes/7/steps", b"{half\nof \xff it")
    assert broken.body == "{half of \\xff it"
    assert broken == message_of(FEED, "homes/7/steps", b"{half\nof \xff it")
    assert broken.id != message_of(FEED, "homes/8/steps", b"{half\nof \xff it").id
