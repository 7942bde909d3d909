"""The key with which the portal shows the provider that it is itself. It lies with the project's other keys."""

from __future__ import annotations

import base64
import hashlib
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from joserfc.jwk import ECKey, RSAKey

from virtaama.problems import NotReady

KEY_FILE, CERTIFICATE_FILE = "sign_in.pem", "sign_in.crt"
BITS, SMALLEST = 3072, 2048


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key, how it signs, and by which marks the provider knows it. Never printed."""

    key: RSAKey | ECKey = field(repr=False)
    algorithm: str
    header: dict[str, str]

    @property
    def public(self) -> dict[str, Any]:
        """The set of public keys the provider may fetch."""
        told = self.key.as_dict(private=False)
        return {"keys": [{**told, "kid": self.header["kid"], "use": "sig", "alg": self.algorithm}]}


def make_signing_key(keys: Path) -> None:
    """Make the key, unless one is there. Whole and on disk, or not there."""
    path = keys / KEY_FILE
    if path.exists():
        return
    made = rsa.generate_private_key(public_exponent=65537, key_size=BITS).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    unfinished = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(made)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(unfinished, path)
    except FileExistsError:  # another process was quicker, and its key counts
        pass
    finally:
        unfinished.unlink()


def read_signing_key(keys: Path) -> SigningKey:
    """The key of this folder; NotReady when it is missing, open to others, or of a kind we do not sign with.

    A certificate beside it gives the marks by which some providers know keys.
    """
    path = keys / KEY_FILE
    if not path.is_file():
        raise NotReady(f"{path}: the key of the sign-in is missing.\n  `virtaama serve` makes one.")
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise NotReady(f"{path}: others than its owner can read the key.\n  chmod 600 {path}")
    written = path.read_bytes()
    try:
        private = serialization.load_pem_private_key(written, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        private = None
    key: RSAKey | ECKey
    match private:
        case rsa.RSAPrivateKey() if private.key_size >= SMALLEST:
            key, algorithm = RSAKey.import_key(written), "PS256"
        case ec.EllipticCurvePrivateKey() if private.curve.name == "secp256r1":
            key, algorithm = ECKey.import_key(written), "ES256"
        case _:
            raise NotReady(
                f"{path}: no private key we sign with: RSA of {SMALLEST} bits or more, or EC P-256, as PEM without a "
                "password."
            )
    return SigningKey(key, algorithm, {"kid": key.thumbprint(), **_marks(keys / CERTIFICATE_FILE)})


def _marks(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
    except ValueError:
        raise NotReady(f"{path}: no certificate as PEM.") from None
    whole = certificate.public_bytes(serialization.Encoding.DER)
    # The mark is a name for the certificate, not a protection.
    short = hashlib.sha1(whole, usedforsecurity=False).digest()
    return {"x5t": _written(short), "x5t#S256": _written(hashlib.sha256(whole).digest())}


def _written(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")
