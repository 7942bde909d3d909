from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

import virtaama.portal.ui
from virtaama.portal.ui.charts import NARROW, PAINT, WIDE, BarChart, TrendChart, draw
from virtaama.portal.ui.sparkline import HEIGHT, sparkline

STYLES = (Path(virtaama.portal.ui.__file__).parent / "static" / "ui" / "virtaama.css").read_text(
    encoding="utf-8"
)


def trend(*values: float | None, target: float | None = None) -> TrendChart:
    points = tuple((date(2026, month, 1), value) for month, value in enumerate(values, start=1))
    return TrendChart(
        points=points,
        unit="kpl",
        decimals=1,
        language="fi",
        here=points[-1][0],
        target=target,
        target_name="tavoite 3",
    )


def test_a_gap_splits_the_small_line() -> None:
    line = sparkline([1.0, 2.0, None, 3.0, None, 4.0, 5.0])
    assert line is not None
    assert (len(line.lines), len(line.dots)) == (2, 1)


def test_a_small_line_without_values_is_not_drawn() -> None:
    assert sparkline([None, None]) is None


def test_a_level_line_stands_in_the_middle() -> None:
    line = sparkline([5.0, 5.0])
    assert line is not None
    assert line.last is not None
    assert line.last[1] == HEIGHT / 2


def test_a_missing_last_value_has_no_dot() -> None:
    line = sparkline([1.0, 2.0, None])
    assert line is not None
    assert line.last is None


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_chart_has_no_colours_scripts_or_styles_of_its_own(width: int) -> None:
    bars = BarChart(bars=(("Lahti", 3.0), ("Iitti", None)), unit="kpl", decimals=1, language="sv", target=2.0)
    for svg in (draw(trend(1.0, None, 3.0, target=3.0), width), draw(bars, width)):
        paints = set(re.findall(r'(?:fill|stroke)="([^"]+)"', svg))
        assert paints <= {"none", "transparent", *PAINT.values()}
        assert "style=" not in svg
        assert "<script" not in svg
        assert 'aria-hidden="true"' in svg


def test_a_gap_splits_the_line_of_a_chart() -> None:
    whole, broken = draw(trend(1.0, 2.0, 3.0, 4.0), WIDE), draw(trend(1.0, 2.0, None, 4.0), WIDE)
    line = r'd="(M[^"]*)" stroke="var\(--chart-line\)"'
    assert max(path.count("M") for path in re.findall(line, whole)) == 1
    assert max(path.count("M") for path in re.findall(line, broken)) == 2


def test_text_of_a_name_is_escaped() -> None:
    bars = BarChart(bars=(("<script>", 3.0),), unit="", decimals=1, language="fi")
    assert "<script>" not in draw(bars, WIDE)


def scheme(selector: str) -> dict[str, str]:
    block = STYLES.split(selector, 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


SCHEMES = [
    ':root, [data-color-scheme="light"] {',
    '[data-color-scheme="dark"] {',
    '  [data-color-scheme="auto"] {',
]


@pytest.mark.parametrize("selector", SCHEMES)
@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [
        ("chart-text", "card", 4.5),
        ("chart-target", "card", 4.5),
        ("chart-line", "card", 3.0),
        ("chart-bar", "card", 3.0),
        ("chart-here", "card", 3.0),
        ("ink", "ground", 4.5),
        ("ink", "card", 4.5),
        ("ink-quiet", "card", 4.5),
        ("ink-quiet", "ground", 4.5),
        ("good", "good-ground", 4.5),
        ("bad", "bad-ground", 4.5),
        ("good", "card", 4.5),
        ("bad", "card", 4.5),
        ("ink", "plain-ground", 4.5),
    ],
)
def test_every_pair_of_colours_has_contrast(selector: str, ink: str, ground: str, least: float) -> None:
    colours = scheme(selector)
    assert contrast(colours[ink], colours[ground]) >= least


def test_a_dark_device_gets_the_dark_colours() -> None:
    assert scheme(SCHEMES[1]) == scheme(SCHEMES[2])
