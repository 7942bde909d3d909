"""Answers of a hostile provider, or of somebody between: an honest one taken apart, bent and put together again.

What is signed here is signed with the provider's true key, unless it is the point that it is not.
"""

from __future__ import annotations

import copy
import os
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.signer import XMLSigner

from tests.saml_provider import AES_GCM, SamlProviderForTests, key_and_certificate
from virtaama.portal.core.sign_in.saml.xml import NAMES, tag

Node = Any
EVIL = "evil"
"""Whom an attacker wants to be."""


@dataclass
class Workshop:
    """Takes an answer of the provider apart."""

    provider: SamlProviderForTests
    folder: Path

    def parts(self, request: Any, person: str, **more: Any) -> Node:
        """An honest answer, not signed and not encrypted yet."""
        plain = {"sign_assertion": False, "encrypt_assertion": False, **more}
        return etree.fromstring(b64decode(self.provider.answer(request, person, **plain)))

    def sign(
        self,
        element: Node,
        key: Path | None = None,
        certificate: Path | None = None,
        method: SignatureMethod = SignatureMethod.RSA_SHA256,
    ) -> Node:
        """The element with a signature over it."""
        signer = XMLSigner(
            signature_algorithm=method,
            digest_algorithm=DigestAlgorithm.SHA256,
            c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
        )
        return signer.sign(
            element,
            key=(key or self.provider.key_file).read_bytes(),
            cert=(certificate or self.provider.certificate_file).read_text(),
            reference_uri=element.get("ID"),
        )

    def signed(self, answer: Node, **more: Any) -> Node:
        """The answer with its assertion signed."""
        assertion = answer.find("saml:Assertion", NAMES)
        answer.replace(assertion, self.sign(assertion, **more))
        return answer

    def encrypted(
        self, answer: Node, portal: x509.Certificate, *, cipher: str = AES_GCM, spoilt: bool = False
    ) -> Node:
        """The answer with its assertion encrypted for the portal."""
        assertion = answer.find("saml:Assertion", NAMES)
        secret, iv = os.urandom(32), os.urandom(12)
        sealed = bytearray(iv + AESGCM(secret).encrypt(iv, etree.tostring(assertion), None))
        if spoilt:
            sealed[40] ^= 1
        how = OAEP(mgf=MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None)
        key = portal.public_key().encrypt(secret, how)  # type: ignore[union-attr, call-arg]
        told = f"""<saml:EncryptedAssertion xmlns:saml="{NAMES["saml"]}" xmlns:xenc="{NAMES["xenc"]}"
            xmlns:ds="{NAMES["ds"]}"><xenc:EncryptedData><xenc:EncryptionMethod Algorithm="{cipher}"/><ds:KeyInfo>
            <xenc:EncryptedKey>
            <xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"/>
            <xenc:CipherData><xenc:CipherValue>{b64encode(key).decode()}</xenc:CipherValue></xenc:CipherData>
            </xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData>
            <xenc:CipherValue>{b64encode(bytes(sealed)).decode()}</xenc:CipherValue></xenc:CipherData>
            </xenc:EncryptedData></saml:EncryptedAssertion>"""
        answer.replace(assertion, etree.fromstring(told))
        return answer

    def stranger(self) -> tuple[Path, Path]:
        """A key and a certificate that are not the provider's."""
        if not (self.folder / "stranger.pem").exists():
            key_and_certificate(self.folder, "stranger")
        return self.folder / "stranger.pem", self.folder / "stranger.crt"

    def public_key(self) -> bytes:
        certificate = x509.load_pem_x509_certificate(self.provider.certificate_file.read_bytes())
        return certificate.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )


def sent(answer: Node) -> str:
    """An answer as a form brings it."""
    return b64encode(etree.tostring(answer)).decode("ascii")


# What a provider may say wrongly, before it signs ---------------------------------------------------------


