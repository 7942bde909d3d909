"""Access tokens of the provider (RFC 9068): for the API, of a person or of a tool. Anything else is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from virtaama.portal.core.sign_in.failures import SignInFailed, Why
from virtaama.portal.core.sign_in.tokens import IDENTITY_CODE, LEEWAY, account_of, verified
from virtaama.project.sign_in import LONGEST_NAME, SignIn

TOOL = "tool:"
"""Before the name of a tool, which no person has."""

LONGEST_LIFE = 24 * 60 * 60
"""Seconds: a token cannot be taken back, so one that lasts longer is not taken."""


def read_access_token(token: str, keys: Mapping[str, Any], sign_in: SignIn, *, now: int) -> Mapping[str, Any]:
    """The claims of an access token; SignInFailed with the first thing that is wrong with it.

    Made by the provider, for the API and not for signing in, now. A person was identified at a level that is accepted.
    """
    signed = verified(token, keys)
    claims = signed.claims
    if claims.get("iss") != sign_in.issuer:
        raise SignInFailed(Why.ISSUER)
    meant = claims.get("aud")
    audiences = meant if isinstance(meant, list) else [meant]
    if not sign_in.api_audience or sign_in.api_audience not in audiences:
        raise SignInFailed(Why.AUDIENCE)
    # A token that tells who has signed in, renews a sign-in or ends one is none to ask with.
    of_another_use = {"at_hash", "c_hash", "events"} & claims.keys()
    if of_another_use or claims.get("typ", "Bearer") not in ("Bearer", "at+jwt"):
        raise SignInFailed(Why.AUDIENCE)
    made, begins, ends = (_moment(claims, name) for name in ("iat", "nbf", "exp"))
    if now >= ends + LEEWAY or now < max(made, begins) - LEEWAY or ends - made > LONGEST_LIFE:
        raise SignInFailed(Why.EXPIRED)
    if not isinstance(claims.get("sub"), str) or not claims["sub"]:
        raise SignInFailed(Why.INCOMPLETE)
    if sign_in.levels and not is_of_a_tool(claims) and claims.get("acr") not in sign_in.levels:
        raise SignInFailed(Why.LEVEL)
    return claims


def _moment(claims: Mapping[str, Any], name: str) -> int:
    """Seconds of the clock; 0 for a beginning that is not said."""
    told = claims.get(name, 0 if name == "nbf" else None)
    if not isinstance(told, int) or isinstance(told, bool):
        raise SignInFailed(Why.INCOMPLETE)
    return told


def is_of_a_tool(claims: Mapping[str, Any]) -> bool:
    """Whether a token was given to a program in its own name (client credentials), as providers tell it."""
    client = client_of(claims)
    return (
        claims.get("idtyp") == "app"  # Entra ID
        or claims.get("gty") == "client-credentials"  # Auth0
        or (bool(client) and claims.get("sub") == client)  # RFC 9068
        or (bool(client) and claims.get("preferred_username") == f"service-account-{client}")  # Keycloak
    )


def client_of(claims: Mapping[str, Any]) -> str:
    """The program a token was given to; empty where it does not say."""
    named = (claims.get(name) for name in ("client_id", "azp", "appid"))
    return next((each for each in named if isinstance(each, str) and each), "")


def who_it_names(claims: Mapping[str, Any], sign_in: SignIn) -> str:
    """What whoever asks is called in every record: the person's account, or the tool."""
    if is_of_a_tool(claims):
        name = TOOL + (client_of(claims) or str(claims["sub"]))
        if len(name) > LONGEST_NAME or IDENTITY_CODE.search(name):
            raise SignInFailed(Why.NO_ACCOUNT)
        return name
    name = account_of(claims, sign_in)
    if name.startswith(TOOL):
        raise SignInFailed(Why.NO_ACCOUNT)
    return name
