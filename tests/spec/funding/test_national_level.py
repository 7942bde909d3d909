"""The level of the country: sections 7, 8, 10 and 36 of act 617/2021, a row for each year."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.spec.funding.shared import law, scenarios
from virtaama.statutes.funding_parameters import Rule
from virtaama.steering.funding.inputs import Assumption, Given, Inputs, assumption, of_law, rule
from virtaama.steering.funding.level import expost, level, need_growth, price_growth
from virtaama.steering.funding.terms import Absent, Part, Reason


@pytest.mark.parametrize(
    ("year", "estimate", "addition", "share", "counted"),
    [
        (2023, "1.02", "0.2", "100", "1.22"),
        (2024, "1.05", "0.2", "100", "1.25"),
        (2025, "1.07", "0.2", "80", "1.016"),  # as published
        (2026, "1.02", "0.2", "80", "0.976"),  # as published
    ],
)
def test_growth_of_need_is_counted_as_published(
    year: int, estimate: str, addition: str, share: str, counted: str
) -> None:
    growth = need_growth(of_law(law(), year))
    assert isinstance(growth, Part)
    assert growth.value == Fraction(counted)
    said = {part.name: part.value for part in growth.of}
    assert said == {
        rule(Rule.NEED_GROWTH): Fraction(estimate),
        rule(Rule.NEED_GROWTH_ADDITION): Fraction(addition),
        rule(Rule.NEED_GROWTH_SHARE): Fraction(share),
    }
    assert all("617/2021" in part.basis and "§" in part.basis for part in growth.of)


def test_growth_of_need_is_not_known_where_the_act_has_no_estimate() -> None:
    assert need_growth(of_law(law(), 2027)) == Absent(
        reason=Reason.NOT_GIVEN, lacking=(rule(Rule.NEED_GROWTH),)
    )


@pytest.mark.parametrize(
    ("year", "estimate", "counted"), [(2027, "1.0", "0.96"), (2029, "0.9", "0.88"), (2030, "0.9", "0.72")]
)
def test_the_addition_of_section_36_ends_with_2029(year: int, estimate: str, counted: str) -> None:
    assumed = of_law(law(), year).but(
        {rule(Rule.NEED_GROWTH): Given(value=Fraction(estimate), basis="assumed")}
    )
    growth = need_growth(assumed)
    assert isinstance(growth, Part)
    assert growth.value == Fraction(counted)


@pytest.mark.parametrize(
    ("earnings", "prices", "contributions", "index"),
    [("3", "0", "0", "1.8"), ("0", "2", "0", "0.6"), ("0", "0", "1", "0.1"), ("2.5", "1.5", "-0.5", "1.9")],
)
def test_price_index_weighs_earnings_prices_and_contributions(
    earnings: str, prices: str, contributions: str, index: str
) -> None:
    growth = price_growth(
        _assuming(2025, earnings=earnings, consumer_prices=prices, contributions=contributions)
    )
    assert isinstance(growth, Part)
    assert growth.value == Fraction(index)


@pytest.mark.parametrize(("year", "share"), [(2026, 95), (2027, 90), (2028, 80), (2029, 70), (2030, 70)])
def test_what_is_put_right_of_two_years_before(year: int, share: int) -> None:
    corrected = expost(_assuming(year, expost_difference="1000000"))
    assert isinstance(corrected, Part)
    assert corrected.value == share * 10_000


def test_level_grows_by_need_and_then_by_prices_and_carries_on_what_stays() -> None:
    of_2026 = level(
        _assuming(
            2026,
            earnings="3",
            consumer_prices="1",
            contributions="0",
            task_changes="-50",
            expost_difference="200",
        ),
        Part(name="underlying.2025", value=Fraction(10_000)),
    )
    assert not isinstance(of_2026, Absent)
    by_hand = Fraction("10000") * Fraction("1.00976") * Fraction("1.021") - 50
    assert of_2026.underlying.value == by_hand
    assert of_2026.total.value == by_hand + 190


def test_level_says_everything_it_lacks() -> None:
    lacking = level(of_law(law(), 2027), Part(name="underlying.2026", value=Fraction(1)))
    assert isinstance(lacking, Absent)
    assert set(lacking.lacking) == {
        rule(Rule.NEED_GROWTH),
        *(assumption(name) for name in Assumption if name is not Assumption.EXPOST_INCLUDED),
    }


def test_scenarios_of_the_invented_county_say_that_they_are_invented() -> None:
    assert all(
        given.invented for each in scenarios() for values in each.years.values() for given in values.values()
    )


def _assuming(year: int, **assumed: str) -> Inputs:
    return of_law(law(), year).but(
        {
            assumption(Assumption(name)): Given(value=Fraction(value), basis="")
            for name, value in assumed.items()
        }
    )
