"""The one thread that writes: events of many senders in one transaction, deliveries when they are due."""

from __future__ import annotations

import hashlib
import json
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from virtaama.model.feeds import Feed
from virtaama.model.intake import Intake
from virtaama.sources.intake.spool import Event, Spool

BACKLOG = 2_000  # posts that may wait to be written; who comes then is asked to come later
_TOGETHER = 500  # posts in one transaction
_LOOK = 0.5  # seconds between two looks at what is due
_FORGET_EVERY = 10_000  # looks


@dataclass(slots=True)
class Tally:
    """What came in so far. `known` are events that had come before."""

    received: int = 0
    known: int = 0
    deliveries: int = 0

    def __str__(self) -> str:
        return (
            f"{self.received} events came in, {self.known} of them again; "
            f"{self.deliveries} deliveries were made of them."
        )


@dataclass(slots=True)
class Writer:
    """Takes events from any thread; a future tells when they are on disk, and which were new."""

    feeds: Mapping[str, Feed]
    folder: Path
    deliveries: Path
    clock: Callable[[], datetime]
    tally: Tally = field(default_factory=Tally)
    failure: BaseException | None = None
    _posts: queue.Queue[tuple[Sequence[Event], Future[list[bool]]]] = field(
        default_factory=lambda: queue.Queue(BACKLOG)
    )
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Open the spool and begin; raises what keeps it from being opened."""
        spool = Spool.open(self.folder, self.deliveries)
        self._thread = threading.Thread(target=self._run, args=(spool,), name="virtaama-intake")
        self._thread.start()

    def stop(self) -> None:
        """Write what was taken, deliver all of it, and end."""
        self._stop.set()
        if self._thread:
            self._thread.join()

    def submit(self, events: Sequence[Event], *, patience: float | None = 0) -> Future[list[bool]]:
        """Hand events over. queue.Full when too many wait; with `patience` None one waits for room."""
        if self.failure is not None or self._stop.is_set():
            raise queue.Full
        done: Future[list[bool]] = Future()
        self._posts.put((events, done), block=patience is None)
        return done

    def _run(self, spool: Spool) -> None:
        looks = 0
        try:
            while not self._stop.is_set() or not self._posts.empty():
                self._write(spool)
                self._deliver(spool, everything=False)
                if looks % _FORGET_EVERY == 0:
                    spool.forget(self.clock())
                looks += 1
            self._deliver(spool, everything=True)
        except BaseException as error:
            self.failure = error  # whoever runs the intake ends it: nothing can be acknowledged any more
            raise
        finally:
            self._fail_waiting()
            spool.close()

    def _write(self, spool: Spool) -> None:
        try:
            posts = [self._posts.get(timeout=_LOOK)]
        except queue.Empty:
            return
        while len(posts) < _TOGETHER and not self._posts.empty():
            posts.append(self._posts.get_nowait())
        try:
            new = spool.add([event for events, _ in posts for event in events], self.clock())
        except BaseException as error:
            for _, done in posts:
                done.set_exception(error)
            raise
        self.tally.received += len(new)
        self.tally.known += len(new) - sum(new)
        begins = 0
        for events, done in posts:
            done.set_result(new[begins : begins + len(events)])
            begins += len(events)

    def _deliver(self, spool: Spool, *, everything: bool) -> None:
        now = self.clock()
        for id, feed in self.feeds.items():
            intake = feed.intake
            assert intake is not None
            while (state := spool.waiting(id))[0] and (everything or _is_due(intake, *state, now)):
                spool.deliver(id, intake.most, now)
                self.tally.deliveries += 1

    def _fail_waiting(self) -> None:
        while not self._posts.empty():
            self._posts.get_nowait()[1].set_exception(queue.Full())


def _is_due(intake: Intake, count: int, oldest: datetime | None, now: datetime) -> bool:
    if count >= intake.most:
        return True
    # A clock that was set back must not make events wait for it.
    return oldest is not None and not 0 <= (now - oldest).total_seconds() < intake.within


class NotAnEvent(ValueError):
    """What was sent is no event; the message says why, without the content."""


def event_of(feed: Feed, value: object) -> Event:
    """An event from what was sent as JSON; NotAnEvent when it has no id."""
    assert feed.intake is not None
    if not isinstance(value, dict):
        raise NotAnEvent("an event is a JSON object")
    id = value.get(feed.intake.event_id)
    if not isinstance(id, str | int) or isinstance(id, bool) or id == "":
        raise NotAnEvent(f"an event has its id in '{feed.intake.event_id}'")
    return Event(feed.id, str(id), json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def message_of(feed: Feed, topic: str, payload: bytes) -> Event:
    """An event from an MQTT message, with its topic. One that is none is kept as it came, for the quarantine:
    whoever sent it cannot be told.
    """
    try:
        value = json.loads(payload)
        return event_of(feed, {**value, "topic": topic} if isinstance(value, dict) else value)
    except (ValueError, RecursionError):
        digest = hashlib.sha256(topic.encode() + b"\0" + payload).hexdigest()
        text = payload.decode("utf-8", errors="backslashreplace")
        return Event(feed.id, f"sha256:{digest}", " ".join(text.split()) or "(empty)")
