"""A cookie that was good once opens nothing after signing out, a change of role or password, or its time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.conf import settings
from django.test import Client

from virtaama.portal.core import actions
from virtaama.portal.core.models import Account, Event, Session
from virtaama.portal.core.sessions import BEGUN, SEEN, WRITTEN_EVERY, SessionStore, end_sessions_of
from virtaama.project.demo_users import DemoUser

PAGE = "/ohjaus/"
PASSWORD = "virtaava-koski"
NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
Browse = Callable[[str], Client]


def thief(client: Client) -> Client:
    """Another browser with the same cookie."""
    other = Client()
    other.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return other


def opens(client: Client) -> bool:
    return client.get(PAGE).status_code == 200


def aged(client: Client, name: str, seconds: float) -> None:
    """Make the session look as if it had begun, or had last been used, so long ago."""
    session = client.session
    session[name] = session[name] - seconds
    session.save()


def test_the_cookie_holds_a_key_and_nothing_else(signed_in: Browse) -> None:
    client = signed_in("johtaja")
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert Session.objects.get(session_key=key).account == Account.objects.get(name="johtaja").pk
    assert len(key) >= 32
    assert key.isalnum()


def test_after_signing_out_the_old_cookie_opens_nothing(signed_in: Browse) -> None:
    client = signed_in("johtaja")
    stolen = thief(client)
    assert opens(stolen)
    client.post("/ulos/")
    assert not opens(stolen)
    assert not Session.objects.filter(account__isnull=False).exists()


@pytest.mark.parametrize(
    "change",
    [
        {"role": "analyst"},
        {"municipalities": ["398"]},
        {"password": "argon2$another"},
        {"name": "someone else"},
    ],
    ids=["role", "municipalities", "password", "name"],
)
def test_after_a_change_of_what_one_may_do_the_old_cookie_opens_nothing(
    signed_in: Browse, change: dict[str, object]
) -> None:
    client = signed_in("johtaja")
    assert opens(client)
    Account.objects.filter(name="johtaja").update(**change)
    assert not opens(client)


def test_after_the_account_is_gone_the_old_cookie_opens_nothing(signed_in: Browse) -> None:
    client = signed_in("johtaja")
    Account.objects.filter(name="johtaja").delete()
    assert not opens(client)


def test_changing_a_demo_account_ends_its_sessions_and_no_others(signed_in: Browse) -> None:
    manager, analyst = signed_in("johtaja"), signed_in("analyytikko")
    users = [
        DemoUser(
            name=account.name,
            full_name=account.full_name,
            role=account.role,
            role_labels=None,  # type: ignore[arg-type]
            password="another password" if account.name == "johtaja" else PASSWORD,
            municipalities=tuple(account.municipalities),
        )
        for account in Account.objects.all()
    ]
    actions.keep_demo_accounts(users=users, now=NOW, by="test")
    assert not opens(manager)
    assert opens(analyst)


def test_signing_in_gives_a_new_key(accounts: dict[str, Account]) -> None:
    client = Client()
    session = client.session  # someone else planted it
    session["planted"] = "yes"
    session.save()
    planted = session.session_key
    client.cookies[settings.SESSION_COOKIE_NAME] = planted
    client.post("/", {"name": "johtaja", "password": PASSWORD})
    assert opens(client)
    assert client.session.session_key != planted
    old = Client()
    old.cookies[settings.SESSION_COOKIE_NAME] = planted
    assert not opens(old)


def test_a_working_day_after_signing_in_the_session_is_over_however_busy(signed_in: Browse) -> None:
    client = signed_in("johtaja")
    aged(client, BEGUN, settings.SESSION_COOKIE_AGE - 60)
    assert opens(client)
    aged(client, BEGUN, 61)
    assert not opens(client)
    assert Event.objects.filter(kind=Event.Kind.SESSION_ENDED).count() == 1
    assert not opens(client)


def test_an_idle_session_is_over(signed_in: Browse) -> None:
    client = signed_in("johtaja")
    aged(client, SEEN, settings.SESSION_IDLE_AGE - 60)
    assert opens(client)
    aged(client, SEEN, settings.SESSION_IDLE_AGE)
    assert not opens(client)


def test_use_keeps_a_session_and_is_written_once_a_minute(signed_in: Browse) -> None:
    client = signed_in("johtaja")
    before = client.session[SEEN]
    assert opens(client)
    assert client.session[SEEN] == before
    aged(client, SEEN, WRITTEN_EVERY + 1)
    assert opens(client)
    assert client.session[SEEN] >= before


def test_a_session_without_a_time_is_over(signed_in: Browse) -> None:
    client = signed_in("johtaja")
    session = client.session
    del session[BEGUN]
    session.save()
    assert not opens(client)


def test_all_sessions_of_an_account_can_be_ended(signed_in: Browse) -> None:
    here, there, other = signed_in("johtaja"), signed_in("johtaja"), signed_in("analyytikko")
    assert end_sessions_of(Account.objects.get(name="johtaja")) == 2
    assert not opens(here)
    assert not opens(there)
    assert opens(other)


def test_sessions_survive_a_restart(signed_in: Browse) -> None:
    client = signed_in("johtaja")
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert import_module(settings.SESSION_ENGINE).SessionStore is SessionStore
    assert SessionStore(session_key=key).load()[BEGUN]
    SessionStore.clear_expired()
    assert opens(client)
