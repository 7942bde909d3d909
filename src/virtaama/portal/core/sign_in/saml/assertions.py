"""What a provider says of a person: signed by it, for us, now, once, and for the sign-in that was begun. Or nothing.

SAML 2.0 core section 2, profiles section 4.1.4. Only what was signed is read.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa

from virtaama.portal.core.sign_in.failures import SignInFailed, Why
from virtaama.portal.core.sign_in.saml.encryption import decrypted
from virtaama.portal.core.sign_in.saml.idp_metadata import TheirMetadata, moment
from virtaama.portal.core.sign_in.saml.messages import SUCCESS
from virtaama.portal.core.sign_in.saml.signatures import signed
from virtaama.portal.core.sign_in.saml.xml import LARGEST, Element, every, only, read, tag, text_of
from virtaama.portal.core.sign_in.tokens import LEEWAY

_BEARER: Final = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
_CONDITIONS: Final = frozenset(
    tag(f"saml:{name}") for name in ("AudienceRestriction", "OneTimeUse", "ProxyRestriction")
)
_LEEWAY: Final = timedelta(seconds=LEEWAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asserted:
    """What one assertion says. `attributes` may hold an identity code: it is never kept or written."""

    id: str
    until: datetime  # it may be shown no longer
    answers: str  # the request it answers
    name: str  # of the subject, between the provider and us
    kind: str
    qualifiers: dict[str, str]
    session: str  # what the provider calls its session
    level: str
    was_encrypted: bool
    attributes: Mapping[str, tuple[str, ...]] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Whom an answer must be from, and for whom."""

    them: TheirMetadata
    us: str
    address: str  # where answers are sent
    key: rsa.RSAPrivateKey = field(repr=False)


def read_answer(sent: str, expected: Expected, now: datetime) -> Asserted:
    """What an answer sent by HTTP-POST asserts; SignInFailed with the first thing that is wrong with it."""
    if len(sent) > 2 * LARGEST:
        raise SignInFailed(Why.UNREADABLE)
    try:
        answer = read(b64decode("".join(sent.split()), validate=True))
    except ValueError:
        raise SignInFailed(Why.UNREADABLE) from None
    if answer.tag != tag("samlp:Response") or answer.get("Version") != "2.0":
        raise SignInFailed(Why.UNREADABLE)
    if every(answer, "ds:Signature"):
        answer = signed(answer, expected.them.certificates)
    if answer.get("Destination") != expected.address:
        raise SignInFailed(Why.AUDIENCE)
    if only(answer, "samlp:Status/samlp:StatusCode").get("Value") != SUCCESS:
        raise SignInFailed(Why.DECLINED)
    assertion, was_encrypted = _assertion_in(answer, expected)
    return _asserted(assertion, expected, now, was_encrypted=was_encrypted)


def _assertion_in(answer: Element, expected: Expected) -> tuple[Element, bool]:
    """The one assertion of an answer, as it was signed."""
    plain, sealed = every(answer, "saml:Assertion"), every(answer, "saml:EncryptedAssertion")
    anywhere = sum(1 for _ in answer.iter(tag("saml:Assertion"), tag("saml:EncryptedAssertion")))
    if len(plain) + len(sealed) != 1 or anywhere != 1:
        raise SignInFailed(Why.SEVERAL)
    assertion = decrypted(sealed[0], expected.key) if sealed else plain[0]
    within = sum(1 for _ in assertion.iter(tag("saml:Assertion"), tag("saml:EncryptedAssertion")))
    if assertion.tag != tag("saml:Assertion") or within != 1:
        raise SignInFailed(Why.SEVERAL)
    return signed(assertion, expected.them.certificates), bool(sealed)


def _asserted(assertion: Element, expected: Expected, now: datetime, *, was_encrypted: bool) -> Asserted:
    if text_of(only(assertion, "saml:Issuer")) != expected.them.entity or assertion.get("Version") != "2.0":
        raise SignInFailed(Why.ISSUER)
    until = _held_conditions(only(assertion, "saml:Conditions"), expected.us, now)
    subject = only(assertion, "saml:Subject")
    shown_until, answers = _confirmed(subject, expected.address, now)
    statement = only(assertion, "saml:AuthnStatement")
    if ends := statement.get("SessionNotOnOrAfter"):
        _not_over(ends, now)
    named = _named(subject, expected.key)
    return Asserted(
        id=assertion.get("ID"),
        until=min(until, shown_until),
        answers=answers,
        name=text_of(named),
        kind=named.get("Format", ""),
        qualifiers={
            name: named.get(name) for name in ("NameQualifier", "SPNameQualifier") if named.get(name)
        },
        session=statement.get("SessionIndex", ""),
        level=text_of(only(statement, "saml:AuthnContext/saml:AuthnContextClassRef")),
        was_encrypted=was_encrypted,
        attributes=_attributes(assertion),
    )


def _held_conditions(conditions: Element, us: str, now: datetime) -> datetime:
    if begins := conditions.get("NotBefore"):
        _begun(begins, now)
    until = _not_over(conditions.get("NotOnOrAfter", ""), now)
    if not {each.tag for each in conditions} <= _CONDITIONS:
        raise SignInFailed(Why.INCOMPLETE)  # a condition nobody here understands is not held
    restrictions = every(conditions, "saml:AudienceRestriction")
    # Each restriction must hold; within one, any audience does.
    if not restrictions or not all(
        us in [text_of(each) for each in every(restriction, "saml:Audience")] for restriction in restrictions
    ):
        raise SignInFailed(Why.AUDIENCE)
    return until


def _confirmed(subject: Element, address: str, now: datetime) -> tuple[datetime, str]:
    """Until when whoever brings the assertion is its subject, and to which request it answers."""
    bearers = [each for each in every(subject, "saml:SubjectConfirmation") if each.get("Method") == _BEARER]
    if len(bearers) != 1:
        raise SignInFailed(Why.INCOMPLETE)
    data = only(bearers[0], "saml:SubjectConfirmationData")
    if data.get("Recipient") != address:
        raise SignInFailed(Why.AUDIENCE)
    if data.get("NotBefore"):
        raise SignInFailed(Why.INCOMPLETE)
    answers = data.get("InResponseTo")
    if not answers:  # nobody here asked for it
        raise SignInFailed(Why.NOT_BEGUN)
    return _not_over(data.get("NotOnOrAfter", ""), now), answers


def _named(subject: Element, key: rsa.RSAPrivateKey) -> Element:
    sealed = every(subject, "saml:EncryptedID")
    named = decrypted(sealed[0], key) if len(sealed) == 1 else only(subject, "saml:NameID")
    if named.tag != tag("saml:NameID") or not text_of(named):
        raise SignInFailed(Why.INCOMPLETE)
    return named


def _attributes(assertion: Element) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for attribute in every(assertion, "saml:AttributeStatement/saml:Attribute"):
        values = tuple(text_of(each) for each in every(attribute, "saml:AttributeValue"))
        name = attribute.get("Name", "")
        found[name] = (*found.get(name, ()), *(value for value in values if value))
    return found


def _begun(written: str, now: datetime) -> None:
    if _moment(written) > now + _LEEWAY:
        raise SignInFailed(Why.EXPIRED)


def _not_over(written: str, now: datetime) -> datetime:
    until = _moment(written)
    if until <= now - _LEEWAY:
        raise SignInFailed(Why.EXPIRED)
    return until


def _moment(written: str) -> datetime:
    try:
        return moment(written)
    except ValueError:
        raise SignInFailed(Why.INCOMPLETE) from None
