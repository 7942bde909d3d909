"""Who we are to a FHIR server: a token that was given to us, or SMART backend services with a key of our own."""

from __future__ import annotations

import base64
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from virtaama.model.collect import FromFhirBulk
from virtaama.problems import DeliveryRefused
from virtaama.sources.collecting import Surroundings
from virtaama.sources.web import Web, json_of

_SIGNED_FOR = 240  # seconds an assertion holds; five minutes are allowed
_MARGIN = 30  # seconds before its end a token is renewed
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(slots=True)
class Tokens:
    """Gives the header of the moment. Never shown: tokens and keys are held in memory only."""

    way: FromFhirBulk
    around: Surroundings
    web: Web
    types: tuple[str, ...]
    _token: str = ""
    _until: float = 0.0

    def header(self) -> dict[str, str]:
        """What to send with a question; nothing where the server wants nothing."""
        if self.way.token_from:
            return {"Authorization": f"Bearer {self.around.secret(self.way.token_from)}"}
        if not self.way.key_from:
            return {}
        if time.monotonic() >= self._until:
            self._renew()
        return {"Authorization": f"Bearer {self._token}"}

    def _renew(self) -> None:
        scope = self.way.scope or " ".join(f"system/{each}.read" for each in self.types)
        answer = self.web.ask(
            "POST",
            self.way.token_url,
            data={
                "grant_type": "client_credentials",
                "scope": scope,
                "client_assertion_type": _ASSERTION,
                "client_assertion": self._assertion(),
            },
        )
        given = json_of(answer, dict)
        self._token = str(given.get("access_token", ""))
        self._until = time.monotonic() + float(given.get("expires_in", 300)) - _MARGIN

    def _assertion(self) -> str:
        now = int(time.time())
        claims = {
            "iss": self.way.client_id,
            "sub": self.way.client_id,
            "aud": self.way.token_url,
            "exp": now + _SIGNED_FOR,
            "jti": secrets.token_urlsafe(24),
        }
        try:
            key = load_pem_private_key(self.around.secret(self.way.key_from).encode(), password=None)
        except (ValueError, TypeError):
            key = None
        if isinstance(key, rsa.RSAPrivateKey):
            head = self._head("RS384") + "." + _coded(claims)
            signature = key.sign(head.encode(), padding.PKCS1v15(), SHA384())
        elif isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name == "secp384r1":
            head = self._head("ES384") + "." + _coded(claims)
            r, s = decode_dss_signature(key.sign(head.encode(), ec.ECDSA(SHA384())))
            signature = r.to_bytes(48, "big") + s.to_bytes(48, "big")
        else:
            raise DeliveryRefused(
                f"{self.way.key_from} holds no key that can be used.\n"
                "  Put a private key in PEM there, without a password: RSA, or an elliptic curve P-384."
            )
        return f"{head}.{_text(signature)}"

    def _head(self, algorithm: str) -> str:
        return _coded({"alg": algorithm, "typ": "JWT", "kid": self.way.key_id})


def _coded(value: dict[str, Any]) -> str:
    return _text(json.dumps(value, separators=(",", ":")).encode())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
