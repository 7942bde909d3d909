"""Signatures over XML and over addresses: only what a key of the provider has signed is given on."""

from __future__ import annotations

import logging
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from typing import Any, Final
from urllib.parse import quote, unquote_plus

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from virtaama.portal.core.sign_in.failures import SignInFailed, Why
from virtaama.portal.core.sign_in.saml.xml import Element, alone, only, read, tag

# At its least words it writes what it reads: an identity code may stand there.
logging.getLogger("signxml").setLevel(logging.WARNING)

RSA_SHA256: Final = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
_METHODS: Final = frozenset(
    {
        SignatureMethod.RSA_SHA256,
        SignatureMethod.RSA_SHA384,
        SignatureMethod.RSA_SHA512,
        SignatureMethod.SHA256_RSA_MGF1,
        SignatureMethod.SHA384_RSA_MGF1,
        SignatureMethod.SHA512_RSA_MGF1,
        SignatureMethod.ECDSA_SHA256,
        SignatureMethod.ECDSA_SHA384,
        SignatureMethod.ECDSA_SHA512,
    }
)
_TRANSFORMS: Final = frozenset(
    {
        "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
        "http://www.w3.org/2001/10/xml-exc-c14n#",
    }
)
_DIGESTS: Final = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512})
_KNOWN: Final = {
    "Transform": _TRANSFORMS,
    "CanonicalizationMethod": _TRANSFORMS,
    "SignatureMethod": frozenset(way.value for way in _METHODS),
    "DigestMethod": frozenset(way.value for way in _DIGESTS),
}
_HOW: Final = SignatureConfiguration(
    location="./",  # a child of what it signs, and nowhere else
    expect_references=1,
    signature_methods=_METHODS,
    digest_algorithms=_DIGESTS,
    ignore_ambiguous_key_info=True,  # the key is known from the metadata: what a message says of it does not count
)
_HASHES: Final[dict[str, Callable[[], hashes.HashAlgorithm]]] = {
    "256": hashes.SHA256,
    "384": hashes.SHA384,
    "512": hashes.SHA512,
}
_OF_ADDRESSES: Final = "http://www.w3.org/2001/04/xmldsig-more#"


def signed(element: Element, certificates: Sequence[x509.Certificate]) -> Element:
    """What was signed of an element that carries its own signature, read from the signed bytes anew.

    Nothing else of the document may be believed. SignInFailed where no key of the provider signed it.
    """
    _only_known_ways(element)
    content = alone(element)
    for certificate in certificates:
        try:
            found = XMLVerifier().verify(content, x509_cert=certificate, expect_config=_HOW)
        except (SignXMLException, ValueError, TypeError, etree.LxmlError):
            continue
        assert not isinstance(found, list)
        return _of_same_kind(element, found.signed_data)
    raise SignInFailed(Why.SIGNATURE)


def _of_same_kind(element: Element, signed_data: bytes) -> Element:
    # A signature over another element inside this one would be a true one, and say nothing of this one.
    found = read(signed_data)
    if found.tag != element.tag or found.get("ID") != element.get("ID") or not found.get("ID"):
        raise SignInFailed(Why.SIGNATURE)
    return found


def _only_known_ways(element: Element) -> None:
    signature = only(element, "ds:Signature", Why.SIGNATURE)
    for name, known in _KNOWN.items():
        if not {each.get("Algorithm") for each in signature.iter(tag(f"ds:{name}"))} <= known:
            raise SignInFailed(Why.ALGORITHM)


def signed_address(query: Sequence[tuple[str, str]], key: rsa.RSAPrivateKey) -> str:
    """A query with its signature (SAML bindings 3.4.4.1)."""
    asked = [*query, ("SigAlg", RSA_SHA256)]
    said = "&".join(f"{name}={quote(value, safe='')}" for name, value in asked)
    signature = b64encode(key.sign(said.encode("ascii"), PKCS1v15(), hashes.SHA256())).decode("ascii")
    return f"{said}&Signature={quote(signature, safe='')}"


def require_signed_address(query: str, message: str, certificates: Sequence[x509.Certificate]) -> None:
    """SignInFailed unless the query, as it was sent, is signed by the provider.

    `message` is SAMLRequest or SAMLResponse.
    """
    sent: dict[str, str] = {}
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name in sent:  # which of two is meant cannot be known
            raise SignInFailed(Why.SIGNATURE)
        sent[name] = value
    said = "&".join(f"{name}={sent[name]}" for name in (message, "RelayState", "SigAlg") if name in sent)
    way = unquote_plus(sent.get("SigAlg", ""))
    kind, _, size = way.removeprefix(_OF_ADDRESSES).partition("-sha")
    if not way.startswith(_OF_ADDRESSES) or kind not in ("rsa", "ecdsa") or size not in _HASHES:
        raise SignInFailed(Why.ALGORITHM)
    try:
        signature = b64decode(unquote_plus(sent.get("Signature", "")), validate=True)
    except ValueError:
        raise SignInFailed(Why.SIGNATURE) from None
    if not any(
        _verifies(each.public_key(), kind, _HASHES[size](), signature, said.encode()) for each in certificates
    ):
        raise SignInFailed(Why.SIGNATURE)


def _verifies(key: Any, kind: str, how: hashes.HashAlgorithm, signature: bytes, said: bytes) -> bool:
    try:
        match key:
            case rsa.RSAPublicKey() if kind == "rsa":
                key.verify(signature, said, PKCS1v15(), how)
            case ec.EllipticCurvePublicKey() if kind == "ecdsa":
                key.verify(signature, said, ec.ECDSA(how))
            case _:
                return False
    except InvalidSignature:
        return False
    return True
