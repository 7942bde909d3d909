"""The indicators of the shipped county: each worked out by hand over a few rows, and what is said of all of them."""

from __future__ import annotations

import pytest

from tests.unit.content.county import StarsByHand, shipped_catalogue, shipped_model
from virtaama.metrics.expressions import read_expression
from virtaama.metrics.indicators import Goal, Status
from virtaama.metrics.plan import measures_of, read_aggregate
from virtaama.metrics.question import Level
from virtaama.model.concepts import Purpose
from virtaama.model.derived import Select
from virtaama.model.paths import follow, names_in

WOMAN, BOY, OLD = "woman", "boy", "old"
Row = tuple[str, dict[str, object]]


@pytest.fixture
def county() -> StarsByHand:
    """Three residents of Lahti in 2025: a woman of working age, a boy and an old woman."""
    stars = StarsByHand.empty()
    stars.add("municipality", "lahti", code="398", name="Lahti")
    for unit, service in (("centre", "PTH_VASTAANOTTO"), ("ward", "ESH_VUODEOSASTO"), ("team", "KOTIHOITO")):
        stars.add("unit", unit, code=unit, service_class=service, municipality="lahti")
    for person, born, sex, tongue in (
        (WOMAN, "1980-05-05", "female", "fi"),
        (BOY, "2010-05-05", "male", "ru"),
        (OLD, "1940-05-05", "female", None),
    ):
        stars.add(
            "resident", person, birth_date=born, sex=sex, mother_tongue=tongue, home_municipality="lahti"
        )
        stars.add(
            "residence",
            person,
            municipality_code="398",
            since="2020-01-01",
            resident=person,
            municipality="lahti",
        )
    return stars


def event(person: str = WOMAN, **more: object) -> Row:
    """A visit to the doctor at the health centre, assessed a week before, unless said otherwise."""
    usual = {
        "visit_started": "2025-01-20 09:00",
        "need_assessed_at": "2025-01-13 09:00",
        "contact_type": "R10",
        "service_form": "T11",
        "urgency": "E",
        "need_urgency": "E",
        "profession": "000",
        "service_class": "PTH_VASTAANOTTO",
        "unit": "centre",
        "resident": person,
        "home_municipality": "lahti",
    }
    return "service_event", {**usual, **more}


def contact(**more: object) -> Row:
    usual = {"channel": "phone", "queued_at": "2025-01-03 09:00", "unit": "centre", "municipality": "lahti"}
    return "contact", {**usual, **more}


def home_visit(**more: object) -> Row:
    usual = {"planned_start": "2025-01-20 09:00", "resident": OLD, "unit": "team"}
    return "home_care_visit", {**usual, **more}


def shift(unit: str = "team", **more: object) -> Row:
    usual = {
        "planned_start": "2025-01-20 08:00",
        "planned_end": "2025-01-20 16:00",
        "started": "2025-01-20 08:00",
        "ended": "2025-01-20 16:00",
        "employee": "nurse",
        "unit": unit,
    }
    return "shift", {**usual, **more}


def contract(employee: str, **more: object) -> Row:
    usual = {"starts_on": "2020-01-01", "working_time_percent": 100, "unit": "centre"}
    return "employment", {**usual, "employment_kind": "vakinainen", "employee": employee, **more}


def stay(**more: object) -> Row:
    usual = {"service_class": "ESH_VUODEOSASTO", "urgency": "4", "resident": OLD, "unit": "ward"}
    return "stay", {**usual, "home_municipality": "lahti", **more}


def rai(**scores: object) -> Row:
    return "assessment", {"assessed_on": "2025-01-10", "resident": OLD, **scores}


def posting(account: str, amount: float, service: str = "PTH_VASTAANOTTO") -> Row:
    return "posting", {
        "posted_on": "2025-01-31",
        "amount": amount,
        "service_class": service,
        "account": account,
        "municipality": "lahti",
    }


def feedback(**more: object) -> Row:
    return "feedback", {"given_on": "2025-01-15", "recommendation": 9, "unit": "centre", **more}


