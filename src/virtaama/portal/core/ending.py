"""Sessions that end without their browser: by the county's provider, an administrator, or their age.

They end first and are sealed in the audit log then: a log that cannot be written keeps nobody signed in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from virtaama.access.sign_ins import SignIns
from virtaama.portal.core.actions import digest_of_name
from virtaama.portal.core.models import Account, Event, Session
from virtaama.privacy.policy import Asker


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How many sessions of somebody have ended."""

    asker: Asker
    sessions: int


OVER = "the session was over"


def seal(record: SignIns, ended: Iterable[Ended], why: str) -> None:
    """Put on record in the audit log whose sessions have ended. Raises NotRecorded; they have ended all the same."""
    for each in ended:
        record.end(each.asker, why, sessions=each.sessions)


@transaction.atomic
def end_sessions_by_provider(
    *, name: str, provider_session: str, now: datetime, by: str
) -> tuple[Ended, ...]:
    """End the sessions of an account, or those begun in one session of the provider.

    Where both are given, both must be right, as the provider meant one session of one person.
    """
    sessions = Session.objects.all()
    if name:
        sessions = sessions.filter(account__in=Account.objects.filter(name=name, is_demo=False).values("pk"))
    if provider_session:
        sessions = sessions.filter(provider_session=provider_session)
    if not (name or provider_session):
        return ()
    subject = digest_of_name(name) if name else "a session of the provider"
    return _ended(sessions, subject, now, by)


@transaction.atomic
def end_sessions_by_administrator(*, name: str | None, now: datetime, by: str) -> tuple[Ended, ...]:
    """End the sessions of an account, or, where no name is given, of everybody."""
    sessions = Session.objects.filter(account__isnull=False)
    if name is not None:
        sessions = sessions.filter(account__in=Account.objects.filter(name=name).values("pk"))
    return _ended(sessions, "everybody" if name is None else digest_of_name(name), now, by)


@transaction.atomic
def end_sessions_without_right(*, name: str, now: datetime, by: str) -> tuple[Ended, ...]:
    """End the sessions of somebody the provider named, who has no right here any more."""
    accounts = Account.objects.filter(name=name, is_demo=False)
    return _ended(Session.objects.filter(account__in=accounts.values("pk")), digest_of_name(name), now, by)


@transaction.atomic
def end_expired(*, now: datetime, by: str) -> tuple[Ended, ...]:
    """Remove the sessions that are over and whose browser has not come back since; whose they were."""
    return _ended(Session.objects.filter(expire_date__lt=now), "sessions that were over", now, by)


def _ended(sessions: QuerySet[Session], subject: str, now: datetime, by: str) -> tuple[Ended, ...]:
    counts = Counter(sessions.values_list("account", flat=True))
    if not counts:
        return ()
    sessions.delete()
    if set(counts) == {None}:
        return ()
    Event.objects.create(at=now, kind=Event.Kind.SESSION_ENDED, by=by, subject=subject)
    # A session without an account is one on the way to signing in: nobody's, and in no record.
    accounts = Account.objects.in_bulk([account for account in counts if account is not None])
    return tuple(
        Ended(asker=account.asker(), sessions=counts[key]) for key, account in sorted(accounts.items())
    )
