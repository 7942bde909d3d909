"""Who asks: whoever is signed in to the portal, or whoever a token of the county's sign-in names."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from virtaama.access.groups import standing_of
from virtaama.portal.api.problems import Kind, Refusal
from virtaama.portal.core import actions
from virtaama.portal.core.address import address_of
from virtaama.portal.core.models import Account
from virtaama.portal.core.sign_in import in_use
from virtaama.portal.core.sign_in.access_tokens import who_it_names
from virtaama.portal.core.sign_in.failures import SignInFailed, Why
from virtaama.portal.core.sign_in.provider import Provider
from virtaama.portal.core.sign_in.tokens import groups_of
from virtaama.privacy.policy import Asker

LONGEST_TOKEN = 16_384
BY = "api"


def asker_of(request: HttpRequest) -> Asker:
    """Who asks. Refusal where nobody is signed in, or the token is not one we take. A token counts before a session."""
    header = request.headers.get("Authorization")
    if header is not None:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token or len(token) > LONGEST_TOKEN:
            raise Refusal(Kind.TOKEN)
        return asker_of_token(request, token.strip())
    if isinstance(request.user, Account):
        return request.user.asker()
    raise Refusal(Kind.NOT_SIGNED_IN)


def asker_of_token(request: HttpRequest, token: str) -> Asker:
    """The person or tool a token is about, with what its groups may do. What is refused goes on record."""
    provider = in_use.provider()
    if not isinstance(provider, Provider) or not provider.sign_in.api_audience:
        raise Refusal(Kind.TOKEN)
    name = ""
    try:
        claims = provider.access(token)
        name = who_it_names(claims, provider.sign_in)
        standing = standing_of(groups_of(claims, provider.sign_in), in_use.groups())
        if standing is None:
            raise SignInFailed(Why.NO_GROUP)
        if settings.PROJECT.demo and Account.objects.filter(name=name, is_demo=True).exists():
            raise SignInFailed(Why.DEMO_ACCOUNT)
    except SignInFailed as failed:
        if failed.why in (Why.UNREACHABLE, Why.ELSEWHERE, Why.NOT_ITSELF):
            raise Refusal(Kind.PROVIDER) from None
        actions.refuse_by_provider(
            name="", why=failed.why, address=address_of(request), now=timezone.now(), by=BY
        )
        allowed_nothing = failed.why in (Why.NO_GROUP, Why.GROUPS_LEFT_OUT, Why.DEMO_ACCOUNT)
        raise Refusal(Kind.NOT_ALLOWED if allowed_nothing else Kind.TOKEN) from None
    return Asker(id=name, role=standing.role, municipalities=standing.municipalities)
