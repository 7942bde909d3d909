"""P10: one asker in each of some invented counties, those of the tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from attack.outcome import Row, Should
from attack.session import Count, Dashboard, Solved, few_hidden, seen_in, solved
from tests.privacy.crowded_county import EVERYTHING, SEES_ROUNDED, STEERING, crowded_county
from virtaama.access.door import Door
from virtaama.metrics.question import Figure
from virtaama.privacy.disclosure.rounding import rounded
from virtaama.privacy.policy import Asker

SMALLEST = 5
BASE = 5
QUESTIONS = 10_000
WAYS = {
    "alone": "exact figures, small ones alone hidden",
    "exact": "exact figures with their guard",
    "nearest": "rounded to the nearest",
    "by lot": "rounded by lot",
}
DASHBOARD = Dashboard(
    metrics=("visits", "urgent_visits"),
    breakdowns=("sex", "form"),
    months=tuple(date(2024, month, 1) for month in range(1, 7)),
    parts={"urgent_visits": "visits"},
)


def session(seed: int) -> dict[str, Solved]:
    """One asker in one county: what exact figures tell of the hidden ones, and what two ways of rounding do."""
    with TemporaryDirectory() as folder:
        county = crowded_county(Path(folder), visits=240 + 60 * seed, seed=seed)
        door = county.figure_door()

        def seen_by(asker: Asker, door: Door = door) -> dict[Count, Figure]:
            questions = DASHBOARD.questions(Random(seed), QUESTIONS)
            return seen_in(questions, lambda question: door.ask(question, asker, STEERING).figures)

        exact = seen_by(Asker(id="analyst", role="analyst"))
        by_lot = seen_by(SEES_ROUNDED)
        alone = few_hidden(seen_by(EVERYTHING, county.figure_door(smallest=1)), SMALLEST)
    nearest = {
        count: figure
        if figure.numerator is None
        else replace(figure, numerator=rounded(figure.numerator, BASE))
        for count, figure in exact.items()
    }
    return {
        "alone": solved(alone, DASHBOARD, base=1, smallest=SMALLEST),
        "exact": solved(exact, DASHBOARD, base=1, smallest=SMALLEST),
        "nearest": solved(nearest, DASHBOARD, base=BASE, smallest=SMALLEST, by_lot=False),
        "by lot": solved(by_lot, DASHBOARD, base=BASE, smallest=SMALLEST),
    }


def rows(counties: int) -> Iterator[Row]:
    """Every session solved as one system of equations, as exact figures and as two ways of rounding leave it."""
    found = [session(seed) for seed in range(1, counties + 1)]
    for way, should in (
        ("alone", Should.SHOWN),
        ("exact", Should.SHOWN),
        ("nearest", Should.SHOWN),
        ("by lot", Should.NONE),
    ):
        yield Row(
            id="P10",
            what=f"hidden counts, {QUESTIONS:,} questions in each of {counties} counties, {WAYS[way]}: worked out",
            tried=sum(each[way].hidden for each in found),
            got=sum(each[way].worked_out for each in found),
            should=should,
        )
