"""Numbers of act 617/2021 and its decrees by year: a row for each section and year."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from tests.spec.funding.shared import law
from virtaama.project.statutes import shipped_statutes
from virtaama.statutes.funding_items import NEED, PRICED, RESCUE, Item
from virtaama.statutes.funding_parameters import Rule
from virtaama.statutes.hyte_coefficient import Half
from virtaama.statutes.need_factors import NEED_FACTORS


@pytest.mark.parametrize(
    ("item", "in_2023", "in_2024", "in_2025"),
    [
        (Item.HEALTH, "1904.70", "2040.49", "2180.79"),
        (Item.ELDERLY, "658.17", "693.28", "747.61"),
        (Item.SOCIAL, "691.86", "740.92", "813.92"),
        (Item.RESIDENTS, "528.91", "564.76", "615.60"),
        (Item.DENSITY, "59.10", "63.11", "68.79"),
        (Item.FOREIGN_LANGUAGE, "955.22", "944.28", "920.60"),
        (Item.BILINGUAL, "431.48", "463.66", "511.48"),
        (Item.ARCHIPELAGO, "710.40", "767.12", "846.79"),
        (Item.SAMI, "1823.41", "1942.53", "2138.07"),
        (Item.UNIVERSITY_HOSPITAL, None, "38.11", "41.35"),
        (Item.HYTE, "39.40", "42.07", "45.86"),
        (Item.RESCUE_RESIDENTS, "59.18", "60.04", "67.71"),
        (Item.RESCUE_DENSITY, "4.55", "4.62", "5.21"),
        (Item.RESCUE_RISK, "27.31", "27.71", "31.25"),
    ],
)
def test_base_prices(item: Item, in_2023: str | None, in_2024: str, in_2025: str) -> None:
    decreed = [law().prices.price(item, date(year, 7, 1)) for year in (2023, 2024, 2025)]
    assert [price and price.euros for price in decreed] == [
        each and Fraction(each) for each in (in_2023, in_2024, in_2025)
    ]
    assert law().prices.price(item, date(2026, 1, 1)) is None


@pytest.mark.parametrize(
    ("rule", "day", "value"),
    [
        (Rule.TRANSITION_GAIN, date(2023, 12, 31), 0),
        (Rule.TRANSITION_GAIN, date(2024, 1, 1), 10),
        (Rule.TRANSITION_GAIN, date(2025, 1, 1), 30),
        (Rule.TRANSITION_GAIN, date(2026, 1, 1), 60),
        (Rule.TRANSITION_GAIN, date(2027, 1, 1), 90),
        (Rule.TRANSITION_GAIN, date(2028, 1, 1), 150),
        (Rule.TRANSITION_GAIN, date(2029, 1, 1), 200),
        (Rule.TRANSITION_GAIN, date(2035, 1, 1), 200),
        (Rule.TRANSITION_LOSS, date(2023, 12, 31), 0),
        (Rule.TRANSITION_LOSS, date(2024, 1, 1), 10),
        (Rule.TRANSITION_LOSS, date(2025, 1, 1), 20),
        (Rule.TRANSITION_LOSS, date(2026, 1, 1), 30),
        (Rule.TRANSITION_LOSS, date(2027, 1, 1), 40),
        (Rule.TRANSITION_LOSS, date(2028, 1, 1), 50),
        (Rule.TRANSITION_LOSS, date(2035, 1, 1), 50),
        (Rule.TRANSITION_WITH_UNIVERSITY, date(2023, 12, 31), 0),
        (Rule.TRANSITION_WITH_UNIVERSITY, date(2024, 1, 1), 1),
        (Rule.TRANSITION_WITH_HYTE, date(2025, 12, 31), 0),
        (Rule.TRANSITION_WITH_HYTE, date(2026, 1, 1), 1),
        (Rule.HYTE_BY_COEFFICIENT, date(2025, 12, 31), 0),
        (Rule.HYTE_BY_COEFFICIENT, date(2026, 1, 1), 1),
    ],
)
def test_rules_change_on_their_day(rule: Rule, day: date, value: int) -> None:
    found = law().parameters.rule(rule, day)
    assert found is not None
    assert found.value == value


@pytest.mark.parametrize(
    ("year", "of_social_and_health", "need", "residents", "hyte"),
    [
        (2023, "97.715", "79.589", "13.117", "0.977"),
        (2024, "97.727", "79.156", "13.046", "0.972"),
        (2025, "97.727", "79.156", "13.046", "0.972"),
        (2026, "97.794", "78.995", "12.790", "1.460"),
    ],
)
def test_shares_of_section_3(
    year: int, of_social_and_health: str, need: str, residents: str, hyte: str
) -> None:
    shares = {
        each.rule: each.value
        for each in law().parameters.rules
        if each.rule.startswith("share_") and each.holds(date(year, 1, 1))
    }
    assert shares[Rule.SHARE_NEED] == Fraction(need)
    assert shares[Rule.SHARE_RESIDENTS] == Fraction(residents)
    assert shares[Rule.SHARE_HYTE] == Fraction(hyte)
    rescue = shares.pop(Rule.SHARE_RESCUE)
    assert rescue == 100 - Fraction(of_social_and_health)
    assert abs(sum(shares.values()) - Fraction(of_social_and_health)) <= Fraction("0.001")


@pytest.mark.parametrize("year", [2023, 2024])
@pytest.mark.parametrize(
    ("item", "share"), [(Item.DENSITY, Rule.SHARE_DENSITY), (Item.HYTE, Rule.SHARE_HYTE)]
)
def test_prices_of_items_paid_for_every_resident_stand_as_their_shares(
    year: int, item: Item, share: Rule
) -> None:
    """Density and HYTE are counted by as many units as residents: their prices are as their shares are."""
    day = date(year, 1, 1)
    prices = [law().prices.price(each, day) for each in (item, Item.RESIDENTS)]
    shares = [law().parameters.rule(each, day) for each in (share, Rule.SHARE_RESIDENTS)]
    assert None not in prices
    assert None not in shares
    of_prices = prices[0].euros / prices[1].euros  # type: ignore[union-attr]
    of_shares = shares[0].value / shares[1].value  # type: ignore[union-attr]
    assert abs(of_prices - of_shares) < Fraction("0.00005")


@pytest.mark.parametrize("year", [2023, 2024, 2025])
def test_prices_of_rescue_services_stand_as_the_weights_of_section_21(year: int) -> None:
    day = date(year, 1, 1)
    prices = {item: law().prices.price(item, day) for item in RESCUE}
    whole = sum(price.euros for price in prices.values() if price)
    for item, price in prices.items():
        weight = law().parameters.rule(Rule(f"weight_{item}"), day)
        assert price
        assert weight
        assert abs(price.euros / whole - weight.value) < Fraction("0.0001")


def test_paid_twice_a_months_part_in_january_and_june() -> None:
    shares = [each.share for each in law().parameters.payments_on(date(2025, 1, 1))]
    assert [share == Fraction(2, 12) for share in shares] == [month in (1, 6) for month in range(1, 13)]
    assert len({share for share in shares if share != Fraction(2, 12)}) == 1
    assert sum(shares) == 1


@pytest.mark.parametrize(
    ("item", "year", "organisers"),
    [
        (Item.BILINGUAL, 2023, {"01", "03", "04", "05", "10", "17", "18", "90"}),
        (Item.SAMI, 2023, {"21"}),
        (Item.UNIVERSITY_HOSPITAL, 2023, set()),
        (Item.UNIVERSITY_HOSPITAL, 2024, {"01", "02", "03", "04", "90", "05", "08", "13", "19"}),
    ],
)
def test_who_gets_what_not_everybody_gets(item: Item, year: int, organisers: set[str]) -> None:
    day = date(year, 1, 1)
    entitled = {o.code for o in law().organisers.on(day) if law().organisers.entitlement(item, o.code, day)}
    assert entitled == organisers


def test_22_organisers_21_counties_and_helsinki_without_aland() -> None:
    codes = [each.code for each in law().organisers.on(date(2025, 1, 1))]
    assert codes == [*(f"{n:02d}" for n in range(1, 22)), "90"]


@pytest.mark.parametrize(("sector", "factors"), [(Item.HEALTH, 189), (Item.ELDERLY, 63), (Item.SOCIAL, 73)])
def test_factors_of_need(sector: Item, factors: int) -> None:
    assert len(shipped_statutes().content(NEED_FACTORS).of(sector, date(2025, 1, 1))) == factors


def test_both_halves_of_hyte_weigh_the_same() -> None:
    indicators = law().hyte.on(date(2026, 1, 1))
    assert [sum(1 for each in indicators if each.half is half) for half in Half] == [6, 5]
    assert sum(each.weight for each in indicators) == 1


def test_every_priced_item_has_a_section() -> None:
    sections = {each.item: each.section for each in law().parameters.items_on(date(2025, 1, 1))}
    assert all(sections[item].endswith("§") for item in PRICED)
    assert {sections[item] for item in NEED} == {"14 §"}
