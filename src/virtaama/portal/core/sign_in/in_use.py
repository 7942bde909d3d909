"""The provider of this project, if it has one, and what its groups may do."""

from __future__ import annotations

import hashlib
from functools import cache

from django.conf import settings

from virtaama.access.groups import Group
from virtaama.portal.core import door
from virtaama.portal.core.sign_in.provider import Provider
from virtaama.portal.core.sign_in.saml.credentials import make_certificate, read_credentials
from virtaama.portal.core.sign_in.saml.idp_metadata import read_their_metadata
from virtaama.portal.core.sign_in.saml.persons import make_persons_key, read_persons_key
from virtaama.portal.core.sign_in.saml.provider import SamlProvider
from virtaama.portal.core.sign_in.signing_key import make_signing_key, read_signing_key
from virtaama.project.sign_in import SamlSignIn


@cache
def provider() -> Provider | SamlProvider | None:
    """The provider virtaama.yaml names; None where it names none."""
    sign_in = settings.PROJECT.sign_in
    if isinstance(sign_in, SamlSignIn):
        return _saml(sign_in)
    if sign_in is None:
        return None
    return Provider(
        sign_in=sign_in, key=read_signing_key(settings.PROJECT.keys), hosts=settings.PROJECT.hosts
    )


def saml() -> SamlProvider | None:
    """The provider, where it speaks SAML."""
    found = provider()
    return found if isinstance(found, SamlProvider) else None


def prepare() -> None:
    """Make the keys the provider is spoken to with, and see that all of it can be read. NotReady where it cannot."""
    sign_in = settings.PROJECT.sign_in
    if sign_in is None:
        return
    make_signing_key(settings.PROJECT.keys)
    if isinstance(sign_in, SamlSignIn):
        make_certificate(settings.PROJECT.keys, sign_in.host)
        make_persons_key(settings.PROJECT.keys)
    provider()


def _saml(sign_in: SamlSignIn) -> SamlProvider:
    keys = settings.PROJECT.keys
    return SamlProvider(
        sign_in=sign_in,
        them=read_their_metadata(sign_in.metadata),
        ours=read_credentials(keys),
        persons=read_persons_key(keys),
        county=settings.PROJECT.county,
    )


def groups() -> tuple[Group, ...]:
    """What access.yaml says of groups."""
    return door.project().groups


def mark_of_groups() -> str:
    """A mark that changes with what access.yaml says of groups: sessions begun before that are over."""
    told = [(group.name, group.role, sorted(group.municipalities)) for group in groups()]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]


def mark_of_message(sender: str, id: str) -> str:
    """A mark by which a message of a provider is known again."""
    return hashlib.sha256(f"{sender}\0{id}".encode()).hexdigest()
