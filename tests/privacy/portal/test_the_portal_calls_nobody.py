"""No page of the portal makes anything call out: neither we nor a library of ours reports to anybody."""

from __future__ import annotations

import sys
from collections.abc import Callable

from django.test import Client

from tests.privacy.portal.authorization import table

_called: list[object] = []
_listening = False


def _heard(event: str, arguments: tuple[object, ...]) -> None:
    if _listening and event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        _called.append((event, arguments[-1]))


def test_no_page_calls_out(signed_in: Callable[[str], Client]) -> None:
    global _listening
    sys.addaudithook(_heard)  # stays for the process; it listens only here
    _listening = True
    try:
        for name in ("analyytikko", "insinoori"):
            client = signed_in(name)
            for row in table():
                if "GET" in row.of and not row.address.startswith("/kirjaudu/"):
                    client.get(row.address)
    finally:
        _listening = False
    assert _called == []
