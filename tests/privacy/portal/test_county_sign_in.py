"""Signing in with the county's provider: a real one answers, in every wrong way too, and nobody slips in."""

from __future__ import annotations

import json
import logging
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from django.conf import settings
from django.test import Client, override_settings

from tests.portal.door_for_tests import ROLES, DoorForTests, LogForTests
from tests.privacy.portal.signing_in import GROUPS, PORTAL, ProviderRunning, begun, running, signed_in_by
from virtaama.access.audit import AuditLog
from virtaama.access.audit_entries import Act
from virtaama.access.groups import Group
from virtaama.portal.core import door as portal_door
from virtaama.portal.core.models import Account, Event, Session
from virtaama.portal.core.sessions import FAMILY_NAME, PERSON
from virtaama.portal.core.sign_in import in_use
from virtaama.portal.core.sign_in.entering import BEGUN
from virtaama.portal.core.sign_in.failures import SignInFailed, Why
from virtaama.portal.core.sign_in.provider import LEFT_ALONE, Provider
from virtaama.portal.core.sign_in.signing_key import make_signing_key, read_signing_key
from virtaama.portal.core.sign_in.tokens import account_of
from virtaama.portal.exposure import Exposure
from virtaama.problems import NotRecorded

PAGE = "/ohjaus/"
ISSUER = "issuer"


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProviderRunning]:
    with running(tmp_path_factory.mktemp("provider")) as provider:
        yield provider


@pytest.fixture
def provider(
    real: ProviderRunning, monkeypatch: pytest.MonkeyPatch, door: DoorForTests, db: None
) -> ProviderRunning:
    """The provider behaving well, and the portal told of it."""
    trust(monkeypatch, real.as_seen())
    with_groups(monkeypatch, door, GROUPS)
    real.bend()
    return real


def trust(monkeypatch: pytest.MonkeyPatch, provider: Provider) -> None:
    monkeypatch.setattr(in_use, "provider", lambda: provider)


def with_groups(monkeypatch: pytest.MonkeyPatch, door: DoorForTests, mapped: tuple[Group, ...]) -> None:
    class ProjectForTests(LogForTests):
        roles = ROLES
        demo_users = ()
        groups = mapped

        def door(self) -> DoorForTests:
            return door

    monkeypatch.setattr(portal_door, "project", ProjectForTests)


def opens(client: Client) -> bool:
    return client.get(PAGE).status_code == 200


def sealed_ends() -> list[tuple[str, str]]:
    """Whose sessions ended and why, as the audit log has it."""
    sealed = portal_door.project().log.entries()  # type: ignore[attr-defined]
    return [
        (each.asker_name, json.loads(each.question)["why"]) for each in sealed if each.act == Act.SIGN_OUT
    ]


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """Why sign-ins were refused, as the log has it."""
    caplog.set_level(logging.WARNING, logger="virtaama.sign_in")
    return lambda: [
        record.getMessage().partition("): ")[2]
        for record in caplog.records
        if record.name == "virtaama.sign_in"
    ]


# Getting in


def test_someone_with_a_group_gets_in_and_may_do_what_the_group_may(provider: ProviderRunning) -> None:
    client = Client()
    response = signed_in_by(provider, client, "kuisma")
    assert (response.status_code, response["Location"]) == (302, PAGE)
    assert opens(client)
    account = Account.objects.get()
    assert (account.full_name, account.role) == ("Kuisma Kunta", "municipality_contact")
    assert account.municipalities == ["098", "398"]
    assert account.password.startswith("!")
    assert Event.objects.filter(kind=Event.Kind.SIGNED_IN, by="provider").count() == 1
    sealed = portal_door.project().log.entries()  # type: ignore[attr-defined]
    [entry] = [each for each in sealed if each.act == Act.SIGN_IN]
    assert (entry.asker, json.loads(entry.question)["by"]) == (account.name, "provider")


