"""The provider of identities by SAML: what the portal asks it, and what it believes of its answers."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from virtaama.model.concepts import Text
from virtaama.portal.core.sign_in.failures import SignInFailed, Why
from virtaama.portal.core.sign_in.provider import Begun
from virtaama.portal.core.sign_in.saml.assertions import Asserted, Expected, read_answer
from virtaama.portal.core.sign_in.saml.credentials import Credentials
from virtaama.portal.core.sign_in.saml.encryption import decrypted
from virtaama.portal.core.sign_in.saml.idp_metadata import TheirMetadata, moment
from virtaama.portal.core.sign_in.saml.messages import (
    address_with,
    ask_to_sign_in,
    ask_to_sign_out,
    tell_signed_out,
    unpacked,
)
from virtaama.portal.core.sign_in.saml.our_metadata import TRANSIENT, our_metadata
from virtaama.portal.core.sign_in.saml.persons import PREFIX, mark_of_person
from virtaama.portal.core.sign_in.saml.signatures import require_signed_address, signed
from virtaama.portal.core.sign_in.saml.xml import Element, every, only, read, tag, text_of
from virtaama.portal.core.sign_in.tokens import IDENTITY_CODE, LEEWAY
from virtaama.project.sign_in import LONGEST_NAME, SamlSignIn

IDENTITY_CODES: Final = ("urn:oid:1.2.246.21", "nationalIdentificationNumber")
"""The attribute in which Suomi.fi gives the identity code, by its object identifier and by its friendly name."""
_NAMES: Final = (
    "urn:oid:2.16.840.1.113730.3.1.241",  # displayName
    "displayName",
    "urn:oid:2.5.4.3",  # cn
    "cn",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
)
_LASTS: Final = timedelta(minutes=5)  # a request to sign out is taken so long after it was made
SERVICE: Final = Text(
    "Virtaama, hyvinvointialueen järjestäjän työkalut",
    "Virtaama, verktyg för välfärdsområdets organisatör",
    "Virtaama, the organiser's toolkit of the wellbeing services county",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who the provider says someone is, without anything that is not to be kept."""

    account: str
    full_name: str
    groups: frozenset[str]
    answers: str  # the state of the sign-in it belongs to
    subject: str  # what the provider calls them in this session
    session: str = field(repr=False)  # what signing out is asked with
    assertion: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningOut:
    """That somebody's session at the provider is over, and what it wants to be told."""

    id: str
    name: str
    until: datetime


