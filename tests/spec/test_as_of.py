"""Two times: what was true on a day, and what was known on a day, are both one argument of a question.

The oracle is a warehouse that never heard of anything else: it was given only what had been extracted, or had
landed, by then.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.generative.examples import examples
from tests.published_warehouse import Published
from tests.unit.published_county import CONTACT, MANAGER
from virtaama.access.answers import Answer
from virtaama.metrics.question import Grain, Level, Missing, Question
from virtaama.privacy.policy import Purpose
from virtaama.problems import NotAllowed, NotReady
from virtaama.sql.build import drop_table

BEGINNING = date(2026, 1, 1)
METRICS = ("visits", "postings")
Delivery = tuple[str, int, list[Any]]


def ask(
    county: Published, *, as_of: date | None = None, known: date | None = None, level: Level = Level.COUNTY
) -> Answer:
    question = Question(
        metrics=METRICS,
        grain=Grain.MONTH,
        first=date(2025, 1, 1),
        last=date(2025, 12, 1),
        level=level,
        as_of=as_of,
        known=known,
    )
    return county.door().ask(question, MANAGER, Purpose.STEERING)


def values(answer: Answer) -> dict[tuple[str, str, int], float]:
    return {(f.metric, f.area, f.period.month): f.value for f in answer.figures if f.value is not None}


def delivered(folder: Path, deliveries: list[Delivery], *, known: int, until: int) -> Published:
    """A county with only the deliveries that had landed by a day and describe the months until one."""
    county = Published(folder)
    for day, (kind, month, told) in enumerate(deliveries):
        county.landed = datetime.combine(BEGINNING + timedelta(days=day), datetime.min.time())
        if day <= known and month <= until:
            getattr(county, kind)(month, *told)
    county.load()
    county.publish()
    return county


ALWAYS = 99
IN_ORDER: list[Delivery] = [
    ("person", 1, ["398", "398"]),
    ("visit", 1, [0, 1]),
    ("post", 1, []),
    ("person", 2, ["398", "098"]),
    ("visit", 2, [0]),
    ("post", 2, []),
    ("person", 3, ["398", "098"]),
    ("visit", 3, [1]),
    ("post", 3, []),
]
LATE: Delivery = ("visit", 1, [3, 4])


@pytest.fixture
def county(tmp_path: Path) -> Published:
    return delivered(tmp_path, [*IN_ORDER, LATE], known=ALWAYS, until=12)


def test_a_late_delivery_is_true_of_its_month_but_was_not_known_before_it_landed(county: Published) -> None:
    before_it_landed = BEGINNING + timedelta(days=len(IN_ORDER) - 1)
    assert values(ask(county))["visits", "07", 1] == 4
    assert values(ask(county, known=before_it_landed))["visits", "07", 1] == 2
    assert values(ask(county, as_of=date(2025, 1, 31)))["visits", "07", 1] == 4
    assert values(ask(county, as_of=date(2025, 1, 31), known=before_it_landed))["visits", "07", 1] == 2


def test_a_move_is_seen_from_when_it_was_true(county: Published) -> None:
    now = values(ask(county, level=Level.MUNICIPALITY))
    january = values(ask(county, level=Level.MUNICIPALITY, as_of=date(2025, 1, 31)))
    assert (now["visits", "398", 1], now["visits", "098", 1]) == (1, 1)
    assert january == {("visits", "398", 1): 2}


def test_a_month_not_delivered_by_then_is_missing_and_not_zero(county: Published) -> None:
    answer = ask(county, as_of=date(2025, 2, 28))
    postings = {f.period.month: f for f in answer.figures if f.metric == "postings"}
    assert postings[1].value == 1
    assert postings[3].missing is Missing.NOT_DELIVERED


def test_nothing_was_known_before_anything_landed(county: Published) -> None:
    assert values(ask(county, known=BEGINNING - timedelta(days=1))) == {}


def test_the_place_in_time_is_on_record_with_the_question(county: Published) -> None:
    answer = ask(county, as_of=date(2025, 2, 28), known=date(2026, 1, 5))
    entry = county.door()._audit.entries()[answer.record - 1]
    asked = json.loads(entry.question)
    assert (asked["as_of"], asked["known"]) == ("2025-02-28", "2026-01-05")


def test_the_past_is_no_way_around_a_refusal_or_a_small_group(county: Published) -> None:
    elsewhere = Question(
        metrics=("visits",),
        grain=Grain.MONTH,
        first=date(2025, 1, 1),
        last=date(2025, 1, 1),
        level=Level.MUNICIPALITY,
        area="098",
        as_of=date(2025, 1, 31),
    )
    with pytest.raises(NotAllowed):
        county.door().ask(elsewhere, CONTACT, Purpose.PLANNING)
    own = Question(
        metrics=("visits",),
        grain=Grain.MONTH,
        first=date(2025, 1, 1),
        last=date(2025, 1, 1),
        level=Level.MUNICIPALITY,
        area="398",
        as_of=date(2025, 1, 31),
    )
    [figure] = county.door().ask(own, CONTACT, Purpose.PLANNING).figures
    assert (figure.missing, figure.numerator, figure.rows) == (Missing.TOO_FEW, None, None)


def test_a_snapshot_without_history_says_what_comes_first(county: Published) -> None:
    for concept in ("visit", "posting"):
        county.engine.run(drop_table(f"sat_{concept}__{FEEDS[concept]}__open__superseded"))
    county.publish("other")
    question = Question(
        metrics=METRICS,
        grain=Grain.MONTH,
        first=date(2025, 1, 1),
        last=date(2025, 1, 1),
        known=date(2026, 1, 3),
    )
    with pytest.raises(NotReady, match="virtaama load"):
        county.door("other").ask(question, MANAGER, Purpose.STEERING)


FEEDS = {"visit": "care__visits", "posting": "books__postings"}

months = st.integers(1, 5)
homes = st.lists(st.sampled_from(["398", "098", ""]), min_size=1, max_size=4)
people = st.tuples(st.just("person"), months, homes)
visits = st.tuples(st.just("visit"), months, st.lists(st.integers(0, 4), max_size=4, unique=True))
postings = st.tuples(st.just("post"), months, st.just([]))


@settings(
    max_examples=examples(2),
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    deliveries=st.lists(st.one_of(people, visits, visits, postings), min_size=6, max_size=14),
    known=st.integers(2, 12),
    until=months,
)
def test_an_answer_of_then_is_that_of_a_warehouse_that_knows_only_then(
    tmp_path_factory: pytest.TempPathFactory, deliveries: list[Delivery], known: int, until: int
) -> None:
    whole = delivered(tmp_path_factory.mktemp("whole"), deliveries, known=ALWAYS, until=12)
    day = BEGINNING + timedelta(days=known)
    truth = date(2025, until + 1, 1) - timedelta(days=1)
    for level in (Level.COUNTY, Level.MUNICIPALITY):
        then = delivered(tmp_path_factory.mktemp("then"), deliveries, known=known, until=until)
        assert values(ask(whole, as_of=truth, known=day, level=level)) == values(ask(then, level=level))
    only_known = delivered(tmp_path_factory.mktemp("known"), deliveries, known=known, until=12)
    assert values(ask(whole, known=day)) == values(ask(only_known))