def test_a_claim_gives_the_family_name_openings_are_held_against(
    provider: ProviderRunning, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust(monkeypatch, provider.as_seen(family_name="name"))
    client = Client()
    signed_in_by(provider, client, "anna")
    assert (client.session[FAMILY_NAME], client.session[PERSON]) == ("Anna Analyytikko", "")


def test_the_first_group_of_the_file_gives_the_role(
    provider: ProviderRunning, monkeypatch: pytest.MonkeyPatch, door: DoorForTests
) -> None:
    with_groups(monkeypatch, door, (Group(name="everybody", role="data_engineer"), *GROUPS))
    signed_in_by(provider, Client(), "anna")
    assert Account.objects.get().role == "data_engineer"


def test_one_comes_to_the_page_one_asked_for_and_never_elsewhere(provider: ProviderRunning) -> None:
    page = "/ohjaus/?area=398&period=2026-08"
    assert signed_in_by(provider, Client(), "anna", page)["Location"] == page
    assert signed_in_by(provider, Client(), "anna", "https://elsewhere.example/")["Location"] == PAGE
    assert signed_in_by(provider, Client(), "anna", "//elsewhere.example/")["Location"] == PAGE


def test_what_the_provider_is_asked_holds_state_nonce_and_challenge_anew_each_time(
    provider: ProviderRunning,
) -> None:
    client = Client()
    first, second = (parse_qs(urlsplit(begun(client)).query) for _ in range(2))
    assert first["code_challenge_method"] == ["S256"]
    assert first["response_type"] == ["code"]
    assert first["redirect_uri"] == [f"{PORTAL}/kirjaudu/paluu/"]
    assert first["scope"] == ["openid profile"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 43
        assert first[name] != second[name]
    assert "code_verifier" not in first
    assert "client_secret" not in first


def test_the_session_has_a_new_key_after_signing_in(provider: ProviderRunning) -> None:
    client = Client()
    address = begun(client)
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.get(provider.answer_to(address, "anna"))
    after = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert before != after
    assert not Session.objects.filter(session_key=before).exists()


def test_two_tabs_may_sign_in_at_once(provider: ProviderRunning) -> None:
    client = Client()
    first, second = begun(client), begun(client)
    client.get(provider.answer_to(first, "anna"))
    assert opens(client)
    assert client.get(provider.answer_to(second, "anna")).status_code in (302, 400)
    assert opens(client)


def test_the_start_page_offers_the_countys_sign_in(provider: ProviderRunning) -> None:
    page = Client().get("/", {"next": "/ohjaus/?area=398"}).text
    assert "Kirjaudu hyvinvointialueen tunnuksella" in page
    assert 'href="/kirjaudu/?next=%2Fohjaus%2F%3Farea%3D398"' in page


def test_groups_may_be_one_word(provider: ProviderRunning) -> None:
    provider.bend("one group")
    client = Client()
    signed_in_by(provider, client, "nelli")
    assert opens(client)


def test_groups_may_lie_inside_a_claim(provider: ProviderRunning, monkeypatch: pytest.MonkeyPatch) -> None:
    trust(monkeypatch, provider.as_seen(groups="realm_access.roles"))
    client = Client()
    signed_in_by(provider, client, "sisu")
    assert opens(client)


# What one may do is taken anew at each sign-in


def test_another_group_is_another_role_and_ends_what_was_begun_with_the_old_one(
    provider: ProviderRunning, monkeypatch: pytest.MonkeyPatch, door: DoorForTests
) -> None:
    old, new = Client(), Client()
    signed_in_by(provider, old, "anna")
    with_groups(monkeypatch, door, (Group(name="everybody", role="manager"),))
    signed_in_by(provider, new, "anna")
    assert Account.objects.get().role == "manager"
    assert opens(new)
    assert not opens(old)


def test_a_changed_mapping_ends_the_sessions_begun_under_the_old_one(
    provider: ProviderRunning, monkeypatch: pytest.MonkeyPatch, door: DoorForTests
) -> None:
    client = Client()
    signed_in_by(provider, client, "anna")
    with_groups(monkeypatch, door, GROUPS[1:])
    assert not opens(client)


def test_someone_who_lost_the_group_is_refused_and_their_sessions_end(
    provider: ProviderRunning,
    monkeypatch: pytest.MonkeyPatch,
    door: DoorForTests,
    said: Callable[[], list[str]],
) -> None:
    signed_in_by(provider, Client(), "anna")
    with_groups(monkeypatch, door, GROUPS[1:])
    response = signed_in_by(provider, Client(), "anna")
    assert response.status_code == 403
    assert said() == [Why.NO_GROUP]
    assert not Session.objects.filter(account=Account.objects.get().pk).exists()
    assert sealed_ends() == [("Anna Analyytikko", "the provider no longer gives them a right")]


# Nobody without a group


@pytest.mark.parametrize(
    ("language", "words", "contact"),
    [
        ("fi", "Sinulla ei ole oikeutta Virtaamaan", "Tietopalvelut, p. 123"),
        ("sv", "Du har ingen rätt till Virtaama", "Datatjänster, tfn 123"),
        ("en", "You have no right to Virtaama", "Data services, tel. 123"),
    ],
)
def test_nobody_without_a_group_gets_in_and_is_told_whom_to_ask(
    provider: ProviderRunning, said: Callable[[], list[str]], language: str, words: str, contact: str
) -> None:
    client = Client()
    client.cookies["virtaama_language"] = language
    response = signed_in_by(provider, client, "nelli")
    assert response.status_code == 403
    assert words in response.text
    assert contact in response.text
    assert not opens(client)
    assert not Account.objects.exists()
    assert said() == [Why.NO_GROUP]
    assert Event.objects.filter(kind=Event.Kind.SIGN_IN_REFUSED, by="provider").count() == 1


def test_groups_of_another_shape_are_no_groups(provider: ProviderRunning) -> None:
    assert signed_in_by(provider, Client(), "outi").status_code == 403


# Tokens that are wrong in one way each

WRONG = {
    "issuer": Why.ISSUER,
    "audience": Why.AUDIENCE,
    "another party": Why.AUDIENCE,
    "expired": Why.EXPIRED,
    "too far ahead": Why.EXPIRED,
    "another nonce": Why.NONCE,
    "no nonce": Why.NONCE,
    "no signature": Why.ALGORITHM,
    "a shared secret": Why.ALGORITHM,
    "another key": Why.SIGNATURE,
    "changed afterwards": Why.SIGNATURE,
    "no subject": Why.INCOMPLETE,
    "another access token": Why.INCOMPLETE,
    "no token": Why.NOT_GIVEN,
    "an identity code": Why.NO_ACCOUNT,
    "a long name": Why.NO_ACCOUNT,
    "groups left out": Why.GROUPS_LEFT_OUT,
}


@pytest.mark.parametrize("how", WRONG)
def test_a_token_that_is_wrong_lets_nobody_in(
    provider: ProviderRunning, said: Callable[[], list[str]], caplog: pytest.LogCaptureFixture, how: str
) -> None:
    client = Client()
    address = begun(client)
    answer = provider.answer_to(address, "anna")
    provider.bend(how)
    response = client.get(answer)
    assert response.status_code == 403
    assert "<h1" in response.text
    assert said() == [WRONG[how]]
    assert not opens(client)
    assert not Account.objects.exists()
    number = next(record.getMessage() for record in caplog.records if record.name == "virtaama.sign_in")
    assert number.partition("(")[2].partition(")")[0] in response.text
    for secret in ("anna", "Anna Analyytikko", "010190-999A", parse_qs(urlsplit(answer).query)["code"][0]):
        assert secret not in caplog.text


def test_the_nonce_of_an_earlier_sign_in_lets_nobody_in(
    provider: ProviderRunning, said: Callable[[], list[str]]
) -> None:
    signed_in_by(provider, Client(), "anna")
    provider.bend("an earlier nonce")
    assert signed_in_by(provider, Client(), "kuisma").status_code == 403
    assert said() == [Why.NONCE]


@pytest.mark.parametrize("how", ["skewed", "ahead"])
def test_clocks_may_differ_by_less_than_a_minute(provider: ProviderRunning, how: str) -> None:
    provider.bend(how)
    client = Client()
    signed_in_by(provider, client, "anna")
    assert opens(client)


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("010190-999A", False),
        ("fi/010190a999a", False),
        ("hetu:010190+999A@example.fi", False),
        ("", False),
        ("  ", False),
        (None, False),
        (["anna"], False),
        ("anna", True),
        ("b0f101190a999a7e", True),
        ("0b9c2a54-5a3f-4a0e-9f0e-2d6c1f7c8a11", True),
    ],
)
def test_an_account_is_never_named_by_an_identity_code(
    real: ProviderRunning, name: object, taken: bool
) -> None:
    if taken:
        assert account_of({"sub": name}, real.sign_in()) == name
    else:
        with pytest.raises(SignInFailed):
            account_of({"sub": name}, real.sign_in())


