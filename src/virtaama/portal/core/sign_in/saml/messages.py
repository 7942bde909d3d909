"""What the portal says by SAML: to sign someone in, to sign someone out, and that someone is signed out."""

from __future__ import annotations

import secrets
import zlib
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

from virtaama.portal.core.sign_in.failures import SignInFailed, Why
from virtaama.portal.core.sign_in.saml.idp_metadata import POST
from virtaama.portal.core.sign_in.saml.signatures import signed_address
from virtaama.portal.core.sign_in.saml.xml import LARGEST, NAMES, Element, tag

SUCCESS: Final = "urn:oasis:names:tc:SAML:2.0:status:Success"
_TRANSIENT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"


def new_id() -> str:
    """A name of a message nobody can guess; XML wants a letter or a line at its beginning."""
    return f"_{secrets.token_urlsafe(32)}"


def ask_to_sign_in(
    *, id: str, to: str, back: str, by: str, at: datetime, levels: Sequence[str], anew: bool
) -> bytes:
    """An AuthnRequest that asks for an answer by HTTP-POST."""
    asked = _message("AuthnRequest", id=id, to=to, by=by, at=at)
    asked.set("AssertionConsumerServiceURL", back)
    asked.set("ProtocolBinding", POST)
    if anew:
        asked.set("ForceAuthn", "true")
    if levels:
        wanted = etree.SubElement(asked, tag("samlp:RequestedAuthnContext"), Comparison="exact")
        for level in levels:
            etree.SubElement(wanted, tag("saml:AuthnContextClassRef")).text = level
    return bytes(etree.tostring(asked))


def ask_to_sign_out(
    *, to: str, by: str, at: datetime, name: str, kind: str, qualifiers: dict[str, str], session: str
) -> bytes:
    """A LogoutRequest for one session of the provider."""
    asked = _message("LogoutRequest", id=new_id(), to=to, by=by, at=at)
    named = etree.SubElement(asked, tag("saml:NameID"), Format=kind or _TRANSIENT, **qualifiers)
    named.text = name
    if session:
        etree.SubElement(asked, tag("samlp:SessionIndex")).text = session
    return bytes(etree.tostring(asked))


def tell_signed_out(*, to: str, by: str, at: datetime, answers: str) -> bytes:
    """The LogoutResponse to a request."""
    told = _message("LogoutResponse", id=new_id(), to=to, by=by, at=at)
    told.set("InResponseTo", answers)
    status = etree.SubElement(told, tag("samlp:Status"))
    etree.SubElement(status, tag("samlp:StatusCode"), Value=SUCCESS)
    return bytes(etree.tostring(told))


def address_with(to: str, name: str, message: bytes, key: rsa.RSAPrivateKey, state: str = "") -> str:
    """Where a browser takes a message: HTTP-Redirect, deflated and signed. `name` is SAMLRequest or SAMLResponse."""
    packer = zlib.compressobj(wbits=-15)
    packed = b64encode(packer.compress(message) + packer.flush()).decode("ascii")
    query = [(name, packed), *([("RelayState", state)] if state else [])]
    return f"{to}{'&' if '?' in to else '?'}{signed_address(query, key)}"


def unpacked(sent: str, *, deflated: bool) -> bytes:
    """A message as it was sent, no larger than messages are; SignInFailed where it is none."""
    try:
        content = b64decode("".join(sent.split()), validate=True)
        if not deflated:
            return content
        unpacker = zlib.decompressobj(wbits=-15)
        found = unpacker.decompress(content, LARGEST + 1)
    except (ValueError, zlib.error):
        raise SignInFailed(Why.UNREADABLE) from None
    if not found or unpacker.unconsumed_tail or not unpacker.eof:
        raise SignInFailed(Why.UNREADABLE)
    return found


def _message(name: str, *, id: str, to: str, by: str, at: datetime) -> Element:
    found = etree.Element(
        tag(f"samlp:{name}"),
        ID=id,
        Version="2.0",
        IssueInstant=at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        Destination=to,
        nsmap={prefix: NAMES[prefix] for prefix in ("samlp", "saml")},
    )
    etree.SubElement(found, tag("saml:Issuer")).text = by
    return found
