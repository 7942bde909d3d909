"""Tokens of the provider: signed by it, for us, now, and for the sign-in that was begun. Or nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import (
    BadSignatureError,
    DecodeError,
    ExpiredTokenError,
    InvalidClaimError,
    InvalidKeyIdError,
    JoseError,
    MissingClaimError,
    UnsupportedAlgorithmError,
)
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from virtaama.portal.core.sign_in.failures import SignInFailed, Why
from virtaama.project.sign_in import LONGEST_NAME, SignIn

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures only the provider can make: never `none`, and none with a secret we would share."""

LEEWAY = 60  # seconds by which two clocks may differ
LOGOUT_LASTS = 300  # seconds a logout token is taken after it was made
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
LOGOUT_TYPE = "logout+jwt"
UNTYPED = ("", "jwt")
# By itself: a long identifier may hold the same signs in a row by chance.
IDENTITY_CODE = re.compile(r"(?<![0-9A-Z])\d{6}[-+A-FU-Y]\d{3}[0-9A-Y](?![0-9A-Z])", re.IGNORECASE)


def read_id_token(
    token: str,
    keys: Mapping[str, Any],
    sign_in: SignIn,
    *,
    nonce: str,
    access_token: str,
    now: int,
) -> Mapping[str, Any]:
    """The claims of an ID token; SignInFailed with the first thing that is wrong with it."""
    signed = verified(token, keys)
    claims = CodeIDToken(
        signed.claims,
        signed.header,
        {
            "iss": {"essential": True, "value": sign_in.issuer},
            "aud": {"essential": True, "value": sign_in.client_id},
        },
        {"nonce": nonce, "client_id": sign_in.client_id, "access_token": access_token},
    )
    _held(claims, now)
    if sign_in.levels and claims.get("acr") not in sign_in.levels:
        raise SignInFailed(Why.LEVEL)
    return dict(claims)


def read_logout_token(token: str, keys: Mapping[str, Any], sign_in: SignIn, *, now: int) -> Mapping[str, Any]:
    """The claims of a logout token (OpenID Connect Back-Channel Logout 1.0, sections 2.4 and 2.6).

    Its header names its type, so that no token of another use is taken for one; a county whose provider names none
    says so in its settings.
    """
    signed = verified(token, keys)
    claims = signed.claims
    named = str(signed.header.get("typ", "")).lower().removeprefix("application/")
    if named != LOGOUT_TYPE and not (sign_in.untyped_logout and named in UNTYPED):
        raise SignInFailed(Why.TYPE)
    if claims.get("iss") != sign_in.issuer:
        raise SignInFailed(Why.ISSUER)
    meant = claims.get("aud")
    if sign_in.client_id not in (meant if isinstance(meant, list) else [meant]):
        raise SignInFailed(Why.AUDIENCE)
    made, events = claims.get("iat"), claims.get("events")
    if not isinstance(made, int) or not -LEEWAY <= now - made <= LOGOUT_LASTS:
        raise SignInFailed(Why.EXPIRED)
    if isinstance(claims.get("exp"), int) and now > claims["exp"] + LEEWAY:
        raise SignInFailed(Why.EXPIRED)
    # A token for signing in is none for signing out, and the other way round.
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT), dict) or "nonce" in claims:
        raise SignInFailed(Why.INCOMPLETE)
    if not isinstance(claims.get("jti"), str) or not (claims.get("sub") or claims.get("sid")):
        raise SignInFailed(Why.INCOMPLETE)
    return claims


def ends(claims: Mapping[str, Any]) -> datetime:
    """When a logout token is taken no longer, by what it says itself."""
    return datetime.fromtimestamp(int(claims["iat"]) + LOGOUT_LASTS + LEEWAY, UTC)


def account_of(claims: Mapping[str, Any], sign_in: SignIn) -> str:
    """What the person is called here. Never an identity code: it goes into every record of what they ask."""
    name = claims.get(sign_in.account)
    if (
        not isinstance(name, str)
        or not name.strip()
        or len(name) > LONGEST_NAME
        or IDENTITY_CODE.search(name)
    ):
        raise SignInFailed(Why.NO_ACCOUNT)
    return name


def groups_of(claims: Mapping[str, Any], sign_in: SignIn) -> frozenset[str]:
    """The groups the token names; none where the claim is missing or of another kind."""
    found: Any = claims
    for step in [sign_in.groups] if sign_in.groups in claims else sign_in.groups.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    elsewhere = claims.get("_claim_names")
    if found is None and isinstance(elsewhere, Mapping) and sign_in.groups in elsewhere:
        raise SignInFailed(Why.GROUPS_LEFT_OUT)
    if isinstance(found, str):
        return frozenset({found})
    return (
        frozenset(each for each in found if isinstance(each, str)) if isinstance(found, list) else frozenset()
    )


def verified(token: str, keys: Mapping[str, Any]) -> jwt.Token:
    try:
        usable = [
            key
            for key in keys.get("keys", [])
            if key.get("kty") in ("RSA", "EC") and key.get("use", "sig") == "sig"
        ]
        key_set = KeySet.import_key_set({"keys": usable})
        registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
        return jwt.decode(token, key_set, registry=registry)
    except UnsupportedAlgorithmError:
        raise SignInFailed(Why.ALGORITHM) from None
    except (BadSignatureError, InvalidKeyIdError):
        raise SignInFailed(Why.SIGNATURE) from None
    except DecodeError:
        raise SignInFailed(Why.INCOMPLETE) from None
    except (JoseError, ValueError, TypeError, AttributeError):
        raise SignInFailed(Why.SIGNATURE) from None


_OF_CLAIM = {
    "iss": Why.ISSUER,
    "aud": Why.AUDIENCE,
    "azp": Why.AUDIENCE,
    "nonce": Why.NONCE,
    "iat": Why.EXPIRED,
    "nbf": Why.EXPIRED,
}


def _held(claims: CodeIDToken, now: int) -> None:
    try:
        claims.validate(now=now, leeway=LEEWAY)
    except ExpiredTokenError:
        raise SignInFailed(Why.EXPIRED) from None
    except (InvalidClaimError, MissingClaimError) as error:
        raise SignInFailed(_OF_CLAIM.get(getattr(error, "claim", ""), Why.INCOMPLETE)) from None
    except (JoseError, ValueError, TypeError):
        raise SignInFailed(Why.INCOMPLETE) from None
