"""The way to the county's provider and back. What goes wrong is a page in words and a line in the log."""

from __future__ import annotations

import hashlib
import logging
import secrets
from dataclasses import asdict
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from virtaama.access.groups import standing_of
from virtaama.portal.core import actions
from virtaama.portal.core.address import address_of
from virtaama.portal.core.pages import safe_page, wanted_page
from virtaama.portal.core.sessions import GROUPS, PROVIDER_SESSION, PROVIDER_TOKEN, SessionStore
from virtaama.portal.core.sign_in import in_use
from virtaama.portal.core.sign_in.failures import SignInFailed, Why
from virtaama.portal.core.sign_in.provider import Begun, Identity, Provider
from virtaama.portal.core.sign_in.tokens import account_of, groups_of

BEGUN = "sign_ins_begun"
AT_ONCE = 5  # sign-ins begun in one browser: as many tabs
LASTS = 600  # seconds one may take over signing in
BY = "provider"
log = logging.getLogger("virtaama.sign_in")


@login_not_required
@require_GET
def go(request: HttpRequest) -> HttpResponse:
    """On to the provider. A link, so that no form leads off our host."""
    provider = provider_or_404()
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
        return failure(request, failed.why)
    waiting = [
        *request.session.get(BEGUN, []),
        {**asdict(begun), "next": safe_page(request, request.GET.get("next", ""))},
    ]
    request.session[BEGUN] = waiting[-AT_ONCE:]
    # Nobody is signed in yet: whoever only knocks leaves nothing behind for longer.
    request.session.set_expiry(LASTS)
    return HttpResponseRedirect(address)


@login_not_required
@require_GET
def come_back(request: HttpRequest) -> HttpResponse:
    """Back from the provider, with a code or a refusal."""
    provider = provider_or_404()
    name = ""
    try:
        begun, page = taken(request)
        if "error" in request.GET:
            raise SignInFailed(Why.DECLINED)
        if request.GET.get("iss", provider.sign_in.issuer) != provider.sign_in.issuer:
            raise SignInFailed(Why.ISSUER)
        identity = provider.identity(request.GET.get("code", ""), begun)
        name = account_of(identity.claims, provider.sign_in)
        standing = standing_of(groups_of(identity.claims, provider.sign_in), in_use.groups())
        if standing is None:
            raise SignInFailed(Why.NO_GROUP)
        account = actions.sign_in_by_provider(
            name=name,
            full_name=str(identity.claims.get("name") or name),
            standing=standing,
            address=address_of(request),
            now=timezone.now(),
            by=BY,
        )
        if account is None:
            raise SignInFailed(Why.DEMO_ACCOUNT)
    except SignInFailed as failed:
        without_right = name if failed.why in (Why.NO_GROUP, Why.GROUPS_LEFT_OUT) else ""
        actions.refuse_by_provider(
            name=without_right, why=failed.why, address=address_of(request), now=timezone.now(), by=BY
        )
        return failure(request, failed.why)
    login(request, account)
    remember(request, identity)
    return HttpResponseRedirect(page or wanted_page(request))


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
    except SignInFailed as failed:
        log.warning("a message that a session is over was refused: %s", failed.why)
        return JsonResponse({"error": "invalid_request"}, status=400)
    # Known by another claim than `sub`, a person is not found by it: the session is, if it is named.
    by_sub = provider.sign_in.account == "sub"
    actions.end_sessions_by_provider(
        name=str(claims.get("sub", "")) if by_sub else "",
        provider_session=mark_of_session(claims.get("sid")),
        now=timezone.now(),
        by=BY,
    )
    return JsonResponse({})


def provider_or_404() -> Provider:
    provider = in_use.provider()
    if provider is None:
        raise Http404("this portal has no provider of identities")
    return provider


def taken(request: HttpRequest) -> tuple[Begun, str]:
    """The sign-in this answer belongs to, and the page it was begun for. It is used up, whatever follows."""
    state, now = request.GET.get("state", ""), timezone.now().timestamp()
    waiting = request.session.get(BEGUN, [])
    theirs = [each for each in waiting if secrets.compare_digest(each["state"].encode(), state.encode())]
    if not theirs:
        raise SignInFailed(Why.NOT_BEGUN)
    request.session[BEGUN] = [each for each in waiting if each not in theirs]
    # On disk before the code is shown to anybody: the same answer is not taken twice, however fast it comes.
    request.session.save()
    begun = dict(theirs[0])
    page = begun.pop("next")
    if now - begun["at"] > LASTS:
        raise SignInFailed(Why.NOT_BEGUN)
    return Begun(**begun), page


def remember(request: HttpRequest, identity: Identity) -> None:
    """What signing out needs later, and by which mapping of groups the session began."""
    request.session.pop(BEGUN, None)
    SessionStore.clear_expired()
    request.session[PROVIDER_TOKEN] = identity.token
    request.session[PROVIDER_SESSION] = mark_of_session(identity.claims.get("sid"))
    request.session[GROUPS] = in_use.mark_of_groups()


def mark_of_session(named: object) -> str:
    """A short mark for what the provider calls its session; it may be of any length. Empty where it says nothing."""
    return hashlib.sha256(named.encode()).hexdigest() if isinstance(named, str) and named else ""


def failure(request: HttpRequest, why: Why) -> HttpResponse:
    """The page in words. Its number stands in the log too, so that whoever is asked can look it up."""
    number = secrets.token_hex(4)
    log.warning("a sign-in was refused (%s): %s", number, why)
    provider = provider_or_404()
    kind = {
        Why.NO_GROUP: "no_right",
        Why.GROUPS_LEFT_OUT: "no_right",
        Why.NOT_BEGUN: "begin_anew",
        Why.DECLINED: "declined",
        Why.LEVEL: "level",
        Why.UNREACHABLE: "unreachable",
    }.get(why, "invalid")
    contact = provider.sign_in.contact.in_language(get_language() or settings.LANGUAGE_CODE)
    return render(
        request,
        "core/sign_in_failed.html",
        # Choosing a language here leads to the start page: this address is used up.
        {"kind": kind, "number": number, "contact": contact, "here": reverse("core:start")},
        status={"unreachable": 503, "begin_anew": 400}.get(kind, 403),
    )
