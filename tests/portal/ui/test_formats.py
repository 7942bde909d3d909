from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from virtaama.metrics.question import Grain
from virtaama.model.concepts import Text
from virtaama.portal.ui import formats
from virtaama.portal.ui.templatetags.ui import label


@pytest.mark.parametrize(
    ("value", "decimals", "language", "written"),
    [
        (1234567.891, 1, "fi", "1 234 567,9"),
        (1234567.891, 1, "sv", "1 234 567,9"),
        (1234567.891, 1, "en", "1,234,567.9"),
        (-0.04, 1, "fi", "0,0"),
        (-3.0, 0, "fi", "−3"),
    ],
)
def test_numbers(value: float, decimals: int, language: str, written: str) -> None:
    assert formats.number(value, decimals, language).replace("\N{NO-BREAK SPACE}", " ") == written


@pytest.mark.parametrize(("value", "written"), [(2.0, "+2,0"), (-2.0, "−2,0"), (0.0, "0,0")])
def test_differences_have_their_sign(value: float, written: str) -> None:
    assert formats.difference(value, 1, "fi") == written


@pytest.mark.parametrize(
    ("grain", "language", "written"),
    [
        (Grain.MONTH, "fi", "heinäkuu 2026"),
        (Grain.MONTH, "sv", "juli 2026"),
        (Grain.MONTH, "en", "July 2026"),
        (Grain.QUARTER, "fi", "3. neljännes 2026"),
        (Grain.QUARTER, "sv", "kvartal 3 2026"),
        (Grain.QUARTER, "en", "quarter 3 of 2026"),
        (Grain.YEAR, "fi", "2026"),
    ],
)
def test_periods(grain: Grain, language: str, written: str) -> None:
    with translation.override(language):
        assert formats.period_name(date(2026, 7, 1), grain, language) == written


def test_moments_are_told_in_finnish_time() -> None:
    assert formats.moment(datetime(2026, 7, 1, 21, 30, tzinfo=UTC), "fi") == "2.7.2026 00.30"
    assert formats.moment(datetime(2026, 7, 1, 21, 30), "en") == "2 Jul 2026 00:30"


def test_durations() -> None:
    with translation.override("en"):
        assert formats.duration(timedelta(seconds=8.25), "en") == "8.2 s"
        assert formats.duration(timedelta(seconds=192), "en") == "3 min 12 s"


def test_the_thousands_of_a_number_in_a_label_stay_on_one_line() -> None:
    unit = Text(fi="", sv="", en="contacts per 1 000 000 residents, 75 of them old")
    with translation.override("en"):
        assert label(unit) == "contacts per 1\u00a0000\u00a0000 residents, 75 of them old"
