"""The provider of this project, if it has one, and what its groups may do."""

from __future__ import annotations

import hashlib
from functools import cache

from django.conf import settings

from virtaama.access.groups import Group
from virtaama.portal.core import door
from virtaama.portal.core.sign_in.provider import Provider
from virtaama.portal.core.sign_in.signing_key import read_signing_key


@cache
def provider() -> Provider | None:
    """The provider virtaama.yaml names; None where it names none."""
    if settings.PROJECT.sign_in is None:
        return None
    return Provider(
        sign_in=settings.PROJECT.sign_in,
        key=read_signing_key(settings.PROJECT.keys),
        hosts=settings.PROJECT.hosts,
    )


def groups() -> tuple[Group, ...]:
    """What access.yaml says of groups."""
    return door.project().groups


def mark_of_groups() -> str:
    """A mark that changes with what access.yaml says of groups: sessions begun before that are over."""
    told = [(group.name, group.role, sorted(group.municipalities)) for group in groups()]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]
