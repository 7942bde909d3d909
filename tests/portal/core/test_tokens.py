"""Tokens of every shape: what is not exactly right is refused with a reason, and nothing breaks."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import RSAKey
from joserfc.jws import serialize_compact

from virtaama.model.concepts import Text
from virtaama.portal.core.sign_in.failures import SignInFailed, Why
from virtaama.portal.core.sign_in.tokens import (
    LEEWAY,
    account_of,
    groups_of,
    read_id_token,
    read_logout_token,
)
from virtaama.project.sign_in import SignIn

NOW = 1_800_000_000
KEY = RSAKey.generate_key(2048, {"kid": "one"})
KEYS: dict[str, Any] = {"keys": [KEY.as_dict(private=False)]}
SIGN_IN = SignIn(
    address="https://portal.example",
    issuer="https://login.example",
    client_id="portal",
    contact=Text("a", "b", "c"),
)
RIGHT: dict[str, Any] = {
    "iss": "https://login.example",
    "aud": "portal",
    "sub": "someone",
    "nonce": "once",
    "iat": NOW,
    "exp": NOW + 300,
}
ENDED = {
    **{name: value for name, value in RIGHT.items() if name != "nonce"},
    "jti": "1",
    "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
}
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(list(RIGHT.values())),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
CLAIMS = st.sampled_from(
    [*RIGHT, "azp", "nbf", "at_hash", "acr", "amr", "auth_time", "groups", "_claim_names", "sid"]
)


def signed(claims: object, **header: object) -> str:
    return serialize_compact({"alg": "RS256", "kid": "one", **header}, json.dumps(claims), KEY)


def read(token: str, keys: Any = KEYS) -> Any:
    return read_id_token(token, keys, SIGN_IN, nonce="once", access_token="a", now=NOW)


def test_a_token_that_is_right_is_read() -> None:
    assert read(jwt.encode({"alg": "RS256", "kid": "one"}, dict(RIGHT), KEY)) == RIGHT


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(CLAIMS, VALUES, min_size=1, max_size=3))
def test_with_any_claim_otherwise_a_token_is_right_or_refused(changed: dict[str, Any]) -> None:
    try:
        claims = read(signed({**RIGHT, **changed}))
    except SignInFailed:
        return
    # What was let through is for us, from the provider, for this sign-in and for now.
    assert claims["iss"] == RIGHT["iss"]
    assert claims["aud"] == "portal" or "portal" in claims["aud"]
    assert claims["nonce"] == "once"
    assert claims["exp"] > NOW - LEEWAY
    assert claims["iat"] <= NOW + LEEWAY
    assert claims.get("azp", "portal") in ("portal", None, "", False, 0, 0.0, [], {})
    try:
        assert 0 < len(account_of(claims, SIGN_IN)) <= 255
        assert all(isinstance(group, str) for group in groups_of(claims, SIGN_IN))
    except SignInFailed:
        pass


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from([*ENDED, "sid", "nonce"]), VALUES, min_size=1, max_size=2))
def test_a_word_that_a_session_is_over_is_right_or_refused(changed: dict[str, Any]) -> None:
    try:
        claims = read_logout_token(signed({**ENDED, **changed}, typ="logout+jwt"), KEYS, SIGN_IN, now=NOW)
    except SignInFailed:
        return
    assert claims["iss"] == RIGHT["iss"]
    assert "nonce" not in claims


@pytest.mark.parametrize(
    ("header", "taken", "taken_untyped"),
    [
        ({"typ": "logout+jwt"}, True, True),
        ({"typ": "application/Logout+JWT"}, True, True),
        ({}, False, True),
        ({"typ": "JWT"}, False, True),
        ({"typ": "at+jwt"}, False, False),
        ({"typ": "logout"}, False, False),
    ],
    ids=str,
)
def test_the_type_of_a_word_that_a_session_is_over_is_demanded(
    header: dict[str, object], taken: bool, taken_untyped: bool
) -> None:
    token = signed(ENDED, **header)

    def refused_by(sign_in: SignIn) -> Why | None:
        try:
            read_logout_token(token, KEYS, sign_in, now=NOW)
        except SignInFailed as failed:
            return failed.why
        return None

    assert refused_by(SIGN_IN) == (None if taken else Why.TYPE)
    assert refused_by(replace(SIGN_IN, untyped_logout=True)) == (None if taken_untyped else Why.TYPE)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40) | st.binary(max_size=40).map(lambda raw: raw.decode("latin-1")))
def test_what_is_no_token_is_refused(text: str) -> None:
    for token in (text, f"{text}.{text}.{text}", f"{signed(RIGHT)}{text}x", signed(text), signed([text])):
        with pytest.raises(SignInFailed):
            read(token)


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"keys": None},
        {"keys": []},
        {"keys": [None, "x", {}]},
        {"keys": {"a": 1}},
        {"keys": [{"kty": "RSA"}]},
    ],
    ids=str,
)
def test_keys_of_another_shape_sign_nothing(keys: dict[str, Any]) -> None:
    with pytest.raises(SignInFailed) as failed:
        read(signed(RIGHT), keys)
    assert failed.value.why is Why.SIGNATURE


def test_a_key_for_closing_or_one_that_is_shared_signs_nothing() -> None:
    for use in ({"use": "enc"}, {"kty": "oct", "k": "AAAA"}):
        with pytest.raises(SignInFailed):
            read(signed(RIGHT), {"keys": [{**KEYS["keys"][0], **use}]})


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "hs256", "RS1", "EdDSA", ""])
def test_what_signs_is_a_closed_list(algorithm: str) -> None:
    header = json.dumps({"alg": algorithm, "kid": "one"}).encode()
    _, _, rest = signed(RIGHT).partition(".")
    with pytest.raises(SignInFailed):
        read(f"{urlsafe_b64encode(header).decode().rstrip('=')}.{rest}")
