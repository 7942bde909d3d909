"""The way of every request: who asks, may they, what exactly, the answer – or the problem, in words."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.http import parse_etags
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET
from pydantic import BaseModel

from virtaama.portal.api import limits
from virtaama.portal.api.asked import MEANINGS, read
from virtaama.portal.api.languages import language_of
from virtaama.portal.api.operations import OPERATIONS, PARTS, ROOT, Call, Operation, Told
from virtaama.portal.api.problems import WORDS, Kind, Refusal, told
from virtaama.portal.api.schema import as_json, openapi
from virtaama.portal.api.who import asker_of
from virtaama.portal.core.actions import record_refusal
from virtaama.portal.core.address import address_of
from virtaama.portal.core.door import door, role_of
from virtaama.portal.core.pages import opens_with
from virtaama.privacy.policy import Asker, may_open
from virtaama.problems import Damaged, NoRoom, NotAllowed, NotReady, NotRecorded

RECORD = "Virtaama-Record"
"""The header with the number of the entry of the audit log a question is on record with."""

JSON, CSV = "application/json", "text/csv; charset=utf-8"
log = logging.getLogger("virtaama.api")
NOBODY = Asker(id="", role="")


def in_words(answer: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answers in the reader's language; whatever hinders it becomes a problem in words."""

    @login_not_required
    @csrf_exempt
    @wraps(answer)
    def answered(request: HttpRequest, **path: str) -> HttpResponse:
        with translation.override(language_of(request)):
            response = answer_or_problem(partial(answer, request, **path))
            limits.tell(request, response)
            response.headers["Content-Language"] = translation.get_language() or settings.LANGUAGE_CODE
            response.headers["Vary"] = "Accept-Language, Authorization, Cookie"
            return response

    return answered


def answer_or_problem(answer: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        return answer()
    except Refusal as refusal:
        return told(refusal)
    except NotAllowed:
        return told(Refusal(Kind.NOT_ALLOWED))
    except NotReady:
        return told(Refusal(Kind.NOT_READY))
    except Damaged:
        return told(Refusal(Kind.DAMAGED))
    except NotRecorded:
        return told(Refusal(Kind.NOT_RECORDED))
    except NoRoom:
        return told(Refusal(Kind.TOO_MUCH))
    except Exception as error:
        log.error("An answer of the API broke: %s", type(error).__name__, exc_info=settings.DEBUG)
        return told(Refusal(Kind.BROKEN))


def view_of(operation: Operation) -> Callable[..., HttpResponse]:
    """The view that answers an operation."""

    @in_words
    def view(request: HttpRequest, **path: str) -> HttpResponse:
        if request.method != "GET":
            raise Refusal(Kind.ONLY_READS)
        asker = NOBODY
        if not operation.is_open:
            asker = known(request)
            require_page(request, operation.page, asker)
        asked = read(operation.asked, dict(request.GET.lists()))
        if not all(re.fullmatch(PARTS[name], part) for name, part in path.items()):
            raise Refusal(Kind.NOT_FOUND)
        call = Call(asker=asker, path=path, asked=asked, address=request.path)
        try:
            found = operation.run(call)
        except NotAllowed:
            refused(request, operation.page, asker)
            raise
        except Refusal as refusal:
            if refusal.kind is Kind.NOT_FOUND and not operation.is_open:
                door().refuse_page("api", asker, "there is no such thing, or it is not open to the role")
            raise
        return response_of(request, found)

    return view


def known(request: HttpRequest) -> Asker:
    """Who asks; Refusal where that is not proven, or where they ask too often."""
    try:
        asker = asker_of(request)
    except Refusal as refusal:
        if wait := limits.wait(request, limits.STRANGERS, limits.network_of(address_of(request))):
            raise Refusal(Kind.TOO_OFTEN, wait=wait) from None
        raise refusal from None
    if wait := limits.wait(request, limits.READERS, asker.id):
        raise Refusal(Kind.TOO_OFTEN, wait=wait)
    return asker


def require_page(request: HttpRequest, page: str, asker: Asker) -> None:
    """Refusal, on record, unless the asker's role opens this page in the portal."""
    if not may_open(page, role_of(asker)):
        refused(request, page, asker)
        door().refuse_page(page, asker)
        raise Refusal(Kind.NOT_ALLOWED)


def refused(request: HttpRequest, page: str, asker: Asker) -> None:
    record_refusal(page=page, address=address_of(request), now=timezone.now(), by=asker.id)


def response_of(request: HttpRequest, found: Told) -> HttpResponse:
    """The answer, or word that the reader's copy is still it.

    What a copy is known by holds the policy and the snapshot: another's copy, or one of before a load, never is.
    The question was asked and recorded in any case.
    """
    if isinstance(found.body, BaseModel):
        content, media_type = found.body.model_dump_json().encode(), JSON
    else:
        content, media_type = found.body, CSV
    tag = tag_of(found, content)
    if tag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(content, content_type=media_type)
    response.headers["ETag"] = tag
    if found.record is not None:
        response.headers[RECORD] = str(found.record)
    if found.file and response.status_code == 200:
        response.headers["Content-Disposition"] = f'attachment; filename="{found.file}"'
    return response


def tag_of(found: Told, content: bytes) -> str:
    spoken = translation.get_language() or ""
    parts = (found.policy, str(found.snapshot), spoken, hashlib.sha256(content).hexdigest())
    return f'"{hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]}"'


@in_words
def schema(request: HttpRequest) -> HttpResponse:
    """The whole API as OpenAPI 3.1, for programs."""
    if request.method != "GET":
        raise Refusal(Kind.ONLY_READS)
    require_page(request, "steering", known(request))
    return HttpResponse(as_json(), content_type=JSON)


@in_words
def nothing_here(request: HttpRequest, **path: str) -> HttpResponse:
    raise Refusal(Kind.NOT_FOUND)


@require_GET
@opens_with("steering")
def guide(request: HttpRequest) -> HttpResponse:
    """What can be asked, for people, made of the same list."""
    described = openapi()["paths"]
    return render(
        request,
        "api/guide.html",
        {
            "section": "api",
            "root": ROOT,
            "operations": [
                (operation, parameters_of(described[ROOT + operation.path]["get"]))
                for operation in OPERATIONS
            ],
            "problems": [(kind.value, *WORDS[kind]) for kind in Kind],
        },
    )


def parameters_of(operation: dict[str, Any]) -> list[tuple[str, bool, Promise]]:
    """Name, whether it is needed, and what it is, of those that stand in an address."""
    return [
        (each["name"], each["required"], MEANINGS[each["name"]])
        for each in operation["parameters"]
        if each["in"] != "header"
    ]
