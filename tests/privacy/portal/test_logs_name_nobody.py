"""What people type, and who they are, is in no line of the portal's log; nor is a line of their own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from io import StringIO

import pytest
from django.conf import settings
from django.test import Client
from gunicorn.config import Config

from tests.privacy.portal.authorization import METHODS, table
from virtaama.portal.serve import LogOfServer
from virtaama.portal.steering import views
from virtaama.privacy.log_lines import LineWithoutPersons

MARKED = "Merkitty-Nimi"
CODE = "010190-999A"
FORGED = "forged\n2026-01-01 00:00:00.000 WARNING virtaama.audit all is well"


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """What is logged, down to the smallest word, as the portal's own setting writes it."""
    assert settings.LOGGING["formatters"]["line"] == {"()": "virtaama.privacy.log_lines.LineWithoutPersons"}
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(LineWithoutPersons())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


def marked(text: str) -> bool:
    return MARKED in text or CODE in text or "forged\n" in text


def test_nothing_that_was_sent_is_logged(signed_in: Callable[[str], Client], lines: StringIO) -> None:
    for client in (Client(), signed_in("analyytikko")):
        client.raise_request_exception = False
        for row in table():
            for method in METHODS:
                address = f"{row.address}?area={CODE}&period={MARKED}&by={MARKED}"
                client.generic(
                    method,
                    address,
                    f"name={CODE}&password={MARKED}&language={MARKED}",
                    content_type="application/x-www-form-urlencoded",
                    headers={"user-agent": f"{MARKED} {CODE}", "referer": f"https://x.example/{CODE}"},
                )
        client.get(f"/{CODE}/{MARKED}/")
        client.get(f"/ohjaus/mittarit/{CODE}/")
        client.get("/ohjaus/%0A2026-01-01%20forged%0A/")
        client.get("/", headers={"host": f"{MARKED}.example"})
    client = Client(enforce_csrf_checks=True)
    client.post(f"/?{CODE}", {"name": CODE}, headers={"origin": f"https://{MARKED}.example"})
    said = lines.getvalue()
    assert said.count("\n") > 50, "nothing was logged, so nothing was shown"
    assert not marked(said)


def test_an_error_is_logged_with_its_place_and_without_its_words(
    signed_in: Callable[[str], Client], lines: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError(f"no such person: {MARKED} {CODE}")

    monkeypatch.setattr(views.queries, "overview", broken)
    client = signed_in("analyytikko")
    client.raise_request_exception = False
    client.get(f"/ohjaus/?area={CODE}")
    said = lines.getvalue()
    assert "ValueError at test_logs_name_nobody.py" in said
    assert not marked(said)


@pytest.mark.parametrize("logger", ["virtaama.sign_in", "django.request", "some.library"])
def test_nobody_writes_a_line_of_their_own(lines: StringIO, logger: str) -> None:
    logging.getLogger(logger).warning("said: %s", FORGED)
    logging.getLogger(logger).warning(FORGED)
    assert lines.getvalue().count("\n") == 2


def test_the_web_server_writes_the_same_way(capsys: pytest.CaptureFixture[str]) -> None:
    config = Config()
    config.set("loglevel", "warning")
    log = LogOfServer(config)
    log.warning("Invalid request from ip=%s: %s", "10.0.0.1", f"GET /{CODE}\n{FORGED}")
    log.error_log.handlers.clear()
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "Invalid request from ip=%s: %s" in said
    assert not marked(said)


def test_what_a_library_would_fill_in_is_left_out_and_our_own_words_are_kept(lines: StringIO) -> None:
    logging.getLogger("some.library").warning("Not Found: %s", CODE)
    logging.getLogger("some.library").warning(f"Not Found: {CODE}")
    logging.getLogger("virtaama.sign_in").warning("a sign-in was refused: %s", "the token has expired")
    first, second, third = lines.getvalue().splitlines()
    assert first.endswith("WARNING some.library Not Found: %s")
    assert second.endswith("WARNING some.library (message left out)")
    assert third.endswith("WARNING virtaama.sign_in a sign-in was refused: the token has expired")
