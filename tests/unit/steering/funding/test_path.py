"""The path from decreed prices to 2030."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import pairwise

import pytest

from tests.spec.funding.shared import invented, law, scenarios
from virtaama.problems import Place, ProblemsFound
from virtaama.statutes.funding_items import PRICED, Item
from virtaama.statutes.funding_parameters import Rule
from virtaama.steering.funding.changes import parse_change
from virtaama.steering.funding.determinants import Determinant
from virtaama.steering.funding.inputs import Assumption, Given, assumption, determinant, price, rule
from virtaama.steering.funding.level import units_of
from virtaama.steering.funding.path import PathYear, path
from virtaama.steering.funding.scenario import Scenario
from virtaama.steering.funding.terms import Part, Reason

BASIC = scenarios()[0]
HERE = Place("changes")


@cache
def _path(*changes: str, last: int = 2030) -> tuple[PathYear, ...]:
    """The basic path with changes."""
    return _path_by(BASIC, *changes, last=last)


def _path_by(scenario: Scenario, *changes: str, last: int = 2030) -> tuple[PathYear, ...]:
    read = [parse_change(change, HERE) for change in changes]
    return path(law(), invented(), scenario, 2025, last, read, HERE)


def test_path_begins_with_decreed_prices_and_goes_on_with_eighty_per_cent_of_need() -> None:
    first, *others = _path()
    assert first.level is None
    assert [year.year for year in others] == [2026, 2027, 2028, 2029, 2030]
    counted = [year.level.need_growth.value for year in others if year.level]
    assert counted == [Fraction(each) for each in ("0.976", "0.96", "0.96", "0.88", "0.72")]
    for year in others:
        assert year.level is not None
        estimate, addition = (part.value for part in year.level.need_growth.of[1:])
        assert year.level.need_growth.value == Fraction(80, 100) * (estimate + addition)


def test_each_level_follows_from_the_one_before() -> None:
    first, *others = _path()
    imputed = first.allocation.imputed_cents
    assert imputed is not None
    underlying = Fraction(imputed, 100) - 1_400_000_000
    for year in others:
        assert year.level is not None
        grown = (
            underlying * (1 + year.level.need_growth.value / 100) * (1 + year.level.price_growth.value / 100)
        )
        underlying = grown + year.level.task_changes.value
        assert year.level.underlying.value == underlying
        assert year.level.total.value == underlying + year.level.expost.value


def test_prices_pay_out_the_level_but_for_half_a_cent_a_unit() -> None:
    for year in _path()[1:]:
        assert year.level is not None
        assert year.allocation.imputed_cents is not None
        units = [units_of(year.inputs, item) for item in PRICED]
        terms = len(PRICED) * len(year.inputs.codes)
        most = sum((part.value for part in units if isinstance(part, Part)), Fraction(0)) / 2 + Fraction(
            terms, 2
        )
        assert abs(year.allocation.imputed_cents - year.level.total.value * 100) <= most


def test_items_have_their_share_of_the_level() -> None:
    year = _path()[1]
    whole, foreign = year.allocation.imputed_cents, year.allocation.item_cents(Item.FOREIGN_LANGUAGE)
    assert whole is not None
    assert foreign is not None
    assert abs(Fraction(foreign, whole) - Fraction("0.01942")) < Fraction("0.00001")


def test_determinants_grow_as_the_scenario_says_in_whole_persons() -> None:
    years = _path()
    residents = [year.inputs.values[determinant("20", Determinant.RESIDENTS)].value for year in years]
    for before, after in pairwise(residents):
        assert after.denominator == 1
        assert abs(after - before * Fraction("0.992")) <= Fraction(1, 2)
    area = [year.inputs.values[determinant("20", Determinant.LAND_AREA)].value for year in years]
    assert len(set(area)) == 1


def test_what_was_imported_of_a_year_counts_before_what_would_have_grown() -> None:
    name = determinant("20", Determinant.RESIDENTS)
    numbers = {**invented(), 2027: {name: Given(value=Fraction(60_000), basis="a newer table")}}
    years = path(law(), numbers, BASIC, 2025, 2028)
    assert years[2].inputs.values[name].value == 60_000
    assert years[3].inputs.values[name].value == 59_520  # 0.8 % less


def test_a_path_lacks_what_nobody_has_assumed_and_so_do_the_years_after() -> None:
    silent = Scenario(
        name="silent", labels=BASIC.labels, years={2025: BASIC.years[2025], 2026: BASIC.years[2026]}
    )
    years = _path_by(silent)
    assert years[1].absent is None
    assert years[2].absent is not None
    assert rule(Rule.NEED_GROWTH) in years[2].absent.lacking
    assert years[2].allocation.cents is None
    assert years[3].absent == years[2].absent


def test_a_path_from_determinants_that_are_not_whole_says_whose_are_missing() -> None:
    numbers = {2025: dict(invented()[2025])}
    del numbers[2025][determinant("20", Determinant.RISK)]
    years = path(law(), numbers, BASIC, 2025, 2026)
    assert years[1].absent is not None
    assert years[1].absent.reason is Reason.NOT_ALL_GIVEN
    assert years[1].absent.lacking == (determinant("20", Determinant.RISK),)


def test_a_path_wants_to_know_what_of_its_first_year_does_not_stay() -> None:
    years = {year: dict(values) for year, values in BASIC.years.items()}
    del years[2025][assumption(Assumption.EXPOST_INCLUDED)]
    found = _path_by(Scenario(name="s", labels=BASIC.labels, years=years))[1]
    assert found.absent is not None
    assert found.absent.lacking == (assumption(Assumption.EXPOST_INCLUDED),)


def test_a_what_if_on_a_rule_holds_in_every_year_or_in_one() -> None:
    base, every = _path(), _path("rule.need_growth_share=100")
    one = _path("rule.need_growth_share@2028=100")
    assert [year.level and year.level.need_growth.value for year in every[1:]] == [
        year.level and year.level.need_growth.value / 80 * 100 for year in base[1:]
    ]
    same = [a.allocation.cents == b.allocation.cents for a, b in zip(base, one, strict=True)]
    assert same == [True, True, True, False, False, False]


def test_a_what_if_on_a_price_comes_after_the_level() -> None:
    base, dearer = _path(), _path("price.health@2027=+2%")
    prices = [year.inputs.values[price(Item.HEALTH)].value for year in (base[2], dearer[2])]
    assert prices[1] == prices[0] * Fraction("1.02")
    assert base[3].allocation.cents == dearer[3].allocation.cents


def test_a_what_if_on_a_share_moves_money_and_makes_none() -> None:
    base, moved = _path(last=2026)[1], _path("rule.share_residents=+10%", last=2026)[1]
    assert base.level
    assert moved.level
    assert base.level.total.value == moved.level.total.value
    before, after = base.allocation.imputed_cents, moved.allocation.imputed_cents
    assert before
    assert after
    assert (
        abs(before - after) < 20_000_000
    )  # two hundred thousand euros of 27 thousand millions: cents of prices


def test_a_what_if_of_nothing_changes_nothing_on_the_way() -> None:
    assert [year.allocation for year in _path("price.health=+0%")] == [year.allocation for year in _path()]


def test_percents_move_what_a_year_knows_and_leave_the_other_years() -> None:
    name = determinant("20", Determinant.ADJUSTMENT)
    numbers = {2025: {**invented()[2025], name: Given(value=Fraction(1000), basis="a decision")}}
    change = parse_change(f"{name}=+10%", HERE)
    years = path(law(), numbers, BASIC, 2025, 2026, (change,), HERE)
    terms = [year.allocation.of("20").term(Item.ADJUSTMENT) for year in years]
    assert [term and term.cents for term in terms] == [110_000, None]


def test_a_change_of_a_year_the_path_does_not_reach_is_refused() -> None:
    with pytest.raises(ProblemsFound, match="no year of the path"):
        _path("price.health@2031=+1%")


def test_percents_of_what_no_year_knows_are_refused() -> None:
    with pytest.raises(ProblemsFound, match="cannot be moved by percents"):
        _path("determinant.20.adjustment=+1%")


def test_a_change_nobody_knows_ends_the_path() -> None:
    with pytest.raises(ProblemsFound, match="to change"):
        _path("rule.need_grows=1")
