"""Every shipped metric, worked out by hand over a few rows."""

from __future__ import annotations

from datetime import date, timedelta
from importlib.resources import files

import pytest

from tests.unit.content.county import StarsByHand, shipped_catalogue, shipped_model, texts_of
from virtaama.metrics.parse import parse_catalogue
from virtaama.metrics.plan import definition_of, dimensions_of, measures_of
from virtaama.metrics.question import Grain, Level
from virtaama.statutes.care_guarantee import CARE_GUARANTEE
from virtaama.statutes.editions import Statutes
from virtaama.statutes.kinds import KINDS

# Two adults and a young man of Lahti; three contacts in January.
ADULT, YOUNG, OLD = "adult", "young", "old"


@pytest.fixture
def county() -> StarsByHand:
    stars = StarsByHand.empty()
    of_two_adults(stars)
    return stars


def of_two_adults(stars: StarsByHand) -> None:
    stars.add("municipality", "lahti", code="398", name="Lahti")
    stars.add("municipality", "sysma", code="781", name="Sysmä")
    stars.add("unit", "centre", code="U1", service_class="PTH_VASTAANOTTO", municipality="lahti")
    people = ((ADULT, "1980-05-05", "female"), (YOUNG, "2010-05-05", "male"), (OLD, "1940-05-05", "female"))
    for person, born, sex in people:
        stars.add("resident", person, birth_date=born, sex=sex, home_municipality="lahti")
        stars.add(
            "residence",
            person,
            person=person,
            municipality_code="398",
            since="2020-01-01",
            resident=person,
            municipality="lahti",
        )
    for service_class, price in (
        ("PTH_VASTAANOTTO", 100),
        ("ESH_VUODEOSASTO", 1000),
        ("KOTIHOITO", 50),
        ("MIELI_PAIHDE", 150),
    ):
        stars.add("service_price", service_class, year=2025, service_class=service_class, unit_price=price)


def visit(stars: StarsByHand, key: str, person: str, **more: str) -> None:
    """A visit to the health centre at nine, contacted, assessed and booked unless said otherwise."""
    usual = {
        "visit_started": "2025-01-20 09:00",
        "contact_type": "R10",
        "service_form": "T11",
        "urgency": "E",
        "need_urgency": "E",
        "service_class": "PTH_VASTAANOTTO",
        "unit": "centre",
        "resident": person,
        "home_municipality": "lahti",
        "price": "PTH_VASTAANOTTO",
    }
    stars.add("service_event", key, **{**usual, **more})


def test_contacts_are_counted_per_thousand_residents_and_by_channel(county: StarsByHand) -> None:
    for number, channel in enumerate(("phone", "phone", "web")):
        county.add(
            "contact", str(number), channel=channel, queued_at="2025-01-03 09:00", municipality="lahti"
        )
    assert county.value("contacts_per_1000") == 1000
    by_channel = county.figures("contacts_per_1000", by="channel")
    assert by_channel["phone"] == pytest.approx(666.6667)


def test_a_call_nobody_answered_lowers_the_share_and_not_the_median_wait(county: StarsByHand) -> None:
    calls = (("2025-01-03 09:02", None), ("2025-01-03 09:06", None), (None, "2025-01-03 09:30"))
    for number, (answered, abandoned) in enumerate(calls):
        county.add(
            "contact",
            str(number),
            channel="phone",
            queued_at="2025-01-03 09:00",
            answered_at=answered,
            abandoned_at=abandoned,
            unit="centre",
            municipality="lahti",
        )
    assert county.value("phone_answered_share") == pytest.approx(66.6667)
    assert county.value("phone_median_wait") == 4
    assert county.figures("phone_median_wait", level=Level.UNIT) == {"U1": 4}


def test_need_is_assessed_the_same_day_on_weekdays_and_outside_emergency_care(county: StarsByHand) -> None:
    friday, saturday = "2025-01-03", "2025-01-04"
    visit(county, "1", ADULT, contact_at=f"{friday} 08:00", need_assessed_at=f"{friday} 15:00")
    visit(county, "2", YOUNG, contact_at=f"{friday} 08:00", need_assessed_at="2025-01-06 08:00")
    visit(county, "3", OLD, contact_at=f"{saturday} 08:00", need_assessed_at=f"{saturday} 08:10")
    visit(
        county, "4", OLD, contact_at=f"{friday} 08:00", need_assessed_at=f"{friday} 08:10", need_urgency="6"
    )
    assert county.value("assessed_same_day_share") == 50


