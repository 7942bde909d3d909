"""What the base template needs on every page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from virtaama.access.answers import Snapshot
from virtaama.portal.core.door import door
from virtaama.portal.core.pages import pages_of
from virtaama.problems import Damaged, NotReady

COLOUR_SCHEMES = ("auto", "light", "dark")


def page(request: HttpRequest) -> dict[str, Any]:
    scheme = request.COOKIES.get(settings.COLOUR_COOKIE_NAME, "auto")
    signed_in = hasattr(request, "user") and request.user.is_authenticated
    return {
        "colour_scheme": scheme if scheme in COLOUR_SCHEMES else "auto",
        "languages": settings.LANGUAGES,
        "language": getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE),
        "account": request.user if signed_in else None,
        "pages": pages_of(request) if signed_in else frozenset(),
        "snapshot": published_snapshot() if signed_in else None,
    }


def published_snapshot() -> Snapshot | None:
    try:
        return door().snapshot()
    except (Damaged, NotReady):
        return None
