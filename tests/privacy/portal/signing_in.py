"""Signing in through a real provider of identities, run as a process beside the tests."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from django.http import HttpResponse
from django.test import Client
from joserfc.jwk import RSAKey

from virtaama.access.groups import Group
from virtaama.model.concepts import Text
from virtaama.portal.core.sign_in.provider import ENDPOINTS, Provider
from virtaama.portal.core.sign_in.signing_key import SigningKey, make_signing_key, read_signing_key
from virtaama.project.sign_in import SignIn

ROOT = Path(__file__).parents[3]
PORTAL = "http://127.0.0.1:8000"
PASSWORD = "salasana-vain-testiin"
CONTACT = Text("Tietopalvelut, p. 123", "Datatjänster, tfn 123", "Data services, tel. 123")
PEOPLE = {
    "anna": {"name": "Anna Analyytikko", "groups": ["county-analysts", "everybody"]},
    "kuisma": {"name": "Kuisma Kunta", "groups": ["lahti", "hollola"]},
    "nelli": {"name": "Nelli Nollaryhmä", "groups": ["everybody"]},
    "sisu": {"name": "Sisu Sisäkkäinen", "realm_access": {"roles": ["county-analysts"]}},
    "outi": {"name": "Outi Outo", "groups": {"county-analysts": True}},
}
GROUPS = (
    Group(name="county-analysts", role="analyst"),
    Group(name="lahti", role="municipality_contact", municipalities=frozenset({"398"})),
    Group(name="hollola", role="municipality_contact", municipalities=frozenset({"098"})),
)


@cache
def silent_provider() -> Provider:
    """A provider nobody speaks to: its addresses are known, and it is at an invalid host."""
    issuer = "https://login.invalid"
    keys = Path(mkdtemp(prefix="virtaama-keys-"))
    make_signing_key(keys)
    sign_in = SignIn(address=PORTAL, issuer=issuer, client_id="portal", contact=CONTACT)
    told = {"issuer": issuer, "jwks": {"keys": []}, **{name: f"{issuer}/{name}" for name in ENDPOINTS}}
    provider = Provider(sign_in=sign_in, key=read_signing_key(keys), clock=lambda: 0.0)
    provider._metadata, provider._keys = told, {"keys": [key_of_nobody()]}
    return provider


def key_of_nobody() -> dict[str, Any]:
    return RSAKey.generate_key(2048).as_dict(private=False)


@dataclass
class ProviderRunning:
    """The provider, what the portal is told of it, and ways to make it misbehave."""

    issuer: str
    key: SigningKey
    process: subprocess.Popen[bytes]
    web: requests.Session = field(default_factory=requests.Session)

    def sign_in(self, **more: Any) -> SignIn:
        told = {"address": PORTAL, "issuer": self.issuer, "client_id": "portal", "contact": CONTACT}
        return SignIn(**{**told, **more})

    def as_seen(self, key: SigningKey | None = None, **more: Any) -> Provider:
        """The provider as the portal speaks to it."""
        return Provider(sign_in=self.sign_in(**more), key=key or self.key)

    def bend(self, how: str = "", **told: str) -> None:
        """From now on its tokens are wrong in this way, and it tells this of itself."""
        self.web.get(f"{self.issuer}/bend", params={"how": how, "told": json.dumps(told)}, timeout=10)

    def rotate(self) -> None:
        self.web.get(f"{self.issuer}/rotate", timeout=10)

    def logout_token(self, header_typ: str = "logout+jwt", **claims: Any) -> str:
        asked = {"claims": json.dumps(claims), "typ": header_typ or " "}
        return self.web.get(f"{self.issuer}/logout_token", params=asked, timeout=10).text

    def answer_to(self, address: str, name: str) -> str:
        """A person opens the provider's form, signs in, and is sent back: the path and query they come with."""
        asked = dict(parse_qsl(urlsplit(address).query))
        self.web.cookies.clear()  # another person, another browser
        form = self.web.get(address, timeout=10)
        assert form.status_code == 200, form.text
        token = re.search(r'name="token" value="([^"]+)"', form.text)
        assert token, form.text
        sent = {"username": name, "password": PASSWORD, "token": token[1]}
        back = self.web.post(f"{self.issuer}/verify", data=sent, timeout=10, allow_redirects=False)
        assert back.status_code == 302, back.text
        location = back.headers["Location"]
        assert location.startswith(asked["redirect_uri"]), location
        return location.removeprefix(PORTAL)


@contextmanager
def running(folder: Path, portal: str = PORTAL) -> Iterator[ProviderRunning]:
    """The provider, started with one client, the portal at this address, and a few invented people."""
    keys = folder / "keys"
    keys.mkdir(mode=0o700)
    make_signing_key(keys)
    key = read_signing_key(keys)
    client = {
        "client_id": "portal",
        "redirect_uris": [f"{portal}/kirjaudu/paluu/"],
        "post_logout_redirect_uri": f"{portal}/",
        "backchannel_logout_uri": f"{portal}/kirjaudu/ulos/",
        "response_types_supported": ["code"],
        "allowed_scopes": ["openid", "profile"],
        "token_endpoint_auth_method": "private_key_jwt",
        "id_token_signed_response_alg": "RS256",
        "jwks": key.public,
    }
    people = {
        name: {"password": PASSWORD, "claims": {"sub": name, **claims}} for name, claims in PEOPLE.items()
    }
    (folder / "client.json").write_text(json.dumps(client), encoding="utf-8")
    (folder / "people.json").write_text(json.dumps(people), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen(
        [sys.executable, "-m", "tests.identity_provider", str(port), str(folder)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
        stderr=subprocess.DEVNULL,
    ) as process:
        provider = ProviderRunning(issuer=f"http://127.0.0.1:{port}", key=key, process=process)
        try:
            for _ in range(300):
                assert process.poll() is None, "the provider ended before it answered"
                try:
                    provider.web.get(f"{provider.issuer}/jwks", timeout=5)
                    break
                except requests.ConnectionError:
                    time.sleep(0.1)
            yield provider
        finally:
            provider.web.close()
            process.terminate()


def begun(client: Client, page: str = "") -> str:
    """The address of the provider the browser is sent to."""
    response = client.get("/kirjaudu/", {"next": page} if page else {})
    assert response.status_code == 302, response.text
    return response["Location"]


def signed_in_by(provider: ProviderRunning, client: Client, name: str, page: str = "") -> HttpResponse:
    """The whole way: to the provider, its form, and back to the portal; the portal's answer."""
    return client.get(provider.answer_to(begun(client, page), name))  # type: ignore[return-value]
