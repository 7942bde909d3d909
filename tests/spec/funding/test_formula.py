"""What each organiser gets: the formula of act 617/2021, term by term."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.spec.funding import naive
from tests.spec.funding.shared import inputs, law
from virtaama.statutes.funding_items import PRICED, Item
from virtaama.steering.funding.allocate import allocate, allocate_one
from virtaama.steering.funding.determinants import COUNTRY, Determinant
from virtaama.steering.funding.inputs import Given, Inputs, determinant, of_law, price, score
from virtaama.steering.funding.payments import payments
from virtaama.steering.funding.terms import Absent, Reason
from virtaama.steering.funding.transition import surplus_cents

ONE = "21"


@pytest.mark.parametrize(
    ("section", "item", "counted", "euros"),
    [
        ("13 §", Item.RESIDENTS, {Determinant.RESIDENTS: "1000"}, "615600.00"),
        ("14 §", Item.HEALTH, {Determinant.RESIDENTS: "1000", Determinant.HEALTH_NEED: "1.1"}, "2398869.00"),
        ("14 §", Item.ELDERLY, {Determinant.RESIDENTS: "1000", Determinant.ELDERLY_NEED: "1.2"}, "897132.00"),
        ("14 §", Item.SOCIAL, {Determinant.RESIDENTS: "1000", Determinant.SOCIAL_NEED: "0.9"}, "732528.00"),
        ("15 §", Item.HYTE, {Determinant.RESIDENTS: "1000", Determinant.HYTE: "1.3"}, "45860.00"),
        ("17 §", Item.FOREIGN_LANGUAGE, {Determinant.FOREIGN_LANGUAGE_RESIDENTS: "10"}, "9206.00"),
        ("19 §", Item.ARCHIPELAGO, {Determinant.ARCHIPELAGO_RESIDENTS: "10"}, "8467.90"),
        ("20 §", Item.SAMI, {Determinant.SAMI_SPEAKING_RESIDENTS: "10"}, "21380.70"),
        ("21 §", Item.RESCUE_RESIDENTS, {Determinant.RESIDENTS: "1000"}, "67710.00"),
        ("23 §", Item.RESCUE_RISK, {Determinant.RESIDENTS: "1000", Determinant.RISK: "0.5"}, "15625.00"),
    ],
)
def test_terms_of_2025(section: str, item: Item, counted: dict[Determinant, str], euros: str) -> None:
    term = allocate_one(_only(2025, counted), ONE).term(item)
    assert term is not None
    assert term.basis.endswith(section)
    assert term.cents == Fraction(euros) * 100
    assert term.parts[0].name == price(item)
    assert "873/2024" in term.parts[0].basis


def test_sparse_organisers_are_paid_by_the_density_of_the_country_to_their_own() -> None:
    known = _only(
        2025,
        {Determinant.RESIDENTS: "1000", Determinant.LAND_AREA: "500", Determinant.TOTAL_AREA: "800"},
        {Determinant.RESIDENTS: "100000", Determinant.LAND_AREA: "5000", Determinant.TOTAL_AREA: "10000"},
    )
    lapland = allocate_one(known, ONE)
    on_land, on_all = lapland.term(Item.DENSITY), lapland.term(Item.RESCUE_DENSITY)
    assert on_land
    assert on_all
    assert on_land.parts[-1].value == 10  # 20 persons a km² in the country, 2 here
    assert on_land.cents == 68790_00 * 10
    assert on_all.parts[-1].value == 8  # 10 persons a km² in the country, 1.25 here
    assert on_all.cents == 5210_00 * 8


@pytest.mark.parametrize(("year", "paid_by"), [(2025, "1"), (2026, "1.3")])
def test_hyte_is_paid_by_its_coefficient_from_2026(year: int, paid_by: str) -> None:
    counted = {Determinant.RESIDENTS: "1000", Determinant.HYTE: "1.3"}
    known = _only(year, counted).but({price(Item.HYTE): Given(value=Fraction(50), basis="assumed")})
    term = allocate_one(known, ONE).term(Item.HYTE)
    assert term is not None
    assert term.cents == 50_000_00 * Fraction(paid_by)


def test_a_missing_indicator_of_hyte_counts_by_the_lowest_score_anybody_has() -> None:
    names = [each.indicator for each in law().hyte.indicators]
    codes = of_law(law(), 2026).codes
    scores = {score(code, name): _given("50") for code in codes for name in names}
    scores |= {score("05", "neet"): _given("20"), score("06", "neet"): _given("90")}
    del scores[score(ONE, "neet")]
    people = {determinant(code, Determinant.RESIDENTS): _given("1000") for code in codes}
    known = of_law(law(), 2026).but({**scores, **people, price(Item.HYTE): _given("50")})
    term = allocate_one(known, ONE).term(Item.HYTE)
    lowest = allocate_one(known, "05").term(Item.HYTE)
    assert term
    assert lowest
    assert term.cents == lowest.cents
    parts = {part.name for whole in term.parts for part in whole.all()}
    assert score("05", "neet") in parts


def test_hyte_coefficients_from_scores_have_one_for_their_mean() -> None:
    names = [each.indicator for each in law().hyte.indicators]
    base = of_law(law(), 2026)
    scores = {
        score(code, name): _given(str((7 * row + 13 * column) % 101))
        for row, code in enumerate(base.codes)
        for column, name in enumerate(names)
    }
    people = {
        determinant(code, Determinant.RESIDENTS): _given(str(1000 + n)) for n, code in enumerate(base.codes)
    }
    known = base.but({**scores, **people, price(Item.HYTE): _given("50")})
    residents = sum(given.value for given in people.values())
    paid = allocate(known).item_cents(Item.HYTE)
    assert paid is not None
    assert abs(paid - 50_00 * residents) <= len(base.codes)


@pytest.mark.parametrize(
    ("year", "gap", "for_a_resident"),
    [
        # Gains by the formula: gives the difference back, less what it keeps of it.
        (2023, "250", "-250"),
        (2024, "250", "-240"),
        (2025, "250", "-220"),
        (2026, "250", "-190"),
        (2027, "250", "-160"),
        (2028, "250", "-100"),
        (2029, "250", "-50"),
        (2030, "250", "-50"),
        (2025, "29", "0"),
        # Loses by it: is given the difference, less what it bears.
        (2023, "-80", "80"),
        (2024, "-80", "70"),
        (2025, "-80", "60"),
        (2026, "-80", "50"),
        (2027, "-80", "40"),
        (2028, "-80", "30"),
        (2030, "-80", "30"),
        (2025, "-20", "0"),
    ],
)
def test_transition_equalisation_of_section_35(year: int, gap: str, for_a_resident: str) -> None:
    heads = 1000
    known = _only(
        year,
        {
            Determinant.RESIDENTS_2022: str(heads),
            Determinant.IMPUTED_2022: str(5_000_000 + Fraction(gap) * heads),
            Determinant.ACTUAL_2022: "5000000",
            Determinant.UNIVERSITY_EFFECT_2022: "0",
            Determinant.HYTE_EFFECT_2022: "0",
        },
    )
    term = allocate_one(known, ONE).term(Item.TRANSITION)
    assert term is not None
    assert term.cents == Fraction(for_a_resident) * heads * 100


@pytest.mark.parametrize(("year", "counted"), [(2023, 0), (2024, 40), (2025, 40), (2026, 47)])
def test_effects_of_later_changes_are_added_to_the_difference(year: int, counted: int) -> None:
    known = _only(
        year,
        {
            Determinant.RESIDENTS_2022: "1",
            Determinant.IMPUTED_2022: "1000",
            Determinant.ACTUAL_2022: "0",
            Determinant.UNIVERSITY_EFFECT_2022: "40",
            Determinant.HYTE_EFFECT_2022: "7",
        },
    )
    term = allocate_one(known, ONE).term(Item.TRANSITION)
    kept = {2023: 0, 2024: 10, 2025: 30, 2026: 60}[year]
    assert term is not None
    assert term.cents == -(1000 + counted - kept) * 100


@pytest.mark.parametrize("year", [2023, 2024, 2025])
def test_every_term_is_that_of_the_naive_formula(year: int) -> None:
    naively = naive.funding(year)
    computed = {
        (term.organiser, term.item.value): term.cents
        for funding in allocate(inputs(year)).fundings
        for term in funding.terms
        if term.item is not Item.TRANSITION_RETURN
    }
    assert computed == naively
    assert len(computed) == 22 * (15 if year >= 2024 else 14)


def test_organisers_together_are_the_country() -> None:
    whole = allocate(inputs())
    assert whole.cents == sum(funding.cents or 0 for funding in whole.fundings)
    assert whole.cents == sum(whole.item_cents(item) or 0 for item in whole.items)
    assert whole.invented


def test_each_explanation_multiplies_to_its_euros() -> None:
    for funding in allocate(inputs()).fundings:
        for term in funding.terms:
            if term.item is Item.TRANSITION_RETURN or not term.entitled:
                continue
            product = Fraction(100)
            for part in term.parts:
                product *= part.value
            assert term.cents is not None
            assert abs(product - term.cents) <= Fraction(1, 2), term


@settings(max_examples=30, deadline=None)
@given(
    gaps=st.lists(st.integers(-400, 400), min_size=22, max_size=22),
    heads=st.lists(st.integers(1, 700_000), min_size=22, max_size=22),
    year=st.integers(2023, 2031),
)
def test_a_surplus_of_equalisation_goes_back_evenly(gaps: list[int], heads: list[int], year: int) -> None:
    base = of_law(law(), year)
    numbers = {}
    for code, gap, people in zip(base.codes, gaps, heads, strict=True):
        numbers |= {
            determinant(code, Determinant.RESIDENTS): _given(str(people)),
            determinant(code, Determinant.RESIDENTS_2022): _given(str(people)),
            determinant(code, Determinant.IMPUTED_2022): _given(str(gap * people)),
            determinant(code, Determinant.ACTUAL_2022): _given("0"),
            determinant(code, Determinant.UNIVERSITY_EFFECT_2022): _given("0"),
            determinant(code, Determinant.HYTE_EFFECT_2022): _given("0"),
        }
    allocation = allocate(base.but(numbers))
    taken = allocation.item_cents(Item.TRANSITION)
    returned = allocation.item_cents(Item.TRANSITION_RETURN)
    assert taken is not None
    assert returned == max(-taken, 0)
    rates = [
        Fraction(term.cents or 0, people)
        for code, people in zip(base.codes, heads, strict=True)
        if (term := allocation.of(code).term(Item.TRANSITION_RETURN))
    ]
    assert all(
        abs(rate - Fraction(returned, sum(heads))) * people < 1
        for rate, people in zip(rates, heads, strict=True)
    )


def test_what_the_university_hospital_item_adds_is_not_returned() -> None:
    base = of_law(law(), 2025)
    numbers = {}
    for code in base.codes:
        numbers |= {
            determinant(code, Determinant.RESIDENTS): _given("1000"),
            determinant(code, Determinant.RESIDENTS_2022): _given("1000"),
            determinant(code, Determinant.IMPUTED_2022): _given("0"),
            determinant(code, Determinant.ACTUAL_2022): _given("0"),
            determinant(code, Determinant.UNIVERSITY_EFFECT_2022): _given("100000" if code == "05" else "0"),
        }
    known = base.but(numbers)
    assert surplus_cents(known) == 0
    assert allocate(known).item_cents(Item.TRANSITION) == -70_000_00


@given(cents=st.integers(-(10**13), 10**13))
def test_payments_are_the_year_to_the_cent(cents: int) -> None:
    paid = payments(cents, of_law(law(), 2025))
    assert sum(payment.cents for payment in paid) == cents
    assert [payment.by for payment in paid] == [date(2025, month, 1) for month in range(1, 13)]
    assert all(abs(paid[month].cents - Fraction(cents, 6)) < 1 for month in (0, 5))
    assert all(abs(paid[month].cents - Fraction(cents, 15)) < 1 for month in range(12) if month not in (0, 5))


def test_what_is_missing_is_named_and_never_zero() -> None:
    missing = determinant(ONE, Determinant.ARCHIPELAGO_RESIDENTS)
    known = _without(inputs(), missing)
    lapland = allocate_one(known, ONE)
    term = lapland.term(Item.ARCHIPELAGO)
    assert term is not None
    assert term.cents is None
    assert term.absent == Absent(reason=Reason.NOT_GIVEN, lacking=(missing,))
    assert lapland.cents is None
    assert lapland.absences == (term,)
    assert allocate_one(known, "20").cents is not None


def test_density_of_the_country_needs_every_organiser_or_the_country() -> None:
    without = _without(inputs(), determinant("20", Determinant.LAND_AREA))
    term = allocate_one(without, ONE).term(Item.DENSITY)
    assert term is not None
    assert term.absent == Absent(
        reason=Reason.NOT_ALL_GIVEN, lacking=(determinant("20", Determinant.LAND_AREA),)
    )
    area = sum(inputs().values[determinant(code, Determinant.LAND_AREA)].value for code in inputs().codes)
    told = without.but({determinant(COUNTRY, Determinant.LAND_AREA): _given(str(area))})
    whole = allocate_one(inputs(), ONE).term(Item.DENSITY)
    again = allocate_one(told, ONE).term(Item.DENSITY)
    assert whole
    assert again
    assert again.cents == whole.cents


def test_an_item_others_get_is_nothing_and_says_so() -> None:
    term = allocate_one(inputs(), ONE).term(Item.UNIVERSITY_HOSPITAL)
    assert term is not None
    assert (term.cents, term.entitled, term.absent) == (0, False, None)


def test_a_decision_may_add_what_the_formula_does_not() -> None:
    name = determinant(ONE, Determinant.ADJUSTMENT)
    added = inputs().but({name: Given(value=Fraction("-1234.56"), basis="617/2021 39 §")})
    before, after = allocate_one(inputs(), ONE), allocate_one(added, ONE)
    assert before.term(Item.ADJUSTMENT) is None
    assert before.cents is not None
    assert after.cents == before.cents - 123456
    assert after.imputed_cents == before.imputed_cents


def _given(value: str) -> Given:
    return Given(value=Fraction(value), basis="a test")


def _only(year: int, own: dict[Determinant, str], country: dict[Determinant, str] | None = None) -> Inputs:
    """A year in which nothing is known but these of one organiser and of the whole country."""
    numbers = {determinant(ONE, name): _given(value) for name, value in own.items()}
    whole = {determinant(COUNTRY, name): _given(value) for name, value in (country or {}).items()}
    return of_law(law(), year).but({**numbers, **whole})


def _without(known: Inputs, name: str) -> Inputs:
    values = {other: given for other, given in known.values.items() if other != name}
    return Inputs(
        year=known.year,
        values=values,
        organisers=known.organisers,
        items=known.items,
        payments=known.payments,
        indicators=known.indicators,
    )


def test_every_priced_item_is_in_the_invented_funding() -> None:
    assert set(PRICED) <= set(allocate(inputs()).items)
