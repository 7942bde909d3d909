from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from virtaama.portal.core.door import asker_of, incident_record
from virtaama.portal.core.pages import at_clean_address, opens_to_all_roles, opens_with, pages_of, refuse_page
from virtaama.portal.incidents import words
from virtaama.portal.incidents.actions import NotAsItStands, report_incident, write_about
from virtaama.portal.incidents.forms import FORMS, AboutIncident, ReportForm, forms_for
from virtaama.portal.incidents.models import Incident
from virtaama.portal.incidents.queries import filters_of, incident, incidents, is_as_recorded
from virtaama.portal.ui.exports import Export, as_file
from virtaama.portal.ui.formats import moment

PAGE = "incidents"
ON_A_PAGE = 50
NOT_UNDERSTOOD = 422


@require_GET
@opens_to_all_roles
@at_clean_address
def register(request: HttpRequest) -> HttpResponse:
    """All incidents for those who handle them; for everybody else their own."""
    now = timezone.now()
    handles = PAGE in pages_of(request)
    filters = filters_of(request.GET)
    found = incidents(now, filters) if handles else incidents(now, reported_by=asker_of(request).id)
    language = get_language() or "fi"
    return render(
        request,
        "incidents/register.html",
        {
            "section": PAGE,
            "handles": handles,
            "asked": filters,
            "states": words.STATES,
            "kinds": words.FOUND,
            "page": Paginator(
                [
                    {
                        "state": state,
                        "found": words.found_to_be(state),
                        "overdue": state.is_overdue(now),
                        "next": words.step_called(state.next.duty.step, language) if state.next else "",
                    }
                    for state in found
                ],
                ON_A_PAGE,
            ).get_page(request.GET.get("page")),
        },
    )


@require_http_methods(["GET", "POST"])
@opens_to_all_roles
def new(request: HttpRequest) -> HttpResponse:
    form = ReportForm(request.POST or None, initial={"aware": timezone.now()})
    if request.method == "POST":
        form = ReportForm(request.POST)
        if form.is_valid():
            made = report_incident(
                **form.cleaned_data, by=asker_of(request), now=timezone.now(), record=incident_record()
            )
            return HttpResponseRedirect(reverse("incidents:one", args=(made.pk,)))
    status = NOT_UNDERSTOOD if request.method == "POST" else 200
    return render(request, "incidents/new.html", {"section": PAGE, "form": form}, status=status)


@require_http_methods(["GET", "POST"])
@opens_to_all_roles
def one(request: HttpRequest, number: int) -> HttpResponse:
    """An incident for those who handle it; for who reported it, what became of it. To others it is not there."""
    found = incident(number)
    handles = PAGE in pages_of(request)
    if not handles and (found is None or found.reported_by != asker_of(request).id):
        refuse_page(request, PAGE)
    if found is None:
        raise Http404
    if request.method == "GET":
        return page_of(request, found)
    if not handles:
        refuse_page(request, PAGE)
    chosen = FORMS.get(request.POST.get("kind", ""))
    if chosen is None:
        return page_of(request, found, status=NOT_UNDERSTOOD)
    language = get_language() or "fi"
    form = chosen(found.state(), language, request.POST)
    if form.is_valid():
        try:
            write_about(
                incident=found,
                kind=form.kind,
                said=form.said(),
                by=asker_of(request),
                now=timezone.now(),
                record=incident_record(),
            )
        except NotAsItStands as wrong:
            lacks = words.lacking(wrong.lacks, language)
            form.add_error(
                None,
                _("Before it can be closed: %(lacks)s.") % {"lacks": lacks}
                if lacks
                else _("Somebody else has changed it meanwhile. Look again."),
            )
        else:
            return HttpResponseRedirect(reverse("incidents:one", args=(number,)))
    return page_of(request, found, form, NOT_UNDERSTOOD)


def page_of(
    request: HttpRequest, found: Incident, wrong: AboutIncident | None = None, status: int = 200
) -> HttpResponse:
    language = get_language() or "fi"
    state, now = found.state(), timezone.now()
    shown = {
        "section": PAGE,
        "state": state,
        "found": words.found_to_be(state),
        "personal": words.PERSONAL[state.seems_personal],
    }
    if PAGE not in pages_of(request):
        return render(request, "incidents/own.html", shown, status=status)
    forms = forms_for(state, language)
    return render(
        request,
        "incidents/one.html",
        {
            **shown,
            "risk": words.RISKS[state.classified.risk] if state.classified.risk else "",
            "overdue": state.is_overdue(now),
            "as_recorded": is_as_recorded(found, incident_record()),
            "clocks": [
                {
                    "clock": clock,
                    "called": clock.duty.labels.in_language(language),
                    "to": clock.duty.to.in_language(language),
                    "late": clock.late(now),
                    "taken": state.taken.get(clock.duty.step),
                }
                for clock in state.clocks
            ],
            "history": [
                (written, words.KINDS[written.kind], words.said_in_words(written, language))
                for written in reversed(state.history)
            ],
            "forms": [wrong if wrong and wrong.kind is form.kind else form for form in forms],
            "titles": words.KINDS,
        },
        status=status,
    )


@require_GET
@opens_with(PAGE)
def export(request: HttpRequest) -> HttpResponse:
    language = get_language() or "fi"
    now = timezone.now()
    rows = []
    for state in incidents(now, filters_of(request.GET)):
        following = state.next
        rows.append(
            (
                state.number,
                moment(state.reported_at, language),
                state.reported_by,
                moment(state.aware, language),
                state.what,
                state.where,
                words.found_to_be(state),
                str(words.RISKS[state.classified.risk]) if state.classified.risk else "",
                state.persons,
                str(
                    words.STATES[
                        "closed" if state.closed_at else "overdue" if state.is_overdue(now) else "open"
                    ]
                ),
                words.step_called(following.duty.step, language) if following else "",
                moment(following.due, language) if following and following.due else "",
                state.lessons,
            )
        )
    table = Export(
        name="virtaama-incidents",
        columns=(
            _("Number"),
            _("Reported"),
            _("Who"),
            _("Noticed"),
            _("What happened?"),
            _("Where"),
            _("What it is"),
            _("Risk to persons"),
            _("Persons concerned"),
            _("State"),
            _("Next step"),
            _("Due"),
            _("What was learned?"),
        ),
        rows=tuple(rows),
        about=(),
    )
    return as_file(table, "csv", language)
