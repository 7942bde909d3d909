"""People see where they are signed in, end what is not theirs, and reach nobody else's session."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from virtaama.portal.core.ending import end_sessions_by_administrator
from virtaama.portal.core.models import Event, Session
from virtaama.portal.core.own_sessions import name_of
from virtaama.portal.core.sessions import SEEN

PAGE = "/istunnot/"
Browse = Callable[[str], Client]


def opens(client: Client) -> bool:
    return client.get("/ohjaus/").status_code == 200


def name_in(client: Client) -> str:
    return name_of(client.cookies[settings.SESSION_COOKIE_NAME].value)


def test_the_page_tells_of_each_browser_and_shows_no_key(signed_in: Browse) -> None:
    here, there, other = signed_in("johtaja"), signed_in("johtaja"), signed_in("analyytikko")
    shown = here.get(PAGE, headers={"accept-language": "en"}).text
    assert name_in(there) in shown
    assert name_in(here) not in shown, "one does not end the session one is in, but signs out"
    assert name_in(other) not in shown
    for session in Session.objects.all():
        assert session.session_key not in shown


def test_ending_one_session_leaves_the_others(signed_in: Browse) -> None:
    here, there, elsewhere = signed_in("johtaja"), signed_in("johtaja"), signed_in("johtaja")
    response = here.post(PAGE, {"session": name_in(there)})
    assert response.url == f"{PAGE}?ended=1"  # type: ignore[attr-defined]
    assert [opens(client) for client in (here, there, elsewhere)] == [True, False, True]


def test_all_but_this_browser_end_at_once(signed_in: Browse) -> None:
    here, there, other = signed_in("johtaja"), signed_in("johtaja"), signed_in("analyytikko")
    here.post(PAGE, {"others": "1"})
    assert [opens(client) for client in (here, there, other)] == [True, False, True]
    assert Event.objects.filter(kind=Event.Kind.SESSION_ENDED, by="johtaja").count() == 1


@pytest.mark.parametrize("name", ["", "0" * 16, "*", "%"])
def test_a_name_that_is_none_ends_nothing(signed_in: Browse, name: str) -> None:
    here, there = signed_in("johtaja"), signed_in("johtaja")
    here.post(PAGE, {"session": name})
    assert opens(there)


def test_nobody_ends_anothers_session(signed_in: Browse) -> None:
    here, other = signed_in("johtaja"), signed_in("analyytikko")
    response = here.post(PAGE, {"session": name_in(other)})
    assert response.url == f"{PAGE}?ended=0"  # type: ignore[attr-defined]
    assert opens(other)


def test_a_session_that_is_over_by_its_age_is_not_told_of(signed_in: Browse) -> None:
    here, there = signed_in("johtaja"), signed_in("johtaja")
    session = there.session
    session[SEEN] = session[SEEN] - settings.SESSION_IDLE_AGE
    session.save()
    assert name_in(there) not in here.get(PAGE).text


def test_a_wrong_password_under_ones_name_is_told(signed_in: Browse) -> None:
    here = signed_in("johtaja")
    Client().post("/", {"name": "johtaja", "password": "wrong"})
    here.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert re.search(r"A sign-in was refused</td><td>127\.0\.0\.1", here.get(PAGE).text)


@pytest.mark.parametrize(("name", "left"), [("johtaja", [False, True]), (None, [False, False])])
def test_an_administrator_ends_the_sessions_of_one_or_of_all(
    signed_in: Browse, name: str | None, left: list[bool]
) -> None:
    browsers = [signed_in("johtaja"), signed_in("analyytikko")]
    ended = end_sessions_by_administrator(name=name, now=browsers[0].session.get_expiry_date(), by="test")
    assert sum(each.sessions for each in ended) == left.count(False)
    assert [opens(client) for client in browsers] == left


def test_signing_out_clears_what_the_browser_kept(signed_in: Browse) -> None:
    assert signed_in("johtaja").post("/ulos/").headers["Clear-Site-Data"] == '"cache", "storage"'
