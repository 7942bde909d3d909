"""Opening a person in the portal, as a professional does it; and what the data protection officer sees of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.portal.door_for_tests import IDENTITIES, ROLES
from tests.privacy.persons_county import ACCESS, NOW, REASON, TOLD, WRITTEN, County, day
from tests.shipped_law import OF_LOGS, RIGHTS
from virtaama.access.look_ups import Counts, LookUps
from virtaama.access.names import Names
from virtaama.access.opened import PersonQuestion
from virtaama.access.oversight import Oversight
from virtaama.access.person_door import PersonDoor
from virtaama.access.persons import person_key
from virtaama.access.roles import parse_roles
from virtaama.model.concepts import Text
from virtaama.portal.core import door as portal_door
from virtaama.portal.core.models import Account
from virtaama.problems import NotRecorded
from virtaama.project.persons import asked_for

ANN, BOB, NOBODY = "010190-922D", "020290-922V", "030390-9229"
OF_THE_MOMENT = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    """Ann was at U1 and has a number; Bob was at U2, has one too, and a protection order is in force for him."""
    county = County(tmp_path_factory.mktemp("county"))
    ann, bob = IDENTITIES.persons([ANN, BOB])
    county.people(
        {"ID": ann, "FAMILY": "Aalto", "STREET": "Koivutie 3", "POST": "15100", "HIDDEN": False},
        {"ID": bob, "FAMILY": "Bergman", "STREET": "Mäntytie 18", "POST": "15200", "HIDDEN": True},
    )
    county.deliver(
        "care.visits",
        TOLD,
        {"ID": "v1", "WHO": ann, "DAY": day(10), "UNIT": "U1", "SERVICE": "reception"},
        {"ID": "v2", "WHO": ann, "DAY": day(20), "UNIT": "U2", "SERVICE": "hospital"},
        {"ID": "v3", "WHO": bob, "DAY": day(5), "UNIT": "U2", "SERVICE": "reception"},
    )
    county.deliver("care.numbers", TOLD, {"ID": "c:1", "WHO": ann}, {"ID": "c:2", "WHO": bob})
    county.publish_all()
    return county


@pytest.fixture(autouse=True)
def project(county: County, monkeypatch: pytest.MonkeyPatch, door: object) -> None:
    """The portal over that county, its roles, and the officer's."""

    class ProjectForTests:
        roles = (*parse_roles(ACCESS, RIGHTS), next(role for role in ROLES if "audit" in role.pages))
        demo_users = ()
        names = Names(county=Text("A", "A", "A"), systems={}, roles={}, data={})

        def door(self) -> object:
            return door

        def person_door(self, counts: Counts) -> PersonDoor:
            return county.door()

        def look_ups(self, counts: Counts) -> LookUps:
            return LookUps(limits=(), counts=counts, audit=county.audit, clock=lambda: NOW)

        def person_asked(self, reference: str, reason: str, *, break_glass: bool) -> PersonQuestion:
            parts = SimpleNamespace(identities=IDENTITIES)
            return asked_for(parts, reference, reason, break_glass=break_glass)  # type: ignore[arg-type]

        def oversight(self) -> Oversight:
            return Oversight(audit=county.audit, roles=self.roles, clock=lambda: NOW, law=OF_LOGS)

    monkeypatch.setattr(portal_door, "project", ProjectForTests)


@pytest.fixture
def browser(db: None) -> Callable[..., Client]:
    def browser_of(role: str, *units: str, language: str = "en", full_name: str = "Nelly Nurse") -> Client:
        client = Client()
        name = f"{role} {' '.join(units)}"
        account, _ = Account.objects.get_or_create(
            name=name, defaults={"full_name": full_name, "role": role, "units": list(units)}
        )
        client.force_login(account)
        client.cookies["virtaama_language"] = language
        return client

    return browser_of


def ask(client: Client, reference: str, reason: str = REASON, **more: str) -> HttpResponse:
    return client.post("/henkilo/", {"reference": reference, "reason": reason, **more})


def break_glass(client: Client, reference: str, reason: str = WRITTEN) -> HttpResponse:
    return ask(client, reference, reason, break_glass="1")


# Opening


def test_a_professional_begins_at_the_form(browser: Callable[..., Client]) -> None:
    client = browser("nurse", "U1")
    assert client.get("/")["Location"] == "/henkilo/"
    page = client.get("/henkilo/").text
    assert 'aria-current="true">Persons' in page
    assert "Open outside your own scope" not in page


def test_a_person_in_care_is_shown_by_section_and_with_what_is_left_out(
    browser: Callable[..., Client],
) -> None:
    page = ask(browser("nurse", "U1"), f" {ANN.lower()} ")
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    text = OF_THE_MOMENT.sub("", page.text)
    assert "<dd>Aalto</dd>" in text
    assert "<dd>Koivutie 3</dd>" in text
    assert "v1" in text
    assert "v2" not in text  # of another service
    assert "6 services:" in text
    assert "Reason: " + REASON in text
    assert "<script" not in text


def test_the_code_stands_neither_in_the_page_nor_in_an_address(browser: Callable[..., Client]) -> None:
    page = ask(browser("nurse", "U1"), ANN)
    assert ANN not in page.text
    assert "Location" not in page
    assert (
        browser("nurse", "U1").get(f"/henkilo/?reference={ANN}&reason={REASON}").text.count(ANN) == 2
    )  # links
    assert "Aalto" not in browser("nurse", "U1").get(f"/henkilo/?reference={ANN}&reason={REASON}").text


