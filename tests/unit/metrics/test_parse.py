from __future__ import annotations

import pytest

from tests.spec.metrics.small_county import FACTS, METRIC, MODEL, catalogue_with
from virtaama.metrics.definitions import Window
from virtaama.metrics.parse import parse_catalogue
from virtaama.metrics.plan import columns_of, dimensions_of
from virtaama.problems import ProblemsFound


def problems_of(body: str) -> str:
    with pytest.raises(ProblemsFound) as found:
        catalogue_with(body)
    return str(found.value)


def problems_of_facts(facts: str) -> str:
    with pytest.raises(ProblemsFound) as found:
        parse_catalogue({"facts.yaml": facts}, MODEL)
    return str(found.value)


def test_metric_is_read_with_all_its_members() -> None:
    metric = catalogue_with(
        """
numerator: {fact: stay, aggregate: count, where: "sector = 'ward'", window: days}
denominator: {fact: residence, aggregate: persons, window: month_ends}
scale: 1000
levels: [county, municipality]
by: [sex]
targets: [{value: 4, source: plan, from: 2024-01-01}]
minimum_group: 7
"""
    ).metric("asked")
    assert metric.numerator.window is Window.DAYS
    assert (metric.scale, metric.levels, metric.minimum_group) == (1000, ("county", "municipality"), 7)
    assert metric.targets[0].valid_from.isoformat() == "2024-01-01"


def test_version_changes_with_the_text() -> None:
    one = catalogue_with("numerator: {fact: visit, aggregate: count}\nlevels: [county]")
    other = catalogue_with("numerator: {fact: visit, aggregate: persons}\nlevels: [county]")
    assert len(one.version) == 12
    assert one.version != other.version


def test_every_problem_is_told_at_once_with_its_line() -> None:
    text = problems_of("numerator: {fact: vist, aggregate: count}\nlevels: [county, planet]\nby: [sex]")
    assert "metrics.yaml:3: metric 'asked': 'vist' is not a fact\n  Did you mean 'visit'?" in text
    assert "'planet' is not a level" in text
    assert "2 problems. Nothing was changed." in text


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("numerator: {fact: visit, aggregate: average}\nlevels: [county]", "is not an aggregate"),
        ("numerator: {fact: visit, aggregate: sum(price)}\nlevels: [county]", "has no attribute 'price'"),
        ("numerator: {fact: visit, aggregate: count, where: 'a ='}\nlevels: [county]", "where: "),
        (
            "numerator: {fact: visit, aggregate: count, where: 'sum(cost) > 1'}\nlevels: [county]",
            "aggregates are written in `aggregate` alone",
        ),
        (
            "numerator: {fact: visit, aggregate: count, where: '1 = (SELECT 1)'}\nlevels: [county]",
            "it holds a query",
        ),
        (
            "numerator: {fact: visit, aggregate: count, window: month_ends}\nlevels: [county]",
            "needs a fact with `during`",
        ),
        ("numerator: {fact: posting, aggregate: persons}\nlevels: [county]", "has no person to count"),
        ("numerator: {fact: posting, aggregate: count}\nlevels: [unit]", "has no dimension 'unit'"),
        (
            "numerator: {fact: posting, aggregate: count}\nlevels: [county]\nby: [sex]",
            "has no dimension 'sex'",
        ),
        (
            "numerator: {fact: visit, aggregate: count}\nlevels: [county]\nminimum_group: 0",
            "minimum_group 0 is for figures about no person",
        ),
        ("numerator: {fact: visit, aggregate: count}\nlevel: [county]", "Did you mean 'levels'?"),
        ("numerator: {fact: visit}\nlevels: [county]", "numerator of metric 'asked' has no 'aggregate'"),
        (
            "numerator: {fact: visit, aggregate: count, where: 'age_years(started) > 1'}\nlevels: [county]",
            "age_years",
        ),
        (
            "numerator: {fact: service_use, aggregate: count, where: 'urgent'}\nlevels: [county]",
            "'urgent' is not one of",
        ),
    ],
)
def test_problem_says_what_is_wrong(body: str, said: str) -> None:
    assert said in problems_of(body)


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ("{of: vist, time: started}", "'vist' is not a concept"),
        ("{of: visit}", "exactly one of 'time' and 'during'"),
        ("{of: visit, time: started, during: [started, started]}", "exactly one of 'time' and 'during'"),
        ("{of: visit, time: begun}", "'visit' has no attribute 'begun'"),
        ("{of: visit, time: started, person: patient}", "person: 'visit' has no attribute 'patient'"),
        ("{of: visit, time: started, by: {sex: resident.gender}}", "'resident' has no attribute 'gender'"),
        ("{of: visit, time: started, by: {colour: form}}", "'colour' is not a dimension"),
        ("{union: [nothing]}", "'nothing' is not a fact over a concept"),
    ],
)
def test_problem_of_a_fact_says_what_is_wrong(fact: str, said: str) -> None:
    assert said in problems_of_facts(FACTS.replace("facts:\n", f"facts:\n  tried: {fact}\n", 1))


def test_a_union_has_the_breakdowns_and_columns_all_its_members_have() -> None:
    catalogue = parse_catalogue({"facts.yaml": FACTS}, MODEL)
    union = catalogue.fact("service_use")
    assert (dimensions_of(union, catalogue), columns_of(union, catalogue)) == (
        ("municipality", "sex"),
        ("sector", "cost"),
    )


def test_what_one_member_of_a_union_lacks_cannot_be_asked_of_it() -> None:
    said = problems_of("numerator: {fact: service_use, aggregate: sum(days)}\nlevels: [county]\nby: [form]")
    assert "'days' is not one of" in said
    assert "fact 'service_use' has no dimension 'form'" in said


def test_name_given_twice_is_told_with_both_places() -> None:
    body = "numerator: {fact: visit, aggregate: count}\n    levels: [county]"
    with pytest.raises(ProblemsFound, match=r"'asked' is already described at a.yaml:3"):
        parse_catalogue(
            {"a.yaml": METRIC.format(body=body), "b.yaml": METRIC.format(body=body), "f.yaml": FACTS}, MODEL
        )


def test_file_that_is_not_yaml_is_told_with_its_line() -> None:
    with pytest.raises(ProblemsFound, match=r"x.yaml:3: the file cannot be read as YAML"):
        parse_catalogue({"x.yaml": "facts:\n  a: [1\n"}, MODEL)
