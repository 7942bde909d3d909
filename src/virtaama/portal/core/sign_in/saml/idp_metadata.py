"""What the provider says of itself: its name, its keys and its addresses, from a file the county has put there."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography import x509

from virtaama.portal.core.sign_in.failures import SignInFailed
from virtaama.portal.core.sign_in.saml.xml import Element, every, read, tag, text_of
from virtaama.problems import NotReady
from virtaama.project.sign_in import is_safe

REDIRECT: Final = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST: Final = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
_LARGEST: Final = 5_000_000  # bytes: a federation names many


@dataclass(frozen=True, slots=True, kw_only=True)
class TheirMetadata:
    """A provider of identities, as its metadata has it."""

    entity: str
    certificates: tuple[x509.Certificate, ...]
    sign_in: str  # where a browser goes to sign in
    sign_out: str = ""  # and to sign out; empty where there is no such place
    signed_out: str = ""  # where it is told that somebody is signed out here


def read_their_metadata(path: Path) -> TheirMetadata:
    """The provider in a file of metadata. NotReady where it is missing, is none, or can no longer be relied on."""
    if not path.is_file():
        raise NotReady(
            f"{path}: the metadata of the provider of identities is missing.\n"
            "  Fetch it from the provider by a way you trust, and put it there (docs/how-to/sign-in-saml.md)."
        )
    try:
        root = read(path.read_bytes(), largest=_LARGEST)
    except SignInFailed:
        raise NotReady(f"{path}: this is no SAML metadata: XML without a document type is wanted.") from None
    described = [root] if root.tag == tag("md:EntityDescriptor") else every(root, "md:EntityDescriptor")
    providers = [each for each in described if every(each, "md:IDPSSODescriptor")]
    if len(providers) != 1:
        raise NotReady(f"{path}: {len(providers)} providers of identities are described; one is wanted.")
    until = root.get("validUntil") or providers[0].get("validUntil")
    if until and moment(until) <= datetime.now(UTC):
        raise NotReady(f"{path}: the metadata was valid until {until}.\n  Fetch the provider's new metadata.")
    return _parsed(path, providers[0])


def _parsed(path: Path, provider: Element) -> TheirMetadata:
    (descriptor, *_) = every(provider, "md:IDPSSODescriptor")
    keys = [key for key in every(descriptor, "md:KeyDescriptor") if key.get("use") in (None, "signing")]
    certificates = tuple(
        _certificate(path, text_of(each))
        for key in keys
        for each in every(key, "ds:KeyInfo/ds:X509Data/ds:X509Certificate")
    )
    entity, sign_in = provider.get("entityID"), _address(descriptor, "md:SingleSignOnService")
    if not (entity and certificates and sign_in):
        raise NotReady(
            f"{path}: the provider's name, its signing certificate or its sign-in address by HTTP-Redirect is missing."
        )
    sign_out = _address(descriptor, "md:SingleLogoutService")
    found = TheirMetadata(
        entity=entity,
        certificates=certificates,
        sign_in=sign_in,
        sign_out=sign_out,
        signed_out=_address(descriptor, "md:SingleLogoutService", "ResponseLocation") or sign_out,
    )
    for address in (found.sign_in, found.sign_out, found.signed_out):
        if address and not is_safe(address.partition("?")[0]):
            raise NotReady(f"{path}: an address of the provider is none by TLS.")
    return found


def _address(descriptor: Element, name: str, attribute: str = "Location") -> str:
    return next(
        (each.get(attribute, "") for each in every(descriptor, name) if each.get("Binding") == REDIRECT), ""
    )


def _certificate(path: Path, written: str) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(b64decode("".join(written.split()), validate=True))
    except ValueError:
        raise NotReady(f"{path}: a certificate of the provider cannot be read.") from None


def moment(written: str) -> datetime:
    """A moment as SAML writes it, in UTC. ValueError where it is none."""
    found = datetime.fromisoformat(written)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
