"""The portal's key and certificate, as SAML uses them: to sign what it says, and to open what is encrypted for it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from virtaama.portal.core.sign_in.signing_key import CERTIFICATE_FILE, KEY_FILE, read_signing_key
from virtaama.problems import NotReady

_LASTS: Final = timedelta(days=2 * 365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A private key, and the certificate by which the provider knows it. Never printed."""

    key: rsa.RSAPrivateKey = field(repr=False)
    certificate: x509.Certificate


def make_certificate(keys: Path, host: str) -> None:
    """Make a certificate for the key, signed by itself, unless one is there: metadata wants one."""
    path = keys / CERTIFICATE_FILE
    if path.exists():
        return
    key, now = _key(keys), datetime.now(UTC)
    named = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, host[:64])])
    made = (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(named)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + _LASTS)
        .sign(key, hashes.SHA256())
    )
    unfinished = path.with_suffix(f".{os.getpid()}")
    unfinished.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    unfinished.replace(path)


def read_credentials(keys: Path) -> Credentials:
    """The key and the certificate of this folder; NotReady where one is missing or they do not belong together."""
    key, path = _key(keys), keys / CERTIFICATE_FILE
    if not path.is_file():
        raise NotReady(f"{path}: the certificate of the sign-in is missing.\n  `virtaama serve` makes one.")
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
    except ValueError:
        raise NotReady(f"{path}: no certificate as PEM.") from None
    if certificate.public_key() != key.public_key():
        raise NotReady(
            f"{path}: the certificate is of another key than {keys / KEY_FILE}.\n"
            "  Put the one there that was made for this key, or remove it and start the portal again."
        )
    if certificate.not_valid_after_utc <= datetime.now(UTC):
        raise NotReady(
            f"{path}: the certificate is no longer valid.\n"
            "  Remove it, start the portal again, and give the provider the new metadata."
        )
    return Credentials(key=key, certificate=certificate)


def _key(keys: Path) -> rsa.RSAPrivateKey:
    read_signing_key(keys)  # that it is there, and nobody else's to read
    key = serialization.load_pem_private_key((keys / KEY_FILE).read_bytes(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise NotReady(f"{keys / KEY_FILE}: SAML wants an RSA key, which can be encrypted for too.")
    return key
