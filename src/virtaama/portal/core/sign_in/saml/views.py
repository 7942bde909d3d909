"""The way back from a provider that speaks SAML, and out. Messages come by the browser, signed by the provider.

An answer is sent from the provider's site by a form, and such a form brings no cookie of ours. So the answer is read
and put aside for a moment; the browser is sent on to fetch it, and that request has the cookie of the browser in which
the sign-in was begun. In any other browser it is worth nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from virtaama.portal.core import actions
from virtaama.portal.core.door import sign_ins
from virtaama.portal.core.ending import end_sessions_by_provider, seal
from virtaama.portal.core.sessions import SessionStore
from virtaama.portal.core.sign_in import in_use
from virtaama.portal.core.sign_in.entering import (
    BY,
    ENDED_THERE,
    Proven,
    let_in,
    log,
    mark_of_session,
    refuse,
    taken,
)
from virtaama.portal.core.sign_in.failures import SignInFailed, Why
from virtaama.portal.core.sign_in.saml.provider import SamlProvider

ASIDE: Final = "saml_answer"
FETCHED_WITHIN: Final = 120  # seconds
METADATA_TYPE: Final = "application/samlmetadata+xml"


@login_not_required
@require_GET
def metadata(request: HttpRequest) -> HttpResponse:
    """What the provider is to know of the portal."""
    return HttpResponse(saml_or_404().metadata(), content_type=METADATA_TYPE)


@csrf_exempt
@login_not_required
@sensitive_post_parameters("SAMLResponse")
@require_POST
def answer(request: HttpRequest) -> HttpResponse:
    """The provider's answer, which a form of the provider brings."""
    provider = saml_or_404()
    try:
        person = provider.person(request.POST.get("SAMLResponse", ""))
        _require_unused(provider, person.assertion, person.until)
    except SignInFailed as failed:
        return refuse(request, failed.why, provider.sign_in)
    aside = SessionStore()
    aside[ASIDE] = {
        "name": person.account,
        "full_name": person.full_name,
        "groups": sorted(person.groups),
        "answers": person.answers,
        "session": person.session,
        "subject": person.subject,
    }
    aside.set_expiry(FETCHED_WITHIN)
    aside.create()
    return HttpResponseRedirect(
        f"{reverse('core:saml_go_on')}?{urlencode({'answer': str(aside.session_key)})}"
    )


@login_not_required
@require_GET
def go_on(request: HttpRequest) -> HttpResponse:
    """From the answer that was put aside to the session, in the browser that began the sign-in."""
    provider = saml_or_404()
    name = ""
    try:
        aside = SessionStore(request.GET.get("answer", ""))
        kept = aside.get(ASIDE)
        if not kept:
            raise SignInFailed(Why.NOT_BEGUN)
        aside.flush()  # it is fetched once, whoever fetches it
        _, page = taken(request, kept["answers"])
        name = kept["name"]
        proven = Proven(
            name=name,
            full_name=kept["full_name"],
            groups=frozenset(kept["groups"]),
            session=kept["subject"],
            token=kept["session"],
        )
        return let_in(request, proven, page)
    except SignInFailed as failed:
        return refuse(request, failed.why, provider.sign_in, name)


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """The provider signs somebody out, or tells that somebody who asked for it is signed out there."""
    provider = saml_or_404()
    sent = request.GET if request.method == "GET" else request.POST
    query = request.META.get("QUERY_STRING", "") if request.method == "GET" else ""
    try:
        if "SAMLResponse" in sent:
            provider.require_signed_out(sent["SAMLResponse"], query)
            return redirect("core:start")
        told = provider.signing_out(sent.get("SAMLRequest", ""), query)
        _require_unused(provider, told.id, told.until)
    except SignInFailed as failed:
        log.warning("a message that a session is over was refused: %s", failed.why)
        return HttpResponse(status=400)
    ended = end_sessions_by_provider(
        name="", provider_session=mark_of_session(told.name), now=timezone.now(), by=BY
    )
    seal(sign_ins(), ended, ENDED_THERE)
    address = provider.address_when_signed_out(told, sent.get("RelayState", "")[:80])
    return HttpResponseRedirect(address) if address else redirect("core:start")


def _require_unused(provider: SamlProvider, id: str, until: datetime) -> None:
    mark = in_use.mark_of_message(provider.them.entity, id)
    if not actions.use_once(mark=mark, until=until.astimezone(UTC), now=timezone.now()):
        raise SignInFailed(Why.REPLAYED)


def saml_or_404() -> SamlProvider:
    """The provider, where it speaks SAML."""
    provider = in_use.saml()
    if provider is None:
        raise Http404("this portal has no provider of identities that speaks SAML")
    return provider
