"""What if: how changes are written, what they name, what they do."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.spec.funding.shared import inputs
from virtaama.problems import Place, ProblemsFound
from virtaama.statutes.funding_items import Item
from virtaama.statutes.funding_parameters import Rule
from virtaama.steering.funding.allocate import allocate, allocate_one
from virtaama.steering.funding.changes import changed, names_of, parse_change
from virtaama.steering.funding.comparison import at_the_same_level, side_by_side, weights
from virtaama.steering.funding.determinants import COUNTRY, Determinant
from virtaama.steering.funding.inputs import determinant, entitled, price, rule

HERE = Place("a form")


@pytest.mark.parametrize(
    ("written", "name", "value", "percent", "year"),
    [
        ("price.health=+2%", "price.health", "2", True, None),
        ("price.health = -1,5 %", "price.health", "-1.5", True, None),
        ("price.health=−1.5%", "price.health", "-1.5", True, None),
        ("determinant.21.residents=180 000", "determinant.21.residents", "180000", False, None),
        ("rule.need_growth@2027=1.3", "rule.need_growth", "1.3", False, 2027),
    ],
)
def test_changes_are_read_as_people_write_them(
    written: str, name: str, value: str, percent: bool, year: int | None
) -> None:
    change = parse_change(written, HERE)
    assert (change.name, change.value, change.percent, change.year) == (name, Fraction(value), percent, year)


@pytest.mark.parametrize(
    "written", ["", "price.health", "price.health=", "=2", "price.health=2%%", "a=1=2", "x=1e3"]
)
def test_what_is_no_change_is_said_to_be_none(written: str) -> None:
    with pytest.raises(ProblemsFound, match="is no change") as found:
        parse_change(written, HERE)
    assert "determinant.21.residents" in found.value.problems[0].advice


def test_a_change_of_nothing_changes_nothing() -> None:
    assert changed(inputs(), (), HERE) == inputs()
    same = allocate(changed(inputs(), (parse_change("price.health=+0%", HERE),), HERE))
    assert all(row.difference == 0 for row in side_by_side(allocate(inputs()), same))


def test_percents_move_from_what_was_and_remember_it() -> None:
    twice = [parse_change("price.health=+10%", HERE), parse_change("price.health=+10%", HERE)]
    moved = changed(inputs(), twice, HERE).values[price(Item.HEALTH)]
    assert moved.value == Fraction("2180.79") * Fraction("1.21")
    assert moved.before == Fraction("2180.79")
    term = allocate_one(changed(inputs(), twice, HERE), "09").term(Item.HEALTH)
    assert term is not None
    assert term.parts[0].before == Fraction("2180.79")


def test_all_is_every_organiser() -> None:
    grown = changed(inputs(), (parse_change("determinant.all.residents=+1%", HERE),), HERE)
    for code in inputs().codes:
        name = determinant(code, Determinant.RESIDENTS)
        assert grown.values[name].value == inputs().values[name].value * Fraction("1.01")


def test_a_change_of_another_year_is_not_for_this_one() -> None:
    assert changed(inputs(), (parse_change("price.health@2026=1", HERE),), HERE) == inputs()


def test_an_entitlement_can_be_given_and_taken() -> None:
    name = entitled(Item.UNIVERSITY_HOSPITAL, "09")
    given = changed(inputs(), (parse_change(f"{name}=1", HERE),), HERE)
    before, after = (allocate_one(each, "09").term(Item.UNIVERSITY_HOSPITAL) for each in (inputs(), given))
    assert before is not None
    assert after is not None
    assert before.cents == 0
    residents = inputs().values[determinant("09", Determinant.RESIDENTS)].value
    assert after.cents == residents * Fraction("41.35") * 100


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ("price.helth=+2%", "Did you mean 'price.health'?"),
        ("determinant.22.residents=1", "Did you mean 'determinant.21.residents'?"),
        ("determinant.all.people=1", ""),
    ],
)
def test_a_name_nobody_knows_is_refused_with_the_nearest(written: str, advice: str) -> None:
    with pytest.raises(ProblemsFound, match="to change") as found:
        changed(inputs(), (parse_change(written, HERE),), HERE)
    assert advice in found.value.problems[0].advice


def test_what_nobody_has_given_cannot_be_moved_by_percents_but_can_be_given() -> None:
    name = determinant(COUNTRY, Determinant.TRANSITION_RETURN)
    with pytest.raises(ProblemsFound, match="cannot be moved by percents"):
        changed(inputs(), (parse_change(f"{name}=+1%", HERE),), HERE)
    told = changed(inputs(), (parse_change(f"{name}=2", HERE),), HERE)
    returned = allocate_one(told, "09").term(Item.TRANSITION_RETURN)
    assert returned is not None
    assert returned.cents == inputs().values[determinant("09", Determinant.RESIDENTS)].value * 200


@pytest.mark.parametrize("item", [Item.HEALTH, Item.DENSITY, Item.HYTE])
def test_every_number_behind_a_term_is_a_name_one_can_change(item: Item) -> None:
    term = allocate_one(inputs(), "09").term(item)
    assert term is not None
    leaves = [part for whole in term.parts for part in whole.all() if not part.of]
    assert {part.name for part in leaves} <= set(names_of(inputs()))


def test_at_the_same_level_what_one_gets_more_others_get_less() -> None:
    more = changed(inputs(), (parse_change("determinant.09.elderly_need=+5%", HERE),), HERE)
    before, after = allocate(inputs()), allocate(at_the_same_level(inputs(), more))
    for item in before.items:
        was, now = before.item_cents(item), after.item_cents(item)
        assert was is not None
        assert now is not None
        assert abs(was - now) <= len(inputs().codes)  # rounding to cents
    differences = {row.organiser: row.difference for row in side_by_side(before, after) if row.item is None}
    assert (differences["09"] or 0) > 0
    assert all((differences[code] or 0) < 0 for code in inputs().codes if code != "09")


def test_a_price_that_was_changed_itself_is_not_moved_back() -> None:
    dearer = changed(inputs(), (parse_change("price.health=3000", HERE),), HERE)
    assert at_the_same_level(inputs(), dearer).values[price(Item.HEALTH)].value == 3000


def test_side_by_side_ends_with_the_country() -> None:
    *_, country = side_by_side(allocate(inputs()), allocate(inputs()))
    assert (country.organiser, country.item) == (COUNTRY, None)
    assert country.before == allocate(inputs()).cents


def test_weights_are_what_a_what_if_would_say_the_heaviest_first() -> None:
    found = weights(inputs(), "09", Fraction(1), HERE)
    assert [abs(each.alone or 0) for each in found] == sorted(
        (abs(each.alone or 0) for each in found), reverse=True
    )
    residents = next(each for each in found if each.name == determinant("09", Determinant.RESIDENTS))
    one_more = changed(inputs(), (parse_change(f"{residents.name}=+1%", HERE),), HERE)
    base = allocate_one(inputs(), "09").cents
    alone = allocate_one(one_more, "09").cents
    shared = allocate_one(at_the_same_level(inputs(), one_more), "09").cents
    assert base is not None
    assert alone is not None
    assert shared is not None
    assert (residents.alone, residents.shared) == (alone - base, shared - base)
    assert residents.shared < residents.alone
    assert rule(Rule.TRANSITION_GAIN) in {each.name for each in found}
