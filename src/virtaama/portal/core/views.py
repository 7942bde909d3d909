from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from virtaama.portal.core import actions, queries
from virtaama.portal.core.address import address_of
from virtaama.portal.core.context import COLOUR_SCHEMES
from virtaama.portal.core.door import role_of, sign_ins
from virtaama.portal.core.forms import SignInForm
from virtaama.portal.core.models import Account
from virtaama.portal.core.own_sessions import end_own_sessions, own_events, own_sessions
from virtaama.portal.core.pages import safe_page, wanted_page
from virtaama.portal.core.sessions import PROVIDER_TOKEN
from virtaama.portal.core.sign_in import in_use
from virtaama.portal.core.sign_in.failures import SignInFailed
from virtaama.problems import NotAllowed

A_YEAR = 365 * 24 * 60 * 60


@login_not_required
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("password")
def start(request: HttpRequest) -> HttpResponse:
    """The sign-in page; whoever is signed in goes on to the first page of their role."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(wanted_page(request))
    by_password = settings.PROJECT.demo
    if request.method == "POST" and not by_password:
        raise NotAllowed("only a demo has sign-ins of its own")
    form = SignInForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            account = actions.sign_in(
                name=form.cleaned_data["name"],
                password=form.cleaned_data["password"],
                address=address_of(request),
                now=timezone.now(),
                by="visitor",
            )
        except actions.SignInRefused:
            form.add_error(None, _("The user name or the password is wrong."))
        except actions.SignInHeldBack:
            form.add_error(None, _("Too many wrong attempts. Wait 15 minutes and try again."))
        else:
            sign_ins().begin(account.asker(), "a password of the demo")
            login(request, account)
            return HttpResponseRedirect(wanted_page(request))
    provider = in_use.provider()
    language = get_language() or settings.LANGUAGE_CODE
    return render(
        request,
        "core/start.html",
        {
            "form": form if by_password else None,
            "provider_label": provider.sign_in.label.in_language(language) if provider else "",
            "next": safe_page(request, request.POST.get("next", request.GET.get("next", ""))),
            "demo_sign_ins": queries.demo_sign_ins(),
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    account = request.user
    if isinstance(account, Account):
        actions.sign_out(account=account, address=address_of(request), now=timezone.now(), by=account.name)
    token = request.session.get(PROVIDER_TOKEN)
    logout(request)
    if isinstance(account, Account):
        sign_ins().end(account.asker(), "signed out")
    address = address_to_sign_out(token) if token else None
    # A page that leads on by itself: a form may not lead off our host, and this one does not.
    response = (
        render(request, "core/signed_out.html", {"address": address}) if address else redirect("core:start")
    )
    response.headers["Clear-Site-Data"] = '"cache", "storage"'  # cookies of language and colours stay
    return response


@require_http_methods(["GET", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in, with what happened at the last sign-ins, and the end of any of them."""
    account = request.user
    assert isinstance(account, Account)
    if role_of(account.asker()) is None:
        raise NotAllowed(f"there is no role '{account.role}'")
    if request.method == "POST":
        named = request.POST.getlist("session")
        if not named and "others" not in request.POST:
            return HttpResponseBadRequest(_("Say which session is to end."))
        ended = end_own_sessions(
            account=account,
            names=named or None,
            asking=request.session,
            address=address_of(request),
            now=timezone.now(),
            by=account.name,
        )
        if ended:
            sign_ins().end(account.asker(), "ended in another browser of theirs", sessions=ended)
        return redirect(f"{reverse('core:sessions')}?{urlencode({'ended': ended})}")
    ended_now = request.GET.get("ended", "")
    return render(
        request,
        "core/sessions.html",
        {
            "section": "sessions",
            "sessions": own_sessions(account, request.session),
            "events": own_events(account),
            "ended": int(ended_now)
            if ended_now.isascii() and ended_now.isdigit() and len(ended_now) < 4
            else None,
        },
    )


def address_to_sign_out(token: str) -> str | None:
    """Where the browser goes to sign out of the provider too; None where that cannot be told."""
    provider = in_use.provider()
    try:
        return provider.address_to_sign_out(token) if provider else None
    except SignInFailed:
        return None


@login_not_required
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return HttpResponseBadRequest(_("There is no such language."))
    return remember(request, settings.LANGUAGE_COOKIE_NAME, language)


@login_not_required
@require_POST
def choose_colours(request: HttpRequest) -> HttpResponse:
    scheme = request.POST.get("scheme", "")
    if scheme not in COLOUR_SCHEMES:
        return HttpResponseBadRequest(_("There is no such colour scheme."))
    return remember(request, settings.COLOUR_COOKIE_NAME, scheme)


@login_not_required
@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "core/help.html")


@login_not_required
@require_GET
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "core/accessibility.html")


def remember(request: HttpRequest, cookie: str, value: str) -> HttpResponse:
    response = HttpResponseRedirect(safe_page(request, request.POST.get("next", "")) or reverse("core:start"))
    response.set_cookie(
        cookie, value, max_age=A_YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response
