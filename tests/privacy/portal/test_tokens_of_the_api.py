"""A program asks with a token of the county's own provider: a real one signs them, in every wrong way too."""

from __future__ import annotations

import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from tests.portal.conftest import door, quick_hashing
from tests.portal.door_for_tests import DoorForTests
from tests.privacy.portal.signing_in import GROUPS, ProviderRunning, running
from tests.privacy.portal.test_county_sign_in import trust, with_groups
from virtaama.model.concepts import Text
from virtaama.portal.api import limits
from virtaama.portal.core.models import Account, Event
from virtaama.portal.core.sign_in.failures import Why
from virtaama.problems import ProblemsFound
from virtaama.project.settings import parse_settings

__all__ = ["door", "quick_hashing"]

AUDIENCE = "api://virtaama"
FIGURES = "/api/v1/metrics/ward_days_per_1000/figures"
PERSON = {"sub": "anna", "groups": ["county-analysts"]}
TOOL = {"sub": "power-bi", "client_id": "power-bi", "groups": ["county-analysts"]}


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProviderRunning]:
    with running(tmp_path_factory.mktemp("provider")) as provider:
        yield provider


@pytest.fixture
def provider(
    real: ProviderRunning, monkeypatch: pytest.MonkeyPatch, door: DoorForTests, db: None
) -> ProviderRunning:
    trust(monkeypatch, real.as_seen(api_audience=AUDIENCE))
    with_groups(monkeypatch, door, GROUPS)
    return real


def token(provider: ProviderRunning, **claims: Any) -> str:
    """A token the provider signs with its own key; None leaves a claim out."""
    return provider.logout_token(**{"aud": AUDIENCE, "events": None, **PERSON, **claims})


def asked(sent: str, address: str = FIGURES, **query: str) -> HttpResponse:
    headers = {"authorization": f"Bearer {sent}"}
    return Client().get(address, query or {"purpose": "steering"}, headers=headers)  # type: ignore[return-value]


def test_a_person_is_answered_as_in_the_portal(provider: ProviderRunning, door: DoorForTests) -> None:
    assert asked(token(provider)).status_code == 200
    ((_, asker, purpose),) = door.asked
    assert (asker.id, asker.role, asker.municipalities, purpose) == (
        "anna",
        "analyst",
        frozenset(),
        "steering",
    )


def test_municipalities_come_of_the_same_groups(provider: ProviderRunning, door: DoorForTests) -> None:
    sent = token(provider, sub="kuisma", groups=["lahti", "hollola"])
    query = {"purpose": "planning", "level": "municipality", "area": "398"}
    assert asked(sent, **query).status_code == 200
    assert asked(sent, **{**query, "area": "016"}).status_code == 404
    assert door.asked[0][1].municipalities == {"398", "098"}


@pytest.mark.parametrize(
    "claims",
    [
        TOOL,
        {**TOOL, "sub": "4f1e", "client_id": None, "azp": "power-bi", "idtyp": "app"},
        {**TOOL, "sub": "4f1e", "preferred_username": "service-account-power-bi"},
        {
            **TOOL,
            "sub": "power-bi@clients",
            "client_id": None,
            "azp": "power-bi",
            "gty": "client-credentials",
        },
    ],
)
def test_a_tool_asks_in_its_own_name(
    provider: ProviderRunning, door: DoorForTests, claims: dict[str, Any]
) -> None:
    assert asked(token(provider, **claims)).status_code == 200
    assert door.asked[0][1].id == "tool:power-bi"
    assert not Account.objects.exists()  # and leaves no account that could sign in


def test_a_person_cannot_pass_for_a_tool(provider: ProviderRunning, door: DoorForTests) -> None:
    assert asked(token(provider, sub="tool:power-bi")).status_code == 401
    assert door.asked == []


NOW = int(time.time())
WRONG = {
    "another service": {"aud": "api://other"},
    "a token for signing in": {"aud": "portal"},
    "no audience": {"aud": None},
    "another provider": {"iss": "https://elsewhere.example"},
    "expired": {"exp": NOW - 3600},
    "never ends": {"exp": None},
    "lasts for weeks": {"exp": NOW + 30 * 86400},
    "not yet": {"nbf": NOW + 3600},
    "made tomorrow": {"iat": NOW + 86400, "exp": NOW + 86500},
    "nobody": {"sub": None},
    "an identity code": {"sub": "010190-9012"},
    "an identity code as a tool": {"sub": "010190-9012", "client_id": "010190-9012"},
    "ends a session": {"events": {"http://schemas.openid.net/event/backchannel-logout": {}}},
    "says who has signed in": {"at_hash": "x"},
    "renews a sign-in": {"typ": "Refresh"},
    "words for moments": {"exp": "tomorrow"},
}


