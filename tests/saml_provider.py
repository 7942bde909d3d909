"""A provider of identities that speaks SAML 2.0, for the tests: pysaml2's own, with the xmlsec1 of the machine.

Neither shares code with the portal: requests of ours are parsed and their signatures checked by it, and what it says
is made, signed and encrypted by it. Messages go by the browser alone, so it needs no web server of its own but in the
journey: `python -m tests.saml_provider PORT FOLDER` serves a form, for a real browser.

For hostile answers the tests take an answer apart and sign it anew with the provider's true key: tests/privacy/portal.
"""

from __future__ import annotations

import html
import json
import shutil
import sys
import warnings
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of ciphers it can speak and is not asked to
    import saml2.entity
    from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT, xmldsig
    from saml2.config import IdPConfig
    from saml2.metadata import entity_descriptor
    from saml2.saml import NAME_FORMAT_URI, NAMEID_FORMAT_PERSISTENT, NAMEID_FORMAT_TRANSIENT, NameID
    from saml2.server import Server
    from saml2.sigver import pre_encryption_part

LEVEL = "http://ftn.ficora.fi/2017/loa3"
AES_GCM = "http://www.w3.org/2009/xmlenc11#aes256-gcm"
USUAL_ENCRYPTION = saml2.entity.pre_encryption_part


def key_and_certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A key of 2048 bits and a certificate signed by itself, as PEM files."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    named = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(named)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    key_file, certificate_file = folder / f"{name}.pem", folder / f"{name}.crt"
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return key_file, certificate_file


@dataclass
class SamlProviderForTests:
    """The provider: first its metadata, for the portal; then, told of the portal's, it answers."""

    folder: Path
    base: str = "https://login.example"
    people: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    server: Server = field(init=False)

    def __post_init__(self) -> None:
        self.key_file, self.certificate_file = key_and_certificate(self.folder, "provider")
        self.metadata = self.folder / "provider.xml"
        self.metadata.write_text(str(entity_descriptor(self._config())), encoding="utf-8")

    @property
    def entity(self) -> str:
        return f"{self.base}/metadata"

    def meet(self, portal: bytes) -> None:
        """Read the portal's metadata; from now on it is answered."""
        known = self.folder / "portal.xml"
        known.write_bytes(portal)
        self.server = Server(config=self._config(known))
        self.strongly()

    def strongly(self, *, encrypts: bool = True) -> None:
        """Encrypt as Suomi.fi does, by AES-GCM; or as pysaml2 does where it is not told otherwise."""
        saml2.entity.pre_encryption_part = (
            partial(pre_encryption_part, msg_enc=AES_GCM) if encrypts else USUAL_ENCRYPTION
        )
        usual = type(self.server.sec).encrypt_assertion.__get__(self.server.sec)
        self.server.sec.encrypt_assertion = partial(usual, key_type="aes-256") if encrypts else usual

    def _config(self, portal: Path | None = None) -> IdPConfig:
        described: dict[str, Any] = {
            "entityid": self.entity,
            "service": {
                "idp": {
                    "name": "Invented provider",
                    "endpoints": {
                        "single_sign_on_service": [(f"{self.base}/sso", BINDING_HTTP_REDIRECT)],
                        "single_logout_service": [
                            (f"{self.base}/slo", BINDING_HTTP_REDIRECT),
                            (f"{self.base}/slo", BINDING_HTTP_POST),
                        ],
                    },
                    "want_authn_requests_signed": True,
                    "policy": {
                        "default": {
                            "lifetime": {"minutes": 5},
                            "attribute_restrictions": None,
                            "name_form": NAME_FORMAT_URI,
                        }
                    },
                }
            },
            "key_file": str(self.key_file),
            "cert_file": str(self.certificate_file),
            "encryption_keypairs": [
                {"key_file": str(self.key_file), "cert_file": str(self.certificate_file)}
            ],
            "xmlsec_binary": shutil.which("xmlsec1"),
            "allow_unknown_attributes": True,
            "signing_algorithm": xmldsig.SIG_RSA_SHA256,
            "digest_algorithm": xmldsig.DIGEST_SHA256,
        }
        if portal is not None:
            described["metadata"] = {"local": [str(portal)]}
        return IdPConfig().load(described)

    # Signing in

    def asked(self, address: str) -> Any:
        """The request a browser brought, checked: pysaml2 refuses one that the portal did not sign."""
        query = dict(parse_qsl(urlsplit(address).query))
        return self.server.parse_authn_request(
            query["SAMLRequest"],
            BINDING_HTTP_REDIRECT,
            relay_state=query.get("RelayState"),
            sigalg=query["SigAlg"],
            signature=query["Signature"],
        ).message

    def answer(self, request: Any, person: str, **more: Any) -> str:
        """The answer to a request, as base64, the way a form brings it."""
        how: dict[str, Any] = {
            "identity": self.people[person],
            "in_response_to": request.id,
            "destination": request.assertion_consumer_service_url,
            "sp_entity_id": request.issuer.text,
            "name_id": NameID(format=NAMEID_FORMAT_TRANSIENT, text=f"_{person}_in_this_session"),
            "authn": {"class_ref": LEVEL, "authn_auth": self.base},
            "sign_assertion": True,
            "sign_response": False,
            "encrypt_assertion": True,
            "sign_alg": xmldsig.SIG_RSA_SHA256,
            "digest_alg": xmldsig.DIGEST_SHA256,
        }
        return encoded(str(self.server.create_authn_response(**{**how, **more})))

    # Signing out

    def ask_to_sign_out(self, destination: str, name: str, *, session: str = "") -> dict[str, str]:
        """A signed request to sign somebody out, as the query of an address."""
        _, request = self.server.create_logout_request(
            destination,
            self.entity,
            name_id=NameID(format=NAMEID_FORMAT_TRANSIENT, text=name),
            session_indexes=[session] if session else None,
        )
        sent = self.server.apply_binding(
            BINDING_HTTP_REDIRECT,
            str(request),
            destination,
            "state",
            sign=True,
            sigalg=xmldsig.SIG_RSA_SHA256,
        )
        return dict(sent["headers"])

    def asked_to_sign_out(self, address: str) -> Any:
        query = dict(parse_qsl(urlsplit(address).query))
        return self.server.parse_logout_request(
            query["SAMLRequest"],
            BINDING_HTTP_REDIRECT,
            sigalg=query["SigAlg"],
            signature=query["Signature"],
        ).message

    def told_signed_out(self, address: str) -> Any:
        """The portal's word that somebody is signed out, checked."""
        query = dict(parse_qsl(urlsplit(address).query))
        return self.server.parse_logout_request_response(query["SAMLResponse"], BINDING_HTTP_REDIRECT)

    def tell_signed_out(self, request: Any, destination: str) -> str:
        """The address a browser is sent to, when it is signed out here."""
        told = self.server.create_logout_response(request, [BINDING_HTTP_REDIRECT])
        sent = self.server.apply_binding(
            BINDING_HTTP_REDIRECT,
            str(told),
            destination,
            "",
            response=True,
            sign=True,
            sigalg=xmldsig.SIG_RSA_SHA256,
        )
        return dict(sent["headers"])["Location"]


