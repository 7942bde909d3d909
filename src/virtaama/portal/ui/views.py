"""Pages for when there is no page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "ui/403.html", status=403)


def refused(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/403.html", status=403)


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
