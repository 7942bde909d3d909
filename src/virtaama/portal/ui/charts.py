"""Charts as SVG, drawn on the server, coloured by the page they stand on.

Altair draws with marker colours; the SVG gets CSS variables in their place, so one drawing serves light and
dark. What a chart says is told beside it in a sentence and a table: the drawing itself is hidden from
screen readers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal
from xml.etree import ElementTree  # nosec B405 # reads what we have just drawn

import altair
import vl_convert

WIDE, NARROW = 640, 300
FONT = "Inter, Segoe UI, Helvetica Neue, Arial, sans-serif"
PAINT = {
    "#010101": "var(--chart-text)",
    "#020202": "var(--chart-grid)",
    "#030303": "var(--chart-line)",
    "#040404": "var(--chart-target)",
    "#050505": "var(--chart-bar)",
    "#060606": "var(--chart-here)",
}
TEXT, GRID, LINE, TARGET, BAR, HERE = PAINT
LOCALES: dict[str, Literal["fi-FI", "sv-SE", "en-GB"]] = {"fi": "fi-FI", "sv": "sv-SE", "en": "en-GB"}
SVG = "http://www.w3.org/2000/svg"
KEPT_ATTRIBUTES = re.compile(r"^(?!aria-|role$|style$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendChart:
    """A value over time. A period without a value is a gap. `here` is the period the page is about.

    `breaks` are days at which the series breaks: a line stands there, and the course does not lead across it.
    """

    points: tuple[tuple[date, float | None], ...]
    unit: str
    decimals: int
    language: str
    here: date | None = None
    target: float | None = None
    target_name: str = ""
    breaks: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BarChart:
    """One value for each of several names, in the given order; None leaves the place empty."""

    bars: tuple[tuple[str, float | None], ...]
    unit: str
    decimals: int
    language: str
    target: float | None = None


@lru_cache(maxsize=512)
def draw(chart: TrendChart | BarChart, width: int) -> str:
    """The chart as an SVG element without scripts, inline styles or fixed colours. Drawn once, then remembered."""
    match chart:
        case TrendChart():
            drawn = trend(chart, width)
        case BarChart():
            drawn = bars(chart, width)
    svg = vl_convert.vegalite_to_svg(
        drawn.to_json(), format_locale=LOCALES[chart.language], time_format_locale=LOCALES[chart.language]
    )
    return painted(svg, name=f"chart{abs(hash((chart, width)))}")


def painted(svg: str, name: str) -> str:
    """Marker colours become CSS variables; what a screen reader or the content policy would stumble on goes."""
    ElementTree.register_namespace("", SVG)
    root = ElementTree.fromstring(svg)  # nosec B314 # noqa: S314 – we have just drawn it
    for element in root.iter():
        for key in [key for key in element.attrib if not KEPT_ATTRIBUTES.match(key)]:
            del element.attrib[key]
        for key, value in element.attrib.items():
            if value in PAINT:
                element.set(key, PAINT[value])
            elif key == "id":
                element.set(key, f"{name}-{value}")
            elif value.startswith("url(#"):
                element.set(key, value.replace("url(#", f"url(#{name}-"))
    root.attrib.pop("width", None)
    root.attrib.pop("height", None)
    root.set("class", "chart-drawing")
    root.set("aria-hidden", "true")
    root.set("focusable", "false")
    return ElementTree.tostring(root, encoding="unicode")


def trend(chart: TrendChart, width: int) -> Any:
    rows = [
        {"period": local(period), "value": value, "part": sum(day <= period for day in chart.breaks)}
        for period, value in chart.points
    ]
    every_other_year = len(chart.points) > 1 and (chart.points[1][0] - chart.points[0][0]).days > 300
    x = altair.X(
        "period:T",
        title=None,
        axis=altair.Axis(
            format="%Y" if every_other_year else "%m/%Y",
            tickCount=min(len(chart.points), 4 if width == NARROW else 8),
            grid=False,
            labelFlush=True,
        ),
    )
    y = altair.Y(
        "value:Q",
        title=None,
        axis=altair.Axis(format=f",.{axis_decimals(chart)}f", tickCount=5),
        scale=altair.Scale(zero=False, nice=True),
    )
    base = altair.Chart(inline(rows)).encode(x=x, y=y)
    layers = [
        base.mark_line(color=LINE, strokeWidth=2.5, strokeJoin="round").encode(detail="part:N"),
        base.mark_point(
            color=LINE, fill=LINE, filled=True, size=22 if width == WIDE else 12, opacity=1
        ).transform_filter("isValid(datum.value)"),
    ]
    if chart.breaks:
        days = altair.Chart(inline([{"period": local(day)} for day in chart.breaks]))
        layers.insert(0, days.mark_rule(color=TEXT, strokeDash=[2, 3], strokeWidth=1.5).encode(x=x))
    if chart.here is not None and dict(chart.points).get(chart.here) is not None:
        layers.append(
            altair.Chart(inline([row for row in rows if row["period"] == local(chart.here)]))
            .mark_point(color=HERE, filled=False, size=140, strokeWidth=2.5, opacity=1)
            .encode(x=x, y=y)
        )
    if chart.target is not None:
        at_target = altair.Chart(inline([{"target": chart.target, "name": chart.target_name}]))
        height = altair.Y("target:Q", title=None)
        layers.append(at_target.mark_rule(color=TARGET, strokeDash=[6, 4], strokeWidth=2).encode(y=height))
        layers.append(
            at_target.mark_text(
                color=TARGET, align="left", baseline="bottom", dx=4, dy=-4, fontSize=13, fontWeight=600
            ).encode(y=height, x=altair.value(0), text="name:N")
        )
    return dressed(altair.layer(*layers), width=width, height=260 if width == WIDE else 200)


def inline(rows: list[dict[str, Any]]) -> Any:
    return altair.Data(values=rows)  # type: ignore[no-untyped-call]


def local(period: date) -> str:
    """The day without a zone: read as a bare date it would move with the zone of the server."""
    return f"{period.isoformat()}T00:00:00"


def bars(chart: BarChart, width: int) -> Any:
    rows = [{"name": name, "value": value, "place": place} for place, (name, value) in enumerate(chart.bars)]
    order = [name for name, _ in chart.bars]
    y = altair.Y(
        "name:N",
        sort=order,
        title=None,
        axis=altair.Axis(labelLimit=110 if width == NARROW else 220, ticks=False, domain=False),
    )
    x = altair.X(
        "value:Q",
        title=None,
        axis=altair.Axis(format=f",.{axis_decimals(chart)}f", tickCount=3 if width == NARROW else 5),
        scale=altair.Scale(zero=True),
    )
    base = altair.Chart(inline(rows)).encode(x=x, y=y)
    layers = [base.mark_bar(color=BAR, height={"band": 0.62}, cornerRadiusEnd=2)]
    if chart.target is not None:
        at_target = altair.Chart(inline([{"target": chart.target}]))
        layers.append(
            at_target.mark_rule(color=TARGET, strokeDash=[6, 4], strokeWidth=2).encode(x="target:Q")
        )
    return dressed(altair.layer(*layers), width=width, height=max(26 * len(rows), 60))


def axis_decimals(chart: TrendChart | BarChart) -> int:
    """As few decimals as tell the ticks apart."""
    match chart:
        case TrendChart(points=points):
            values = [value for _, value in points if value is not None]
        case BarChart(bars=bars):
            values = [0.0, *(value for _, value in bars if value is not None)]
    span = max(values, default=0.0) - min(values, default=0.0)
    return 0 if span >= 8 else min(chart.decimals or (1 if span < 4 else 0), 2)


def dressed(chart: Any, width: int, height: int) -> Any:
    return (
        chart.properties(width=width, height=height)
        .properties(
            autosize=altair.AutoSizeParams(type="fit", contains="padding"),
            padding={"left": 14, "top": 6, "right": 14, "bottom": 4},
        )
        .configure(background="transparent", font=FONT)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=TEXT,
            labelFontSize=13,
            gridColor=GRID,
            domainColor=GRID,
            tickColor=GRID,
            labelPadding=6,
        )
    )