@pytest.mark.parametrize("claims", WRONG.values(), ids=WRONG)
def test_a_wrong_token_is_not_accepted_and_on_record(
    provider: ProviderRunning, door: DoorForTests, claims: dict[str, Any]
) -> None:
    response = asked(token(provider, **claims))
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="virtaama", error="invalid_token"'
    assert door.asked == []
    (event,) = Event.objects.filter(kind=Event.Kind.SIGN_IN_REFUSED)
    assert event.by == "api"
    assert event.subject in set(Why)


def test_a_token_nobody_or_another_has_signed_is_not_accepted(
    provider: ProviderRunning, door: DoorForTests
) -> None:
    good = token(provider)
    header, body, signature = good.split(".")
    claims = {"iss": provider.issuer, "aud": AUDIENCE, "iat": NOW, "exp": NOW + 60, **PERSON}
    none = urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    shared = OctKey.import_key("a secret somebody guessed, long enough to sign with")
    forged = (
        f"{none}.{body}.",
        f"{header}.{body}.",
        f"{header}.{body}.{signature[:-6]}AAAAAA",
        f"{header}.{urlsafe_b64encode(urlsafe_b64decode(body + '==').replace(b'anna', b'bert')).decode().rstrip('=')}."
        f"{signature}",
        jwt.encode({"alg": "RS256"}, claims, RSAKey.generate_key(2048)),
        jwt.encode({"alg": "HS256"}, claims, shared),
        "x" * 20_000,
        "",
        "a.b.c",
    )
    assert [asked(each).status_code for each in forged] == [401] * len(forged)
    assert door.asked == []
    assert asked(good).status_code == 200


def test_without_a_known_group_a_token_allows_nothing(provider: ProviderRunning) -> None:
    assert asked(token(provider, groups=["everybody"])).status_code == 403
    assert asked(token(provider, groups=None)).status_code == 403


def test_levels_hold_for_persons_and_not_for_tools(
    provider: ProviderRunning, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust(monkeypatch, provider.as_seen(api_audience=AUDIENCE, levels=("high",)))
    assert asked(token(provider)).status_code == 401
    assert asked(token(provider, acr="high")).status_code == 200
    assert asked(token(provider, **TOOL)).status_code == 200


def test_where_no_audience_is_named_no_token_is_taken(
    provider: ProviderRunning, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust(monkeypatch, provider.as_seen())
    assert asked(token(provider, aud="")).status_code == 401
    assert asked(token(provider)).status_code == 401


def test_a_token_counts_before_a_session(provider: ProviderRunning, door: DoorForTests) -> None:
    client = Client()
    client.force_login(Account.objects.create(name="johanna", full_name="Johanna", role="manager"))
    query = {"purpose": "steering"}
    assert client.get(FIGURES, query).status_code == 200
    assert client.get(FIGURES, query, headers={"authorization": "Bearer x.y.z"}).status_code == 401
    assert client.get(FIGURES, query, headers={"authorization": "Basic eDp5"}).status_code == 401
    assert (
        client.get(FIGURES, query, headers={"authorization": f"Bearer {token(provider)}"}).status_code == 200
    )
    assert [asker.id for _, asker, _ in door.asked] == ["johanna", "anna"]


def test_a_provider_that_does_not_answer_is_said_to(
    provider: ProviderRunning, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = token(provider)
    trust(monkeypatch, provider.as_seen(issuer="http://127.0.0.1:9", api_audience=AUDIENCE))
    response = asked(sent)
    assert (response.status_code, response.json()["type"]) == (  # type: ignore[attr-defined]
        503,
        "urn:virtaama:problem:sign-in-not-answering",
    )


def test_strangers_are_held_off_and_those_with_a_right_are_not(
    provider: ProviderRunning, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "STRANGERS", replace(limits.STRANGERS, most=3))
    assert [asked("x.y.z").status_code for _ in range(5)] == [401, 401, 401, 429, 429]
    assert asked(token(provider)).status_code == 200


def test_the_api_is_not_called_as_the_portal_is() -> None:
    settings = """
name: Test
county: {code: "07", names: {fi: a, sv: b, en: c}}
sign_in:
  address: https://portal.example.fi
  issuer: https://login.example.fi
  client_id: portal
  api_audience: AUDIENCE
  contact: {fi: a, sv: b, en: c}
"""
    named = parse_settings(settings.replace("AUDIENCE", "api://virtaama"), Path("project")).sign_in
    assert named is not None
    assert (named.api_audience, named.contact) == ("api://virtaama", Text("a", "b", "c"))
    with pytest.raises(ProblemsFound, match="a token for signing in would open the API too"):
        parse_settings(settings.replace("AUDIENCE", "portal"), Path("project"))
