from __future__ import annotations

import base64
import hashlib
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID

from virtaama.portal.core.sign_in.signing_key import make_signing_key, read_signing_key
from virtaama.problems import NotReady

PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey, password: bytes = b""
) -> bytes:
    closed = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, closed)


def keys_with(folder: Path, written: bytes, mode: int = 0o600) -> Path:
    (folder / "sign_in.pem").write_bytes(written)
    (folder / "sign_in.pem").chmod(mode)
    return folder


def test_a_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    make_signing_key(tmp_path)
    path = tmp_path / "sign_in.pem"
    written = path.read_bytes()
    make_signing_key(tmp_path)
    assert path.read_bytes() == written
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["sign_in.pem"]
    key = read_signing_key(tmp_path)
    assert (key.algorithm, key.key.as_dict()["kty"]) == ("PS256", "RSA")


def test_nothing_private_is_published_or_printed(tmp_path: Path) -> None:
    key = read_signing_key(keys_with(tmp_path, pem(PRIVATE)))
    (public,) = key.public["keys"]
    assert set(public) == {"kty", "n", "e", "kid", "use", "alg"}
    assert str(PRIVATE.private_numbers().d) not in repr(key)
    assert "RSAKey" not in repr(key)


def test_a_key_on_a_curve_signs_by_it(tmp_path: Path) -> None:
    key = read_signing_key(keys_with(tmp_path, pem(ec.generate_private_key(ec.SECP256R1()))))
    (public,) = key.public["keys"]
    assert (key.algorithm, public["crv"], "d" in public) == ("ES256", "P-256", False)


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"no key",
        pem(PRIVATE, b"password"),
        pem(rsa.generate_private_key(public_exponent=65537, key_size=1024)),
        pem(ec.generate_private_key(ec.SECP384R1())),
        pem(ed25519.Ed25519PrivateKey.generate()),
        PRIVATE.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        ),
    ],
    ids=["nothing", "words", "closed", "short", "another curve", "another kind", "public"],
)
def test_what_we_do_not_sign_with_is_refused(tmp_path: Path, written: bytes) -> None:
    with pytest.raises(NotReady, match="no private key we sign with"):
        read_signing_key(keys_with(tmp_path, written))


def test_a_missing_key_and_one_others_can_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="is missing"):
        read_signing_key(tmp_path)
    with pytest.raises(NotReady, match="others than its owner can read"):
        read_signing_key(keys_with(tmp_path, pem(PRIVATE), 0o640))


def test_a_certificate_beside_the_key_gives_the_marks_of_it(tmp_path: Path) -> None:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "virtaama")])
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(PRIVATE.public_key())
        .serial_number(1)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=365))
        .sign(PRIVATE, hashes.SHA256())
    )
    keys = keys_with(tmp_path, pem(PRIVATE))
    (keys / "sign_in.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    whole = certificate.public_bytes(serialization.Encoding.DER)
    mark = base64.urlsafe_b64encode(hashlib.sha256(whole).digest()).decode().rstrip("=")
    header = read_signing_key(keys).header
    assert header["x5t#S256"] == mark
    assert set(header) == {"kid", "x5t", "x5t#S256"}
    (keys / "sign_in.crt").write_text("no certificate")
    with pytest.raises(NotReady, match="no certificate as PEM"):
        read_signing_key(keys)
