"""What holds for every page: its language, its privacy, and words for what was refused."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from virtaama.access.look_ups import TooOften
from virtaama.portal.core.actions import record_end_of_session
from virtaama.portal.core.address import address_of
from virtaama.portal.core.door import sign_ins
from virtaama.portal.core.ending import OVER
from virtaama.portal.core.models import Account
from virtaama.portal.core.sessions import GROUPS, is_over, touch
from virtaama.portal.core.sign_in import in_use
from virtaama.portal.ui.views import damaged, not_ready, not_recorded, refused, too_often
from virtaama.problems import Damaged, NotAllowed, NotReady, NotRecorded

Respond = Callable[[HttpRequest], HttpResponse]
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST")


def only_proxies_forward(get_response: Respond) -> Respond:
    """Whose request it is, and that it came by TLS, is believed of our proxies and of nobody else."""

    def respond(request: HttpRequest) -> HttpResponse:
        if not settings.EXPOSURE.trusts(request.META.get("REMOTE_ADDR", "")):
            for name in FORWARDED:
                request.META.pop(name, None)
        return get_response(request)

    return respond


def with_limits(get_response: Respond) -> Respond:
    """What a browser may do with anything it got from here, files included."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers["Permissions-Policy"] = (
            "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response

    return respond


def never_stored(get_response: Respond) -> Respond:
    """No page is kept by a browser or a proxy: what it shows belongs to whoever is signed in."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers["Cache-Control"] = "no-store"
        return response

    return respond


def in_chosen_language(get_response: Respond) -> Respond:
    """Finnish, unless the reader chose otherwise. The browser's own wish is not asked."""
    languages = {code for code, _ in settings.LANGUAGES}

    def respond(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, settings.LANGUAGE_CODE)
        language = chosen if chosen in languages else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
            response.headers.setdefault("Content-Language", language)
        return response

    return respond


def sessions_end(get_response: Respond) -> Respond:
    """A session is over after a working day, when idle for too long, and when access.yaml's groups have changed."""

    def respond(request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, Account):
            if is_over(request.session) or is_of_other_groups(request.session):
                asker = request.user.asker()
                record_end_of_session(
                    account=request.user, address=address_of(request), now=timezone.now(), by="virtaama"
                )
                logout(request)
                try:
                    sign_ins().end(asker, OVER)
                except NotRecorded:
                    return not_recorded(request)
            else:
                touch(request.session)
        return get_response(request)

    return respond


def is_of_other_groups(session: SessionBase) -> bool:
    """Whether it was begun with the county's provider under another access.yaml than today's."""
    return GROUPS in session and session[GROUPS] != in_use.mark_of_groups()


class RefusalsInWords:
    """What the door refuses or does not have yet becomes a page that says so."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        match exception:
            case TooOften():
                return too_often(request, exception)
            case NotAllowed():
                return refused(request)
            case NotReady():
                return not_ready(request)
            case Damaged():
                return damaged(request)
            case NotRecorded():
                return not_recorded(request)
            case _:
                return None
