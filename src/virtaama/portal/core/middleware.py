"""What holds for every page: its language, its privacy, and words for what was refused."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from virtaama.portal.ui.views import damaged, not_ready, refused
from virtaama.problems import Damaged, NotAllowed, NotReady

Respond = Callable[[HttpRequest], HttpResponse]


def never_stored(get_response: Respond) -> Respond:
    """No page is kept by a browser or a proxy: what it shows belongs to whoever is signed in."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
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


class RefusalsInWords:
    """What the door refuses or does not have yet becomes a page that says so."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        match exception:
            case NotAllowed():
                return refused(request)
            case NotReady():
                return not_ready(request)
            case Damaged():
                return damaged(request)
            case _:
                return None
