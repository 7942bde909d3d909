"""Which groups are told of by two counts together: read off definitions, never from a list."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.content.county import shipped_catalogue
from virtaama.metrics.definitions import Catalogue, Fact, Measure, Metric, Window
from virtaama.metrics.left_over import conditions, counted_for, left_over, with_rests_of_unions
from virtaama.metrics.plan import Breakdown
from virtaama.metrics.question import Level

VISITS = Measure(fact="visit", aggregate="count")
URGENT = replace(VISITS, where="urgent")


def catalogue(*metrics: Metric, facts: tuple[Fact, ...] = ()) -> Catalogue:
    shipped = shipped_catalogue()
    return replace(shipped, facts=facts or shipped.facts, metrics=metrics)


def metric(above: Measure, below: Measure | None = None, **more: object) -> Metric:
    shipped = shipped_catalogue().metric("remote_visit_share")
    given: dict[str, object] = {"levels": ("county",), "by": (), "minimum_group": 5}
    return replace(shipped, numerator=above, denominator=below, **(given | more))  # type: ignore[arg-type]


def rests(measure: Measure, *metrics: Metric) -> set[tuple[str, str, str]]:
    known = with_rests_of_unions(catalogue(*metrics))
    return {
        (rest.measure.fact, rest.measure.where, rest.measure.per_person_having)
        for rest in left_over(measure, known)
    }


def test_rows_that_satisfy_more_leave_those_that_do_not() -> None:
    found = rests(URGENT, metric(VISITS), metric(URGENT))
    assert found == {("visit", "NOT coalesce((urgent), FALSE)", "")}
    assert rests(VISITS, metric(VISITS), metric(URGENT)) == set()


def test_conditions_may_stand_in_any_order_and_be_written_in_many_ways() -> None:
    assert conditions("a = 1 AND  b IS NOT NULL AND c") == conditions("c AND b IS not NULL AND a=1")
    narrow = replace(VISITS, where="remote AND urgent")
    (found,) = rests(narrow, metric(URGENT), metric(narrow))
    assert found[1] == "(urgent) AND NOT coalesce((remote AND urgent), FALSE)"


def test_one_of_two_conditions_is_no_condition_of_its_own() -> None:
    either = replace(VISITS, where="remote OR urgent")
    assert rests(either, metric(URGENT), metric(either)) == set()


def test_a_numerator_leaves_what_is_in_its_denominator_alone() -> None:
    within, all_told = replace(VISITS, where="on_time"), replace(VISITS, where="limit IS NOT NULL")
    found = rests(within, metric(within, all_told))
    assert found == {("visit", "(limit IS NOT NULL) AND NOT coalesce((on_time), FALSE)", "")}


def test_persons_who_satisfy_something_leave_those_who_do_not() -> None:
    frequent = replace(VISITS, per_person_having="count(*) > 3")
    assert rests(frequent, metric(frequent, VISITS)) == {("visit", "", "NOT coalesce((count(*) > 3), FALSE)")}


def test_a_union_without_one_of_its_facts_is_left_to_the_union() -> None:
    everything = replace(VISITS, fact="service_use")
    assert rests(everything, metric(everything), metric(VISITS)) == {
        ("service_use: ward_stay, home_visit", "", "")
    }
    assert rests(VISITS, metric(everything), metric(VISITS)) == set()


def test_a_count_since_january_leaves_what_came_with_the_month() -> None:
    so_far = replace(VISITS, window=Window.YEAR_TO_DATE)
    (found,) = left_over(so_far, catalogue(metric(so_far)))
    assert found.measure == VISITS


def test_what_is_seen_in_another_window_or_fact_is_no_part() -> None:
    other = replace(VISITS, window=Window.WHOLE_YEAR)
    assert rests(URGENT, metric(other), metric(URGENT)) == set()
    assert rests(URGENT, metric(replace(VISITS, fact="contact")), metric(URGENT)) == set()


def test_it_is_left_over_where_both_are_told_alone() -> None:
    by_sex = metric(VISITS, levels=("county", "municipality"), by=("sex",))
    (found,) = left_over(URGENT, catalogue(by_sex, metric(URGENT, by=("sex", "age_group"))))
    assert found.breakdowns == {Breakdown(Level.COUNTY), Breakdown(Level.COUNTY, "sex")}


def test_metrics_about_nobody_are_left_out() -> None:
    assert rests(URGENT, metric(VISITS, minimum_group=0), metric(URGENT)) == set()


@pytest.mark.parametrize("name", ["phone_answered_share", "remote_visit_share", "emergency_visits_per_1000"])
def test_shipped_metrics_are_counted_with_what_they_leave(name: str) -> None:
    known = with_rests_of_unions(shipped_catalogue())
    found = known.metric(name)
    more = set(counted_for(found, known)) - {found.numerator, found.denominator}
    assert any("NOT coalesce" in measure.where for measure in more)
