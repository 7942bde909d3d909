"""Where a request came from."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The address the request came from. Behind TLS it is what the nearest proxy says.

    The middleware has taken the proxy's words away where no proxy of ours said them.
    """
    if settings.BEHIND_TLS:
        forwarded = request.headers.get("X-Forwarded-For", "")
        return (forwarded.rsplit(",", 1)[-1].strip() or request.META["REMOTE_ADDR"])[:45]
    return str(request.META["REMOTE_ADDR"])
