from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from virtaama.access.opened import NotOpened, OpenedPerson
from virtaama.portal.core.door import asker_of, person_asked, person_door
from virtaama.portal.core.pages import opens_with
from virtaama.portal.persons import words
from virtaama.portal.persons.queries import record_of
from virtaama.privacy.policy import Purpose
from virtaama.privacy.reasons import MOST, NoReason, ReasonRefused

NOT_FOUND = 404
NOT_UNDERSTOOD = 422


@require_http_methods(["GET", "POST"])
@opens_with("persons")
@sensitive_post_parameters("reference", "reason")
@sensitive_variables("reference", "reason")
def look_up(request: HttpRequest) -> HttpResponse:
    """The form, and what it was sent for. Whom one asks for stands in no address, so nothing of it is left behind."""
    if request.method == "GET":
        return form(request)
    reference, reason = request.POST.get("reference", "").strip(), request.POST.get("reason", "")
    break_glass = bool(request.POST.get("break_glass"))
    if not reference:
        return form(request, wrong_reference=_("Write a personal identity code or a client number."))
    asker = asker_of(request)
    try:
        question = person_asked(reference, reason, break_glass=break_glass)
        found = person_door().open(question, asker, Purpose.CLIENT_CARE)
    except ReasonRefused as refused:
        return form(request, reference=reference, reason=reason, refused=refused.why, glass=break_glass)
    match found:
        case OpenedPerson():
            return shown(request, found)
        case NotOpened():
            return form(request, reference=reference, not_opened=found, status=NOT_FOUND)


def shown(request: HttpRequest, person: OpenedPerson) -> HttpResponse:
    return render(
        request,
        "persons/record.html",
        {
            "section": "persons",
            "here": request.path,
            "person": person,
            "record": record_of(person, get_language() or "fi"),
            "reader": asker_of(request).id,
        },
    )


def form(
    request: HttpRequest,
    *,
    reference: str = "",
    reason: str = "",
    wrong_reference: str = "",
    refused: NoReason | None = None,
    glass: bool = False,
    not_opened: NotOpened | None = None,
    status: int = 200,
) -> HttpResponse:
    """The form; `glass`: the reason that was refused was for opening a person outside one's scope."""
    wrong = words.NO_REASON[refused] if refused else ""
    offers_glass = glass or bool(not_opened and not_opened.may_break_glass)
    return render(
        request,
        "persons/look_up.html",
        {
            "section": "persons",
            "reference": reference,
            "reason": "" if glass else reason,
            "glass_reason": reason if glass else "",
            "wrong_reference": wrong_reference,
            "wrong_reason": "" if glass else wrong,
            "wrong_glass": wrong if glass else "",
            "not_opened": not_opened is not None,
            "offers_glass": offers_glass,
            "reasons": words.REASONS,
            "most": MOST,
        },
        status=NOT_UNDERSTOOD if wrong or wrong_reference else status,
    )
