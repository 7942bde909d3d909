from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from virtaama.access.link_pairs import (
    MOST_WORDS,
    STATES,
    Held,
    NoteRefused,
    OpenedPair,
    PairFilters,
    PairLine,
)
from virtaama.lake.link_record import OutOfDate, Verdict
from virtaama.portal.core.door import asker_of, link_review
from virtaama.portal.core.pages import at_clean_address, opens_with
from virtaama.portal.linking import words
from virtaama.portal.ui.formats import day

PAGE = "linking"
ON_A_PAGE = 50
NOT_UNDERSTOOD, MEANWHILE = 422, 409


@require_GET
@opens_with(PAGE)
@at_clean_address
def pairs(request: HttpRequest) -> HttpResponse:
    """The pairs that wait, or others, by what is said of them; nobody is named here."""
    asked = filters_of(request)
    found = link_review().pairs(asked, asker_of(request))
    language = get_language() or "fi"
    return render(
        request,
        "linking/pairs.html",
        {
            "section": PAGE,
            "asked": asked,
            "counts": [(name, called, found.counts[name]) for name, called in words.STATES.items()],
            "by": words.BY,
            "next": found.next,
            "decided": _number(request.GET.get("decided", "")),
            "page": Paginator([in_words(line, language) for line in found.lines], ON_A_PAGE).get_page(
                request.GET.get("page")
            ),
        },
    )


@require_http_methods(["GET", "POST"])
@opens_with(PAGE)
def pair(request: HttpRequest, number: int) -> HttpResponse:
    """Both sides of a pair in the clear, what was said of it, and a form to say what it is."""
    if request.method == "GET":
        return page_of(request, number)
    note = request.POST.get("note", "")
    try:
        verdict, after = Verdict(request.POST.get("verdict", "")), int(request.POST.get("after", ""))
    except ValueError:
        return page_of(request, number, _("Choose what it is."), note, NOT_UNDERSTOOD)
    try:
        link_review().say(number, verdict, note, after, asker_of(request))
    except NoteRefused:
        wrong = (
            _("Write why.")
            if verdict is Verdict.UNDONE and not note.strip()
            else _("The note holds a personal identity code. Leave it out.")
        )
        return page_of(request, number, wrong, note, NOT_UNDERSTOOD)
    except OutOfDate:
        wrong = _(
            "Somebody else has decided meanwhile. This is how it stands now; nothing of yours was kept."
        )
        return page_of(request, number, wrong, note, MEANWHILE)
    following = link_review().pairs(PairFilters(), asker_of(request)).next
    told = urlencode({"decided": number})
    if following is None or verdict in (Verdict.UNDONE, Verdict.PROPOSED):
        return HttpResponseRedirect(f"{reverse('linking:pairs')}?{told}")
    return HttpResponseRedirect(f"{reverse('linking:pair', args=(following,))}?{told}")


def page_of(
    request: HttpRequest, number: int, wrong: str = "", note: str = "", status: int = 200
) -> HttpResponse:
    found = link_review().pair(number, asker_of(request))
    if found is None:
        raise Http404
    language = get_language() or "fi"
    return render(
        request,
        "linking/pair.html",
        {
            "section": PAGE,
            "found": found,
            "linkage": found.linkage.labels.in_language(language),
            "rows": [row_of(held, language) for held in found.held],
            "history": history_of(found, language),
            "choices": [(verdict.value, words.TO_SAY[verdict]) for verdict in found.may],
            "needs_reason": Verdict.UNDONE in found.may,
            "state": words.SAID[found.newest.verdict],
            "decided": _number(request.GET.get("decided", "")),
            "most_words": MOST_WORDS,
            "wrong": wrong,
            "note": note if wrong else "",
        },
        status=status,
    )


def filters_of(request: HttpRequest) -> PairFilters:
    """The filters an address names; what cannot be read is as if it were not there."""
    asked = request.GET
    state, by = asked.get("state", "waiting"), asked.get("by", "")
    return PairFilters(
        state="" if state == "all" else state if state in STATES else "waiting",
        by=by if by in words.BY else "",
        least=_weight(asked.get("least", "")),
        most=_weight(asked.get("most", "")),
    )


def in_words(line: PairLine, language: str) -> dict[str, object]:
    linkage, why = line.linkage, line.newest.why
    return {
        "line": line,
        "linkage": linkage.labels.in_language(language),
        "state": words.STATES[line.state],
        "by": words.BY.get(line.newest.decided_by, line.newest.decided_by),
        "levels": [words.LEVELS[why[each.name]] for each in linkage.comparisons if each.name in why],
    }


def row_of(held: Held, language: str) -> dict[str, object]:
    return {
        "label": held.labels.in_language(language),
        "of": _shown(held, held.of, language),
        "to": _shown(held, held.to, language),
        "level": words.LEVELS.get(held.level) if held.level else None,
        "withheld": held.withheld,
    }


def history_of(found: OpenedPair, language: str) -> list[dict[str, object]]:
    return [
        {
            "said": each,
            "verdict": words.SAID[each.verdict],
            "by": each.who or (each.rule.in_language(language) if each.rule else words.BY[each.decided_by]),
        }
        for each in found.history
    ]


def _shown(held: Held, value: str | None, language: str) -> str:
    if value is None:
        return ""
    if value in held.codes:
        return held.codes[value].in_language(language)
    try:
        return day(date.fromisoformat(value), language)
    except ValueError:
        return value


def _number(written: str) -> int | None:
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else None


def _weight(written: str) -> float | None:
    try:
        found = float(written.replace(",", "."))
    except ValueError:
        return None
    return found if abs(found) < 1_000 else None