def test_waits_run_from_the_assessment_to_the_non_urgent_visit(county: StarsByHand) -> None:
    for number, assessed in enumerate(("2025-01-18", "2025-01-15", "2025-01-10")):
        visit(county, str(number), ADULT, need_assessed_at=f"{assessed} 09:00")
    visit(county, "urgent", ADULT, need_assessed_at="2025-01-19 09:00", need_urgency="5", urgency="5")
    visit(county, "dentist", ADULT, need_assessed_at="2024-09-20 09:00", service_form="T60")
    assert county.value("days_to_nonurgent_care_median") == 5
    assert county.value("days_to_nonurgent_care_p90") == 9


def test_the_care_guarantee_asks_the_law_of_the_day_and_the_age(county: StarsByHand) -> None:
    # Thirty days: too long for the young in any year, and for an adult only before 2025.
    visit(county, "1", ADULT, need_assessed_at="2025-02-01 09:00", visit_started="2025-03-03 09:00")
    visit(county, "2", YOUNG, need_assessed_at="2025-02-01 09:00", visit_started="2025-03-03 09:00")
    assert county.value("care_guarantee_share") == 50
    visit(county, "3", ADULT, need_assessed_at="2024-02-01 09:00", visit_started="2024-03-03 09:00")
    assert county.value("care_guarantee_share", year=2024) == 0


@pytest.mark.parametrize(("since", "in_time"), [("2025-02-01", 0), ("2025-02-02", 100)])
def test_a_pack_of_the_county_itself_reaches_its_figures_from_the_day_it_says(
    since: str, in_time: int
) -> None:
    folder = files("virtaama") / "content" / "statutes"
    shipped = (folder / "care_guarantee.yaml").read_text(encoding="utf-8")
    before = "  - {wait: 51a, within: 3 months, from_age: 23, from: 2025-01-01, source: act_2025, section: 51 a §}\n"
    last = date.fromisoformat(since) - timedelta(days=1)
    own = shipped.replace(
        before,
        before.replace("from: 2025-01-01", f"from: 2025-01-01, until: {last}")
        + f"  - {{wait: 51a, within: 28 days, from_age: 23, from: {since}, source: act_2025}}\n",
    ).replace("edition: 2026", "edition: 2036")
    packs = Statutes(KINDS, {"care_guarantee.yaml": shipped}, {"statutes/ours.yaml": own})
    waits = packs.content(CARE_GUARANTEE).waits
    catalogue = parse_catalogue(texts_of("metrics"), shipped_model(), waits)
    # Thirty days, for somebody of age: in time by the shipped pack, too late by the county's own.
    stars = StarsByHand.empty(catalogue)
    of_two_adults(stars)
    visit(stars, "1", ADULT, need_assessed_at="2025-02-01 09:00", visit_started="2025-03-03 09:00")
    assert stars.value("care_guarantee_share") == in_time
    of_before = shipped_catalogue()
    assert catalogue.version != of_before.version
    redefined = [
        m.name for m in catalogue.metrics if definition_of(m, catalogue) != definition_of(m, of_before)
    ]
    asking_the_law = ("nonurgent_care", "referred_visit", "planned_stay")
    assert redefined == [m.name for m in catalogue.metrics if m.numerator.fact in asking_the_law]


def test_the_dentist_has_limits_of_its_own(county: StarsByHand) -> None:
    visit(
        county,
        "1",
        ADULT,
        service_form="T60",
        need_assessed_at="2025-01-02 09:00",
        visit_started="2025-06-30 09:00",
    )
    assert county.value("care_guarantee_share") == 100


def test_remote_visits_are_those_of_today_and_those_of_old(county: StarsByHand) -> None:
    for number, kind in enumerate(("R10", "R52", "R56", "R20")):
        visit(county, str(number), ADULT, contact_type=kind)
    visit(county, "consultation", ADULT, contact_type="R60")
    assert county.value("remote_visit_share") == 50


