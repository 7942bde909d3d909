"""Why a sign-in with the county's provider came to nothing."""

from __future__ import annotations

from enum import StrEnum


class Why(StrEnum):
    """Each reason as the log says it. None names a person or repeats what was sent."""

    NOT_BEGUN = "the answer belongs to no sign-in begun in this browser, or to one that is used or too old"
    DECLINED = "the provider declined"
    UNREACHABLE = "the provider does not answer, or not as it should"
    ELSEWHERE = "the provider names an address at a host that is not among those spoken to"
    NOT_ITSELF = "the provider names itself otherwise than virtaama.yaml does"
    NOT_GIVEN = "the provider gave no token for the code"
    SIGNATURE = "the token is not signed with a key of the provider"
    ALGORITHM = "the token is signed in a way that is not accepted"
    ISSUER = "the token is from another provider"
    AUDIENCE = "the token is for another service"
    EXPIRED = "the token has expired, or is not valid yet: compare the clocks"
    NONCE = "the token belongs to another sign-in"
    INCOMPLETE = "the token lacks a claim, or has one that cannot be"
    LEVEL = "the person was not identified at a level that is accepted"
    NO_ACCOUNT = "the claim that names the account is missing, too long or an identity code"
    DEMO_ACCOUNT = "the account has the name of a sign-in of the demo"
    NO_GROUP = "none of the person's groups is named in access.yaml"
    UNREADABLE = "what was sent is no message of a provider"
    SEVERAL = "the answer holds none or several assertions, and it cannot be known which is meant"
    ENCRYPTION = "the assertion is encrypted for somebody else, in a way that is not accepted, or was changed"
    UNENCRYPTED = "the assertion holds an identity code and is not encrypted"
    REPLAYED = "the message has been used before"
    TYPE = "the word that a session is over is not of the type logout+jwt: see untyped_logout"
    GROUPS_LEFT_OUT = "the provider left the groups out: there are too many for a token"


class SignInFailed(Exception):
    """A sign-in that came to nothing, for one of the reasons above."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why
