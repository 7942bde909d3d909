"""Signing in by SAML through a real provider, in a browser of the tests."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from django.http import HttpResponse
from django.test import Client

from tests.privacy.portal.saml_attacks import Workshop
from tests.privacy.portal.signing_in import CONTACT, PORTAL
from tests.saml_provider import PERSISTENT, NameID, SamlProviderForTests
from virtaama.model.concepts import Text
from virtaama.portal.core.sign_in.saml.credentials import make_certificate, read_credentials
from virtaama.portal.core.sign_in.saml.idp_metadata import read_their_metadata
from virtaama.portal.core.sign_in.saml.persons import make_persons_key, read_persons_key
from virtaama.portal.core.sign_in.saml.provider import SamlProvider
from virtaama.portal.core.sign_in.signing_key import make_signing_key
from virtaama.project.sign_in import SamlSignIn

CODE = "010190-999W"
HETU = "urn:oid:1.2.246.21"
PEOPLE = {
    "anna": {
        "displayName": ["Anna Analyytikko"],
        "groups": ["county-analysts", "everybody"],
        "number": ["E1"],
    },
    "kuisma": {"displayName": ["Kuisma Kunta"], "groups": ["lahti", "hollola"], "number": ["E2"]},
    "nelli": {"displayName": ["Nelli Nollaryhmä"], "groups": ["everybody"], "number": ["E3"]},
    "sofia": {"displayName": ["Sofia Suomi"], HETU: [CODE], "urn:oid:2.5.4.4": ["Suomi"]},
}


@dataclass
class SamlRunning:
    """The provider and the portal, told of each other; answers as a browser brings them."""

    provider: SamlProviderForTests
    workshop: Workshop
    portal: SamlProvider

    def as_seen(self, **more: Any) -> SamlProvider:
        return replace(self.portal, sign_in=replace(self.portal.sign_in, **more))

    def asked(self, client: Client, page: str = "") -> Any:
        """The request a browser brings to the provider, checked there."""
        response = client.get("/kirjaudu/", {"next": page} if page else {})
        assert response.status_code == 302, response.text
        return self.provider.asked(response["Location"])

    def named(self, person: str) -> NameID:
        return NameID(format=PERSISTENT, text=f"persistent-{person}")

    def honest(self, request: Any, person: str, **more: Any) -> str:
        return self.provider.answer(request, person, **{"name_id": self.named(person), **more})

    def brought(self, client: Client, answer: str) -> HttpResponse:
        """A form of the provider brings the answer; no cookie of ours comes with it, as browsers have it."""
        first = Client(enforce_csrf_checks=True).post("/kirjaudu/saml/", {"SAMLResponse": answer})
        return client.get(first["Location"]) if first.status_code == 302 else first  # type: ignore[return-value]

    def signed_in(self, client: Client, person: str, page: str = "") -> HttpResponse:
        """The whole way."""
        return self.brought(client, self.honest(self.asked(client, page), person))


@contextmanager
def saml_running(folder: Path) -> Iterator[SamlRunning]:
    provider = SamlProviderForTests(folder, people=PEOPLE)
    portal = portal_of(folder, provider.metadata)
    provider.meet(portal.metadata())
    try:
        yield SamlRunning(provider, Workshop(provider, folder), portal)
    finally:
        provider.strongly(encrypts=False)


def portal_of(folder: Path, metadata: Path, **more: Any) -> SamlProvider:
    keys = folder / "keys"
    keys.mkdir(mode=0o700, exist_ok=True)
    make_signing_key(keys)
    make_certificate(keys, "127.0.0.1")
    make_persons_key(keys)
    return SamlProvider(
        sign_in=SamlSignIn(address=PORTAL, contact=CONTACT, metadata=metadata, **more),
        them=read_their_metadata(metadata),
        ours=read_credentials(keys),
        persons=read_persons_key(keys),
        county=Text("Esimerkkialue", "Exempelområdet", "Example county"),
        clock=time.time,
    )


@cache
def silent_saml() -> SamlProvider:
    """A provider nobody speaks to, which speaks SAML."""
    folder = Path(mkdtemp(prefix="virtaama-saml-"))
    return portal_of(folder, SamlProviderForTests(folder).metadata)
