from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from virtaama.portal.core.door import asker_of, door, oversight
from virtaama.portal.core.findings import findings
from virtaama.portal.core.pages import at_clean_address, opens_with
from virtaama.portal.operations.queries import ORDERS, feeds_of, in_order

ON_A_PAGE = 50


@require_GET
@opens_with("runs")
def runs(request: HttpRequest) -> HttpResponse:
    page = Paginator(door().runs(asker_of(request)), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "operations/runs.html", {"section": "runs", "page": page, "anchored": oversight().anchored()}
    )


@require_GET
@opens_with("runs")
@at_clean_address
def batches(request: HttpRequest) -> HttpResponse:
    everything = door().batches(asker_of(request))
    feed = request.GET.get("feed", "")
    order = request.GET.get("order", "-number")
    chosen = [batch for batch in everything if batch.feed == feed] if feed else everything
    page = Paginator(in_order(chosen, order), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "operations/batches.html",
        {
            "section": "runs",
            "page": page,
            "feed": feed,
            "feeds": feeds_of(everything),
            "order": order,
            "orders": tuple(ORDERS),
        },
    )


@require_GET
@opens_with("quality")
@at_clean_address
def quality(request: HttpRequest) -> HttpResponse:
    everything = door().quality(asker_of(request))
    feed = request.GET.get("feed", "")
    chosen = [line for line in everything if line.feed == feed] if feed else everything
    page = Paginator(chosen, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "operations/quality.html",
        {
            "section": "quality",
            "page": page,
            "feed": feed,
            "feeds": feeds_of(everything),
            "findings": findings(chosen),
        },
    )