@pytest.mark.parametrize(
    ("language", "words"),
    [("fi", "Mikä jää oikeutesi ulkopuolelle"), ("sv", "Vad som ligger utanför din rätt")],
)
def test_the_record_speaks_the_readers_language(
    browser: Callable[..., Client], language: str, words: str
) -> None:
    assert words in ask(browser("nurse", "U1", language=language), ANN).text


def test_a_client_number_opens_as_the_code_does(browser: Callable[..., Client]) -> None:
    assert "<dd>Aalto</dd>" in ask(browser("nurse", "U1"), "c:1").text


def test_where_a_protected_person_lives_is_not_in_the_page(browser: Callable[..., Client]) -> None:
    page = OF_THE_MOMENT.sub("", ask(browser("nurse", "U2"), BOB).text)
    assert "A protection order is in force" in page
    assert "Bergman" in page
    for told in ("Mäntytie", "15200"):
        assert told not in page


def test_every_opening_is_one_entry_and_every_refusal_too(
    browser: Callable[..., Client], county: County
) -> None:
    nurse, manager = browser("nurse", "U1"), browser("manager")
    manager.raise_request_exception = False
    for opens, client, reference in ((True, nurse, ANN), (False, nurse, BOB), (False, nurse, "c:2")):
        before = len(county.audit.entries())
        ask(client, reference)
        entries = county.audit.entries()
        assert len(entries) == before + 1
        assert entries[-1].allowed == opens
    assert ask(manager, ANN).status_code == 403


def test_nothing_is_shown_where_it_cannot_be_recorded(
    browser: Callable[..., Client], county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**entry: object) -> int:
        raise NotRecorded("no space left on device")

    monkeypatch.setattr(county.audit, "append", full)
    page = ask(browser("nurse", "U1"), ANN)
    assert page.status_code == 503
    for told in ("Aalto", "Koivutie", "v1"):
        assert told not in OF_THE_MOMENT.sub("", page.text)


# What is missing, and what is forbidden (S2)


def without_what_was_typed(page: HttpResponse, typed: str) -> str:
    return OF_THE_MOMENT.sub("", page.text).replace(typed, "…")


@pytest.mark.parametrize("role", ["nurse", "doctor", "secretary", "social_worker"])
def test_persons_of_another_unit_look_as_if_they_were_not_there(
    browser: Callable[..., Client], role: str
) -> None:
    client = browser(role, "U9")
    for there, missing in (
        ((ANN, BOB), NOBODY),  # by identity code
        (("c:1", "c:2"), "c:3"),  # by client number
        ((person_key("x").hex(), IDENTITIES.persons([ANN])[0], "x" * 100), "c:4"),  # by what is neither
    ):
        not_there = ask(client, missing)
        assert not_there.status_code == 404
        for reference in there:
            found = ask(client, reference)
            assert found.status_code == 404
            assert without_what_was_typed(found, reference) == without_what_was_typed(not_there, missing)


# Breaking the glass


def test_a_role_that_may_is_offered_to_break_the_glass(browser: Callable[..., Client]) -> None:
    assert "Open outside your own scope" in ask(browser("nurse", "U1"), BOB).text
    assert "Open outside your own scope" not in ask(browser("secretary", "U1"), BOB).text


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("", "Write why you open the person."),
        ("x x", "The reason is too short."),
        ("aaaa aaaa aaaa aaaa aaaa aaaa", "The reason repeats itself."),
        (f"Asia koskee henkilöä {ANN} ja hänen hoitoaan.", "The reason holds a personal identity code."),
        ("ymmärrys " * 80, "The reason is too long."),
    ],
)
def test_a_reason_that_is_none_is_asked_for_again(
    browser: Callable[..., Client], county: County, reason: str, said: str
) -> None:
    before = len(county.audit.entries())
    page = break_glass(browser("nurse", "U1"), BOB, reason)
    assert page.status_code == 422
    assert said in page.text
    assert 'id="glass-wrong"' in page.text
    assert "Bergman" not in page.text
    assert len(county.audit.entries()) == before


def test_the_officer_sees_broken_glass_at_once_and_reviews_it(
    browser: Callable[..., Client], county: County
) -> None:
    officer = browser("data_protection_officer")
    page = break_glass(browser("doctor", "U1", full_name="Doris Bergman"), BOB)
    assert "You opened this person outside your own scope." in page.text
    number = county.audit.entries()[-1].number
    assert "opened outside the asker" in officer.get("/loki/").text
    seen = officer.get("/loki/poikkeavat/").text
    assert WRITTEN in seen
    assert "the same family name" in seen  # and never which
    assert "Bergman" not in seen
    assert f'href="/loki/{number}/">not reviewed yet' in seen
    waiting = Oversight(audit=county.audit, roles=ROLES, clock=lambda: NOW, law=OF_LOGS).unreviewed(
        Account(name="o", role="data_protection_officer").asker()
    )
    officer.post(f"/loki/{number}/", {"mark": "in_order", "comment": "Agreed with the ward"})
    seen = officer.get("/loki/poikkeavat/").text
    assert f'href="/loki/{number}/">not reviewed yet' not in seen
    assert "Agreed with the ward" in seen
    after = Oversight(audit=county.audit, roles=ROLES, clock=lambda: NOW, law=OF_LOGS).unreviewed(
        Account(name="o", role="data_protection_officer").asker()
    )
    assert after == waiting - 1


def test_the_log_of_the_officer_names_the_act(browser: Callable[..., Client]) -> None:
    break_glass(browser("nurse", "U1"), BOB)
    rows = browser("data_protection_officer").get(f"/loki/?act=break_glass&from={NOW:%Y-%m-01}").text
    assert "broke the glass" in rows.split("<tbody>")[1]