# Answers that come twice, late, or to the wrong browser


def test_the_same_answer_a_second_time_lets_nobody_in(
    provider: ProviderRunning, said: Callable[[], list[str]]
) -> None:
    client = Client()
    answer = provider.answer_to(begun(client), "anna")
    client.get(answer)
    client.post("/ulos/")
    again = client.get(answer)
    assert again.status_code == 400
    assert said() == [Why.NOT_BEGUN]
    assert not opens(client)


def test_a_code_that_is_used_gives_no_second_token(
    provider: ProviderRunning, said: Callable[[], list[str]]
) -> None:
    """The provider refuses it, even where the browser's part of the sign-in is still there."""
    client = Client()
    answer = provider.answer_to(begun(client), "anna")
    waiting = client.session[BEGUN]
    client.get(answer)
    thief = Client()
    thief.get("/kirjaudu/")
    session = thief.session
    session[BEGUN] = waiting
    session.save()
    assert thief.get(answer).status_code == 403
    assert said() == [Why.NOT_GIVEN]
    assert not opens(thief)


def test_the_answer_in_another_browser_lets_nobody_in(
    provider: ProviderRunning, said: Callable[[], list[str]]
) -> None:
    victim, attacker = Client(), Client()
    begun(victim)
    answer = provider.answer_to(begun(attacker), "anna")
    assert victim.get(answer).status_code == 400
    assert not opens(victim)
    assert said() == [Why.NOT_BEGUN]


