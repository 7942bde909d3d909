from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils import translation

from tests.portal.door_for_tests import METRICS, PLACE
from virtaama.metrics.definitions import Catalogue, Fact, Measure, Window
from virtaama.portal.ui.formulas import formula_in_words

CATALOGUE = Catalogue(
    version="x",
    facts=(
        Fact(
            name="visit",
            of="service_event",
            where="visit_started IS NOT NULL",
            time="visit_started",
            place=PLACE,
        ),
        Fact(name="service_use", union=("visit", "stay_day"), place=PLACE),
    ),
    dimensions=(),
    metrics=METRICS,
)
METRIC = replace(
    METRICS[0],
    numerator=Measure(
        fact="service_use",
        aggregate="sum(cost)",
        where="urgent",
        per_person_having="count(DISTINCT sector) >= 3",
    ),
    denominator=Measure(fact="residence", aggregate="persons", window=Window.MONTH_ENDS),
    scale=1000,
)


def test_a_formula_tells_every_part_of_the_definition() -> None:
    with translation.override("en"):
        assert formula_in_words(METRIC, CATALOGUE) == (
            "Numerator: sum of cost over service_use, in the period, together from visit, stay_day, "
            "only where urgent, only persons whose rows in the period satisfy count(DISTINCT sector) >= 3.",
            "Denominator: number of different persons in residence, "
            "in force at the month ends of the period, on average.",
            "Value: the numerator divided by the denominator, times 1,000.",
        )


@pytest.mark.parametrize(
    ("language", "word"),
    [
        ("fi", "Nimittäjä: eri henkilöiden määrä: residence"),
        ("sv", "Nämnare: antal olika personer: residence"),
    ],
)
def test_a_formula_is_told_in_the_language_of_the_reader(language: str, word: str) -> None:
    with translation.override(language):
        assert formula_in_words(METRIC, CATALOGUE)[1].startswith(word)


def test_the_condition_of_a_fact_is_told_too() -> None:
    plain = replace(METRICS[0], denominator=None)
    with translation.override("en"):
        assert formula_in_words(plain, CATALOGUE) == (
            "Numerator: number of rows of visit, in the period, rows where visit_started IS NOT NULL.",
            "Value: the numerator as it is.",
        )
