"""Every answer of the portal tells the browser to keep nothing, run nothing, and show it in no frame."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.portal.project_for_tests import make_project
from tests.privacy.portal.authorization import METHODS, table
from tests.privacy.portal.by_tls import FOR_MACHINES, PASSWORD
from tests.privacy.portal.saml_signing_in import silent_saml
from tests.privacy.portal.signing_in import silent_provider
from virtaama.portal.core.sign_in import in_use
from virtaama.portal.steering import views

ROOT = Path(__file__).parents[3]
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
POLICY = {
    "default-src 'none'",
    "object-src 'none'",
    "style-src 'self'",
    "img-src 'self' data:",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}
HSTS = "max-age=31536000; includeSubDomains"


def assert_guarded(headers: dict[str, str], *, stored: bool = False) -> None:
    assert {name: headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    policy = {part.strip() for part in headers["Content-Security-Policy"].split(";")}
    assert policy - {"upgrade-insecure-requests"} == POLICY
    if not stored:
        assert headers["Cache-Control"] == "no-store"


@pytest.fixture(autouse=True)
def with_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_use, "provider", silent_provider)
    monkeypatch.setattr(in_use, "saml", silent_saml)


def responses(client: Client) -> Iterator[tuple[str, HttpResponse]]:
    for row in table():
        for method in METHODS:
            if row.address != "/ulos/" or method != "POST":
                yield f"{method} {row.address}", client.generic(method, row.address)
    yield "an unknown page", client.get("/ei-ole/")
    yield "a longer address", client.get("/ohje")
    yield "another host", client.get("/", headers={"host": "elsewhere.example"})


@pytest.mark.parametrize("who", ["", "analyytikko"])
def test_every_answer_is_guarded(signed_in: Callable[[str], Client], who: str) -> None:
    client = signed_in(who) if who else Client()
    count = 0
    for _what, response in responses(client):
        assert_guarded(dict(response.headers))
        count += 1
    assert count > 100


def test_an_answer_that_broke_is_guarded(
    signed_in: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken for the test")

    monkeypatch.setattr(views.queries, "overview", broken)
    client = signed_in("johtaja")
    client.raise_request_exception = False
    response = client.get("/ohjaus/")
    assert response.status_code == 500
    assert_guarded(dict(response.headers))
    assert "broken for the test" not in response.text


def test_a_form_from_elsewhere_is_refused_under_guard(accounts: object) -> None:
    response = Client(enforce_csrf_checks=True).post("/", {"name": "johtaja", "password": "x"})
    assert response.status_code == 403
    assert_guarded(dict(response.headers))


def test_no_page_holds_a_style_or_a_script_of_its_own(signed_in: Callable[[str], Client]) -> None:
    for row in table():
        shown = signed_in("analyytikko").get(row.address)
        if shown.headers["Content-Type"].startswith("text/html"):
            assert "<script" not in shown.text, row.address
            assert " style=" not in shown.text, row.address
            assert not re.search(r"<[^>]* on[a-z]+=", shown.text), row.address


@pytest.fixture(scope="module")
def by_tls(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What every address answers where others reach the portal by TLS."""
    folder = make_project(tmp_path_factory.mktemp("tls") / "project")
    access = folder / "access.yaml"
    access.write_text(
        access.read_text(encoding="utf-8").replace("virtaava-koski", PASSWORD), encoding="utf-8"
    )
    ended = subprocess.run(
        [sys.executable, "-m", "tests.privacy.portal.by_tls", str(folder)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)  # type: ignore[no-any-return]


def test_by_tls_every_answer_is_guarded_and_asks_for_tls_from_now_on(by_tls: list[dict[str, Any]]) -> None:
    unsafe, spoofed, *answers = by_tls
    answers = answers[2 * len(FOR_MACHINES) :]
    # Without TLS, or with a word of TLS from someone who is no proxy of ours, there is only the way to it.
    for sent_on in (unsafe, spoofed):
        assert (sent_on["status"], sent_on["headers"]["Location"]) == (301, "https://portal.example/")
    assert len(answers) > 30
    for answer in answers:
        assert answer["headers"]["Strict-Transport-Security"] == HSTS, answer["address"]
        assert_guarded(answer["headers"], stored=answer["address"].startswith("/static/"))


def test_without_tls_a_program_is_refused_and_not_led_on(by_tls: list[dict[str, Any]]) -> None:
    answers = by_tls[2 : 2 + 2 * len(FOR_MACHINES)]
    assert {answer["address"].removeprefix("POST ") for answer in answers} == set(FOR_MACHINES)
    for answer in answers:
        assert answer["status"] == 403, answer["address"]
        assert answer["headers"]["Content-Type"] == "application/problem+json"
        assert "Location" not in answer["headers"]
        assert "Strict-Transport-Security" not in answer["headers"]  # means nothing without TLS
        assert answer["type"] == "urn:virtaama:problem:not-by-tls"
        # Nothing that was sent was looked at: neither the session nor the token.
        assert answer["cookies"] == []
        assert_guarded(answer["headers"])


def test_by_tls_cookies_are_of_this_host_alone_and_out_of_reach(by_tls: list[dict[str, Any]]) -> None:
    cookies = [cookie for answer in by_tls for cookie in answer["cookies"]]
    assert {cookie.split("=")[0] for cookie in cookies} == {"__Host-virtaama_session", "__Host-virtaama_form"}
    for cookie in cookies:
        name, *flags = cookie.split("; ")
        if name.split("=")[1] in ("", '""'):
            continue  # being taken away
        assert {"Secure", "HttpOnly", "Path=/"} <= set(flags), name.split("=")[0]
        assert {"SameSite=Lax", "SameSite=Strict"} & set(flags)
        assert not any(flag.startswith("Domain") for flag in flags)


def test_by_tls_one_signs_in_and_no_page_tells_a_password(by_tls: list[dict[str, Any]]) -> None:
    (signed_in,) = [answer for answer in by_tls if answer["address"] == "signing in"]
    assert (signed_in["status"], signed_in["headers"]["Location"]) == (302, "/ohjaus/")
    assert not any(answer["tells a password"] for answer in by_tls)
