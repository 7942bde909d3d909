"""Whoever is signed in is in the sealed record first; where that cannot be written, nobody is signed in."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from virtaama.access.audit import AuditLog
from virtaama.access.audit_entries import Act, Entry
from virtaama.portal.core import door
from virtaama.portal.core.ending import OVER, end_expired, end_sessions_by_administrator, seal
from virtaama.portal.core.models import Account, Session
from virtaama.portal.core.sessions import SEEN
from virtaama.problems import NotRecorded

WHO = {"name": "johtaja", "password": "virtaava-koski"}
Browse = Callable[[str], Client]


def log() -> AuditLog:
    found = door.project().log  # type: ignore[attr-defined]
    assert isinstance(found, AuditLog)
    return found


def of_sign_ins() -> list[Entry]:
    return [entry for entry in log().entries() if entry.act in (Act.SIGN_IN, Act.SIGN_OUT)]


def test_signing_in_and_out_are_two_entries_with_name_and_role(accounts: dict[str, Account]) -> None:
    client = Client()
    client.post("/", WHO)
    client.post("/ulos/")
    assert [(entry.act, entry.asker, entry.role, entry.purpose) for entry in of_sign_ins()] == [
        ("sign_in", "johtaja", "manager", "sign_in"),
        ("sign_out", "johtaja", "manager", "sign_in"),
    ]
    assert {entry.asker_name for entry in of_sign_ins()} == {accounts["johtaja"].full_name}
    assert [json.loads(entry.question).get("why") for entry in of_sign_ins()] == [None, "signed out"]
    assert log().verify_chain() == len(log().entries())


@pytest.mark.usefixtures("accounts")
def test_a_wrong_password_is_no_sign_in() -> None:
    Client().post("/", {**WHO, "password": "wrong"})
    assert of_sign_ins() == []


@pytest.mark.usefixtures("accounts")
def test_nobody_is_signed_in_where_it_cannot_be_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*given: object, **more: object) -> int:
        raise NotRecorded("no space left")

    client = Client()
    monkeypatch.setattr(AuditLog, "append", full)
    assert client.post("/", WHO).status_code == 503
    monkeypatch.undo()
    assert client.get("/ohjaus/").status_code == 302


def test_one_is_signed_out_though_it_cannot_be_recorded(
    signed_in: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: object, **more: object) -> int:
        raise NotRecorded("no space left")

    client = signed_in("johtaja")
    monkeypatch.setattr(AuditLog, "append", full)
    assert client.post("/ulos/").status_code == 503
    monkeypatch.undo()
    assert client.get("/ohjaus/").status_code == 302


def test_a_session_that_is_over_by_its_age_is_an_entry(signed_in: Browse) -> None:
    client = signed_in("johtaja")
    session = client.session
    session[SEEN] = session[SEEN] - settings.SESSION_IDLE_AGE
    session.save()
    client.get("/ohjaus/")
    assert (of_sign_ins()[-1].act, of_sign_ins()[-1].asker) == ("sign_out", "johtaja")


def test_a_session_whose_browser_never_came_back_is_an_entry_when_it_is_removed(signed_in: Browse) -> None:
    signed_in("johtaja")
    signed_in("analyytikko")
    Client().get("/kirjaudu/")  # nobody's: on the way to signing in
    later = timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE + 1)
    seal(door.sign_ins(), end_expired(now=later, by="test"), OVER)
    assert [(entry.asker, json.loads(entry.question)["why"]) for entry in of_sign_ins()] == [
        ("johtaja", "the session was over"),
        ("analyytikko", "the session was over"),
    ]
    assert end_expired(now=later, by="test") == ()
    assert not Session.objects.exists()


def test_sessions_ended_in_another_browser_are_one_entry(signed_in: Browse) -> None:
    here, _there, _elsewhere = signed_in("johtaja"), signed_in("johtaja"), signed_in("johtaja")
    here.post("/istunnot/", {"others": "1"})
    (entry,) = of_sign_ins()
    assert (entry.act, entry.asker) == ("sign_out", "johtaja")
    told = json.loads(entry.question)
    assert (told["why"], told["sessions"]) == ("ended in another browser of theirs", 2)
    here.post("/istunnot/", {"session": "0" * 16})
    assert len(of_sign_ins()) == 1, "where nothing ended there is nothing to say"


def test_sessions_an_administrator_ends_are_an_entry_of_each_account(signed_in: Browse) -> None:
    for name in ("johtaja", "johtaja", "analyytikko"):
        signed_in(name)
    ended = end_sessions_by_administrator(name=None, now=timezone.now(), by="test")
    seal(door.sign_ins(), ended, "ended by terminal:test")
    assert [
        (
            entry.asker,
            entry.role,
            json.loads(entry.question)["why"],
            json.loads(entry.question).get("sessions"),
        )
        for entry in of_sign_ins()
    ] == [
        ("johtaja", "manager", "ended by terminal:test", 2),
        ("analyytikko", "analyst", "ended by terminal:test", None),
    ]


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_officer_reads_of_sign_ins_in_words(signed_in: Browse, language: str) -> None:
    Client().post("/", WHO)
    officer = signed_in("tietosuoja")
    officer.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    shown = officer.get("/loki/?act=sign_in").text
    assert {"fi": "kirjautui", "sv": "loggade in", "en": "signed in"}[language] in shown
    assert "johtaja" in shown
