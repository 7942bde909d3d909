"""The language an answer for a program is in."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def language_of(request: HttpRequest) -> str:
    """The language chosen in the portal; of a program that chose none, the one it asks for."""
    languages = {code for code, _ in settings.LANGUAGES}
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in languages:
        return chosen
    for wished in request.headers.get("Accept-Language", "").split(","):
        code = wished.partition(";")[0].strip()[:2].lower()
        if code in languages:
            return code
    return str(settings.LANGUAGE_CODE)