def test_a_stolen_code_is_worth_nothing_without_the_verifier(
    provider: ProviderRunning, said: Callable[[], list[str]]
) -> None:
    """The provider checks PKCE: a code begun elsewhere, brought with a state of one's own."""
    thief = Client()
    state = parse_qs(urlsplit(begun(thief)).query)["state"][0]
    stolen = parse_qs(urlsplit(provider.answer_to(begun(Client()), "anna")).query)["code"][0]
    response = thief.get("/kirjaudu/paluu/?" + urlencode({"code": stolen, "state": state}))
    assert response.status_code == 403
    assert said() == [Why.NOT_GIVEN]
    assert not opens(thief)


@pytest.mark.parametrize(
    "query", ["", "state=", "state=invented&code=x", "code=x", "error=x&state=%C3%A4%00"]
)
def test_an_answer_to_nothing_is_refused(
    provider: ProviderRunning, said: Callable[[], list[str]], query: str
) -> None:
    client = Client()
    begun(client)
    assert client.get(f"/kirjaudu/paluu/?{query}").status_code == 400
    assert said() == [Why.NOT_BEGUN]


def test_an_answer_that_took_too_long_is_refused(
    provider: ProviderRunning, said: Callable[[], list[str]]
) -> None:
    client = Client()
    answer = provider.answer_to(begun(client), "anna")
    session = client.session
    session[BEGUN] = [{**each, "at": each["at"] - 601} for each in session[BEGUN]]
    session.save()
    assert client.get(answer).status_code == 400
    assert said() == [Why.NOT_BEGUN]


def test_a_refusal_of_the_provider_is_told_and_not_repeated(
    provider: ProviderRunning, said: Callable[[], list[str]]
) -> None:
    client = Client()
    state = parse_qs(urlsplit(begun(client)).query)["state"][0]
    said_by_it = {"state": state, "error": "access_denied", "error_description": "<b>pay here</b>"}
    response = client.get("/kirjaudu/paluu/?" + urlencode(said_by_it))
    assert response.status_code == 403
    assert "pay here" not in response.text
    assert said() == [Why.DECLINED]


def test_an_answer_of_another_provider_is_refused(
    provider: ProviderRunning, said: Callable[[], list[str]]
) -> None:
    client = Client()
    answer = provider.answer_to(begun(client), "anna")
    query = {name: values[0] for name, values in parse_qs(urlsplit(answer).query).items()}
    response = client.get("/kirjaudu/paluu/?" + urlencode({**query, "iss": "https://elsewhere.example"}))
    assert response.status_code == 403
    assert said() == [Why.ISSUER]


# Who we are to the provider, and where we go


def test_the_provider_gives_no_token_to_someone_with_another_key(
    provider: ProviderRunning, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: Callable[[], list[str]]
) -> None:
    make_signing_key(tmp_path)
    other = read_signing_key(tmp_path)
    trust(monkeypatch, provider.as_seen(key=other))
    assert signed_in_by(provider, Client(), "anna").status_code == 403
    assert said() == [Why.NOT_GIVEN]


def test_the_provider_takes_no_code_without_our_signature(provider: ProviderRunning) -> None:
    client = Client()
    answer = provider.answer_to(begun(client), "anna")
    verifier = client.session[BEGUN][-1]["verifier"]
    sent = {
        "grant_type": "authorization_code",
        "code": parse_qs(urlsplit(answer).query)["code"][0],
        "redirect_uri": f"{PORTAL}/kirjaudu/paluu/",
        "client_id": "portal",
        "code_verifier": verifier,
    }
    assert requests.post(f"{provider.issuer}/token", data=sent, timeout=10).status_code == 400


