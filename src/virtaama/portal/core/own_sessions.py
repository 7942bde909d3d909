"""Where someone is signed in, as they see and end it themselves. Keys of sessions are never shown."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from virtaama.portal.core.actions import digest_of_name
from virtaama.portal.core.models import Account, Event, Session
from virtaama.portal.core.sessions import BEGUN, SEEN, is_over

TOLD = 20  # events


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSession:
    """A browser in which an account is signed in."""

    name: str  # tells sessions apart; the key in the cookie cannot be told from it
    begun: datetime
    seen: datetime  # to the minute
    here: bool  # whether it is the one that asks


def own_sessions(account: Account, asking: SessionBase) -> tuple[OwnSession, ...]:
    """Where an account is signed in now: this browser first, then the one used last."""
    found = []
    for session in Session.objects.filter(account=account.pk):
        kept = session.get_decoded()
        if BEGUN not in kept or is_over(kept):
            continue
        found.append(
            OwnSession(
                name=name_of(session.session_key),
                begun=datetime.fromtimestamp(kept[BEGUN], UTC),
                seen=datetime.fromtimestamp(kept[SEEN], UTC),
                here=session.session_key == asking.session_key,
            )
        )
    return tuple(sorted(found, key=lambda each: (each.here, each.seen), reverse=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnEvent:
    """Something that happened at a sign-in; `address` is where it was asked from, empty where nobody asked."""

    at: datetime
    what: str
    address: str


def own_events(account: Account) -> tuple[OwnEvent, ...]:
    """The newest of what happened when someone signed in, or tried to, under the name of an account."""
    words = {
        Event.Kind.SIGNED_IN.value: _("Signed in"),
        Event.Kind.SIGN_IN_REFUSED.value: _("A sign-in was refused"),
        Event.Kind.SIGN_IN_HELD_BACK.value: _("A sign-in was held back after too many wrong attempts"),
        Event.Kind.SIGNED_OUT.value: _("Signed out"),
        Event.Kind.SESSION_ENDED.value: _("A session was ended"),
    }
    found = Event.objects.filter(kind__in=list(words), subject=digest_of_name(account.name))
    return tuple(
        OwnEvent(at=event.at, what=words[event.kind], address=event.address)
        for event in found.order_by("-at", "-pk")[:TOLD]
    )


@transaction.atomic
def end_own_sessions(
    *,
    account: Account,
    names: Collection[str] | None,
    asking: SessionBase,
    address: str,
    now: datetime,
    by: str,
) -> int:
    """End sessions of an account by their names, or, where none are given, all but the one that asks; how many.

    A name of somebody else's session, or of one that is over, ends nothing.
    """
    keys = [
        session.session_key
        for session in Session.objects.filter(account=account.pk)
        if (
            session.session_key != asking.session_key
            if names is None
            else name_of(session.session_key) in names
        )
    ]
    ended = Session.objects.filter(session_key__in=keys).delete()[0]
    if ended:
        subject = digest_of_name(account.name)
        Event.objects.create(at=now, kind=Event.Kind.SESSION_ENDED, by=by, subject=subject, address=address)
    return ended


def name_of(key: str) -> str:
    """What a session is called where people see it."""
    return salted_hmac("virtaama.portal.name_of_session", key, algorithm="sha256").hexdigest()[:16]