ACCOUNTS: tuple[Row, ...] = (
    ("account", {"key": "3200", "code": "3200", "account_kind": "revenue"}),
    ("account", {"key": "4000", "code": "4000", "account_kind": "cost"}),
    ("account", {"key": "4100", "code": "4100", "account_kind": "cost"}),
    ("account", {"key": "4300", "code": "4300", "account_kind": "cost"}),
)
BOOKS = (
    *ACCOUNTS,
    posting("4000", 500),
    posting("4100", 100),
    posting("4300", 400),
    posting("3200", 200),
)
OLD_AND_YOUNG_ASSESSED = (rai(maple=5, pain=2), rai(maple=3, pain=1), rai(maple=None, pain=None))


def priced(service: str) -> tuple[Row, ...]:
    """800 euros net of a service."""
    return (
        *ACCOUNTS,
        posting("4000", 900, service),
        posting("3200", 100, service),
        posting("4000", 7, "HALLINTO"),
    )


def diagnosis(code: str, **of: object) -> Row:
    return "diagnosis", {"code": code, "main": True, **of}


def a_doctor_and_two_others() -> tuple[Row, ...]:
    return (event(), event(BOY, profession="100"), event(OLD, service_class="PTH_PAIVYSTYS"))


WORKED_OUT: dict[str, tuple[tuple[Row, ...], float]] = {
    "residents_over_75_share": ((), 33.3333),
    "foreign_language_share": ((), 33.3333),  # a mother tongue nobody told is not foreign
    "doctor_visits_per_1000": (a_doctor_and_two_others(), 333.3333),
    "dental_visits_per_1000": (
        (event(service_class="PTH_SUUN"), event(service_class="PTH_SUUN"), event()),
        666.6667,
    ),
    "mental_health_clients_per_1000": (
        (event(service_class="MIELI_PAIHDE"), event(service_class="MIELI_PAIHDE"), event(BOY)),
        333.3333,
    ),
    "social_clients_per_1000": (
        (event(service_class="SOSIAALI"), event(BOY, service_class="SOSIAALI")),
        666.6667,
    ),
    "child_protection_clients_per_1000": (
        (event(BOY, service_task="lastensuojelu"), event(OLD, service_task="lastensuojelu")),
        1000,
    ),
    "diabetes_patients_per_1000": (
        (
            ("service_event", {**event()[1], "key": "e1"}),
            diagnosis("E11.9", service_event="e1"),
            diagnosis("E10", service_event="e1"),
            diagnosis("E15", service_event="e1"),
        ),
        333.3333,
    ),
    "high_need_assessments_share": (OLD_AND_YOUNG_ASSESSED, 50),
    "calls_answered_in_5_minutes_share": (
        (
            contact(answered_at="2025-01-03 09:05"),
            contact(answered_at="2025-01-03 09:06"),
            contact(abandoned_at="2025-01-03 09:01"),
            contact(channel="chat", answered_at="2025-01-03 09:01"),
        ),
        33.3333,
    ),
    "digital_contact_share": ((contact(), contact(channel="chat"), contact(channel="web"), contact()), 50),
    "doctor_wait_over_7_days_share": (
        (
            event(),
            event(need_assessed_at="2025-01-12 09:00"),
            event(need_assessed_at="2024-01-12 09:00", profession="100"),
        ),
        50,
    ),
    "nurse_wait_median": (
        (event(profession="100"), event(profession="110"), event(need_assessed_at="2025-01-19")),
        7,
    ),
    "oral_wait_median": ((event(service_form="T60", need_assessed_at="2025-01-10"), event()), 10),
    "care_guarantee_under_23_share": (
        (
            event(BOY),
            event(BOY, need_assessed_at="2025-01-05 09:00"),
            event(WOMAN, need_assessed_at="2024-01-01 09:00"),
        ),
        50,
    ),
    "specialised_wait_median": (
        (
            event(service_class="ESH_AVO", referral_arrived_on="2025-01-01"),
            event(service_class="ESH_AVO", referral_arrived_on="2025-01-20", urgency="6"),
            event(service_class="ESH_AVO", referral_arrived_on="2025-01-21"),
        ),
        19,
    ),
    "specialised_within_3_months_share": (
        (
            event(service_class="ESH_AVO", referral_arrived_on="2024-10-20"),
            event(service_class="ESH_AVO", referral_arrived_on="2024-10-19"),
        ),
        50,
    ),
    "planned_stay_within_6_months_share": (
        (
            stay(admitted_on="2025-03-01", referral_arrived_on="2024-09-01"),
            stay(admitted_on="2025-03-02", referral_arrived_on="2024-09-01"),
            stay(admitted_on="2025-03-02", referral_arrived_on="2020-09-01", urgency="3"),
        ),
        50,
    ),
    "mental_health_wait_median": (
        tuple(
            (
                "appointment",
                {
                    "starts_at": "2025-01-20 09:00",
                    "booked_at": f"2025-01-{day} 09:00",
                    "status": status,
                    "service_form": "T71",
                    "resident": WOMAN,
                },
            )
            for day, status in (("10", "fulfilled"), ("19", "noshow"))
        ),
        10,
    ),
    "decisions_in_effect_in_3_months_share": (
        tuple(
            (
                "decision",
                {
                    "decision_kind": kind,
                    "outcome": outcome,
                    "decided_on": "2025-01-31",
                    "effective_on": effective,
                    "resident": OLD,
                },
            )
            for kind, outcome, effective in (
                ("uusi", "myonnetty", "2025-04-30"),
                ("muutos", "osittain", "2025-05-01"),
                ("uusi", "hylatty", "2025-02-01"),
                ("paattaminen", "myonnetty", "2025-02-01"),
                ("uusi", "myonnetty", None),
            )
        ),
        50,
    ),
    "no_show_share": (
        (
            event(reserved_for="2025-01-20 09:00"),
            event(reserved_for="2025-01-20 09:00", visit_started=None, cancel_reason="3"),
            event(reserved_for="2025-01-20 09:00", visit_started=None, cancel_reason="1"),
            ("appointment", {"starts_at": "2025-01-20 09:00", "status": "noshow", "resident": WOMAN}),
        ),
        50,
    ),
    "same_professional_share": (
        tuple(
            (
                "reception_visit",
                {"visit_started": "2025-01-20 09:00", "same_professional": same, "resident": WOMAN},
            )
            for same in (None, True, False, True, False)
        ),
        50,
    ),
    "home_visits_on_time_share": (
        (
            home_visit(started="2025-01-20 09:15"),
            home_visit(started="2025-01-20 08:45"),
            home_visit(started="2025-01-20 09:16"),
            home_visit(started="2025-01-20 08:44"),
            home_visit(),
        ),
        50,
    ),
    "home_visits_not_made_share": ((home_visit(), home_visit(started="2025-01-20 11:00")), 50),
    "help_when_needed_mean": (
        (feedback(statement_1=5), feedback(statement_1=2), feedback(statement_1=9), feedback()),
        3.5,
    ),
    "heard_mean": ((feedback(statement_2=4), feedback(statement_1=1)), 4),
    "staff_turnover_share": (
        (
            contract("a", ends_on="2025-12-31"),
            contract("b"),
            contract("c", employment_kind="maaraaikainen", ends_on="2025-06-30"),
        ),
        50,
    ),
    "fixed_term_share": ((contract("a"), contract("b", employment_kind="maaraaikainen")), 50),
    "short_sick_spells_per_person_year": (
        (
            contract("a", working_time_percent=50),
            *(
                (
                    "absence",
                    {
                        "reason": reason,
                        "starts_on": first,
                        "ends_on": last,
                        "employee": "a",
                        "unit": "centre",
                    },
                )
                for reason, first, last in (
                    ("sairaus", "2025-01-01", "2025-01-03"),
                    ("sairaus", "2025-02-01", "2025-02-04"),
                    ("vuosiloma", "2025-03-01", "2025-03-01"),
                )
            ),
        ),
        2,
    ),
    "training_days_per_person_year": (
        (
            contract("a"),
            (
                "absence",
                {
                    "reason": "koulutus",
                    "starts_on": "2024-12-31",
                    "ends_on": "2025-01-02",
                    "employee": "a",
                    "unit": "centre",
                },
            ),
        ),
        2,
    ),
    "shifts_not_worked_share": ((shift(), shift(started=None, ended=None)), 50),
    "overtime_share": ((shift(ended="2025-01-20 18:00"), shift(ended="2025-01-20 14:00")), 12.5),
    "readmissions_30_days_share": (
        tuple(
            ("discharge", {"followed_until": "2025-03-01", "readmitted": back, "resident": OLD})
            for back in (True, False, False, False)
        ),
        25,
    ),
    "emergency_returns_72_hours_share": (
        tuple(
            ("emergency_visit", {"followed_until": "2025-03-01 10:00", "returned": back, "resident": OLD})
            for back in (True, False)
        ),
        50,
    ),
    "office_hours_emergency_share": (
        tuple(
            event(service_class="PTH_PAIVYSTYS", urgency="6", visit_started=moment)
            for moment in ("2025-01-20 08:00", "2025-01-20 15:59", "2025-01-20 16:00", "2025-01-19 12:00")
        ),
        50,
    ),
    "avoidable_emergency_stays_per_1000": (
        (
            ("stay", {**stay(admitted_on="2025-02-01", urgency="3")[1], "key": "s1"}),
            ("stay", {**stay(admitted_on="2025-02-01", urgency="4")[1], "key": "s2"}),
            ("stay", {**stay(admitted_on="2025-02-01", urgency="3", resident=BOY)[1], "key": "s3"}),
            diagnosis("I50.9", stay="s1"),
            ("diagnosis", {"code": "J18.9", "main": False, "stay": "s1"}),
            diagnosis("I50.9", stay="s2"),
            diagnosis("J45.9", stay="s3"),
        ),
        500,
    ),
    "repeat_contacts_7_days_share": (
        tuple(
            ("followed_contact", {"followed_until": "2025-03-01 10:00", "repeated": again, "resident": OLD})
            for again in (True, False, False, False)
        ),
        25,
    ),
    "pain_in_assessments_share": (OLD_AND_YOUNG_ASSESSED, 50),
    "long_ward_episodes_share": (
        tuple(
            (
                "care_episode",
                {"starts_on": first, "ends_on": "2025-02-01", "service_class": service, "resident": OLD},
            )
            for first, service in (
                ("2025-01-10", "PTH_VUODEOSASTO"),
                ("2025-01-11", "PTH_VUODEOSASTO"),
                ("2024-01-11", "ESH_VUODEOSASTO"),
            )
        ),
        50,
    ),
    "purchased_services_share": (BOOKS, 40),
    "personnel_cost_share": (BOOKS, 60),
    "cost_per_reception_visit": (
        (*priced("PTH_VASTAANOTTO"), event(), event(BOY), event(service_class="PTH_SUUN")),
        400,
    ),
    "cost_per_oral_visit": ((*priced("PTH_SUUN"), event(service_class="PTH_SUUN"), event()), 800),
    "cost_per_specialised_visit": ((*priced("ESH_AVO"), event(service_class="ESH_AVO"), event()), 800),
    "cost_per_specialised_ward_day": (
        (
            *priced("ESH_VUODEOSASTO"),
            stay(admitted_on="2025-02-01", discharged_on="2025-02-05"),
            stay(admitted_on="2025-02-01", discharged_on="2025-02-05", service_class="PTH_VUODEOSASTO"),
        ),
        200,
    ),
    "cost_per_home_care_visit": (
        (*priced("KOTIHOITO"), home_visit(started="2025-01-20 09:00"), home_visit()),
        800,
    ),
    "reception_visits_per_person_year": ((contract("a", working_time_percent=50), event(), event(BOY)), 4),
    "home_care_client_time_share": (
        (
            home_visit(started="2025-01-20 09:00", ended="2025-01-20 11:00"),
            shift(),
            shift("centre"),
        ),
        25,
    ),
}