def test_a_booking_that_came_to_nothing_is_no_visit(county: StarsByHand) -> None:
    visit(county, "kept", ADULT, reserved_for="2025-01-20 09:00")
    county.add(
        "service_event",
        "missed",
        reserved_for="2025-01-20 09:00",
        cancel_reason="3",
        resident=YOUNG,
        unit="centre",
        service_class="PTH_VASTAANOTTO",
    )
    for key, status in (("kept", "fulfilled"), ("not kept", "cancelled")):
        county.add(
            "appointment", key, status=status, starts_at="2025-01-21 09:00", resident=OLD, unit="centre"
        )
    assert county.value("cancelled_or_missed_share") == 50
    assert county.value("remote_visit_share") == 0


def test_emergency_visits_are_those_of_an_emergency_unit(county: StarsByHand) -> None:
    visit(county, "1", ADULT, urgency="6")
    visit(county, "2", ADULT, urgency="5")
    assert county.value("emergency_visits_per_1000") == pytest.approx(333.3333)
    by_municipality = county.figures("emergency_visits_per_1000", level=Level.MUNICIPALITY)
    assert by_municipality["398"] == pytest.approx(333.3333)


def test_a_visit_belongs_to_the_municipality_recorded_with_it(county: StarsByHand) -> None:
    county.add(
        "residence",
        "earlier",
        person="mover",
        municipality_code="781",
        since="2020-01-01",
        until="2025-06-30",
        resident=ADULT,
    )
    visit(county, "1", ADULT, urgency="6", home_municipality="sysma")
    by_municipality = county.figures("emergency_visits_per_1000", level=Level.MUNICIPALITY)
    assert by_municipality["781"] is not None
    assert by_municipality["781"] > 0
    assert by_municipality["398"] == 0


def test_the_day_of_discharge_is_no_ward_day(county: StarsByHand) -> None:
    stays = (("2024-12-30", "2025-01-04"), ("2025-01-10", "2025-01-10"), ("2025-12-31", None))
    for number, (admitted, discharged) in enumerate(stays):
        county.add(
            "stay", str(number), admitted_on=admitted, discharged_on=discharged, resident=OLD, unit="centre"
        )
    # 1, 2 and 3 January; 10 January; 31 December.
    assert county.value("ward_days_per_1000") == pytest.approx(5 / 3 * 1000)


def test_an_episode_counts_on_the_day_it_ended_and_at_least_a_day(county: StarsByHand) -> None:
    episodes = (("2025-01-01", "2025-01-11"), ("2025-02-01", "2025-02-01"), ("2025-12-31", None))
    for number, (starts, ends) in enumerate(episodes):
        county.add(
            "care_episode",
            str(number),
            starts_on=starts,
            ends_on=ends,
            age_group="85+",
            resident=OLD,
            unit="centre",
        )
    county.add(
        "care_episode",
        "young",
        starts_on="2025-03-01",
        ends_on="2025-03-05",
        age_group="07-17",
        resident=YOUNG,
    )
    assert county.value("care_episode_length") == 5
    by_age = county.figures("care_episode_length", by="age_group")
    assert (by_age["85+"], by_age["07-17"]) == (5.5, 4)


def test_home_care_clients_are_divided_by_residents_of_their_age(county: StarsByHand) -> None:
    for person in (ADULT, OLD):
        county.add(
            "client_relationship",
            person,
            home_care=True,
            starts_on="2024-01-01",
            resident=person,
            unit="centre",
        )
    assert county.value("home_care_clients_per_1000_over_75") == 1000


def test_several_sectors_are_at_least_three(county: StarsByHand) -> None:
    visit(county, "1", OLD)
    visit(county, "2", OLD, service_class="MIELI_PAIHDE", price="MIELI_PAIHDE")
    county.add(
        "home_care_visit", "1", started="2025-02-01 08:00", resident=OLD, unit="centre", price="KOTIHOITO"
    )
    visit(county, "3", ADULT)
    county.add(
        "stay",
        "1",
        admitted_on="2025-02-01",
        discharged_on="2025-02-03",
        service_class="ESH_VUODEOSASTO",
        resident=ADULT,
        unit="centre",
        price="ESH_VUODEOSASTO",
    )
    assert county.value("multi_sector_users_share") == pytest.approx(33.3333)
    # 100 + 150 + 50 of those and the adult's 100 + 2 × 1 000.
    assert county.value("multi_sector_cost_share") == pytest.approx(300 / 2400 * 100, abs=1e-3)


