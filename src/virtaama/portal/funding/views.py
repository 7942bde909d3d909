"""The pages of the funding: what it is, what if, and the path to 2030."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from virtaama.portal.core.door import asker_of, county_code, funding
from virtaama.portal.core.pages import at_clean_address, opens_with
from virtaama.portal.funding import exports, shown
from virtaama.portal.funding.asked import OF_A_PATH, OF_A_YEAR, Asked, read_asked
from virtaama.portal.ui.charts import BarChart
from virtaama.portal.ui.exports import as_file
from virtaama.problems import NotReady, Place, ProblemsFound
from virtaama.statutes.funding_parameters import Rule
from virtaama.steering.funding.allocate import allocate
from virtaama.steering.funding.changes import changed
from virtaama.steering.funding.comparison import Compared, at_the_same_level, side_by_side
from virtaama.steering.funding.path import PathYear
from virtaama.steering.funding.path import path as path_of
from virtaama.steering.funding.payments import payments

PAGE = "funding"
LAST = 2030
_FORM = Place("form")
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def where_known(view: View[P]) -> View[P]:
    """Where nothing was imported, or a file is wrong, the page says what to do instead of failing."""

    @wraps(view)
    def shown_or_told(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotReady as error:
            return render(request, "funding/nothing.html", {"section": PAGE, "told": str(error)}, status=404)
        except ProblemsFound as found:
            return render(
                request, "funding/nothing.html", {"section": PAGE, "problems": found.problems}, status=500
            )

    return shown_or_told


@require_GET
@opens_with(PAGE)
@at_clean_address
@where_known
def overview(request: HttpRequest) -> HttpResponse:
    """An organiser's funding, item by item, and beside the others."""
    asked, language = _asked(request), _language()
    allocation = allocate(asked.inputs)
    one = allocation.of(asked.code)
    organisers = shown.organisers_of(allocation, asked.inputs, language)
    return render(
        request,
        "funding/overview.html",
        {
            **_page(asked, "overview"),
            "funding": one,
            "own": next(each for each in organisers if each.code == asked.code),
            "terms": shown.terms_of(one, asked.inputs, language),
            "payments": payments(one.cents, asked.inputs) if one.cents is not None else (),
            "organisers": organisers,
            "country_cents": allocation.cents,
            "chart": _per_resident(organisers, language),
        },
    )


@require_GET
@opens_with(PAGE)
@where_known
def overview_export(request: HttpRequest, kind: str) -> HttpResponse:
    asked, language = _for_a_file(_asked(request)), _language()
    allocation = allocate(asked.inputs)
    table = exports.of_allocation(allocation, asked, asker_of(request).id, timezone.now(), language)
    return as_file(table, kind, language)


@require_GET
@opens_with(PAGE)
@at_clean_address
@where_known
def what_if(request: HttpRequest) -> HttpResponse:
    """The same year with some numbers changed, beside itself."""
    asked, language = _asked(request, rules=OF_A_YEAR), _language()
    rows = _compared(asked) if asked.changes else ()
    items = shown.by_item(rows, asked.code, language)
    return render(
        request,
        "funding/what_if.html",
        {
            **_page(asked, "what_if"),
            "items": items,
            "total": items[-1] if items else None,
            "organisers": shown.by_organiser(rows, asked.inputs, language) if rows else (),
        },
    )


@require_GET
@opens_with(PAGE)
@where_known
def what_if_export(request: HttpRequest, kind: str) -> HttpResponse:
    asked, language = _for_a_file(_asked(request, rules=OF_A_YEAR)), _language()
    table = exports.of_comparison(_compared(asked), asked, asker_of(request).id, timezone.now(), language)
    return as_file(table, kind, language)


@require_GET
@opens_with(PAGE)
@at_clean_address
@where_known
def path(request: HttpRequest) -> HttpResponse:
    """The years from the newest decreed prices to 2030, by a scenario, and with what-ifs."""
    asked, language = _asked(request, rules=OF_A_PATH, with_scenario=True), _language()
    years, invented = _years(asked, language)
    return render(
        request,
        "funding/path.html",
        {
            **_page(asked, "path"),
            "years": years,
            "invented": invented,
            "chart": _over_years(years, language),
        },
    )


@require_GET
@opens_with(PAGE)
@where_known
def path_export(request: HttpRequest, kind: str) -> HttpResponse:
    asked = _for_a_file(_asked(request, rules=OF_A_PATH, with_scenario=True))
    language = _language()
    years, invented = _years(asked, language)
    asker, now = asker_of(request).id, timezone.now()
    table = exports.of_path(years, asked, asker, now, language, invented=invented)
    return as_file(table, kind, language)


def _asked(request: HttpRequest, *, rules: tuple[Rule, ...] = (), with_scenario: bool = False) -> Asked:
    return read_asked(
        request.GET.dict(), funding(), county_code(), _language(), rules=rules, with_scenario=with_scenario
    )


def _for_a_file(asked: Asked) -> Asked:
    """A file of another question than was asked would be taken for that one."""
    if not asked.understood:
        raise Http404("the address is not understood")
    return asked


def _compared(asked: Asked) -> tuple[Compared, ...]:
    after = changed(asked.inputs, asked.changes, _FORM)
    if asked.hold:
        after = at_the_same_level(asked.inputs, after)
    return side_by_side(allocate(asked.inputs), allocate(after))


def _years(asked: Asked, language: str) -> tuple[tuple[shown.YearShown, ...], bool]:
    """The years of the path as they are shown, and whether a number behind them is invented."""
    base = _path(asked, with_changes=False)
    with_changes = _path(asked, with_changes=True) if asked.changes else None
    years = shown.years_of(base, with_changes, asked.code, language)
    return years, any(year.inputs.invented for year in base)


def _path(asked: Asked, *, with_changes: bool) -> tuple[PathYear, ...]:
    assert asked.scenario is not None
    return path_of(
        asked.known.law,
        asked.known.numbers,
        asked.scenario,
        asked.inputs.year,
        LAST,
        asked.changes if with_changes else (),
        _FORM,
    )


def _page(asked: Asked, tab: str) -> dict[str, Any]:
    return {"section": PAGE, "tab": tab, "asked": asked, "invented": asked.inputs.invented}


def _per_resident(organisers: tuple[shown.OrganiserShown, ...], language: str) -> BarChart:
    known = [each for each in organisers if each.per_resident is not None]
    ordered = sorted(known, key=lambda each: -(each.per_resident or 0))
    return BarChart(
        bars=tuple((each.name, (each.per_resident or 0) / 100) for each in ordered),
        unit=_("€ for a resident"),
        decimals=0,
        language=language,
    )


def _over_years(years: tuple[shown.YearShown, ...], language: str) -> BarChart:
    return BarChart(
        bars=tuple(
            (str(year.year), None if cents is None else cents / 100_000_000)
            for year in years
            for cents in (year.cents if year.changed is None else year.changed,)
        ),
        unit=_("million €"),
        decimals=1,
        language=language,
    )


def _language() -> str:
    return get_language() or "fi"
