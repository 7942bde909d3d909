"""Sessions, kept by the portal: a browser holds nothing but a random key, and a session ends when we say so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone

from virtaama.portal.core.models import Account, Session

BEGUN, SEEN = "begun", "seen"  # seconds of the clock
PROVIDER_SESSION = "provider_session"
PROVIDER_TOKEN = "provider_token"  # nosec B105 # noqa: S105 – its place in a session
GROUPS = "groups"  # a mark of what access.yaml said of groups when the session began
FAMILY_NAME = "family_name"  # what the sign-in tells of who somebody is: only to flag whom they open
PERSON = "person"  # their pseudonym as a resident; never an identity code
Held = SessionBase | Mapping[str, Any]
WRITTEN_EVERY = 60  # seconds: not each page is worth a write


class SessionStore(db.SessionStore):
    """Django's sessions in the database, by account, so that those of an account can be ended."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        session: Session = super().create_model_instance(data)  # type: ignore[assignment]
        session.account = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        session.provider_session = str(data.get(PROVIDER_SESSION, ""))
        return session


def begin(sender: object, request: HttpRequest, user: Account, **more: object) -> None:
    """Called when someone has signed in: the session has a new key, and its time begins."""
    request.session.set_expiry(None)
    request.session[BEGUN] = request.session[SEEN] = int(timezone.now().timestamp())


def is_over(session: Held) -> bool:
    """Whether a session, or what is kept of one, has reached its end: a working day old, or idle for too long."""
    now = timezone.now().timestamp()
    begun, seen = session.get(BEGUN, 0), session.get(SEEN, 0)
    return bool(now - begun >= settings.SESSION_COOKIE_AGE or now - seen >= settings.SESSION_IDLE_AGE)


def touch(session: SessionBase) -> None:
    """Remember that the session is in use, to the minute."""
    now = int(timezone.now().timestamp())
    if now - session.get(SEEN, 0) >= WRITTEN_EVERY:
        session[SEEN] = now


def end_sessions_of(account: Account) -> int:
    """End every session of an account; how many there were."""
    return Session.objects.filter(account=account.pk).delete()[0]