@dataclass(slots=True)
class SamlProvider:
    """Speaks to the provider `sign_in` names, by the browsers of those who sign in and in no other way."""

    sign_in: SamlSignIn
    them: TheirMetadata
    ours: Credentials
    persons: bytes = field(repr=False)
    county: Text
    clock: Callable[[], float] = time.time

    @property
    def way_back(self) -> str:
        """Where the provider sends people back to, with its answer."""
        return f"{self.sign_in.address}/kirjaudu/saml/"

    @property
    def way_out(self) -> str:
        """Where it sends them to sign out here, or when they are signed out there."""
        return f"{self.sign_in.address}/kirjaudu/saml/ulos/"

    def metadata(self) -> bytes:
        """What the provider is to know of the portal."""
        # Some providers, Suomi.fi among them, give what is asked for here and nothing else.
        wanted = (self.sign_in.account, self.sign_in.person_name or _NAMES[0], self.sign_in.groups)
        return our_metadata(
            named=self.sign_in.named,
            certificate=self.ours.certificate,
            answers=self.way_back,
            sign_out=self.way_out,
            levels=self.sign_in.levels,
            attributes=tuple(name for name in wanted if name),
            transient=bool(self.sign_in.account),
            service=SERVICE,
            county=self.county,
            address=self.sign_in.address,
        )

    # Signing in

    def address_to_sign_in(self, begun: Begun, *, language: str, anew: bool = False) -> str:
        """Where a browser goes to sign in; `anew` asks for it even where somebody is signed in there."""
        asked = ask_to_sign_in(
            id=_id_of(begun.state),
            to=self.them.sign_in,
            back=self.way_back,
            by=self.sign_in.named,
            at=self._now(),
            levels=self.sign_in.levels,
            anew=anew,
        )
        return address_with(self.them.sign_in, "SAMLRequest", asked, self.ours.key)

    def person(self, sent: str) -> Person:
        """Who has signed in, by an answer the browser brought; SignInFailed where that is not proven."""
        expected = Expected(them=self.them, us=self.sign_in.named, address=self.way_back, key=self.ours.key)
        asserted = read_answer(sent, expected, self._now())
        if self.sign_in.levels and asserted.level not in self.sign_in.levels:
            raise SignInFailed(Why.LEVEL)
        if IDENTITY_CODE.search(asserted.name):
            raise SignInFailed(Why.NO_ACCOUNT)  # it would be kept with the session, for signing out
        account = self._account(asserted)
        held = frozenset(
            group
            for group in asserted.attributes.get(self.sign_in.groups, ())
            if not group.startswith(PREFIX)
        )
        return Person(
            account=account,
            full_name=self._full_name(asserted.attributes) or account,
            # Where a provider knows persons and no groups, a person is a group of one.
            groups=held | ({account} if account.startswith(PREFIX) else set()),
            answers=asserted.answers.removeprefix("_"),
            subject=asserted.name,
            session=json.dumps(
                {
                    "name": asserted.name,
                    "kind": asserted.kind,
                    "qualifiers": asserted.qualifiers,
                    "session": asserted.session,
                }
            ),
            assertion=asserted.id,
            until=asserted.until,
        )

    def _account(self, asserted: Asserted) -> str:
        if not self.sign_in.account:
            if asserted.kind == TRANSIENT:  # another name at each sign-in
                raise SignInFailed(Why.NO_ACCOUNT)
            return _usable(asserted.name)
        given = asserted.attributes.get(self.sign_in.account, ())
        if len(given) != 1:
            raise SignInFailed(Why.NO_ACCOUNT)
        if self.sign_in.account not in IDENTITY_CODES:
            return _usable(given[0])
        if not asserted.was_encrypted:
            raise SignInFailed(Why.UNENCRYPTED)
        try:
            return mark_of_person(given[0], self.persons)
        except ValueError:
            raise SignInFailed(Why.NO_ACCOUNT) from None

    def _full_name(self, attributes: Mapping[str, tuple[str, ...]]) -> str:
        wanted = (self.sign_in.person_name,) if self.sign_in.person_name else _NAMES
        found = next((attributes[name][0] for name in wanted if attributes.get(name)), "")
        return "" if IDENTITY_CODE.search(found) else found

    # Signing out

    def address_to_sign_out(self, session: str) -> str | None:
        """Where a browser goes to sign out of the provider too; None where the provider has no such place."""
        if not self.them.sign_out:
            return None
        kept = json.loads(session)
        asked = ask_to_sign_out(to=self.them.sign_out, by=self.sign_in.named, at=self._now(), **kept)
        return address_with(self.them.sign_out, "SAMLRequest", asked, self.ours.key)

    def signing_out(self, sent: str, query: str) -> SigningOut:
        """What a request of the provider to sign somebody out says; `query` is empty where it came by HTTP-POST."""
        asked = self._said(sent, query, "SAMLRequest")
        if asked.tag != tag("samlp:LogoutRequest") or not asked.get("ID"):
            raise SignInFailed(Why.UNREADABLE)
        made = self._moment(asked.get("IssueInstant", ""))
        until = made + _LASTS
        if ends := asked.get("NotOnOrAfter"):
            until = min(until, self._moment(ends))
        leeway = timedelta(seconds=LEEWAY)
        if not (made - leeway <= self._now() < until + leeway):
            raise SignInFailed(Why.EXPIRED)
        sealed = every(asked, "saml:EncryptedID")
        named = decrypted(sealed[0], self.ours.key) if len(sealed) == 1 else only(asked, "saml:NameID")
        return SigningOut(id=asked.get("ID"), name=text_of(named), until=until)

    def address_when_signed_out(self, told: SigningOut, state: str) -> str | None:
        """Where a browser goes on to, when the session here is over; None where the provider wants no word of it."""
        if not self.them.signed_out:
            return None
        said = tell_signed_out(
            to=self.them.signed_out, by=self.sign_in.named, at=self._now(), answers=told.id
        )
        return address_with(self.them.signed_out, "SAMLResponse", said, self.ours.key, state)

    def require_signed_out(self, sent: str, query: str) -> None:
        """SignInFailed unless the provider says that somebody is signed out there."""
        if self._said(sent, query, "SAMLResponse").tag != tag("samlp:LogoutResponse"):
            raise SignInFailed(Why.UNREADABLE)

    def _said(self, sent: str, query: str, kind: str) -> Element:
        """A message of the provider for us, by the address it came with or by itself."""
        message = read(unpacked(sent, deflated=bool(query)))
        if query:
            require_signed_address(query, kind, self.them.certificates)
        else:
            message = signed(message, self.them.certificates)
        if text_of(only(message, "saml:Issuer")) != self.them.entity:
            raise SignInFailed(Why.ISSUER)
        if message.get("Destination") != self.way_out or message.get("Version") != "2.0":
            raise SignInFailed(Why.AUDIENCE)
        return message

    def _moment(self, written: str) -> datetime:
        try:
            return moment(written)
        except ValueError:
            raise SignInFailed(Why.INCOMPLETE) from None

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.clock(), UTC)


def _id_of(state: str) -> str:
    return f"_{state}"


def _usable(name: Any) -> str:
    """What someone is called here. Never an identity code: it goes into every record of what they ask."""
    if not name or len(name) > LONGEST_NAME or IDENTITY_CODE.search(name) or name.startswith(PREFIX):
        raise SignInFailed(Why.NO_ACCOUNT)
    return str(name)
