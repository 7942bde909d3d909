"""HTTP for connectors: only named hosts, with time limits, and patience where a server is busy or a line breaks."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies

import requests

from virtaama.problems import DeliveryRefused
from virtaama.sources.collecting import Surroundings, pause_before

ATTEMPTS = 6
_CONNECT, _READ = 15, 120  # seconds
_BUSY = (429, 500, 502, 503, 504)
_REDIRECTS = (301, 302, 303, 307, 308)
_FOLLOWED = 5
_AGENT = "virtaama (wellbeing services county data platform)"
_PIECE = 1 << 14  # what is lost at most when a line breaks
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(slots=True)
class Web:
    """Asks servers. `pause` are the least seconds between two questions, for services that ask for patience."""

    around: Surroundings
    pause: float = 0.0
    _session: requests.Session = field(default_factory=requests.Session, repr=False)
    _asked: float | None = None

    def __post_init__(self) -> None:
        # Neither a .netrc nor a variable of the environment may add a password to a question.
        self._session.trust_env = False
        self._session.headers["User-Agent"] = _AGENT
        own = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE")
        self._session.verify = own or True

    def close(self) -> None:
        self._session.close()

    def ask(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        expect: Collection[int] = (200,),
        **content: Any,
    ) -> requests.Response:
        """The answer, when its status is one of `expect`; DeliveryRefused when it is not, or none came."""
        said = ""
        for attempt in range(1, ATTEMPTS + 1):
            asked = None
            try:
                answer = self._once(method, url, headers, content)
                if answer.status_code in expect:
                    return answer
                said = f"answered {answer.status_code}"
                if answer.status_code not in _BUSY:
                    raise _refused(method, url, said)
                asked = retry_after(answer)
            except requests.RequestException as error:
                said = f"did not answer ({type(error).__name__})"
            if attempt < ATTEMPTS:
                self.around.wait(pause_before(attempt, asked))
        raise _refused(method, url, f"{said}, {ATTEMPTS} times")

    def download(self, url: str, target: Path, headers: Mapping[str, str]) -> None:
        """The whole body into a file. A line that broke is taken up where it broke, where the server can."""
        have, tag = 0, ""
        for attempt in range(1, ATTEMPTS + 1):
            further = {"Range": f"bytes={have}-", "If-Range": tag} if have and tag else {}
            answer = self.ask("GET", url, headers={**headers, **further}, expect=(200, 206), stream=True)
            with answer, target.open("ab" if answer.status_code == 206 else "wb") as file:
                try:
                    for piece in answer.iter_content(_PIECE):
                        file.write(piece)
                    return
                except requests.RequestException:
                    # A packed body cannot be taken up: its bytes are not those of the file.
                    is_plain = "Content-Encoding" not in answer.headers
                    have, tag = file.tell(), answer.headers.get("ETag", "") if is_plain else ""
            if attempt < ATTEMPTS:
                self.around.wait(pause_before(attempt))
        raise _refused("GET", url, f"broke off, {ATTEMPTS} times")

    def _once(
        self, method: str, url: str, headers: Mapping[str, str] | None, content: Mapping[str, Any]
    ) -> requests.Response:
        sent = dict(headers or {})
        for _ in range(_FOLLOWED):
            host = urlsplit(url).hostname or ""
            self.around.may_speak_to(host)
            self._be_polite()
            answer = self._session.request(
                method,
                url,
                headers=sent,
                timeout=(_CONNECT, _READ),
                allow_redirects=False,
                proxies={} if host in _LOOPBACK else dict(getproxies()),
                **content,
            )
            if answer.status_code not in _REDIRECTS or "Location" not in answer.headers:
                return answer
            following = urljoin(url, answer.headers["Location"])
            if urlsplit(following).netloc != urlsplit(url).netloc:
                sent.pop("Authorization", None)  # a token is for the server it was given for
            url = following
        raise _refused(method, url, f"sent us on {_FOLLOWED} times")

    def _be_polite(self) -> None:
        now = time.monotonic()
        if self._asked is not None and (left := self._asked + self.pause - now) > 0:
            self.around.wait(left)
        self._asked = time.monotonic()


def retry_after(answer: requests.Response) -> float | None:
    """The seconds a server asks us to wait, given as seconds or as a moment; None where it asks nothing."""
    written = answer.headers.get("Retry-After", "")
    if written.isdecimal():
        return float(written)
    try:
        moment = parsedate_to_datetime(written)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def json_of(answer: requests.Response, wanted: type) -> Any:
    """The body as JSON, of the wanted kind; DeliveryRefused when it is not."""
    try:
        found = answer.json()
    except requests.JSONDecodeError:
        found = None
    if not isinstance(found, wanted):
        raise _refused(answer.request.method or "", answer.request.url or "", "answered with something else")
    return found


def _refused(method: str, url: str, said: str) -> DeliveryRefused:
    # What stands after the path may name a person, and what a server says may quote one.
    parts = urlsplit(url)
    advice = {
        "answered 401": "The server does not know us: check the token, or the key and client_id.",
        "answered 403": "The server does not let us: ask its owner for the right to read this.",
        "answered 404": "There is no such thing there: check the address.",
    }.get(said, "Ask again later; when it goes on, ask the owner of the server.")
    return DeliveryRefused(f"{parts.hostname} {said} to {method} {parts.path}.\n  {advice}")
