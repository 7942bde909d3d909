"""Coefficients of need from the factors of the annex."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from virtaama.problems import ProblemsFound
from virtaama.project.statutes import shipped_statutes
from virtaama.statutes.funding_items import NEED, Item
from virtaama.statutes.need_factors import NEED_FACTORS
from virtaama.steering.funding.need import FactorMeans, Means, parse_means, sector_need
from virtaama.steering.funding.table import rows_of

FACTORS = shipped_statutes().content(NEED_FACTORS)
DAY = date(2025, 1, 1)
ELDERLY = FACTORS.of(Item.ELDERLY, DAY)
DEMENTIA = "Muistisairaudet ja Alzheimerin tauti"


def _means(own: str = "0.1", country: str = "0.1", **others: str) -> Means:
    """The same of every factor of the elderly, but for those named."""
    return {
        (Item.ELDERLY, factor.name): FactorMeans(
            own=Fraction(others.get("dementia", own) if factor.name == DEMENTIA else own),
            country=Fraction(country),
        )
        for factor in ELDERLY
    }


def test_an_organiser_like_the_country_has_the_coefficient_one() -> None:
    found = sector_need(Item.ELDERLY, ELDERLY, _means())
    assert found.coefficient == 1
    assert {each.effect for each in found.factors} == {0}


def test_the_index_is_the_sum_of_coefficients_times_means() -> None:
    found = sector_need(Item.ELDERLY, ELDERLY, _means(own="0.2", country="0.1"))
    by_hand = sum(factor.coefficient for factor in ELDERLY) * Fraction("0.2")
    assert found.own == by_hand
    assert found.coefficient == 2


def test_effects_add_up_to_the_coefficient_and_the_largest_comes_first() -> None:
    found = sector_need(Item.ELDERLY, ELDERLY, _means(dementia="0.15"))
    assert found.coefficient == 1 + sum(each.effect for each in found.factors)
    assert found.factors[0].factor.name == DEMENTIA
    whole = sum(factor.coefficient for factor in ELDERLY) * Fraction("0.1")
    assert found.factors[0].effect == Fraction("3.940787455") * Fraction("0.05") / whole


def test_a_factor_without_a_mean_is_named_and_not_taken_for_zero() -> None:
    means = dict(_means())
    means[Item.ELDERLY, DEMENTIA] = FactorMeans(own=None, country=Fraction(1))
    found = sector_need(Item.ELDERLY, ELDERLY, means)
    assert found.coefficient is None
    assert found.lacking == (DEMENTIA,)


def test_tables_are_read_by_the_words_of_the_annex() -> None:
    table = f"sektori;tarvetekijä;oma;maa\nvanhustenhuolto;{DEMENTIA};0,02;\nsocial;Nainen;0,5;0.51\n"
    means = parse_means("t.csv", rows_of(table), [f for sector in NEED for f in FACTORS.of(sector, DAY)])
    assert means[Item.ELDERLY, DEMENTIA] == FactorMeans(own=Fraction("0.02"), country=None)
    assert means[Item.SOCIAL, "Nainen"].country == Fraction("0.51")


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("vanhukset;Diabetes;1;1", "is no sector"),
        ("elderly;Diabeetes;1;1", "is no factor of elderly"),
        ("elderly;Diabetes;yksi;1", "is no number"),
        ("elderly;Diabetes;1", "fewer than four cells"),
        ("elderly;Leski;1;1", "stands here twice"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(row: str, what: str) -> None:
    with pytest.raises(ProblemsFound) as found:
        parse_means("t.csv", rows_of(f"s;t;o;m\nelderly;Leski;0,1;0,1\n{row}\n"), ELDERLY)
    (problem,) = found.value.problems
    assert problem.place.line == 3
    assert what in problem.what
