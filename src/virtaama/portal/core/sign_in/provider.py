"""The county's provider of identities: what we ask it, and what we believe of its answers."""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.common.urls import add_params_to_uri
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc7523 import PrivateKeyJWT, private_key_jwt_sign
from urllib3.exceptions import HTTPError

from virtaama.portal.core.sign_in.access_tokens import read_access_token
from virtaama.portal.core.sign_in.failures import SignInFailed, Why
from virtaama.portal.core.sign_in.signing_key import SigningKey
from virtaama.portal.core.sign_in.tokens import read_id_token, read_logout_token
from virtaama.portal.exposure import is_loopback
from virtaama.project.sign_in import SignIn, is_safe

WAIT = (5, 10)  # seconds to connect, and between two pieces of an answer
KEPT = 3_600  # seconds what the provider says of itself is kept
LEFT_ALONE = 10  # seconds after it did not answer: people waiting for it are not made to queue
KEYS_AGAIN = 60  # seconds between two looks at its keys for a message nobody asked for
ASSERTION_LASTS = 60
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint")
LARGEST = 1_000_000  # bytes of an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A sign-in that has been begun in a browser: what only that browser and we know of it."""

    state: str
    nonce: str
    verifier: str
    at: int  # seconds of the clock

    @classmethod
    def now(cls, at: float) -> Begun:
        return cls(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(64),
            at=int(at),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the provider says someone is: the claims of its token, and the token for signing out later."""

    claims: Mapping[str, Any]
    token: str = field(repr=False)


@dataclass(slots=True)
class Provider:
    """Speaks to the provider `sign_in` names, and to no other host than its own and `hosts`."""

    sign_in: SignIn
    key: SigningKey
    hosts: frozenset[str] = frozenset()
    clock: Callable[[], float] = time.time
    _metadata: dict[str, Any] = field(default_factory=dict)
    _metadata_at: float = 0.0
    _failed_at: float = 0.0
    _keys: dict[str, Any] = field(default_factory=dict)
    _keys_at: float = 0.0
    _lock: Lock = field(default_factory=Lock, repr=False)

    @property
    def way_back(self) -> str:
        """Where the provider sends people back to."""
        return f"{self.sign_in.address}/kirjaudu/paluu/"

    def address_to_sign_in(self, begun: Begun, *, language: str, anew: bool = False) -> str:
        """Where a browser goes to sign in; `anew` asks for another account than the one that is there."""
        more = {"nonce": begun.nonce, "ui_locales": language}
        if anew:
            more["prompt"] = "login"
        if self.sign_in.levels:
            more["acr_values"] = " ".join(self.sign_in.levels)
        with self._session() as session:
            address, _state = session.create_authorization_url(
                self.metadata()["authorization_endpoint"],
                state=begun.state,
                code_verifier=begun.verifier,
                **more,
            )
        return str(address)

    def identity(self, code: str, begun: Begun) -> Identity:
        """Who has signed in, for the code the browser brought back; SignInFailed where that is not proven."""
        endpoint = self.metadata()["token_endpoint"]
        with self._session() as session:
            session.register_client_auth_method(Assertion(self.key, endpoint))
            try:
                answer = session.fetch_token(
                    endpoint,
                    code=code,
                    grant_type="authorization_code",
                    code_verifier=begun.verifier,
                    timeout=WAIT,
                    allow_redirects=False,
                )
            except requests.RequestException:
                raise SignInFailed(Why.UNREACHABLE) from None
            except (AuthlibBaseError, ValueError):
                raise SignInFailed(Why.NOT_GIVEN) from None
        token, access_token = answer.get("id_token"), answer.get("access_token")
        if not isinstance(token, str):
            raise SignInFailed(Why.NOT_GIVEN)

        def read(keys: Mapping[str, Any]) -> Mapping[str, Any]:
            return read_id_token(
                token,
                keys,
                self.sign_in,
                nonce=begun.nonce,
                access_token=access_token if isinstance(access_token, str) else "",
                now=int(self.clock()),
            )

        try:
            return Identity(claims=read(self.keys()), token=token)
        except SignInFailed as failed:
            if failed.why is not Why.SIGNATURE:
                raise
            # The provider may have changed its keys since we last looked.
            return Identity(claims=read(self.keys(anew=True)), token=token)

    def address_to_sign_out(self, token: str) -> str | None:
        """Where a browser goes to sign out of the provider too; None where the provider has no such place."""
        endpoint = self.metadata().get("end_session_endpoint")
        if endpoint is None:
            return None
        asked = {
            "id_token_hint": token,
            "client_id": self.sign_in.client_id,
            "post_logout_redirect_uri": f"{self.sign_in.address}/",
        }
        return str(add_params_to_uri(endpoint, list(asked.items())))

    def ended(self, token: str) -> Mapping[str, Any]:
        """The claims of a logout token the provider sent; SignInFailed where it is none of its."""

        def read(keys: Mapping[str, Any]) -> Mapping[str, Any]:
            return read_logout_token(token, keys, self.sign_in, now=int(self.clock()))

        return self._with_keys_of_now(read)

    def access(self, token: str) -> Mapping[str, Any]:
        """The claims of an access token for the API; SignInFailed where it is none of its."""

        def read(keys: Mapping[str, Any]) -> Mapping[str, Any]:
            return read_access_token(token, keys, self.sign_in, now=int(self.clock()))

        return self._with_keys_of_now(read)

    def _with_keys_of_now(self, read: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> Mapping[str, Any]:
        """What is read with its keys, asked for anew where they may have changed.

        Anybody can send a token: what they send does not make us ask the provider again and again.
        """
        try:
            return read(self.keys())
        except SignInFailed as failed:
            if failed.why is not Why.SIGNATURE or self.clock() - self._keys_at < KEYS_AGAIN:
                raise
            return read(self.keys(anew=True))

    # What the provider says of itself

    def metadata(self) -> Mapping[str, Any]:
        """Its addresses, each at a host we speak to; asked again every hour."""
        with self._lock:
            if not self._metadata or self.clock() - self._metadata_at > KEPT:
                found = self._fetched(f"{self.sign_in.issuer.rstrip('/')}/.well-known/openid-configuration")
                self.check(found)
                self._metadata, self._metadata_at = found, self.clock()
            return self._metadata

    def keys(self, *, anew: bool = False) -> Mapping[str, Any]:
        """Its public keys."""
        address = self.metadata()["jwks_uri"]
        with self._lock:
            if anew or not self._keys or self.clock() - self._keys_at > KEPT:
                self._keys = self._fetched(address)
                self._keys_at = self.clock()
            return self._keys

    def check(self, found: Mapping[str, Any]) -> None:
        """SignInFailed unless the provider is the one that is named, and keeps to hosts that are spoken to."""
        if found.get("issuer") != self.sign_in.issuer:
            raise SignInFailed(Why.NOT_ITSELF)
        for name in ENDPOINTS:
            address = found.get(name)
            if address is None and name == "end_session_endpoint":
                continue
            if not isinstance(address, str) or not is_safe(address.partition("?")[0]):
                raise SignInFailed(Why.UNREACHABLE)
            if urlsplit(address).hostname not in {self.sign_in.host_of_issuer, *self.hosts}:
                raise SignInFailed(Why.ELSEWHERE)

    def _fetched(self, address: str) -> dict[str, Any]:
        if self.clock() - self._failed_at < LEFT_ALONE:
            raise SignInFailed(Why.UNREACHABLE)
        try:
            with self._session() as session:
                answer = session.get(
                    address, timeout=WAIT, allow_redirects=False, stream=True, withhold_token=True
                )
                content = answer.raw.read(LARGEST, decode_content=True)
                found = json.loads(content) if answer.status_code == 200 else None
        except (requests.RequestException, HTTPError, OSError, ValueError):
            found = None
        if not isinstance(found, dict):
            self._failed_at = self.clock()
            raise SignInFailed(Why.UNREACHABLE)
        return found

    def _session(self) -> OAuth2Session:
        session = OAuth2Session(
            self.sign_in.client_id,
            self.key.key,
            scope=" ".join(dict.fromkeys(("openid", *self.sign_in.scopes))),
            redirect_uri=self.way_back,
            token_endpoint_auth_method=PrivateKeyJWT.name,
            code_challenge_method="S256",
        )
        # Neither a .netrc nor a variable of the environment may add a password to what we ask.
        session.trust_env = False
        session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE") or True
        if not is_loopback(self.sign_in.host_of_issuer):
            session.proxies = dict(getproxies())
        return session


class Assertion(PrivateKeyJWT):  # type: ignore[misc]
    """Shows the provider that we are its client: signed anew for each request, and for a minute only."""

    def __init__(self, key: SigningKey, endpoint: str) -> None:
        super().__init__(endpoint, alg=key.algorithm)
        self._signed_with = key

    def sign(self, auth: ClientAuth, token_endpoint: str) -> str:
        return str(
            private_key_jwt_sign(
                self._signed_with.key,
                client_id=auth.client_id,
                token_endpoint=token_endpoint,
                alg=self._signed_with.algorithm,
                header=dict(self._signed_with.header),
                expires_in=ASSERTION_LASTS,
            )
        )
