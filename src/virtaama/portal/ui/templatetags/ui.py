"""Tags and filters every template has at hand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from virtaama.access.answers import AreaName
from virtaama.lake.runs import Run
from virtaama.metrics.definitions import Direction, Family, Metric
from virtaama.metrics.indicators import Frequency, Goal, Status
from virtaama.metrics.question import Grain, Missing
from virtaama.model.concepts import Text
from virtaama.model.expectations import Severity, Unit
from virtaama.portal.ui import charts, formats, words
from virtaama.portal.ui.sparkline import HEIGHT, WIDTH, sparkline
from virtaama.quality.results import Result

register = template.Library()

CARRIED = ("area", "grain", "period", "as_of", "known")
NO_BREAK = "\N{NO-BREAK SPACE}"
_THOUSANDS = re.compile(r"(?<=\d) (?=\d{3}(?!\d))", re.ASCII)
READABLE = re.compile(r"[\w-]{1,40}")
COLUMN_IN_DETAIL = re.compile(r"column (?P<name>\S+) (?:is delivered as (?P<now>\S+))?")


def language() -> str:
    return get_language() or "fi"


@register.simple_tag(takes_context=True)
def address(context: Mapping[str, Any], name: str, *args: str, **changes: object) -> str:
    """The address of a page with the reader's filters; `changes` sets some, an empty value drops one."""
    return reverse(name, args=args) + query(
        carried(context) | {key: str(value) for key, value in changes.items()}
    )


@register.simple_tag(takes_context=True)
def here(context: Mapping[str, Any], **changes: object) -> str:
    """The address of this very page with some filters changed; an empty value drops one."""
    request: HttpRequest = context["request"]
    others = {key: str(value) for key, value in request.GET.items() if key not in CARRIED}
    return request.path + query(
        carried(context) | others | {key: str(value) for key, value in changes.items()}
    )


def carried(context: Mapping[str, Any]) -> dict[str, str]:
    """The filters of the page; on a page without filters, those it was handed."""
    if "filters" in context:
        return dict(context["filters"].carried)
    given: Mapping[str, str] = context["request"].GET if "request" in context else {}
    return {key: given[key] for key in CARRIED if READABLE.fullmatch(given.get(key, ""))}


def query(values: Mapping[str, str]) -> str:
    filled = urlencode({key: value for key, value in values.items() if value})
    return f"?{filled}" if filled else ""


@register.filter
def area_name(area: AreaName) -> str:
    return area.name.in_language(language())


@register.filter
def grain_name(grain: Grain) -> str:
    return str(words.GRAINS[grain])


@register.filter
def label(text: Text) -> str:
    """In the reader's language; the thousands of a number stay on one line."""
    return _THOUSANDS.sub(NO_BREAK, text.in_language(language()))


@register.filter
def number(value: float, decimals: int = 0) -> str:
    return formats.number(value, decimals, language())


@register.filter
def difference(value: float, decimals: int = 0) -> str:
    return formats.difference(value, decimals, language())


@register.filter
def period_name(first_day: date, grain: Grain) -> str:
    return formats.period_name(first_day, grain, language())


@register.filter
def moment(value: datetime) -> str:
    return formats.moment(value, language())


@register.filter
def day(value: date) -> str:
    return formats.day(value, language())


@register.filter
def duration(value: timedelta) -> str:
    return formats.duration(value, language())


@register.filter
def missing(reason: Missing, looks_back: bool = False) -> str:
    """Why there is no value; to who looks back, of then."""
    if looks_back and reason is Missing.NOT_DELIVERED:
        return str(words.NOT_DELIVERED_THEN)
    return str(words.MISSING[reason])


@register.filter
def missing_short(reason: Missing) -> str:
    return str(words.MISSING_SHORT[reason])


@register.filter
def family_name(family: Family) -> str:
    return str(words.FAMILIES[family])


@register.filter
def goal_name(goal: Goal) -> str:
    return str(words.GOALS[goal])


@register.filter
def frequency_name(frequency: Frequency) -> str:
    return str(words.FREQUENCIES[frequency])


@register.filter
def status_name(status: Status) -> str:
    return str(words.STATUSES[status])


@register.filter
def own_reason(metric: Metric, reason: Missing) -> str:
    """What the metric itself says where there is no value; nothing where it says nothing of that reason."""
    said = metric.missing.reason(reason)
    return said.in_language(language()) if said else ""


@register.filter
def direction_name(direction: Direction) -> str:
    return str(words.DIRECTIONS[direction])


@register.filter
def from_previous(grain: Grain) -> str:
    return str(words.FROM_PREVIOUS[grain])


@register.filter
def from_year_before(grain: Grain) -> str:
    return str(words.FROM_YEAR_BEFORE[grain])