@pytest.fixture
def accounts(county: StarsByHand) -> StarsByHand:
    county.add("account", "pay", code="4000", account_kind="cost")
    county.add("account", "fees", code="3200", account_kind="revenue")
    county.add("cost_centre", "7001", code="7001", unit="centre")
    for number, (account, amount, day) in enumerate(
        (("pay", 700, "2025-01-15"), ("fees", 100, "2025-01-20"), ("pay", 300, "2025-02-15"))
    ):
        county.add(
            "posting",
            str(number),
            posted_on=day,
            amount=amount,
            service_class="PTH_VASTAANOTTO",
            account=account,
            cost_centre="7001",
            municipality="lahti",
        )
    for month in range(1, 13):
        county.add(
            "budget",
            str(month),
            year=2025,
            month=month,
            amount=100,
            service_class="PTH_VASTAANOTTO",
            account="pay",
            cost_centre="7001",
        )
    return county


def test_net_cost_is_cost_less_revenue_per_resident(accounts: StarsByHand) -> None:
    assert accounts.value("net_cost_per_resident") == 300
    assert accounts.value("net_cost_per_resident", grain=Grain.MONTH) == 200


def test_budget_use_compares_the_year_so_far_with_the_whole_year(accounts: StarsByHand) -> None:
    assert accounts.value("budget_use_to_date", grain=Grain.MONTH) == 50
    assert accounts.value("budget_use_to_date") == 75
    assert accounts.figures("budget_use_to_date", level=Level.UNIT) == {"U1": 75}


def test_sick_leave_is_divided_by_person_years(county: StarsByHand) -> None:
    county.add("employee", "nurse", employee_number="1")
    county.add(
        "employment",
        "1",
        starts_on="2020-01-01",
        working_time_percent=50,
        employee="nurse",
        unit="centre",
    )
    for reason, first, last in (
        ("sairaus", "2024-12-30", "2025-01-04"),
        ("vuosiloma", "2025-07-01", "2025-07-31"),
    ):
        county.add(
            "absence", reason, reason=reason, starts_on=first, ends_on=last, employee="nurse", unit="centre"
        )
    # Four days of 2025, half a person-year.
    assert county.value("sick_leave_days_per_person_year") == 8


def test_the_recommendation_index_is_promoters_less_detractors(county: StarsByHand) -> None:
    for number, recommendation in enumerate((10, 9, 8, 6, 12, None)):
        county.add(
            "feedback",
            str(number),
            given_on="2025-01-15",
            recommendation=recommendation,
            unit="centre",
            municipality="lahti",
        )
    assert county.value("recommendation_index") == 25


def test_what_is_divided_by_residents_is_not_offered_for_units() -> None:
    catalogue = shipped_catalogue()
    for metric in catalogue.metrics:
        if any(measure.fact == "residence" for measure in measures_of(metric)):
            assert "unit" not in metric.levels, metric.name


def test_every_breakdown_a_metric_offers_has_words_for_its_members() -> None:
    catalogue = shipped_catalogue()
    worded = {d.name for d in catalogue.dimensions if d.code_list or d.concept}
    assert {dimension for metric in catalogue.metrics for dimension in metric.by} <= worded


def test_metrics_of_all_five_families_are_there() -> None:
    catalogue = shipped_catalogue()
    assert {metric.family for metric in catalogue.metrics} == {
        "need",
        "availability",
        "quality",
        "effectiveness",
        "cost",
    }
    for metric in catalogue.metrics:
        assert len({metric.labels.fi, metric.labels.sv, metric.labels.en}) == 3, metric.name
        assert set(metric.by) <= set(dimensions_of(catalogue.fact(metric.numerator.fact), catalogue))
