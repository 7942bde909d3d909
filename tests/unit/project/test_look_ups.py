from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from virtaama.privacy.look_up_limits import SHIPPED
from virtaama.problems import ProblemsFound
from virtaama.project.settings import parse_settings

SETTINGS = """
name: Test
county: {code: "07", names: {fi: a, sv: b, en: c}}
"""


def look_ups(text: str) -> list[tuple[date, int, int, int, int]]:
    said = parse_settings(f"{SETTINGS}look_ups:\n{text}", Path("project")).look_ups
    return [(each.since, each.hour, each.day, each.house_hour, each.house_day) for each in said]


def test_what_is_left_out_is_as_shipped() -> None:
    shipped = (SHIPPED.hour, SHIPPED.day, SHIPPED.house_hour, SHIPPED.house_day)
    assert look_ups("  - {from: 2027-02-15, why: over}") == [(date(2027, 2, 15), *shipped)]
    assert look_ups(
        "  - {from: 2027-01-11, hour: 240, day: 1200, house_hour: 20000, house_day: 90000, why: x}"
    ) == [(date(2027, 1, 11), 240, 1200, 20_000, 90_000)]
    assert parse_settings(SETTINGS, Path("project")).look_ups == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{from: 2027-01-01, hour: 700, why: x}", "hour of look_ups is more than day"),
        ("{from: 2027-01-01, house_hour: 100, why: x}", "hour of look_ups is more than house_hour"),
        ("{from: 2027-01-01, house_day: 100, why: x}", "house_hour of look_ups is more than house_day"),
        ("{from: 2027-01-01, why: x}\n  - {from: 2027-01-01, why: y}", "two of look_ups begin on 2027-01-01"),
        ("{from: 2027-01-01, hour: 0, why: x}", "hour"),
        ("{from: 2027-01-01, hour: 1.5, why: x}", "hour"),
        ("{from: 2027-13-01, why: x}", "2027-13-01"),
        ("{from: 2027-01-01}", "why"),
        ("{why: x}", "from"),
        ("{from: 2027-01-01, per_hour: 3, why: x}", "per_hour"),
    ],
)
def test_what_holds_nobody_back_or_cannot_be_read_is_said_with_its_line(text: str, said: str) -> None:
    with pytest.raises(ProblemsFound) as found:
        look_ups(f"  - {text}")
    assert said in str(found.value)
    line = 4 + len(text.splitlines())
    assert f"virtaama.yaml:{line}" in str(found.value)