@pytest.mark.parametrize("metric", WORKED_OUT)
def test_an_indicator_is_what_is_worked_out_by_hand(county: StarsByHand, metric: str) -> None:
    rows, expected = WORKED_OUT[metric]
    for number, (concept, values) in enumerate(rows):
        named = {**values}
        key = str(named.pop("key", f"{concept}{number}"))
        county.add(concept, key, **named)  # type: ignore[arg-type]
    found = county.value(metric)
    assert found == pytest.approx(expected)


def test_every_indicator_is_worked_out_by_hand_somewhere() -> None:
    """Those that are not here are in test_metrics_of_the_county."""
    names = {metric.name for metric in shipped_catalogue().metrics}
    assert len(WORKED_OUT) + 19 == len(names)
    assert set(WORKED_OUT) <= names


def made(stars: StarsByHand, concept: str) -> list[dict[str, object]]:
    """What the newest rule of a derived concept makes of the rows there are, in the order of its key."""
    rule = next(each for each in shipped_model().derived if each.name == concept).rules[-1]
    assert isinstance(rule.making, Select)
    stars.connection.execute("SET search_path = 'star'")
    found = stars.connection.execute(f"SELECT * FROM ({rule.making.sql.sql}) ORDER BY 1")
    names = [name for name, *_ in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def test_a_readmission_is_urgent_and_within_thirty_days(county: StarsByHand) -> None:
    for key, person, first, last, urgency in (
        ("1", OLD, "2025-01-01", "2025-01-10", "3"),
        ("2", OLD, "2025-02-09", "2025-02-12", "3"),  # thirty days later
        ("3", OLD, "2025-03-15", "2025-03-20", "3"),  # thirty-one
        ("4", WOMAN, "2025-01-01", "2025-01-10", "3"),
        ("5", WOMAN, "2025-01-12", None, "4"),  # planned, and goes on
    ):
        county.add(
            "care_episode",
            key,
            episode_id=key,
            starts_on=first,
            ends_on=last,
            urgency=urgency,
            resident=person,
        )
    assert [(row["episode_id"], row["readmitted"]) for row in made(county, "discharge")] == [
        ("1", True),
        ("2", False),
        ("3", False),
        ("4", False),
    ]


def test_a_return_to_emergency_care_is_of_the_same_client_within_72_hours(county: StarsByHand) -> None:
    for key, person, moment, urgency in (
        ("1", OLD, "2025-01-01 10:00", "6"),
        ("2", OLD, "2025-01-04 10:00", "6"),
        ("3", OLD, "2025-01-07 10:01", "6"),
        ("4", WOMAN, "2025-01-07 11:00", "6"),
        ("5", WOMAN, "2025-01-07 12:00", "E"),
    ):
        county.add("service_event", key, event_id=key, visit_started=moment, urgency=urgency, resident=person)
    assert [(row["event_id"], row["returned"]) for row in made(county, "emergency_visit")] == [
        ("1", True),
        ("2", False),
        ("3", False),
        ("4", False),
    ]


def test_continuity_looks_at_the_visit_before(county: StarsByHand) -> None:
    for key, person, day, professional in (
        ("1", OLD, "2025-01-01", "a"),
        ("2", OLD, "2025-01-05", "a"),
        ("3", OLD, "2025-01-09", "b"),
        ("4", WOMAN, "2025-01-10", "b"),
        ("5", WOMAN, "2025-01-11", None),
        ("6", WOMAN, "2025-01-12", "b"),
    ):
        county.add(
            "service_event",
            key,
            event_id=key,
            visit_started=day,
            service_class="PTH_VASTAANOTTO",
            professional=professional,
            resident=person,
        )
    assert [(row["event_id"], row["same_professional"]) for row in made(county, "reception_visit")] == [
        ("1", None),
        ("2", True),
        ("3", False),
        ("4", None),
        ("6", True),
    ]


def test_a_repeated_contact_is_for_the_same_reason_within_a_week(county: StarsByHand) -> None:
    for key, person, day, reason in (
        ("1", OLD, "2025-01-01", "symptom"),
        ("2", OLD, "2025-01-02", "other"),
        ("3", OLD, "2025-01-08", "symptom"),
        ("4", OLD, "2025-01-16", "symptom"),
        ("5", None, "2025-01-16", "symptom"),
    ):
        county.add("contact", key, contact_id=key, queued_at=day, reason=reason, resident=person)
    assert [(row["contact_id"], row["repeated"]) for row in made(county, "followed_contact")] == [
        ("1", True),
        ("2", False),
        ("3", False),
        ("4", False),
    ]


def test_a_draft_of_the_county_can_be_computed(county: StarsByHand) -> None:
    stars = StarsByHand(county.connection, shipped_catalogue().of_drafts())
    for number, (answered, called_back) in enumerate(
        ((None, True), (None, False), ("2025-01-03 09:01", False))
    ):
        stars.add("contact", str(number), **contact(answered_at=answered, called_back=called_back)[1])  # type: ignore[arg-type]
    assert stars.value("called_back_share") == 50


def test_what_metrics_are_counted_from_may_serve_steering() -> None:
    """A special attribute names the purposes it may serve: no metric of the steering picture goes beyond them."""
    model, catalogue = shipped_model(), shipped_catalogue()
    concepts = {each.name: each for each in model.every_concept}
    for fact in catalogue.facts:
        if fact.union:
            continue
        using = [m for m in catalogue.metrics if fact.name in {measure.fact for measure in measures_of(m)}]
        written = [
            fact.where,
            fact.time,
            *(fact.during or ()),
            *(sql for _, sql in (*fact.by, *fact.columns)),
        ]
        written += [
            sql
            for metric in using
            for measure in measures_of(metric)
            if measure.fact == fact.name
            for sql in (measure.where, read_aggregate(measure.aggregate).argument)
        ]
        for name in {name for sql in written if sql for name in names_in(read_expression(sql))}:
            try:
                followed = follow(model, concepts[fact.of], name, rising=True)
            except ValueError:  # a word of the fact's own, or of the language
                continue
            end = followed.steps[-1][1] if followed.steps else fact.of
            attribute = concepts[end].attribute(followed.column)
            if attribute and attribute.purposes:
                assert Purpose.STEERING in attribute.purposes, (fact.name, ".".join(name))


def test_the_catalogue_is_whole() -> None:
    catalogue = shipped_catalogue()
    assert len(catalogue.metrics) >= 60
    assert {goal for metric in catalogue.metrics for goal in metric.goals} == set(Goal)
    for metric in catalogue.metrics:
        assert metric.status is Status.APPROVED, metric.name
        assert metric.goals, metric.name
        assert metric.frequency, metric.name
        assert metric.direction == "neutral" or metric.levels, metric.name
    assert [metric.name for metric in catalogue.drafts] == ["called_back_share"]


def test_packages_divide_the_services_of_the_county() -> None:
    packages = shipped_catalogue().packages
    [services] = [each for each in shipped_model().code_lists if each.name == "service_class"]
    basic = [service for package in packages if package.basic for service in package.services]
    assert sorted(basic) == sorted({code.code for code in services.codes})
    assert len([package for package in packages if package.basic]) == 11


def test_words_of_what_is_said_beside_a_metric_are_there_in_three_languages() -> None:
    said = [
        text
        for metric in shipped_catalogue().metrics
        for text in (
            *(each.reason for each in metric.breaks),
            *((metric.counterpart.difference,) if metric.counterpart else ()),
            *((metric.missing.rule,) if metric.missing.rule else ()),
            *(text for _, text in metric.missing.reasons),
        )
    ]
    assert said
    for text in said:
        assert len({text.fi, text.sv, text.en}) == 3


def test_figures_of_units_divide_what_units_have(county: StarsByHand) -> None:
    for person in (WOMAN, BOY):
        county.add("service_event", person, **event(person)[1])  # type: ignore[arg-type]
    county.add("employment", "1", **contract("a")[1])  # type: ignore[arg-type]
    assert county.figures("reception_visits_per_person_year", level=Level.UNIT) == {"centre": 2}
