"""Pages about the quality of the data: what is expected and whether it holds, and how units record."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from virtaama.metrics.question import Grain
from virtaama.portal.core.door import asker_of, door
from virtaama.portal.core.pages import at_clean_address, opens_with, refuse_area
from virtaama.portal.operations import expectations as expected
from virtaama.portal.operations import recording as recorded
from virtaama.portal.operations.recording import Filters, Line, Picture
from virtaama.portal.ui.charts import TrendChart
from virtaama.portal.ui.exports import Export, as_file
from virtaama.portal.ui.formats import number, period_name
from virtaama.privacy.policy import Asker

MOST_UNITS = 200  # the table has the worst of them; the files have every one


@require_GET
@opens_with("quality")
@at_clean_address
def expectations(request: HttpRequest) -> HttpResponse:
    states = door().expectations(asker_of(request))
    owners = tuple(sorted({state.expectation.owner for state in states}))
    subjects = {state.expectation.subject: state.subject for state in states}
    owner = request.GET.get("owner", "")
    subject = request.GET.get("subject", "")
    state = request.GET.get("state", "")
    language = get_language() or "fi"
    return render(
        request,
        "operations/expectations.html",
        {
            "section": "quality",
            "states": expected.chosen(
                states,
                owner=owner if owner in owners else "",
                subject=subject if subject in subjects else "",
                state=state if state in expected.STATES else "",
            ),
            "all": states,
            "failed": sum(expected.state_name(each) == "failed" for each in states),
            "owner": owner,
            "owners": owners,
            "subject": subject,
            "subjects": recorded.named(subjects, language),
            "state": state,
        },
    )


@require_GET
@opens_with("quality")
def expectation(request: HttpRequest, id: str) -> HttpResponse:
    asker = asker_of(request)
    state = expected.state_of(door(), asker, id)
    if state is None:
        raise Http404(f"no expectation {id}")
    course = expected.course(door().expectation_results(asker, state))
    language = get_language() or "fi"
    return render(
        request,
        "operations/expectation.html",
        {
            "section": "quality",
            "state": state,
            "course": course,
            "shown": course.results[: expected.POINTS],
            "drawing": expected.chart(state, course, _("allowed"), language),
        },
    )


@require_GET
@opens_with("recording")
@at_clean_address
def recording(request: HttpRequest) -> HttpResponse:
    language = get_language() or "fi"
    asker = asker_of(request)
    filters = filters_of(request, asker, language)
    order = request.GET.get("order", recorded.WORST)
    unit_order = request.GET.get("unit_order", recorded.WORST)
    picture = recorded.picture(
        door(), asker, filters, language, order=order, unit_order=unit_order, no_unit=_("no unit recorded")
    )
    return render(
        request,
        "operations/recording.html",
        {
            "section": "recording",
            "choice": filters,
            "choices_of_months": recorded.MONTHS,
            "picture": picture,
            "units": picture.units[:MOST_UNITS],
            "order": order,
            "unit_order": unit_order,
            "drawing": course_chart(picture, language),
            "sentence": about_course(picture, language),
            "query": f"?{request.GET.urlencode()}" if request.GET else "",
            "snapshot": picture.answer.snapshot,
        },
    )


@require_GET
@opens_with("recording")
def recording_export(request: HttpRequest, kind: str) -> HttpResponse:
    language = get_language() or "fi"
    asker = asker_of(request)
    filters = filters_of(request, asker, language)
    lines, answer = recorded.detail(door(), asker, filters, language, no_unit=_("no unit recorded"))
    table = Export(
        name=f"virtaama-recording-{filters.last:%Y-%m}",
        columns=(
            _("System"),
            _("Concept"),
            _("Field"),
            _("Unit"),
            _("Rows"),
            _("Missing"),
            _("Missing, share"),
            _("Wrong"),
            _("Wrong, share"),
        ),
        rows=tuple(
            (
                line.system,
                line.concept,
                line.name,
                line.unit_name or None,
                line.rows,
                line.missing,
                line.missing_share,
                line.wrong,
                line.wrong_share,
            )
            for line in lines
        ),
        about=(
            (_("Taken by"), asker.id),
            (_("Taken at"), timezone.localtime(timezone.now()).isoformat(timespec="seconds")),
            (_("Months"), months_written(filters)),
            (_("Left out because of too few persons"), str(answer.left_out)),
            (_("Snapshot"), str(answer.snapshot.number)),
            (_("Audit record"), str(answer.record)),
        ),
    )
    return as_file(table, kind, language)


def filters_of(request: HttpRequest, asker: Asker, language: str) -> Filters:
    """What of recording is asked for; 404 for a unit that is not there or not open, and that is on record."""
    filters = recorded.read_filters(request.GET.dict(), door(), asker, language)
    if filters.not_open:
        refuse_area(request, "recording")
        raise Http404("no such unit, or not open to the reader")
    return filters


def months_written(filters: Filters) -> str:
    first = f"{filters.first:%Y-%m}" if filters.first else ""
    return f"{first}–{filters.last:%Y-%m}"


def course_chart(picture: Picture, language: str) -> TrendChart | None:
    if len(picture.months) < 2:
        return None
    points = tuple((line.month, line.faulty * 100) for line in picture.months if line.month)
    return TrendChart(points=points, unit="%", decimals=1, language=language)


def about_course(picture: Picture, language: str) -> str:
    """The chart in a sentence."""
    if len(picture.months) < 2:
        return ""
    best, worst = (choose(picture.months, key=lambda line: line.faulty) for choose in (min, max))
    return _(
        "Missing or wrong of what is looked at: in %(newest_month)s %(newest)s; at most %(highest)s in "
        "%(highest_month)s, at least %(lowest)s in %(lowest_month)s."
    ) % {
        "newest": in_percent(picture.months[-1], language),
        "newest_month": month_of(picture.months[-1], language),
        "highest": in_percent(worst, language),
        "highest_month": month_of(worst, language),
        "lowest": in_percent(best, language),
        "lowest_month": month_of(best, language),
    }


def in_percent(line: Line, language: str) -> str:
    return f"{number(line.faulty * 100, 1, language)} %"


def month_of(line: Line, language: str) -> str:
    return period_name(line.month, Grain.MONTH, language) if line.month else ""
