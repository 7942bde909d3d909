"""Thresholds of procurement: a row for each year in which one changes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from virtaama.project.statutes import shipped_statutes
from virtaama.statutes.procurement import PROCUREMENT, Purchase, Tender
from virtaama.statutes.provisions import days_of_change

LAW = shipped_statutes().content(PROCUREMENT)

# The EU's thresholds for authorities other than the State's central ones: supplies, services and contests; works.
EU = """
2016-12-31 | -      | -
2017-01-01 | 209000 | 5225000
2017-12-31 | 209000 | 5225000
2018-01-01 | 221000 | 5548000
2019-12-31 | 221000 | 5548000
2020-01-01 | 214000 | 5350000
2021-12-31 | 214000 | 5350000
2022-01-01 | 215000 | 5382000
2023-12-31 | 215000 | 5382000
2024-01-01 | 221000 | 5538000
2025-12-31 | 221000 | 5538000
2026-01-01 | 216000 | 5404000
"""


@pytest.mark.parametrize("line", EU.strip().splitlines())
def test_the_thresholds_of_the_eu(line: str) -> None:
    day, services, works = (cell.strip() for cell in line.split("|"))
    on = date.fromisoformat(day)
    for purchase, euros in (
        (Purchase.SUPPLIES_AND_SERVICES, services),
        (Purchase.DESIGN_CONTESTS, services),
        (Purchase.WORKS, works),
    ):
        found = LAW.threshold(Tender.EU, purchase, on)
        assert (str(found.euros) if found else "-") == euros


@pytest.mark.parametrize(
    ("purchase", "euros"),
    [
        (Purchase.SUPPLIES_AND_SERVICES, 60_000),
        (Purchase.DESIGN_CONTESTS, 60_000),
        (Purchase.WORKS, 150_000),
        (Purchase.HEALTH_AND_SOCIAL, 400_000),
        (Purchase.OTHER_SPECIAL, 300_000),
        (Purchase.CONCESSIONS, 500_000),
    ],
)
def test_the_national_thresholds_since_2017(purchase: Purchase, euros: int) -> None:
    assert LAW.threshold(Tender.NATIONAL, purchase, date(2016, 12, 31)) is None
    for day in (date(2017, 1, 1), date(2026, 11, 26)):
        found = LAW.threshold(Tender.NATIONAL, purchase, day)
        assert found is not None
        assert found.euros == euros


def test_every_day_of_change_has_its_row_above() -> None:
    assert {day.year for day in days_of_change(LAW.every)} == {2017, 2018, 2020, 2022, 2024, 2026}
    assert {(day.month, day.day) for day in days_of_change(LAW.every)} == {(1, 1)}


@pytest.mark.parametrize(
    ("purchase", "euros", "on", "level"),
    [
        (Purchase.SUPPLIES_AND_SERVICES, "59999.99", date(2026, 1, 1), None),
        (Purchase.SUPPLIES_AND_SERVICES, "60000", date(2026, 1, 1), Tender.NATIONAL),
        (Purchase.SUPPLIES_AND_SERVICES, "218000", date(2025, 12, 31), Tender.NATIONAL),
        (Purchase.SUPPLIES_AND_SERVICES, "218000", date(2026, 1, 1), Tender.EU),
        (Purchase.HEALTH_AND_SOCIAL, "399999", date(2026, 1, 1), None),
        (Purchase.HEALTH_AND_SOCIAL, "9000000", date(2026, 1, 1), Tender.NATIONAL),
    ],
)
def test_how_a_purchase_is_put_out_to_tender(
    purchase: Purchase, euros: str, on: date, level: Tender | None
) -> None:
    found = LAW.tender(purchase, Decimal(euros), on)
    assert (found.level if found else None) == level