def test_our_public_keys_are_there_for_the_provider_and_nothing_private(provider: ProviderRunning) -> None:
    (key,) = Client().get("/kirjaudu/avaimet.json").json()["keys"]
    assert set(key) == {"kty", "n", "e", "kid", "use", "alg"}


def test_after_the_provider_changed_its_keys_one_still_gets_in(provider: ProviderRunning) -> None:
    signed_in_by(provider, Client(), "anna")  # its keys are known now
    provider.rotate()
    client = Client()
    signed_in_by(provider, client, "anna")
    assert opens(client)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"issuer": "https://elsewhere.example"}, Why.NOT_ITSELF),
        ({"token_endpoint": "https://elsewhere.example/token"}, Why.ELSEWHERE),
        ({"jwks_uri": "https://elsewhere.example/jwks"}, Why.ELSEWHERE),
        ({"end_session_endpoint": "https://elsewhere.example/end"}, Why.ELSEWHERE),
        ({"token_endpoint": "http://login.example/token"}, Why.UNREACHABLE),
        ({"authorization_endpoint": "javascript:alert(1)"}, Why.UNREACHABLE),
    ],
)
def test_a_provider_that_leads_elsewhere_is_not_followed(
    provider: ProviderRunning, said: Callable[[], list[str]], told: dict[str, str], why: Why
) -> None:
    provider.bend("", **told)
    response = Client().get("/kirjaudu/")
    assert response.status_code in (403, 503)
    assert said() == [why]


def test_a_provider_that_does_not_answer_is_a_page_that_says_so(
    provider: ProviderRunning, monkeypatch: pytest.MonkeyPatch, said: Callable[[], list[str]]
) -> None:
    trust(monkeypatch, provider.as_seen(issuer="http://127.0.0.1:9"))
    response = Client().get("/kirjaudu/", headers={"cookie": "virtaama_language=en"})
    assert response.status_code == 503
    assert "does not answer" in response.text
    assert said() == [Why.UNREACHABLE]


def test_a_provider_that_did_not_answer_is_left_alone_for_a_while(provider: ProviderRunning) -> None:
    now = [1_000.0]
    asked = provider.as_seen(issuer="http://127.0.0.1:9")
    asked.clock = lambda: now[0]
    for _ in range(2):
        with pytest.raises(SignInFailed):
            asked.metadata()
    asked.sign_in = provider.sign_in()  # it is there again
    with pytest.raises(SignInFailed):
        asked.metadata()
    now[0] += LEFT_ALONE
    assert asked.metadata()["issuer"] == provider.issuer


def test_whoever_only_knocks_leaves_nothing_for_long(provider: ProviderRunning) -> None:
    client = Client()
    answer = provider.answer_to(begun(client), "anna")
    assert client.session.get_expiry_age() <= 600
    client.get(answer)
    assert client.session.get_expiry_age() == settings.SESSION_COOKIE_AGE
    assert client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == settings.SESSION_COOKIE_AGE


def test_a_level_of_assurance_that_is_not_accepted_lets_nobody_in(
    provider: ProviderRunning, monkeypatch: pytest.MonkeyPatch, said: Callable[[], list[str]]
) -> None:
    trust(monkeypatch, provider.as_seen(levels=("http://ftn.ficora.fi/2017/loa3",)))
    client = Client()
    assert "acr_values" in begun(client)
    assert signed_in_by(provider, client, "anna").status_code == 403
    assert said() == [Why.LEVEL]


def test_a_demo_account_is_not_taken_over(
    provider: ProviderRunning, monkeypatch: pytest.MonkeyPatch, said: Callable[[], list[str]]
) -> None:
    trust(monkeypatch, provider.as_seen(account="name"))
    Account.objects.create(name="Anna Analyytikko", full_name="Demo", role="manager", is_demo=True)
    assert signed_in_by(provider, Client(), "anna").status_code == 403
    assert said() == [Why.DEMO_ACCOUNT]
    assert Account.objects.get().role == "manager"


# Signing out


