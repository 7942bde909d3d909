"""Why there is no answer: problem details (RFC 9457), in the reader's language."""

from __future__ import annotations

from enum import StrEnum

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, Field

MEDIA_TYPE = "application/problem+json"


class Kind(StrEnum):
    """Every problem there is. A program goes by the last part of its `type`, people read the rest."""

    NOT_BY_TLS = "not-by-tls"
    NOT_SIGNED_IN = "not-signed-in"
    TOKEN = "token-not-accepted"  # nosec B105 # noqa: S105 – the name of a problem
    NOT_ALLOWED = "not-allowed"
    NOT_FOUND = "not-found"
    ONLY_READS = "only-reads"
    NOT_UNDERSTOOD = "not-understood"
    TOO_MUCH = "too-much"
    TOO_OFTEN = "too-often"
    BROKEN = "broken"
    NOT_READY = "not-ready"
    DAMAGED = "damaged"
    NOT_RECORDED = "not-recorded"
    PROVIDER = "sign-in-not-answering"


STATUS = {
    Kind.NOT_BY_TLS: 403,
    Kind.NOT_SIGNED_IN: 401,
    Kind.TOKEN: 401,
    Kind.NOT_ALLOWED: 403,
    Kind.NOT_FOUND: 404,
    Kind.ONLY_READS: 405,
    Kind.NOT_UNDERSTOOD: 422,
    Kind.TOO_MUCH: 422,
    Kind.TOO_OFTEN: 429,
    Kind.BROKEN: 500,
    Kind.NOT_READY: 503,
    Kind.DAMAGED: 503,
    Kind.NOT_RECORDED: 503,
    Kind.PROVIDER: 503,
}
WORDS: dict[Kind, tuple[Promise, Promise]] = {
    Kind.NOT_BY_TLS: (
        _("Programs ask by HTTPS only"),
        _(
            "Write https:// in the address. What was sent came in the clear: do not use a token that was in it again."
        ),
    ),
    Kind.NOT_SIGNED_IN: (
        _("Not signed in"),
        _("Sign in to the portal, or send a token of the county's sign-in."),
    ),
    Kind.TOKEN: (
        _("The token is not accepted"),
        _(
            "It has expired, is meant for another service, or is not signed by the county's sign-in. Get a new one."
        ),
    ),
    Kind.NOT_ALLOWED: (
        _("Your role does not allow this"),
        _("The role, the purpose or the area does not allow it. The refusal was recorded."),
    ),
    Kind.NOT_FOUND: (_("Not found"), _("There is nothing of this name, or it is not open to you.")),
    Kind.ONLY_READS: (_("This can only be read"), _("The API answers GET and changes nothing.")),
    Kind.NOT_UNDERSTOOD: (
        _("The request is not understood"),
        _("Correct the parameters that are named and ask again."),
    ),
    Kind.TOO_MUCH: (
        _("This is too much for one answer"),
        _("Ask for fewer periods or areas at a time, or read the answer page by page."),
    ),
    Kind.TOO_OFTEN: (
        _("Too many requests"),
        _("Wait for as many seconds as Retry-After says, and then go on."),
    ),
    Kind.BROKEN: (_("Something broke"), _("The fault is ours and is in our log. Nothing was changed.")),
    Kind.NOT_READY: (_("Nothing is published yet"), _("The figures come when data has been loaded.")),
    Kind.DAMAGED: (
        _("The published data cannot be read"),
        _("A file is not what was written. The keepers of the platform have to look."),
    ),
    Kind.NOT_RECORDED: (
        _("The question could not be recorded"),
        _("Nothing is shown that is not on record. The keepers of the platform have to look."),
    ),
    Kind.PROVIDER: (
        _("The county's sign-in does not answer"),
        _("The token cannot be checked now. Try again in a moment."),
    ),
}


class Wrong(BaseModel):
    """A parameter that is not understood."""

    parameter: str = Field(description="Its name.")
    detail: str = Field(description="What would be right, in words.")


class Problem(BaseModel):
    """Problem details, RFC 9457."""

    type: str = Field(
        description="What kind of problem: `urn:virtaama:problem:` and "
        + ", ".join(f"`{kind}`" for kind in Kind)
    )
    title: str = Field(description="The kind in words.")
    status: int = Field(description="The status code of the answer.", ge=400, le=599)
    detail: str = Field(description="What to do about it, in words.")
    errors: list[Wrong] = Field(description="The parameters that are not understood.")


class Refusal(Exception):
    """There is no answer, for this reason."""

    def __init__(self, kind: Kind, *wrong: Wrong, wait: int = 0) -> None:
        super().__init__(kind)
        self.kind = kind
        self.wrong = wrong
        self.wait = wait


def told(refusal: Refusal) -> HttpResponse:
    """The refusal as an answer, in the language that is spoken now."""
    kind = refusal.kind
    title, detail = WORDS[kind]
    problem = Problem(
        type=f"urn:virtaama:problem:{kind}",
        title=str(title),
        status=STATUS[kind],
        detail=str(detail),
        errors=list(refusal.wrong),
    )
    response = HttpResponse(problem.model_dump_json(), content_type=MEDIA_TYPE, status=problem.status)
    if kind is Kind.ONLY_READS:
        response.headers["Allow"] = "GET"
    elif kind is Kind.NOT_SIGNED_IN:
        response.headers["WWW-Authenticate"] = 'Bearer realm="virtaama"'
    elif kind is Kind.TOKEN:
        response.headers["WWW-Authenticate"] = 'Bearer realm="virtaama", error="invalid_token"'
    if refusal.wait:
        response.headers["Retry-After"] = str(refusal.wait)
    return response
