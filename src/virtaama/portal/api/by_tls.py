"""What machines ask comes by TLS or is refused. Only people are led on: they see the address they come to.

A program that is led on sends its token in the clear again and again, and nobody notices (ASVS 5.0.0, V4.1.2).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from virtaama.portal.api.languages import language_of
from virtaama.portal.api.problems import Kind, Refusal, told


def machines_come_by_tls(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuses before a session, a token or a form is looked at."""
    of_machines = re.compile("|".join(settings.SECURE_REDIRECT_EXEMPT))

    def respond(request: HttpRequest) -> HttpResponse:
        if settings.BEHIND_TLS and not request.is_secure() and of_machines.search(request.path.lstrip("/")):
            with translation.override(language_of(request)):
                return told(Refusal(Kind.NOT_BY_TLS))
        return get_response(request)

    return respond
