"""Taking events in: senders, the spool and the deliveries made of it, for one project."""

from __future__ import annotations

import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Event

from virtaama.lake.ledger import Ledger
from virtaama.loading.lock import only_one
from virtaama.model.feeds import Feed
from virtaama.model.intake import Intake
from virtaama.problems import DeliveryRefused, NotReady, VirtaamaError
from virtaama.project.project import Project
from virtaama.sources.intake.http_door import Door, Opening
from virtaama.sources.intake.mqtt_line import Broker, Line
from virtaama.sources.intake.writer import Tally, Writer
from virtaama.sources.secrets import read_secret

FOLDER = ".intake"  # in the deliveries folder: events are as sensitive as what is delivered there
_LOOK = 0.2  # seconds
_NOTED = 10.0  # seconds between two notes in the ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """Where events are listened for over HTTP."""

    address: str = "127.0.0.1"
    port: int = 8100


def take_in(project: Project, listening: Listening, stop: Event, tell: Callable[[str], None]) -> Tally:
    """Take events in until `stop` is set; then what was taken is delivered, and the tally returned.

    One intake at a time (Busy). It needs no lock of the project: what it delivers is landed by `watch` or
    `land` as any other delivery. The intake is a run on record, with what came in so far.
    """
    feeds = {feed.id: feed for feed in project.model.feeds if feed.intake}
    if not feeds:
        raise NotReady("No feed of this project takes events in.\n  See docs/how-to/take-events-in.md.")
    folder = project.settings.deliveries / FOLDER
    writer = Writer(feeds, folder, project.settings.deliveries, _now)
    with only_one(folder / "lock"):
        openings, lines = _openings(project, feeds), _lines(project, feeds, writer, tell)
        door = _door(listening, openings, writer) if openings else None
        ledger = Ledger.open(project.settings.ledger)
        run = ledger.start_run("intake", _now())
        try:
            writer.start()
            _begin(door, lines, listening, tell)
            _until_stopped(stop, writer, lambda: ledger.note_run(run, _counts(writer.tally)), tell)
            _end(door, lines)
            writer.stop()
            if writer.failure is not None:
                raise writer.failure
        except BaseException as error:
            _end(door, lines)
            writer.stop()
            what = str(error) if isinstance(error, VirtaamaError) else type(error).__name__
            ledger.finish_run(run, finished=_now(), ok=False, counts=_counts(writer.tally), error=what)
            raise
        ledger.finish_run(run, finished=_now(), ok=True, counts=_counts(writer.tally))
    return writer.tally


def _until_stopped(
    stop: Event, writer: Writer, note: Callable[[], None], tell: Callable[[str], None]
) -> None:
    """Note from time to time what came in, and tell it where something did."""
    noted, told = time.monotonic(), str(writer.tally)
    while not stop.wait(_LOOK) and writer.failure is None:
        if time.monotonic() - noted >= _NOTED:
            noted = time.monotonic()
            if (now := str(writer.tally)) != told:
                tell(now)
                told = now
            with suppress(sqlite3.OperationalError):  # a long landing holds the ledger: noted another time
                note()


def _begin(door: Door | None, lines: list[Line], listening: Listening, tell: Callable[[str], None]) -> None:
    if door:
        door.start()
        tell(f"Listening on http://{listening.address}:{door.server_address[1]}/events/<system>.<feed>.")
    for line in lines:
        line.start()


def _end(door: Door | None, lines: list[Line]) -> None:
    """Nothing more comes in; what was acknowledged is on disk."""
    for line in lines:
        line.stop()
    if door:
        door.stop()


def _door(listening: Listening, openings: dict[str, Opening], writer: Writer) -> Door:
    try:
        return Door(listening.address, listening.port, openings, writer)
    except OSError as error:
        raise NotReady(
            f"{listening.address}:{listening.port} cannot be listened on: {error.strerror}.\n"
            "  Choose another port with --port, or stop what uses it."
        ) from None


def _openings(project: Project, feeds: dict[str, Feed]) -> dict[str, Opening]:
    return {
        id: Opening(feed, _secret(project, feed.intake.token_from))
        for id, feed in feeds.items()
        if feed.intake and feed.intake.token_from
    }


def _lines(
    project: Project, feeds: dict[str, Feed], writer: Writer, tell: Callable[[str], None]
) -> list[Line]:
    """One connection for the feeds that listen to the same broker as the same user."""
    by_broker: dict[tuple[str, str, str], list[Feed]] = defaultdict(list)
    for feed in feeds.values():
        if feed.intake and feed.intake.topic:
            by_broker[feed.intake.broker, feed.intake.user, feed.intake.password_from].append(feed)
    lines = []
    for together in by_broker.values():
        intake = together[0].intake
        assert intake is not None
        if intake.host not in project.settings.hosts:
            raise NotReady(
                f"{intake.host} is not among the hosts this project speaks to.\n  Add it to `hosts` in virtaama.yaml."
            )
        lines.append(Line(_broker(project, intake), together, f"virtaama-{together[0].system}", writer, tell))
    return lines


def _broker(project: Project, intake: Intake) -> Broker:
    return Broker(
        host=intake.host,
        port=intake.port,
        is_encrypted=intake.is_encrypted,
        user=intake.user,
        password=_secret(project, intake.password_from) if intake.password_from else "",
    )


def _secret(project: Project, reference: str) -> str:
    try:
        return read_secret(reference, Path(project.settings.folder))
    except DeliveryRefused as refusal:
        raise NotReady(str(refusal)) from None


def _counts(tally: Tally) -> dict[str, int]:
    return {"received": tally.received, "known": tally.known, "deliveries": tally.deliveries}


def _now() -> datetime:
    return datetime.now().astimezone()