def test_signing_out_signs_out_of_the_provider_too(provider: ProviderRunning) -> None:
    client = Client()
    signed_in_by(provider, client, "anna")
    response = client.post("/ulos/")
    assert response.status_code == 200
    assert not opens(client)
    address = response.text.partition("0; url=")[2].partition('"')[0].replace("&amp;", "&")
    assert address.startswith(f"{provider.issuer}/session?")
    back = provider.web.get(address, timeout=10, allow_redirects=False)
    while back.is_redirect and back.headers["Location"].startswith(provider.issuer):
        back = provider.web.get(back.headers["Location"], timeout=10, allow_redirects=False)
    assert back.headers.get("Location", "").startswith(f"{PORTAL}/"), back.text


def test_the_provider_ends_a_session(provider: ProviderRunning) -> None:
    here, there = Client(), Client()
    signed_in_by(provider, here, "anna")
    signed_in_by(provider, there, "kuisma")
    token = provider.logout_token(sub=Account.objects.get(full_name="Anna Analyytikko").name)
    assert (
        Client(enforce_csrf_checks=True).post("/kirjaudu/ulos/", {"logout_token": token}).status_code == 200
    )
    assert not opens(here)
    assert opens(there)
    assert sealed_ends() == [("Anna Analyytikko", "the provider ended the session")]


def test_a_word_without_the_type_is_taken_where_the_settings_say_so(
    provider: ProviderRunning, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust(monkeypatch, provider.as_seen(untyped_logout=True))
    client = Client()
    signed_in_by(provider, client, "anna")
    name = Account.objects.get().name
    for typ, status in (("at+jwt", 400), ("JWT", 200)):
        token = provider.logout_token(header_typ=typ, sub=name)
        assert Client().post("/kirjaudu/ulos/", {"logout_token": token}).status_code == status
    assert not opens(client)


def test_a_session_the_provider_ends_is_over_though_it_cannot_be_recorded(
    provider: ProviderRunning, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: object, **more: object) -> int:
        raise NotRecorded("no space left")

    client = Client()
    signed_in_by(provider, client, "anna")
    token = provider.logout_token(sub=Account.objects.get().name)
    monkeypatch.setattr(AuditLog, "append", full)
    assert Client().post("/kirjaudu/ulos/", {"logout_token": token}).status_code == 503
    monkeypatch.undo()
    assert not Session.objects.filter(account__isnull=False).exists()


def test_the_provider_ends_a_session_by_its_own_name_for_it(provider: ProviderRunning) -> None:
    here, there = Client(), Client()
    signed_in_by(provider, here, "anna")
    signed_in_by(provider, there, "anna")
    told = json.loads(urlsafe_b64decode(here.session["provider_token"].split(".")[1] + "=="))
    token = provider.logout_token(sid=told["sid"])
    Client().post("/kirjaudu/ulos/", {"logout_token": token})
    assert not opens(here)
    assert opens(there)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another-service"},
        {"iat": 1_700_000_000, "exp": 1_700_000_100},
        {"nonce": "x"},
        {"events": {}},
        {"sub": None},
        {"jti": None},
        {"header_typ": "JWT"},
        {"header_typ": "at+jwt"},
        {"header_typ": ""},
    ],
)
def test_a_word_that_a_session_is_over_is_believed_of_the_provider_only(
    provider: ProviderRunning, claims: dict[str, object]
) -> None:
    client = Client()
    signed_in_by(provider, client, "anna")
    name = Account.objects.get().name
    token = provider.logout_token(**{"sub": name, **claims})
    assert Client().post("/kirjaudu/ulos/", {"logout_token": token}).status_code == 400
    assert opens(client)


def test_a_token_for_signing_in_ends_no_session(provider: ProviderRunning) -> None:
    client = Client()
    signed_in_by(provider, client, "anna")
    token = client.session["provider_token"]
    for sent in (token, "", "x.y.z", token[:-4]):
        assert Client().post("/kirjaudu/ulos/", {"logout_token": sent}).status_code == 400
    assert opens(client)


def test_under_another_name_of_the_portal_one_is_led_to_the_one_the_provider_sends_back_to(
    provider: ProviderRunning, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust(monkeypatch, provider.as_seen(address="https://portal.example"))
    hosts = ("portal.example", "other.example")
    with override_settings(EXPOSURE=Exposure(hosts=hosts), ALLOWED_HOSTS=hosts):
        other = Client().get("/kirjaudu/?next=/ohje/", headers={"host": "other.example"})
        assert other["Location"] == "https://portal.example/kirjaudu/?next=/ohje/"
        same = Client().get("/kirjaudu/", headers={"host": "portal.example"})
        assert same["Location"].startswith(provider.issuer)
