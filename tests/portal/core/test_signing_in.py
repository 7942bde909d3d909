from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from virtaama.model.concepts import Text
from virtaama.portal.core import actions
from virtaama.portal.core.models import Account, Event
from virtaama.project.demo_users import DemoUser

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
PASSWORD = "virtaava-koski"
MANAGER = Text("Johtaja", "Chef", "Manager")


def attempt(
    name: str = "johtaja", password: str = PASSWORD, address: str = "10.0.0.1", now: datetime = NOW
) -> Account:
    return actions.sign_in(name=name, password=password, address=address, now=now, by="visitor")


def test_right_password_signs_in_and_is_recorded(accounts: dict[str, Account]) -> None:
    assert attempt() == accounts["johtaja"]
    event = Event.objects.get(kind=Event.Kind.SIGNED_IN)
    assert (event.by, event.address, event.at) == ("visitor", "10.0.0.1", NOW)


@pytest.mark.parametrize(("name", "password"), [("johtaja", "wrong"), ("nobody", PASSWORD), ("", "")])
def test_wrong_name_or_password_is_refused_and_recorded(
    accounts: dict[str, Account], name: str, password: str
) -> None:
    with pytest.raises(actions.SignInRefused):
        attempt(name, password)
    assert Event.objects.filter(kind=Event.Kind.SIGN_IN_REFUSED).count() == 1


def test_what_was_typed_as_a_name_is_not_kept(accounts: dict[str, Account]) -> None:
    with pytest.raises(actions.SignInRefused):
        attempt(name="my-secret-password")
    assert "my-secret" not in str(list(Event.objects.values()))


def test_after_five_refusals_even_the_right_password_is_held_back(accounts: dict[str, Account]) -> None:
    for _ in range(actions.REFUSALS_PER_NAME):
        with pytest.raises(actions.SignInRefused):
            attempt(password="wrong")
    with pytest.raises(actions.SignInHeldBack):
        attempt()
    assert attempt(name="analyytikko").name == "analyytikko"


def test_waiting_ends_the_holding_back(accounts: dict[str, Account]) -> None:
    for _ in range(actions.REFUSALS_PER_NAME):
        with pytest.raises(actions.SignInRefused):
            attempt(password="wrong")
    assert attempt(now=NOW + actions.WINDOW + timedelta(seconds=1)).name == "johtaja"


def test_one_address_trying_many_names_is_held_back(
    accounts: dict[str, Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "REFUSALS_PER_ADDRESS", 3)
    for name in ("a", "b", "c"):
        with pytest.raises(actions.SignInRefused):
            attempt(name=name)
    with pytest.raises(actions.SignInHeldBack):
        attempt()
    assert attempt(address="10.0.0.2").name == "johtaja"


def test_demo_accounts_become_exactly_those_described(accounts: dict[str, Account]) -> None:
    kept = DemoUser(
        name="johtaja", full_name="Uusi Nimi", role="manager", role_labels=MANAGER, password="another-one"
    )
    actions.keep_demo_accounts(users=[kept], now=NOW, by="test")
    assert [account.full_name for account in Account.objects.all()] == ["Uusi Nimi"]
    assert Account.objects.get().check_password("another-one")


def test_keeping_the_same_demo_accounts_again_changes_nothing(accounts: dict[str, Account]) -> None:
    before = list(Account.objects.values())
    same = [
        DemoUser(
            name=account.name,
            full_name=account.full_name,
            role=account.role,
            role_labels=MANAGER,
            password=PASSWORD,
            municipalities=tuple(account.municipalities),
            units=tuple(account.units),
        )
        for account in accounts.values()
    ]
    events = Event.objects.count()
    actions.keep_demo_accounts(users=same, now=NOW, by="test")
    assert (list(Account.objects.values()), Event.objects.count()) == (before, events)


def test_passwords_are_kept_as_argon2(accounts: dict[str, Account]) -> None:
    assert all(account.password.startswith("argon2$argon2id$") for account in accounts.values())


def test_signing_in_by_the_form_leads_to_the_steering_picture(accounts: dict[str, Account]) -> None:
    client = Client()
    response = client.post("/", {"name": "johtaja", "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/ohjaus/")


def test_signing_in_leads_to_the_page_that_was_asked_for(accounts: dict[str, Account]) -> None:
    client = Client()
    asked = client.get("/ohjaus/?area=398")
    assert asked["Location"] == "/?next=/ohjaus/%3Farea%3D398"
    response = client.post("/", {"name": "johtaja", "password": PASSWORD, "next": "/ohjaus/?area=398"})
    assert response["Location"] == "/ohjaus/?area=398"


def test_signing_in_never_leads_elsewhere(accounts: dict[str, Account]) -> None:
    response = Client().post(
        "/", {"name": "johtaja", "password": PASSWORD, "next": "https://elsewhere.example/"}
    )
    assert response["Location"] == "/ohjaus/"


def test_a_role_without_the_steering_picture_begins_at_its_own_page(
    signed_in: Callable[[str], Client],
) -> None:
    assert signed_in("insinoori").get("/")["Location"] == "/toiminta/"


def test_a_wrong_password_is_told_beside_the_form(accounts: dict[str, Account]) -> None:
    response = Client().post("/", {"name": "johtaja", "password": "wrong"})
    assert response.status_code == 422
    assert 'role="alert"' in response.text


def test_signing_out_ends_the_session(signed_in: Callable[[str], Client]) -> None:
    client = signed_in("johtaja")
    client.post("/ulos/")
    assert client.get("/ohjaus/").status_code == 302
    assert Event.objects.filter(kind=Event.Kind.SIGNED_OUT, by="johtaja").exists()


def test_a_form_from_elsewhere_is_refused_in_words(accounts: dict[str, Account]) -> None:
    response = Client(enforce_csrf_checks=True).post("/", {"name": "johtaja", "password": PASSWORD})
    assert response.status_code == 403
    assert "<h1" in response.text
