from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from tests.portal.project_for_tests import ACCESS, set_up_django

set_up_django()

from django.contrib.auth.hashers import Argon2PasswordHasher  # noqa: E402
from django.utils import timezone  # noqa: E402

from tests.portal.door_for_tests import ROLES, DoorForTests, LogForTests  # noqa: E402
from virtaama.portal.core import door as portal_door  # noqa: E402
from virtaama.portal.core.actions import keep_demo_accounts  # noqa: E402
from virtaama.portal.core.models import Account  # noqa: E402
from virtaama.project.demo_users import parse_demo_users  # noqa: E402

DEMO_USERS = parse_demo_users(ACCESS)


@pytest.fixture(autouse=True)
def door(monkeypatch: pytest.MonkeyPatch) -> Iterator[DoorForTests]:
    """The door the portal reads through in these tests."""
    opened = DoorForTests()

    class ProjectForTests(LogForTests):
        roles = ROLES
        demo_users = DEMO_USERS

        def door(self) -> DoorForTests:
            return opened

    portal_door.door.cache_clear()
    portal_door.roles.cache_clear()
    portal_door.person_door.cache_clear()
    portal_door.link_review.cache_clear()
    monkeypatch.setattr(portal_door, "project", ProjectForTests)
    yield opened
    portal_door.door.cache_clear()
    portal_door.person_door.cache_clear()
    portal_door.link_review.cache_clear()
    portal_door.roles.cache_clear()


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same way of hashing passwords, with less work."""
    monkeypatch.setattr(Argon2PasswordHasher, "time_cost", 1)
    monkeypatch.setattr(Argon2PasswordHasher, "memory_cost", 8)
    monkeypatch.setattr(Argon2PasswordHasher, "parallelism", 1)


@pytest.fixture
def accounts(db: None) -> dict[str, Account]:
    keep_demo_accounts(users=DEMO_USERS, now=timezone.now(), by="test")
    return {account.name: account for account in Account.objects.all()}


@pytest.fixture
def signed_in(accounts: dict[str, Account]) -> Callable[[str], Client]:
    """A browser in which the named demo user is signed in."""

    def sign_in(name: str, language: str = "fi") -> Client:
        client = Client()
        client.force_login(accounts[name])
        client.cookies["virtaama_language"] = language
        return client

    return sign_in
