"""A portal with a default secret, with its inside shown, or with passwords everybody knows does not start."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import pytest
from django.test import Client

from tests.portal.project_for_tests import ACCESS
from tests.privacy.portal.authorization import routes, table
from virtaama.portal.exposure import SHIPPED_PASSWORDS, Exposure
from virtaama.portal.secret import read_secret
from virtaama.portal.settings import EXPOSURE, PROJECT, SECRET_KEY
from virtaama.problems import NotReady
from virtaama.project.demo_users import parse_demo_users

CONTENT = Path(__file__).parents[3] / "src" / "virtaama" / "content"
MADE_UP = {
    "nothing": b"",
    "a word": b"change-me",
    "a long text": b"this is our secret, do not tell it to anyone",
    "Django's mark": b"django-insecure-4f9!x_s(2@q0k#z7b&m$w1e^r5t*y8u6i3o-p=a+d%g",
    "hexadecimal text": b"0f1e2d3c4b5a69788796a5b4c3d2e1f00112233445566778899aabbccddeeff0",
    "one byte": b"\x00" * 32,
    "two bytes": b"\x00\xff" * 32,
    "counted": bytes(range(32)),
    "counted by threes": bytes((7 + 3 * n) % 256 for n in range(64)),
}


def keys_with(folder: Path, secret: bytes, mode: int = 0o600) -> Path:
    file = folder / "portal.key"
    file.touch(mode=mode)
    file.chmod(mode)
    file.write_bytes(secret)
    return folder


@pytest.mark.parametrize("secret", MADE_UP.values(), ids=MADE_UP)
def test_a_secret_somebody_made_up_is_refused(tmp_path: Path, secret: bytes) -> None:
    with pytest.raises(NotReady, match="too short or too even"):
        read_secret(keys_with(tmp_path, secret))


def test_random_secrets_are_taken(tmp_path: Path) -> None:
    for _ in range(100):
        secret = secrets.token_bytes(32)
        assert read_secret(keys_with(tmp_path, secret)) == secret.hex()


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_secret_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(NotReady, match="others than its owner can read"):
        read_secret(keys_with(tmp_path, os.urandom(32), mode))


@pytest.mark.parametrize(
    "environment",
    [
        {"VIRTAAMA_DEBUG": "1", "VIRTAAMA_HOSTS": "portal.example"},
        {"VIRTAAMA_DEBUG": "1", "VIRTAAMA_ADDRESS": "10.0.0.1"},
        {"VIRTAAMA_ADDRESS": "0.0.0.0"},
        {"VIRTAAMA_ADDRESS": "::"},
        {"VIRTAAMA_ADDRESS": "10.0.0.1", "VIRTAAMA_HOSTS": "portal.example"},
        {"VIRTAAMA_ADDRESS": "10.0.0.1", "VIRTAAMA_PROXIES": "10.0.0.2"},
        {"VIRTAAMA_ADDRESS": "portal.example"},
    ],
)
def test_serving_in_reach_of_others_without_tls_or_with_debugging_is_refused(
    environment: dict[str, str],
) -> None:
    with pytest.raises(NotReady):
        Exposure.read(environment).check()


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"VIRTAAMA_DEBUG": "1"},
        {"VIRTAAMA_ADDRESS": "::1"},
        {"VIRTAAMA_HOSTS": "portal.example, other.example"},
        {"VIRTAAMA_ADDRESS": "10.0.0.1", "VIRTAAMA_HOSTS": "portal.example", "VIRTAAMA_PROXIES": "10.0.0.2"},
    ],
)
def test_serving_safely_is_not_refused(environment: dict[str, str]) -> None:
    Exposure.read(environment).check()


def test_unless_told_otherwise_only_this_machine_reaches_the_portal() -> None:
    assert Exposure.read({}) == Exposure(address="127.0.0.1", hosts=(), proxies=(), debug=False)
    assert not Exposure.read({}).to_others


def test_demo_users_with_passwords_everybody_knows_are_refused_in_reach_of_others() -> None:
    users, reached = parse_demo_users(ACCESS), Exposure(hosts=("portal.example",))
    with pytest.raises(NotReady, match="'johtaja' has a password everybody knows"):
        reached.check_demo(users)
    Exposure().check_demo(users)
    reached.check_demo(parse_demo_users(ACCESS.replace("virtaava-koski", "a long one of its own")))
    with pytest.raises(NotReady):
        reached.check_demo(parse_demo_users(ACCESS.replace("virtaava-koski", "short")))


def test_every_password_that_ships_is_known_to_be_known() -> None:
    shipped = {
        user.password
        for file in CONTENT.glob("*/access.yaml")
        for user in parse_demo_users(file.read_text(encoding="utf-8"))
    }
    assert shipped == SHIPPED_PASSWORDS


def test_proxies_are_believed_and_nobody_else() -> None:
    exposure = Exposure(address="10.0.0.1", hosts=("portal.example",), proxies=("10.0.0.2",))
    assert exposure.trusts("10.0.0.2")
    assert exposure.trusts("127.0.0.1")
    assert not exposure.trusts("10.0.0.3")
    assert not exposure.trusts("")


def test_there_is_no_address_to_set_the_portal_up_and_no_secret_in_an_answer_to_a_visitor(
    accounts: object,
) -> None:
    assert not [
        route for route in routes() if any(word in route for word in ("setup", "install", "asenn", "admin"))
    ]
    assert not EXPOSURE.debug
    known = [SECRET_KEY, bytes.fromhex(SECRET_KEY).decode("latin-1"), str(PROJECT.folder), str(PROJECT.keys)]
    for row in table():
        response = Client().get(row.address)
        answer = response.text + str(response.headers)
        assert not [secret for secret in known if secret in answer], row.address
