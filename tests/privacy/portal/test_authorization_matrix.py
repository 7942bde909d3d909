"""Every address, by every method, in every role and in none, against the table people reviewed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve
from django.utils import timezone

from tests.portal import door_for_tests
from tests.portal.door_for_tests import DoorForTests, LogForTests
from tests.privacy.portal.authorization import METHODS, OUTCOMES, VISITOR, page, routes, shipped_roles, table
from tests.privacy.portal.saml_signing_in import silent_saml
from tests.privacy.portal.signing_in import silent_provider
from virtaama.portal.core import door as portal_door
from virtaama.portal.core.models import Account, Event
from virtaama.portal.core.sign_in import in_use
from virtaama.portal.incidents.actions import report_incident
from virtaama.privacy.policy import Asker

ROLES = shipped_roles()
WHO = (VISITOR, *(role.name for role in ROLES))
DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch, door: DoorForTests, db: None) -> None:
    """The portal with the roles that ship, and one incident that somebody else has reported."""

    class ProjectForTests(LogForTests):
        roles = ROLES
        demo_users = ()

        def door(self) -> DoorForTests:
            return door

    monkeypatch.setattr(door_for_tests, "ROLES", ROLES)
    monkeypatch.setattr(in_use, "provider", silent_provider)
    monkeypatch.setattr(in_use, "saml", silent_saml)
    monkeypatch.setattr(portal_door, "project", ProjectForTests)
    somebody = Asker(id="somebody else", role="manager")
    now = timezone.now()
    reported = report_incident(
        what="x",
        where="",
        aware=now,
        personal="no",
        by=somebody,
        now=now,
        record=portal_door.incident_record(),
    )
    assert reported.pk == 1


def browser_of(who: str) -> Client:
    client = Client(raise_request_exception=False)
    if who != VISITOR:
        client.force_login(
            Account.objects.create(name=f"a {who}", full_name="Anyone", role=who, municipalities=["398"])
        )
    return client


def outcome_of(response: HttpResponse) -> str:
    match response.status_code:
        case 200:
            return "page"
        case 302 if response["Location"].startswith("/?next="):
            return "sign in"
        case 302:
            return "onward"
        case 401:
            return "sign in"
        case 403:
            return "refused"
        case 404:
            return "not there"
        case 400 | 422:
            return "unclear"
        case 405:
            return "no method"
        case other:
            return f"status {other}"


def test_every_address_is_in_the_table() -> None:
    known = {resolve(row.address).route for row in table()}
    real = set(routes())
    assert sorted(real - known) == [], "review who may open it, and write it into authorization.yaml"
    assert sorted(known - real) == []


def test_the_table_knows_every_role_and_no_other() -> None:
    names = {*WHO, "everyone"}
    for row in table():
        for method, told in row.of.items():
            assert method in {*METHODS, "others"}
            assert set(told) <= names, f"{row.address} {method}"
            assert set(told.values()) <= set(OUTCOMES)
            for who in WHO:
                assert row.outcome(method, who)


def asked(who: str) -> Iterator[tuple[str, str, str]]:
    """Address, method and outcome. A browser is new for each, since signing out ends it for all."""
    client = browser_of(who)
    account = Account.objects.filter(name=f"a {who}").first()
    for row in table():
        for method in METHODS:
            if account is not None:
                client.force_login(account)
            response = client.generic(method, row.address)
            yield row.address, method, outcome_of(response)


@pytest.mark.usefixtures("shipped", "db")
@pytest.mark.parametrize("who", WHO)
def test_every_address_answers_as_the_table_says(who: str) -> None:
    promised = {(row.address, method): row.outcome(method, who) for row in table() for method in METHODS}
    found = {(address, method): outcome for address, method, outcome in asked(who)}
    assert {at: (promised[at], found[at]) for at in promised if promised[at] != found[at]} == {}
    # A refusal is on record, each one.
    refused = sum(outcome == "refused" for outcome in found.values())
    assert Event.objects.filter(kind=Event.Kind.PAGE_REFUSED).count() == refused


@pytest.mark.usefixtures("shipped", "db")
def test_a_role_that_is_no_longer_there_opens_nothing() -> None:
    client = browser_of("a role of yesterday")
    for row in table():
        if row.outcome("GET", VISITOR) == "sign in" and "GET" in row.of:
            assert client.get(row.address).status_code == 403, row.address


@pytest.mark.usefixtures("shipped", "db")
def test_nothing_is_changed_by_a_form_from_elsewhere() -> None:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    for row in table():
        if "POST" in row.of and not row.proof:
            assert client.post(row.address).status_code == 403, row.address


def test_the_page_of_the_table_is_what_the_table_says() -> None:
    written = (DOCS / "reference" / "authorization.md").read_text(encoding="utf-8")
    assert written == page(), "PYTHONPATH=. python tools/authorization.py"
