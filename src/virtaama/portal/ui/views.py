"""Pages for when there is no page."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from virtaama.access.look_ups import TooOften
from virtaama.portal.ui.formats import moment, number


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "ui/403.html", status=403)


def refused(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/403.html", status=403)


def too_often(request: HttpRequest, held_back: TooOften) -> HttpResponse:
    """When to go on, by the minute in which there is room; to programs in seconds."""
    language = get_language() or "fi"
    until = held_back.until + timedelta(seconds=59)
    response = render(
        request,
        "ui/429.html",
        {
            "of_house": held_back.limit.of_house,
            "hours": held_back.limit.hours,
            "most": number(held_back.limit.most, 0, language),
            "until": moment(until, language),
        },
        status=429,
    )
    response.headers["Retry-After"] = str(held_back.wait)
    return response


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "ui/form_expired.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "ui/404.html", status=404)


def not_ready(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/503.html", status=503)


def damaged(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/damaged.html", status=503)


def not_recorded(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/not_recorded.html", status=503)


def server_error(request: HttpRequest) -> HttpResponse:
    """Stands alone: whatever broke may be what the base template needs."""
    return render(request, "ui/500.html", status=500)
