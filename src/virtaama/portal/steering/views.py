from __future__ import annotations

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from virtaama.access.answers import Answer
from virtaama.metrics.definitions import Dimension, Metric
from virtaama.metrics.indicators import Break
from virtaama.portal.core.door import asker_of, door
from virtaama.portal.core.findings import findings
from virtaama.portal.core.pages import at_clean_address, opens_with, pages_of, refuse_area
from virtaama.portal.steering import queries
from virtaama.portal.steering.exports import export
from virtaama.portal.steering.filters import Filters, read_filters
from virtaama.portal.steering.past import Past, Reach, read_past
from virtaama.portal.steering.periods import shifted
from virtaama.portal.steering.queries import Rows, metric_named
from virtaama.portal.steering.sentences import about_bars, about_trend
from virtaama.portal.steering.tiles import target_on, tile
from virtaama.portal.ui.charts import BarChart, TrendChart
from virtaama.portal.ui.exports import as_file
from virtaama.portal.ui.formats import number
from virtaama.portal.ui.formulas import formula_in_words

MOST_BARS = 30  # beyond, a chart tells nothing more; the table has every row


@require_GET
@opens_with("steering")
@at_clean_address
def overview(request: HttpRequest) -> HttpResponse:
    filters = filters_of_now(request)
    picture = queries.overview(door(), asker_of(request), filters)
    return render(
        request,
        "steering/overview.html",
        {
            "section": "steering",
            "filters": filters,
            "picture": picture,
            "held": door().held_back(),
            "snapshot": picture.answer.snapshot,
        },
        status=status_of(filters),
    )


@require_GET
@opens_with("steering")
def overview_export(request: HttpRequest, kind: str) -> HttpResponse:
    filters = of_an_open_area(filters_of_now(request))
    answer = queries.overview(door(), asker_of(request), filters).answer
    return file_of(request, kind, "steering", door().catalogue().metrics, answer, filters)


@require_GET
@opens_with("steering")
@at_clean_address
def metric(request: HttpRequest, name: str) -> HttpResponse:
    metric, filters, language = metric_or_404(name), filters_of(request), get_language() or "fi"
    asker = asker_of(request)
    dimensions = queries.dimensions_of(door(), metric)
    dimension = chosen_dimension(request, dimensions)
    trend = queries.trend(door(), asker, metric, filters)
    areas = queries.comparison(door(), asker, metric, filters, language)
    parts = queries.breakdown(door(), asker, metric, dimension.name, filters, language) if dimension else None
    return render(
        request,
        "steering/metric.html",
        {
            "section": "steering",
            "filters": filters,
            "reach": reach(),
            "metric": metric,
            "held": door().held_back(),
            "tile": tile(
                metric,
                [row.figure for row in trend.rows],
                filters.period,
                filters.grain,
                filters.periods[0],
            ),
            "trend": trend,
            "trend_chart": trend_chart(metric, trend, filters, language),
            "breaks_shown": breaks_shown(metric, trend),
            "packages": {each.name: each.labels for each in door().catalogue().packages},
            "trend_words": about_trend(metric, trend, filters, language),
            "areas": areas,
            "areas_chart": areas and bar_chart(metric, areas, filters, language),
            "areas_words": areas and about_bars(metric, areas, language),
            "dimensions": dimensions,
            "dimension": dimension,
            "parts": parts,
            "parts_chart": parts and bar_chart(metric, parts, filters, language),
            "parts_words": parts and about_bars(metric, parts, language),
            "snapshot": trend.answer.snapshot,
        },
        status=status_of(filters),
    )


@require_GET
@opens_with("steering")
def metric_export(request: HttpRequest, name: str, part: str, kind: str) -> HttpResponse:
    metric, language = metric_or_404(name), get_language() or "fi"
    filters = of_an_open_area(filters_of(request))
    asker = asker_of(request)
    match part:
        case "trend":
            rows: Rows | None = queries.trend(door(), asker, metric, filters)
            dimension = None
        case "areas":
            rows = queries.comparison(door(), asker, metric, filters, language)
            dimension = None
        case _:
            dimension = chosen_dimension(request, queries.dimensions_of(door(), metric))
            rows = (
                queries.breakdown(door(), asker, metric, dimension.name, filters, language)
                if dimension
                else None
            )
    if rows is None:
        raise Http404(f"{metric.name} has no {part}")
    return file_of(request, kind, f"{metric.name}-{part}", (metric,), rows.answer, filters, dimension)


