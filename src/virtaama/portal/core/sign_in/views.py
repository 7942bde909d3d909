"""The way to the county's provider and, by OpenID Connect, back."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from virtaama.portal.core import actions
from virtaama.portal.core.door import sign_ins
from virtaama.portal.core.ending import end_sessions_by_provider, seal
from virtaama.portal.core.pages import wanted_page
from virtaama.portal.core.sign_in import in_use
from virtaama.portal.core.sign_in.entering import (
    BY,
    ENDED_THERE,
    Proven,
    begin,
    failure,
    let_in,
    log,
    mark_of_session,
    refuse,
    taken,
)
from virtaama.portal.core.sign_in.failures import SignInFailed, Why
from virtaama.portal.core.sign_in.provider import Begun, Provider
from virtaama.portal.core.sign_in.tokens import account_of, ends, groups_of
from virtaama.portal.core.sign_in.who import who_is


@login_not_required
@require_GET
def go(request: HttpRequest) -> HttpResponse:
    """On to the provider. A link, so that no form leads off our host."""
    provider = in_use.provider()
    if provider is None:
        raise Http404("this portal has no provider of identities")
    if request.user.is_authenticated:
        return HttpResponseRedirect(wanted_page(request))
    host = urlsplit(f"//{request.get_host()}").hostname
    if host in settings.EXPOSURE.hosts and host != provider.sign_in.host:
        # The provider sends people back to one host alone, and the browser's part of the sign-in must be there.
        return HttpResponseRedirect(f"{provider.sign_in.address}{request.get_full_path()}")
    begun = Begun.now(timezone.now().timestamp())
    try:
        address = provider.address_to_sign_in(
            begun, language=get_language() or settings.LANGUAGE_CODE, anew="anew" in request.GET
        )
    except SignInFailed as failed:
        return failure(request, failed.why, provider.sign_in)
    begin(request, begun)
    return HttpResponseRedirect(address)


@login_not_required
@require_GET
def come_back(request: HttpRequest) -> HttpResponse:
    """Back from the provider, with a code or a refusal."""
    provider = provider_or_404()
    name = ""
    try:
        begun, page = taken(request, request.GET.get("state", ""))
        if "error" in request.GET:
            raise SignInFailed(Why.DECLINED)
        if request.GET.get("iss", provider.sign_in.issuer) != provider.sign_in.issuer:
            raise SignInFailed(Why.ISSUER)
        identity = provider.identity(request.GET.get("code", ""), begun)
        name = account_of(identity.claims, provider.sign_in)
        proven = Proven(
            name=name,
            full_name=str(identity.claims.get("name") or name),
            groups=groups_of(identity.claims, provider.sign_in),
            session=str(identity.claims.get("sid") or ""),
            token=identity.token,
            who=who_is(identity.claims, provider.sign_in),
        )
        return let_in(request, proven, page)
    except SignInFailed as failed:
        return refuse(request, failed.why, provider.sign_in, name)


@login_not_required
@require_GET
def keys(request: HttpRequest) -> HttpResponse:
    """Our public keys, for the provider."""
    return JsonResponse(provider_or_404().key.public)


@csrf_exempt
@login_not_required
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """The provider tells, machine to machine, that someone's session there is over."""
    provider = provider_or_404()
    try:
        claims = provider.ended(request.POST.get("logout_token", ""))
        mark = in_use.mark_of_message(provider.sign_in.issuer, str(claims["jti"]))
        if not actions.use_once(mark=mark, until=ends(claims), now=timezone.now()):
            raise SignInFailed(Why.REPLAYED)
    except SignInFailed as failed:
        log.warning("a message that a session is over was refused: %s", failed.why)
        return JsonResponse({"error": "invalid_request"}, status=400)
    # Known by another claim than `sub`, a person is not found by it: the session is, if it is named.
    by_sub = provider.sign_in.account == "sub"
    ended = end_sessions_by_provider(
        name=str(claims.get("sub", "")) if by_sub else "",
        provider_session=mark_of_session(claims.get("sid")),
        now=timezone.now(),
        by=BY,
    )
    seal(sign_ins(), ended, ENDED_THERE)
    return JsonResponse({})


def provider_or_404() -> Provider:
    """The provider, where it speaks OpenID Connect."""
    provider = in_use.provider()
    if not isinstance(provider, Provider):
        raise Http404("this portal has no provider of identities that speaks OpenID Connect")
    return provider
