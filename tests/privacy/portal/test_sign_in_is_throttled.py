"""A thousand wrong passwords get nobody in, and tell nobody which names exist."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client

from virtaama.portal.core import actions
from virtaama.portal.core.models import Account, Event

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
PASSWORD = "virtaava-koski"
ATTEMPTS = 1_000


def attempt(name: str, password: str, address: str, now: datetime) -> str:
    try:
        actions.sign_in(name=name, password=password, address=address, now=now, by="visitor")
    except actions.SignInRefused:
        return "refused"
    except actions.SignInHeldBack:
        return "held back"
    return "in"


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were hashed, each of which takes a tenth of a second in use."""
    hashed: list[str] = []
    encode = Argon2PasswordHasher.encode
    verify = Argon2PasswordHasher.verify

    def encoding(self: Argon2PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    def verifying(self: Argon2PasswordHasher, password: str, encoded: str) -> bool:
        hashed.append(password)
        return verify(self, password, encoded)

    monkeypatch.setattr(Argon2PasswordHasher, "encode", encoding)
    monkeypatch.setattr(Argon2PasswordHasher, "verify", verifying)
    return hashed


def test_a_thousand_wrong_passwords_for_one_account_lock_it_and_all_are_on_record(
    accounts: dict[str, Account], looked_at: list[str]
) -> None:
    outcomes = [
        attempt("johtaja", f"wrong {n}", f"10.0.{n // 250}.{n % 250}", NOW + timedelta(milliseconds=n))
        for n in range(ATTEMPTS)
    ]
    assert outcomes.count("refused") == actions.REFUSALS_PER_NAME
    assert outcomes.count("held back") == ATTEMPTS - actions.REFUSALS_PER_NAME
    assert len(looked_at) == actions.REFUSALS_PER_NAME
    assert attempt("johtaja", PASSWORD, "10.9.9.9", NOW + timedelta(seconds=2)) == "held back"
    kinds = Event.objects.filter(address__startswith="10.")
    assert kinds.count() == ATTEMPTS + 1
    later = NOW + actions.WINDOW + timedelta(seconds=3)
    assert attempt("johtaja", PASSWORD, "10.9.9.9", later) == "in"


def test_a_thousand_wrong_passwords_from_one_address_lock_it_and_not_its_neighbour(
    accounts: dict[str, Account], looked_at: list[str]
) -> None:
    outcomes = [
        attempt(f"name {n}", "wrong", "10.0.0.1", NOW + timedelta(milliseconds=n)) for n in range(ATTEMPTS)
    ]
    assert outcomes.count("refused") == actions.REFUSALS_PER_ADDRESS
    assert len(looked_at) == actions.REFUSALS_PER_ADDRESS
    assert attempt("johtaja", PASSWORD, "10.0.0.1", NOW + timedelta(seconds=2)) == "held back"
    assert attempt("johtaja", PASSWORD, "10.0.0.2", NOW + timedelta(seconds=2)) == "in"


@pytest.mark.parametrize("tries", range(actions.REFUSALS_PER_NAME + 2))
def test_a_name_that_exists_and_one_that_does_not_look_the_same(
    accounts: dict[str, Account], looked_at: list[str], tries: int
) -> None:
    """The same words, status and number of hashes at each step, and so the same time."""
    seen = {}
    for name in ("johtaja", "nobody"):
        for _ in range(tries):
            Client(REMOTE_ADDR="10.1.1.1").post("/", {"name": name, "password": "wrong"})
        looked_at.clear()
        response = Client(REMOTE_ADDR="10.1.1.1").post("/", {"name": name, "password": "wrong"})
        page = response.text.replace(f'value="{name}"', "")
        forms = [line for line in page.splitlines() if "csrfmiddlewaretoken" not in line]
        seen[name] = (response.status_code, forms, len(looked_at))
    assert seen["johtaja"] == seen["nobody"]


def test_writing_the_name_otherwise_opens_no_new_count(accounts: dict[str, Account]) -> None:
    for name in ("johtaja", "JOHTAJA", " johtaja", "Johtaja ", "jOHTAJA"):
        assert attempt(name, "wrong", "10.0.0.3", NOW) == "refused"
    assert attempt("johtaja", PASSWORD, "10.0.0.4", NOW) == "held back"


def test_nobody_signs_in_with_a_password_to_an_account_that_is_no_demo_account(
    accounts: dict[str, Account],
) -> None:
    Account.objects.filter(name="johtaja").update(is_demo=False)
    assert attempt("johtaja", PASSWORD, "10.0.0.5", NOW) == "refused"