@register.filter
def local_moment(value: datetime) -> str:
    """A moment recorded without a zone because it is Finnish time already."""
    return formats.local_moment(value, language())


@register.filter
def check_name(check: str) -> str:
    return str(words.CHECKS.get(check, check.replace("_", " ")))


@register.filter
def of(found: Mapping[str, Any], name: str) -> Any:
    """What a mapping has for a name; nothing where it has none."""
    return found.get(name, ())


@register.filter
def severity_name(severity: Severity) -> str:
    return str(words.SEVERITIES[severity])


@register.filter
def expectation_name(kind: str) -> str:
    """What an expectation of this kind asks for."""
    return str(words.EXPECTATIONS.get(kind, kind))


@register.filter
def share(value: float) -> str:
    """A share as a percentage with one decimal."""
    return f"{formats.number(value * 100, 1, language())}{NO_BREAK}%"


@register.filter
def measure(value: float | None, unit: Unit) -> str:
    """What an expectation measured or allows, in its unit."""
    if value is None:
        return "–"
    match unit:
        case Unit.SHARE:
            return f"{formats.number(value * 100, 2, language())}{NO_BREAK}%"
        case Unit.INDEX:
            return formats.number(value, 3, language())
        case Unit.DAYS:
            return _("%(days)s d") % {"days": formats.number(value, 0, language())}
        case Unit.COUNT:
            return formats.number(value, 0, language())


@register.filter
def allowed(result: Result, unit: Unit) -> str:
    sides = [
        f"≥{NO_BREAK}{measure(result.least, unit)}" if result.least is not None else "",
        f"≤{NO_BREAK}{measure(result.most, unit)}" if result.most is not None else "",
    ]
    return " ".join(side for side in sides if side)


@register.filter
def month_name(first_day: date) -> str:
    return formats.period_name(first_day, Grain.MONTH, language())


@register.filter
def run_name(kind: str) -> str:
    return str(words.RUNS.get(kind, kind))


@register.filter
def counts(of_run: Mapping[str, int]) -> str:
    """What a run did: how many of what."""
    return ", ".join(
        f"{words.COUNTS.get(name, name.replace('_', ' '))}: {formats.number(count, 0, language())}"
        for name, count in of_run.items()
    )


@register.filter
def detail(told: str) -> str:
    """Which column or concept a finding is about; the kind of the finding says the rest."""
    if column := COLUMN_IN_DETAIL.match(told):
        name = f"{column['name']} → {column['now']}" if column["now"] else column["name"]
        return _("column %(name)s") % {"name": name}
    return "" if told.startswith("the line ") else told


@register.filter
def run_duration(run: Run) -> str:
    return formats.duration(run.finished - run.started, language()) if run.finished else ""


@register.filter
def period_written(first_day: date, grain: Grain) -> str:
    """The period as an address has it."""
    return formats.period_written(first_day, grain)


@register.simple_tag(takes_context=True)
def carried_inputs(context: Mapping[str, Any]) -> SafeString:
    """The reader's filters as hidden fields, for a form that is about something else."""
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', carried(context).items())


@register.simple_tag(takes_context=True)
def sort_heading(
    context: Mapping[str, Any], column: str, title: str, order: str, css: str = "", name: str = "order"
) -> SafeString:
    """The heading of a column that sorts the table; a second time, the other way round.

    `name` is that of the order in the address, where a page has several tables.
    """
    turned = f"-{column}" if order == column else column
    sorted_ = {column: "ascending", f"-{column}": "descending"}.get(order, "none")
    arrow = {"ascending": "▲", "descending": "▼"}.get(sorted_, "")
    return format_html(
        '<th scope="col" class="{}" aria-sort="{}">'
        '<a class="sort" href="{}">{} <span aria-hidden="true">{}</span></a></th>',
        css,
        sorted_,
        here(context, page="", **{name: turned}),
        title,
        arrow,
    )


@register.inclusion_tag("ui/sparkline.html")
def spark(name: str, values: Sequence[float | None], target: float | None, title: str) -> dict[str, object]:
    """A small line of the values; `name` tells apart the lines of a page, `title` says what it shows."""
    return {
        "name": name,
        "title": title,
        "line": sparkline(values, target),
        "width": WIDTH,
        "height": HEIGHT,
    }


@register.simple_tag
def chart(drawing: charts.TrendChart | charts.BarChart) -> SafeString:
    """The chart twice, drawn for wide and for narrow screens; the style sheet shows one."""
    # Safe: both are serialised from a parsed tree of elements, with every text escaped.
    return mark_safe(  # nosec B308, B703 # noqa: S308
        f'<div class="chart-wide">{charts.draw(drawing, charts.WIDE)}</div>'
        f'<div class="chart-narrow">{charts.draw(drawing, charts.NARROW)}</div>'
    )