def encoded(xml: str) -> str:
    return b64encode(xml.encode()).decode("ascii")


PERSISTENT = NAMEID_FORMAT_PERSISTENT


def main(port: int, folder: Path) -> None:
    """Serve a form for a real browser. FOLDER gets provider.xml; portal.xml and people.json must come to be there."""
    provider = SamlProviderForTests(folder, f"http://localhost:{port}")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/ready":
                self.say("ready")
                return
            if not hasattr(provider, "server"):
                provider.people = json.loads((folder / "people.json").read_text(encoding="utf-8"))
                provider.meet((folder / "portal.xml").read_bytes())
            if self.path.startswith("/sso"):
                hidden = html.escape(self.path)
                self.say(
                    f'<form method="post" action="/in"><input type="hidden" name="asked" value="{hidden}">'
                    '<input name="person"><button id="in">In</button></form>'
                )
            else:
                request = provider.asked_to_sign_out(self.path)
                self.send_response(302)
                out = json.loads((folder / "out.json").read_text(encoding="utf-8"))
                self.send_header("Location", provider.tell_signed_out(request, out))
                self.end_headers()

        def do_POST(self) -> None:
            body = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            request = provider.asked(body["asked"][0])
            sent = provider.answer(request, body["person"][0])
            self.say(
                f'<form method="post" action="{html.escape(request.assertion_consumer_service_url)}">'
                f'<input type="hidden" name="SAMLResponse" value="{sent}"><button id="on">On</button></form>'
            )

        def say(self, text: str) -> None:
            content = text.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever(poll_interval=0.05)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