@require_GET
@opens_with("lineage")
def lineage(request: HttpRequest, name: str) -> HttpResponse:
    metric, filters = metric_or_404(name), filters_of_now(request)
    origin = door().lineage(metric.name, asker_of(request))
    may_see_quality = "quality" in pages_of(request)
    found = findings(door().quality(asker_of(request))) if may_see_quality else ()
    return render(
        request,
        "steering/lineage.html",
        {
            "section": "steering",
            "filters": filters,
            "metric": metric,
            "lineage": origin,
            "formula": formula_in_words(metric, door().catalogue()),
            "findings": tuple(f for f in found if f.feed in {feed.feed for feed in origin.feeds}),
            "snapshot": origin.snapshot,
        },
        status=status_of(filters),
    )


def filters_of(request: HttpRequest) -> Filters:
    """What the address asks to look at, on a page of figures that can be of the past."""
    past = read_past(request.GET.dict(), reach(), get_language() or "fi")
    filters = read_filters(request.GET.dict(), door().areas(asker_of(request)), door().periods(), past)
    return on_record(request, filters)


def filters_of_now(request: HttpRequest) -> Filters:
    """The same on a page that shows how things are now. It carries the days looked back to, no more."""
    past = read_past(request.GET.dict(), reach(), get_language() or "fi")
    now = read_filters(request.GET.dict(), door().areas(asker_of(request)), door().periods())
    return on_record(request, replace(now, past=replace(past, problems=())))


def on_record(request: HttpRequest, filters: Filters) -> Filters:
    """The filters; that an area was named which is not open goes on record first."""
    if filters.area_problem:
        refuse_area(request, "steering")
    return filters


def status_of(filters: Filters) -> int:
    """Not found where the address names an area that is not there, or not open: nobody can tell which."""
    return 404 if filters.area_problem else 200


def of_an_open_area(filters: Filters) -> Filters:
    """The filters, for a file: a file of another area than was asked for would be taken for that one."""
    if filters.area_problem:
        raise Http404("no such area, or not open to the reader")
    return filters


def reach() -> Reach | None:
    first = door().first_days()
    return Reach(as_of=first.as_of, known=first.known, today=timezone.localdate()) if first else None


def past_written(past: Past) -> tuple[str, ...]:
    """The days looked back to, as the name of a file has them."""
    return tuple(f"{name.replace('_', '-')}-{written}" for name, written in past.carried.items())


def metric_or_404(name: str) -> Metric:
    metric = metric_named(door(), name)
    if metric is None:
        raise Http404(f"no metric {name}")
    return metric


def chosen_dimension(request: HttpRequest, dimensions: tuple[Dimension, ...]) -> Dimension | None:
    """The dimension the address names, else the first; None when the metric has none."""
    named = next((d for d in dimensions if d.name == request.GET.get("by")), None)
    return named or next(iter(dimensions), None)


def trend_chart(metric: Metric, trend: Rows, filters: Filters, language: str) -> TrendChart:
    target = target_on(metric.targets, shifted(filters.period, filters.grain, 1))
    return TrendChart(
        points=tuple((row.figure.period, row.figure.value) for row in trend.rows),
        unit=metric.unit.in_language(language),
        decimals=metric.decimals,
        language=language,
        here=filters.period,
        breaks=tuple(each.on for each in breaks_shown(metric, trend)),
        target=target.value if target else None,
        target_name=_("target %(value)s") % {"value": number(target.value, metric.decimals, language)}
        if target
        else "",
    )


def breaks_shown(metric: Metric, trend: Rows) -> tuple[Break, ...]:
    """The breaks of a series that lie within its trend."""
    periods = [row.figure.period for row in trend.rows]
    return tuple(each for each in metric.breaks if periods and min(periods) < each.on <= max(periods))


def bar_chart(metric: Metric, rows: Rows, filters: Filters, language: str) -> BarChart:
    target = target_on(metric.targets, shifted(filters.period, filters.grain, 1))
    return BarChart(
        bars=tuple((row.name, row.figure.value) for row in rows.shown[:MOST_BARS]),
        unit=metric.unit.in_language(language),
        decimals=metric.decimals,
        language=language,
        target=target.value if target else None,
    )


def file_of(
    request: HttpRequest,
    kind: str,
    name: str,
    metrics: tuple[Metric, ...],
    answer: Answer,
    filters: Filters,
    dimension: Dimension | None = None,
) -> HttpResponse:
    language = get_language() or "fi"
    members = {figure.member for figure in answer.figures if figure.member is not None}
    table = export(
        name="-".join(
            ("virtaama", name, filters.area.code, filters.period_written, *past_written(filters.past))
        ),
        metrics=metrics,
        answer=answer,
        filters=filters,
        member_labels={m: door().member_label(dimension.name, m, language) for m in members}
        if dimension
        else {},
        by=dimension.labels.in_language(language) if dimension else "",
        asker=asker_of(request).id,
        now=timezone.now(),
        language=language,
    )
    return as_file(table, kind, language)
