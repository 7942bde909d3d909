"""Whatever is delivered in whatever order, a feature of a day is the same as if nothing had come after it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.generative.examples import examples
from tests.spec.care import COMPUTED, EPISODE, Care
from tests.spec.features import FACTS, column, feature_table, hospital, table_text
from virtaama.loading.features import FeatureBuild
from virtaama.metrics.definitions import Catalogue
from virtaama.metrics.parse import parse_catalogue
from virtaama.model.model import Model
from virtaama.vault.derive import end_of
from virtaama.vault.design import design

PERSONS = ("ann", "bo", "cia")
NEW_YEAR = date(2025, 1, 1)
MORE_FACTS = """
  episode: {of: care_episode, time: starts_on, person: resident, columns: {open: ends_on IS NULL, stays: stays}}
  long_stay: {of: stay, time: admitted_on, person: resident, where: long}
"""
TABLE = table_text(
    "".join(
        (
            column("born", value="birth_date"),
            column("visits", fact="visit", aggregate="count", last="2 months"),
            column("recent", fact="visit", aggregate="count", last="10 days"),
            column("ward_days", fact="ward_day", aggregate="days", last="2 months"),
            column("length", fact="stay", aggregate="mean(length)", last="3 months"),
            column("long_stays", fact="long_stay", aggregate="count", last="3 months"),
            column("episodes", fact="episode", aggregate="count", where="open", last="3 months"),
            column("parts", fact="episode", aggregate="sum(stays)", last="3 months"),
        )
    )
)


@cache
def county() -> tuple[Model, Catalogue]:
    model, _ = hospital(EPISODE, computed=COMPUTED)
    return model, parse_catalogue({"facts.yaml": FACTS + MORE_FACTS}, model)


days = st.integers(0, 150).map(lambda number: NEW_YEAR + timedelta(days=number))
moments = st.integers(1, 6).map(lambda month: datetime(2025, month, 1))
keys = st.sampled_from(["x", "y", "z"])
people = st.builds(lambda who, born: {"ID": who, "BORN": born}, st.sampled_from(PERSONS), st.none() | days)
visits = st.builds(
    lambda key, who, at: {"ID": key, "PERSON": who, "AT": datetime(at.year, at.month, at.day)},
    keys, st.sampled_from(PERSONS), days,
)  # fmt: skip
stays = st.builds(
    lambda key, who, begins, length, gone: {
        "ID": key, "PERSON": who, "IN": begins, "GONE": gone,
        "OUT": None if length is None else begins + timedelta(days=length),
    },
    keys, st.sampled_from(PERSONS), days, st.none() | st.integers(0, 40), st.sampled_from([None, None, "yes"]),
)  # fmt: skip


def delivered(feed: str, rows: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[Any]:
    # One row of a key in a delivery: which of several counts is not what is tried here.
    return st.tuples(st.just(feed), moments, st.lists(rows, max_size=3, unique_by=lambda row: row["ID"]))


deliveries = st.lists(
    delivered("hospital.people", people)
    | delivered("hospital.stays", stays)
    | delivered("hospital.visits", visits),
    min_size=1,
    max_size=7,
)


@settings(max_examples=examples(3), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(deliveries=deliveries, day=st.sampled_from([date(2025, 2, 28), date(2025, 3, 31), date(2025, 4, 10)]))
def test_a_feature_is_what_it_would_be_if_nothing_had_come_after_its_day(
    deliveries: list[tuple[str, datetime, list[dict[str, Any]]]], day: date
) -> None:
    everything = rows(deliveries, day)
    assert everything == rows([each for each in deliveries if each[1] <= end_of(day)], day)
    assert {who: row[1] for who, row in everything.items()} == visits_by_hand(deliveries, day)


def rows(
    deliveries: Iterable[tuple[str, datetime, list[dict[str, Any]]]], day: date
) -> dict[str, tuple[object, ...]]:
    """The rows of a day by resident; what no delivery covers is for other tests."""
    model, catalogue = county()
    with TemporaryDirectory() as folder:
        warehouse = Care(model, Path(folder), in_memory=True)
        for feed, extracted, given_rows in deliveries:
            warehouse.deliver(feed, extracted, *given_rows)
        warehouse.load()
        build = Covered(
            table=feature_table(TABLE, model, catalogue),
            model=model,
            design=design(model),
            catalogue=catalogue,
            batches=(),
        )
        found = warehouse.engine.read(build.query(day)).to_pylist()
        names = warehouse.rows("SELECT resident_key, person FROM hub_resident")
        warehouse.engine.close()
    people = {str(key): person for key, person in names}
    table = build.table.names
    return {people[str(row["resident_key"])]: tuple(row[name] for name in table) for row in found}


class Covered(FeatureBuild):
    """A build for which every day counts as delivered."""

    def absent(self, day: date) -> dict[str, str]:
        return {}


def visits_by_hand(
    deliveries: list[tuple[str, datetime, list[dict[str, Any]]]], day: date
) -> dict[str, float]:
    """How many visits of the last two months each resident known on the day had, as known then."""
    then = [each for each in deliveries if each[1] <= end_of(day)]
    newest: dict[str, dict[str, Any]] = {}
    for feed, _, given_rows in sorted(
        then, key=lambda each: each[1]
    ):  # of one moment the later delivery counts
        if feed == "hospital.visits":
            newest |= {row["ID"]: row for row in given_rows}
    known = {row["ID"] for feed, _, given_rows in then if feed == "hospital.people" for row in given_rows}
    before = {date(2025, 2, 28): date(2024, 12, 31), date(2025, 3, 31): date(2025, 1, 31)}.get(
        day, date(2025, 2, 10)
    )
    return {
        who: float(sum(row["PERSON"] == who and before < row["AT"].date() <= day for row in newest.values()))
        for who in known
    }
