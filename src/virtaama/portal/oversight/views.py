from __future__ import annotations

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from virtaama.access.audit_entries import Act
from virtaama.access.looked import MARKS, MOST, MOST_WORDS
from virtaama.portal.core.door import asker_of, names, oversight, person_referred_to
from virtaama.portal.core.pages import at_clean_address, opens_with
from virtaama.portal.oversight import words
from virtaama.portal.oversight.queries import ORDERS, filters_of, opening_of, row_of, rows_of
from virtaama.portal.ui.exports import Export, as_file

ON_A_PAGE = 50
NOT_UNDERSTOOD = 422


@require_GET
@opens_with("audit")
@at_clean_address
def log(request: HttpRequest) -> HttpResponse:
    return page_of_log(request)


def page_of_log(request: HttpRequest, not_found: str = "", status: int = 200) -> HttpResponse:
    asker = asker_of(request)
    filters = filters_of(request.GET, timezone.localdate())
    looked = oversight().entries(filters, asker)
    order = request.GET.get("order", "-number")
    rows = rows_of(looked, order, names(), get_language() or "fi")
    return render(
        request,
        "oversight/log.html",
        {
            "section": "audit",
            "page": Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page")),
            "found": looked,
            "most": MOST,
            "asked": filters,
            "person": filters.person.hex() if filters.person else "",
            "choices": oversight().choices(filters, asker),
            "acts": [(act.value, str(words.ACTS[act])) for act in Act],
            "purposes": words.PURPOSES,
            "order": order if order.removeprefix("-") in ORDERS else "-number",
            "anchored": oversight().anchored(),
            "unreviewed": oversight().unreviewed(asker),
            "not_found": not_found,
        },
        status=status,
    )


@require_POST
@opens_with("audit")
@sensitive_post_parameters("reference")
def person(request: HttpRequest) -> HttpResponse:
    """From an identity code or a pseudonym to the entries about the person. Neither stands in an address."""
    try:
        key = person_referred_to(request.POST.get("reference", ""), asker_of(request))
    except ValueError:
        words_for_it = _("That is neither a personal identity code nor a pseudonym.")
        return page_of_log(request, not_found=words_for_it, status=NOT_UNDERSTOOD)
    kept = {name: value for name in ("from", "to") if (value := request.POST.get(name, ""))}
    return HttpResponseRedirect(f"{reverse('oversight:log')}?{urlencode({**kept, 'person': key.hex()})}")


@require_GET
@opens_with("audit")
def export(request: HttpRequest) -> HttpResponse:
    asker = asker_of(request)
    language = get_language() or "fi"
    filters = filters_of(request.GET, timezone.localdate())
    looked = oversight().entries(filters, asker)
    table = Export(
        name="virtaama-audit",
        columns=(
            _("Number"),
            _("When"),
            _("Who"),
            _("Role"),
            _("Purpose"),
            _("What was done"),
            _("Which data"),
            _("Whose data"),
            _("About whom"),
            _("Rows"),
            _("Decision"),
            _("Question"),
            _("Mark"),
        ),
        rows=tuple(
            (
                row.entry.number,
                row.entry.moment.isoformat(timespec="seconds"),
                row.entry.asker,
                row.role,
                row.purpose,
                row.act,
                row.data,
                row.providers,
                row.about,
                row.entry.rows,
                row.entry.decision,
                row.entry.question,
                row.mark,
            )
            for row in rows_of(looked, request.GET.get("order", ""), names(), language)
        ),
        about=(),
    )
    return as_file(table, "csv", language)


@require_GET
@opens_with("audit")
def stands_out(request: HttpRequest) -> HttpResponse:
    language = get_language() or "fi"
    found = oversight().stands_out(asker_of(request))
    return render(
        request,
        "oversight/stands_out.html",
        {
            "section": "audit",
            "found": found,
            "glass": [opening_of(each, found.marks, names(), language) for each in found.glass],
            "flagged": [opening_of(each, found.marks, names(), language) for each in found.flagged],
            "held_back": [(each, words.held_back_by(each, language)) for each in found.held_back],
            "volumes": [(each, words.reason_of(each, language)) for each in found.volumes],
            "page": Paginator(
                [row_of(each, names(), language) for each in found.out_of_hours], ON_A_PAGE
            ).get_page(request.GET.get("page")),
        },
    )


@require_http_methods(["GET", "POST"])
@opens_with("audit")
def entry(request: HttpRequest, number: int) -> HttpResponse:
    """One entry with its marks, and a form that adds one."""
    asker = asker_of(request)
    wrong = ""
    if request.method == "POST":
        mark, comment = request.POST.get("mark", ""), request.POST.get("comment", "")
        try:
            oversight().mark(number, mark, comment, asker)
        except ValueError:
            wrong = (
                _("Choose a mark.")
                if mark not in MARKS
                else _("The comment holds a personal identity code. Leave it out.")
            )
        else:
            return HttpResponseRedirect(reverse("oversight:entry", args=(number,)))
    found = oversight().entry(number, asker)
    if found is None:
        raise Http404
    return render(
        request,
        "oversight/entry.html",
        {
            "section": "audit",
            "row": row_of(found.entry, names(), get_language() or "fi"),
            "found": found,
            "marks": words.MARKS,
            "most_words": MOST_WORDS,
            "wrong": wrong,
            "comment": request.POST.get("comment", "") if wrong else "",
        },
        status=NOT_UNDERSTOOD if wrong else 200,
    )
