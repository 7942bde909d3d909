"""Events over HTTP: 202 when they are on disk, and not before. Put a reverse proxy with TLS in front."""

from __future__ import annotations

import hmac
import json
import logging
import queue
import sqlite3
import threading
from collections.abc import Mapping
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from virtaama.model.feeds import Feed
from virtaama.sources.intake.spool import Event
from virtaama.sources.intake.writer import NotAnEvent, Writer, event_of

LARGEST = 4 << 20  # bytes of one post
_PATIENCE = 30  # seconds for a sender to send, and for the disk
_LATER = "5"
log = logging.getLogger("virtaama.intake")
PATH = "/events/"  # then <system>.<feed>


@dataclass(frozen=True, slots=True)
class Opening:
    """A feed that takes events over HTTP, and the token its senders show."""

    feed: Feed
    token: str


class Door(ThreadingHTTPServer):
    """Listens until `stop`."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: str, port: int, openings: Mapping[str, Opening], writer: Writer) -> None:
        self.openings = openings
        self.writer = writer
        super().__init__((address, port), _Post)
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1})

    def start(self) -> None:
        self._thread.start()

    def handle_error(self, request: object, client_address: object) -> None:
        """Of a request that went wrong the kind of error is told: its words may quote what was sent."""
        log.error("a post was not answered", exc_info=True)

    def stop(self) -> None:
        if self._thread.is_alive():
            self.shutdown()
            self._thread.join()
        self.server_close()


class _Post(BaseHTTPRequestHandler):
    server: Door
    protocol_version = "HTTP/1.1"
    server_version = "virtaama"
    sys_version = ""
    timeout = _PATIENCE

    def do_POST(self) -> None:
        opening = self.server.openings.get(self.path.partition("?")[0].removeprefix(PATH))
        # Who shows no right token learns nothing, not even what feeds there are.
        shown = self.headers.get("Authorization", "")
        if opening is None or not hmac.compare_digest(shown.encode(), f"Bearer {opening.token}".encode()):
            self._answer(
                HTTPStatus.UNAUTHORIZED, {"error": "no such feed, or not the right token"}, close=True
            )
            return
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            self._answer(HTTPStatus.LENGTH_REQUIRED, {"error": "say how long it is"}, close=True)
            return
        if int(length) > LARGEST:
            said = {"error": f"at most {LARGEST} bytes in one post"}
            self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, said, close=True)
            return
        try:
            events = _events(opening.feed, self.rfile.read(int(length)))
        except NotAnEvent as reason:
            self._answer(HTTPStatus.BAD_REQUEST, {"error": str(reason)})
            return
        try:
            new = self.server.writer.submit(events).result(_PATIENCE)
        except (queue.Full, TooSlow, OSError, sqlite3.Error):
            self._later()
            return
        self._answer(HTTPStatus.ACCEPTED, {"accepted": len(new), "known": len(new) - sum(new)})

    def do_GET(self) -> None:
        if self.path == "/healthy" and self.server.writer.failure is None:
            self._answer(HTTPStatus.OK, {"healthy": True})
        else:
            self._answer(HTTPStatus.NOT_FOUND, {"error": "events are posted to /events/<system>.<feed>"})

    def _later(self) -> None:
        self._answer(HTTPStatus.SERVICE_UNAVAILABLE, {"error": "not kept: send it again later"}, later=True)

    def _answer(
        self, status: HTTPStatus, said: Mapping[str, object], *, later: bool = False, close: bool = False
    ) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if later:
            self.send_header("Retry-After", _LATER)
        if close:  # what was sent has not been read
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Nothing: an address may name a person."""


def _events(feed: Feed, body: bytes) -> list[Event]:
    """One event, a list of them, or one on each line; NotAnEvent when one of them is none: then none is kept."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise NotAnEvent("events are JSON in UTF-8") from None
    try:
        values = _values(text)
    except ValueError:
        raise NotAnEvent(
            "events are JSON: one object, a list of objects, or one object on each line"
        ) from None
    except RecursionError:
        raise NotAnEvent("events are not nested as deep as that") from None
    if not values:
        raise NotAnEvent("there is no event in it")
    return [event_of(feed, each) for each in values]


def _values(text: str) -> list[object]:
    try:
        value = json.loads(text)
    except ValueError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    return value if isinstance(value, list) else [value]