def _ago(**more: int) -> str:
    return (datetime.now(UTC) - timedelta(**more)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _set(path: str, name: str, value: str | None) -> Callable[[Node], None]:
    def bend(assertion: Node) -> None:
        for element in assertion.iterfind(path, NAMES) if path else [assertion]:
            if value is None:
                element.attrib.pop(name, None)
            else:
                element.set(name, value)

    return bend


def _say(path: str, text: str) -> Callable[[Node], None]:
    def bend(assertion: Node) -> None:
        assertion.find(path, NAMES).text = text

    return bend


def _drop(path: str) -> Callable[[Node], None]:
    def bend(assertion: Node) -> None:
        element = assertion.find(path, NAMES)
        element.getparent().remove(element)

    return bend


def _repeat(path: str) -> Callable[[Node], None]:
    def bend(assertion: Node) -> None:
        element = assertion.find(path, NAMES)
        element.addnext(copy.deepcopy(element))

    return bend


def _more_audience(assertion: Node) -> None:
    """Two restrictions, of which only one names us: both must hold."""
    restriction = assertion.find("saml:Conditions/saml:AudienceRestriction", NAMES)
    other = copy.deepcopy(restriction)
    other.find("saml:Audience", NAMES).text = "https://another.example"
    restriction.addnext(other)


def _unknown_condition(assertion: Node) -> None:
    etree.SubElement(assertion.find("saml:Conditions", NAMES), "{https://x.example}Condition")


DATA = "saml:Subject/saml:SubjectConfirmation/saml:SubjectConfirmationData"
BENT: dict[str, tuple[Callable[[Node], None], str]] = {
    "another audience": (
        _say("saml:Conditions/saml:AudienceRestriction/saml:Audience", "https://x.example"),
        "AUDIENCE",
    ),
    "an audience that only begins like us": (
        _say(
            "saml:Conditions/saml:AudienceRestriction/saml:Audience",
            "http://127.0.0.1:8000/kirjaudu/saml/tiedot.xml.evil",
        ),
        "AUDIENCE",
    ),
    "no audience": (_drop("saml:Conditions/saml:AudienceRestriction"), "AUDIENCE"),
    "a second restriction": (_more_audience, "AUDIENCE"),
    "an unknown condition": (_unknown_condition, "INCOMPLETE"),
    "no conditions": (_drop("saml:Conditions"), "INCOMPLETE"),
    "expired": (_set("saml:Conditions", "NotOnOrAfter", _ago(minutes=2)), "EXPIRED"),
    "without an end": (_set("saml:Conditions", "NotOnOrAfter", None), "INCOMPLETE"),
    "not begun": (_set("saml:Conditions", "NotBefore", _ago(minutes=-60)), "EXPIRED"),
    "a moment that is none": (_set("saml:Conditions", "NotOnOrAfter", "tomorrow"), "INCOMPLETE"),
    "shown too late": (_set(DATA, "NotOnOrAfter", _ago(minutes=2)), "EXPIRED"),
    "shown for ever": (_set(DATA, "NotOnOrAfter", None), "INCOMPLETE"),
    "shown only later": (_set(DATA, "NotBefore", _ago(minutes=1)), "INCOMPLETE"),
    "another recipient": (_set(DATA, "Recipient", "https://x.example/kirjaudu/saml/"), "AUDIENCE"),
    "a recipient that only begins like us": (
        _set(DATA, "Recipient", "http://127.0.0.1:8000/kirjaudu/saml/x"),
        "AUDIENCE",
    ),
    "no recipient": (_set(DATA, "Recipient", None), "AUDIENCE"),
    "an answer to nothing": (_set(DATA, "InResponseTo", None), "NOT_BEGUN"),
    "another way of confirming": (
        _set(
            "saml:Subject/saml:SubjectConfirmation",
            "Method",
            "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key",
        ),
        "INCOMPLETE",
    ),
    "two confirmations": (_repeat("saml:Subject/saml:SubjectConfirmation"), "INCOMPLETE"),
    "no confirmation": (_drop("saml:Subject/saml:SubjectConfirmation"), "INCOMPLETE"),
    "no subject": (_drop("saml:Subject"), "INCOMPLETE"),
    "two subjects": (_repeat("saml:Subject"), "INCOMPLETE"),
    "nobody": (_say("saml:Subject/saml:NameID", ""), "INCOMPLETE"),
    "an identity code for a name": (_say("saml:Subject/saml:NameID", "010190-999W"), "NO_ACCOUNT"),
    "another issuer": (_say("saml:Issuer", "https://x.example/metadata"), "ISSUER"),
    "no statement": (_drop("saml:AuthnStatement"), "INCOMPLETE"),
    "a session that is over": (
        _set("saml:AuthnStatement", "SessionNotOnOrAfter", _ago(minutes=2)),
        "EXPIRED",
    ),
    "another version": (_set("", "Version", "1.1"), "ISSUER"),
    "another level": (
        _say(
            "saml:AuthnStatement/saml:AuthnContext/saml:AuthnContextClassRef",
            "urn:oasis:names:tc:SAML:2.0:ac:classes:Password",
        ),
        "LEVEL",
    ),
}
"""What is said wrongly, how it comes to be, and the reason it is refused for."""


# What somebody between may do with an honest, signed answer -----------------------------------------------


def _forged(assertion: Node, id: str | None = None) -> Node:
    """The assertion with another person in it, and no signature."""
    forged = copy.deepcopy(assertion)
    for signature in forged.findall("ds:Signature", NAMES):
        forged.remove(signature)
    forged.find("saml:Subject/saml:NameID", NAMES).text = EVIL
    for value in forged.iterfind("saml:AttributeStatement/saml:Attribute/saml:AttributeValue", NAMES):
        value.text = EVIL
    if id:
        forged.set("ID", id)
    return forged


def _extensions(answer: Node, content: Node) -> None:
    holder = etree.Element(tag("samlp:Extensions"))
    holder.append(content)
    answer.insert(1, holder)


def _beside(answer: Node, true: Node, *, first: bool) -> None:
    forged = _forged(true, "_forged")
    (true.addprevious if first else true.addnext)(forged)


def _true_in_signature(answer: Node, true: Node, id: str | None) -> None:
    """The forged one in place of the true one, with its signature; the true one inside that signature."""
    forged = _forged(true, id)
    signature = true.find("ds:Signature", NAMES)
    answer.replace(true, forged)
    true.remove(signature)
    holder = etree.SubElement(signature, tag("ds:Object"))
    holder.append(true)
    forged.insert(1, signature)


def _true_in_forged(answer: Node, true: Node) -> None:
    forged = _forged(true, "_forged")
    answer.replace(true, forged)
    forged.append(true)


def _forged_in_true(answer: Node, true: Node) -> None:
    true.append(_forged(true, "_forged"))


def _true_in_extensions(answer: Node, true: Node) -> None:
    answer.replace(true, _forged(true, "_forged"))
    _extensions(answer, true)


def _forged_in_extensions(answer: Node, true: Node) -> None:
    _extensions(answer, _forged(true, "_forged"))


def _same_name_twice(answer: Node, true: Node) -> None:
    """The forged one has the ID of the true one and its signature, and stands where one looks."""
    forged = _forged(true)
    forged.insert(1, copy.deepcopy(true.find("ds:Signature", NAMES)))
    answer.replace(true, forged)
    _extensions(answer, true)


def _signature_moved_up(answer: Node, true: Node) -> None:
    """As if the answer were what was signed."""
    signature = true.find("ds:Signature", NAMES)
    forged = _forged(true, "_forged")
    answer.replace(true, forged)
    answer.insert(1, signature)
    etree.SubElement(signature, tag("ds:Object")).append(true)


def _advice(answer: Node, true: Node) -> None:
    """A true assertion as the advice of a forged one, which has the true signature."""
    signature = true.find("ds:Signature", NAMES)
    forged = _forged(true, "_forged")
    answer.replace(true, forged)
    advice = etree.Element(tag("saml:Advice"))
    true.remove(signature)
    advice.append(true)
    forged.append(advice)
    forged.insert(1, signature)


def _reference_to_nothing(answer: Node, true: Node) -> None:
    forged = _forged(true)
    signature = copy.deepcopy(true.find("ds:Signature", NAMES))
    signature.find(".//ds:Reference", NAMES).set("URI", "")
    forged.insert(1, signature)
    answer.replace(true, forged)


WRAPPED: dict[str, Callable[[Node, Node], None]] = {
    "forged before true": lambda answer, true: _beside(answer, true, first=True),
    "forged after true": lambda answer, true: _beside(answer, true, first=False),
    "true in the signature": lambda answer, true: _true_in_signature(answer, true, "_forged"),
    "true in the signature, of the same name": lambda answer, true: _true_in_signature(answer, true, None),
    "true in forged": _true_in_forged,
    "forged in true": _forged_in_true,
    "true in extensions": _true_in_extensions,
    "forged in extensions": _forged_in_extensions,
    "the same name twice": _same_name_twice,
    "signature of the answer": _signature_moved_up,
    "true in advice": _advice,
    "reference to nothing": _reference_to_nothing,
}
"""Ways of wrapping a true signature (Somorovsky and others, On Breaking SAML: Be Whoever You Want to Be, 2012)."""


# What is no honest XML ------------------------------------------------------------------------------------

BOMB = (
    "<!DOCTYPE x ["
    + '<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    + "]>"
)


def hostile_documents(answer: str, folder: Path) -> dict[str, bytes]:
    """An answer as bytes, with what a reader of XML may stumble over."""
    (folder / "secret.txt").write_text("a secret of the server")
    honest = b64decode(answer).decode().partition("?>")[2].strip()
    status = "urn:oasis:names:tc:SAML:2.0:status:Success"
    outside = f'<!DOCTYPE x [<!ENTITY secret SYSTEM "file://{folder}/secret.txt">]>'
    return {
        "bomb": (BOMB + honest.replace(status, "&a11;")).encode(),
        "quadratic": (
            f'<!DOCTYPE x [<!ENTITY a "{"x" * 50_000}">]>' + honest.replace(status, "&a;" * 5_000)
        ).encode(),
        "file": (outside + honest.replace(status, "&secret;")).encode(),
        "parameter": b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>' + honest.encode(),
        "document type": f"<!DOCTYPE x>{honest}".encode(),
        "another encoding": (BOMB + honest.replace(status, "&a11;")).encode("utf-16"),
        "deep": b"<a>" * 20_000 + b"</a>" * 20_000,
        "large": b"<a>" + b"x" * 400_000 + b"</a>",
        "cut": honest.encode()[:-20],
        "no XML": b"hello",
        "nothing": b"",
        "another message": honest.replace(":Response", ":ArtifactResponse").encode(),
        "without a root of ours": b"<Response/>",
    }
