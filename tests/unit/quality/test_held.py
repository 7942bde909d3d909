"""A failed `stop` keeps back what it concerns, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tests.unit.published_county import CATALOGUE, PUBLISHED_MODEL
from virtaama.model.concepts import Text
from virtaama.model.expectations import Expectation, Required, Severity, Unit
from virtaama.problems import Place
from virtaama.quality.held import held_back
from virtaama.quality.results import Result, fingerprint

WORDS = Text("a", "b", "c")


def expectation(subject: str, severity: Severity = Severity.STOP) -> Expectation:
    return Expectation(
        name="known",
        subject=subject,
        of_feed="." in subject,
        check=Required("x"),
        severity=severity,
        owner="o",
        message=WORDS,
        at_most=0,
        unit=Unit.SHARE,
        place=Place("x.yaml", 1),
    )


def result(of: Expectation, *, passed: bool = False, day: int = 1, batch: int = 0) -> Result:
    return Result(
        moment=datetime(2025, 1, day),
        run=day,
        subject=of.subject,
        expectation=of.name,
        fingerprint=fingerprint(of),
        kind=of.kind,
        severity=Severity.STOP,
        owner=of.owner,
        batch=batch,
        describes=None,
        measured=0.0 if passed else 1.0,
        least=None,
        most=0.0,
        passed=passed,
        rows=0 if passed else 1,
        of=1,
    )


def held(*expected: Expectation, results: list[Result]) -> tuple[set[str], set[str]]:
    found = held_back(results, replace(PUBLISHED_MODEL, expectations=expected), CATALOGUE)
    return set(found.concepts), set(found.metrics)


def test_a_concept_holds_back_the_metrics_that_count_it() -> None:
    visits = expectation("visit")
    assert held(visits, results=[result(visits)]) == ({"visit"}, {"visits_per_1000", "median_wait"})


def test_a_concept_holds_back_the_metrics_that_reach_it() -> None:
    residents = expectation("resident")
    concepts, metrics = held(residents, results=[result(residents)])
    assert concepts == {"resident"}
    assert "visits_per_1000" in metrics
    assert "cost" not in metrics


def test_a_feed_holds_back_the_concepts_it_is_mapped_to() -> None:
    of_books = expectation("books.postings")
    assert held(of_books, results=[result(of_books, batch=3)]) == ({"posting"}, {"cost"})


def test_only_the_last_result_counts() -> None:
    visits = expectation("visit")
    assert held(visits, results=[result(visits), result(visits, passed=True, day=2)]) == (set(), set())


def test_only_stop_holds_back_and_the_severity_is_that_of_now() -> None:
    visits = expectation("visit", Severity.WARN)
    assert held(visits, results=[result(visits)]) == (set(), set())


def test_an_expectation_that_is_no_more_holds_nothing_back() -> None:
    assert held(results=[result(expectation("visit"))]) == (set(), set())


def test_it_is_told_what_holds_a_metric_back() -> None:
    visits, of_feed = expectation("visit"), expectation("care.visits")
    model = replace(PUBLISHED_MODEL, expectations=(visits, of_feed))
    found = held_back([result(visits), result(of_feed, batch=2)], model, CATALOGUE)
    assert [r.id for r in found.metrics["median_wait"]] == ["care.visits.known", "visit.known"]
