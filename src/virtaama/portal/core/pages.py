"""Which pages a role opens."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, NoReturn, ParamSpec
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from virtaama.portal.core.actions import record_refusal
from virtaama.portal.core.address import address_of
from virtaama.portal.core.door import asker_of, door, role_of
from virtaama.problems import NotAllowed

P = ParamSpec("P")
FIRST_PAGES = (
    ("steering", "steering:overview"),
    ("funding", "funding:overview"),
    ("runs", "operations:runs"),
    ("quality", "operations:quality"),
    ("persons", "persons:look_up"),
    ("audit", "oversight:log"),
    ("linking", "linking:pairs"),
    ("descriptions", "described:sets"),
    ("incidents", "incidents:register"),
)
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def pages_of(request: HttpRequest) -> frozenset[str]:
    """The pages the signed-in account may open; none for a role that access.yaml no longer has."""
    role = role_of(asker_of(request))
    return role.pages if role else frozenset()


def opens_with(page: str) -> Callable[[View[P]], View[P]]:
    """Only roles that have `page` see this view; others get the refusal in words, and it is recorded."""

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if page not in pages_of(request):
                refuse_page(request, page)
            return view(request, *args, **kwargs)

        return guarded

    return guard


def opens_to_all_roles(view: View[P]) -> View[P]:
    """Whoever has a role sees this view; what of it they see is the view's own matter."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if role_of(asker_of(request)) is None:
            refuse_page(request, request.resolver_match.view_name if request.resolver_match else "")
        return view(request, *args, **kwargs)

    return guarded


def refuse_page(request: HttpRequest, page: str) -> NoReturn:
    """Put on record, here and in the audit log, that a page was not opened; the refusal in words follows."""
    asker = asker_of(request)
    record_refusal(page=page, address=address_of(request), now=timezone.now(), by=asker.id)
    door().refuse_page(page, asker)
    raise NotAllowed(f"the role has no page '{page}'")


def refuse_area(request: HttpRequest, page: str) -> None:
    """Put on record that someone named an area that is not there or not open to them: which of the two is not told.

    What they wrote is not kept: it may be anything.
    """
    asker = asker_of(request)
    record_refusal(page=page, address=address_of(request), now=timezone.now(), by=asker.id)
    door().refuse_page(page, asker, "there is no such area, or it is not open to the role")


def at_clean_address(view: View[P]) -> View[P]:
    """A form sends its empty choices too; the address people see and share goes without them."""

    @wraps(view)
    def cleaned(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        filled = {key: value for key, value in request.GET.items() if value}
        if len(filled) < len(request.GET):
            return HttpResponseRedirect(request.path + (f"?{urlencode(filled)}" if filled else ""))
        return view(request, *args, **kwargs)

    return cleaned


def wanted_page(request: HttpRequest) -> str:
    """Where a person goes after signing in: the page they asked for, else the first of their role."""
    wanted = safe_page(request, request.POST.get("next", request.GET.get("next", "")))
    if wanted and wanted != reverse("core:start"):
        return wanted
    pages = pages_of(request)
    for page, address in FIRST_PAGES:
        if page in pages:
            return reverse(address)
    raise NotAllowed("the role opens no page")


def safe_page(request: HttpRequest, page: str) -> str:
    """The page, if it is one of ours."""
    ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if ours else ""
