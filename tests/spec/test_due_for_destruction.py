"""What is due for destruction in a warehouse: the rows of a table in, the instances that are due out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.shipped_law import RETENTION_RULES
from tests.small_warehouse import HERE, Warehouse, attribute, concept, feed, mapping, model
from virtaama.loading.retention import Due, due
from virtaama.model.concepts import Concept, Kind, Retention, Sensitivity, Type
from virtaama.model.feeds import Delivery
from virtaama.statutes.retention import Fact, YearsAfter
from virtaama.statutes.retention_rules import RetentionRules

TODAY = date(2026, 11, 26)
PERSONAL = Sensitivity.PERSONAL
OF_PERSON = (("death", ("resident.died",)), ("birth", ("resident.born",)))


def kept(found: Concept, **said: object) -> Concept:
    return replace(found, retention=Retention(place=HERE, **said))  # type: ignore[arg-type]


MODEL = model(
    concepts=[
        kept(
            concept(
                "resident",
                attribute("person", Type.IDENTITY, sensitivity=PERSONAL),
                attribute("born", Type.DATE, sensitivity=PERSONAL),
                attribute("died", Type.DATE, sensitivity=PERSONAL),
                key=["person"],
            ),
            rule="potilasasiakirjat.hoitomerkinnat",
            facts=(("death", ("died",)), ("birth", ("born",))),
        ),
        kept(
            concept(
                "visit",
                attribute("number", sensitivity=PERSONAL),
                key=["number"],
                kind=Kind.EVENT,
                relationships={"resident": "resident"},
            ),
            rule="potilasasiakirjat.hoitomerkinnat",
            facts=OF_PERSON,
        ),
        kept(
            concept(
                "diagnosis",
                attribute("visit_number", sensitivity=PERSONAL),
                attribute("place", Type.INTEGER, sensitivity=PERSONAL),
                key=["visit_number", "place"],
                kind=Kind.EVENT,
                relationships={"visit": "visit"},
            ),
            rule="potilasasiakirjat.hoitomerkinnat",
            facts=(("death", ("visit.resident.died",)), ("birth", ("visit.resident.born",))),
        ),
        kept(
            concept(
                "case",
                attribute("id", sensitivity=PERSONAL),
                attribute("task", sensitivity=PERSONAL),
                attribute("closed", Type.DATE, sensitivity=PERSONAL),
                attribute("ended", Type.TIMESTAMP, sensitivity=PERSONAL),
                key=["id"],
                relationships={"resident": "resident"},
            ),
            by="task",
            rules=(("old", "sosiaalihuolto.iakkaat"), ("child", "sosiaalihuolto.lapsiperheet")),
            facts=(("case_closed", ("closed", "ended")),),
        ),
        concept("shift", attribute("id"), key=["id"], relationships={"worker": "resident"}),
    ],
    feeds=[
        feed(
            "register.people", Delivery.CHANGES, {"ID": Type.IDENTITY, "BORN": Type.DATE, "DIED": Type.DATE}
        ),
        feed("care.visits", Delivery.EVENTS, {"NR": Type.TEXT, "WHO": Type.IDENTITY}),
        feed("care.diagnoses", Delivery.EVENTS, {"NR": Type.TEXT, "PLACE": Type.INTEGER}),
        feed(
            "social.cases",
            Delivery.CHANGES,
            {
                "ID": Type.TEXT,
                "WHO": Type.IDENTITY,
                "TASK": Type.TEXT,
                "CLOSED": Type.DATE,
                "ENDED": Type.TIMESTAMP,
            },
        ),
        feed("staff.shifts", Delivery.EVENTS, {"ID": Type.TEXT, "WHO": Type.IDENTITY}),
    ],
    mappings=[
        mapping("register.people", "resident", key=["ID"], attributes={"born": "BORN", "died": "DIED"}),
        mapping("care.visits", "visit", key=["NR"], relationships={"resident": ["WHO"]}),
        mapping("care.diagnoses", "diagnosis", key=["NR", "PLACE"], relationships={"visit": ["NR"]}),
        mapping(
            "social.cases",
            "case",
            key=["ID"],
            attributes={"task": "TASK", "closed": "CLOSED", "ended": "ENDED"},
            relationships={"resident": ["WHO"]},
        ),
        mapping("staff.shifts", "shift", key=["ID"], relationships={"worker": ["WHO"]}),
    ],
)


class Told:
    """Deliveries in a few words, and what is due of them."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        self.law = RETENTION_RULES

    def person(self, name: str, born: date | None = None, died: date | None = None) -> None:
        self.deliver("register.people", ID=name, BORN=born, DIED=died)

    def deliver(self, feed: str, **row: object) -> None:
        self.warehouse.deliver(feed, datetime(2026, 1, 1), row)

    def due(self, on: date = TODAY) -> Due:
        self.warehouse.load()
        return due(self.warehouse.engine, self.warehouse.model, self.law, on)


def named(found: Due) -> set[str]:
    return {f"{each.concept} {each.number}" for each in found.instances}


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    warehouse = Warehouse(MODEL, tmp_path, in_memory=True)
    yield Told(warehouse)
    warehouse.engine.close()
    warehouse.ledger.close()


LONG_DEAD = {"born": date(1930, 5, 1), "died": date(2014, 3, 10)}


def test_whoever_died_twelve_years_ago_is_due_with_visits_and_what_leads_to_them(told: Told) -> None:
    told.person("1-a", **LONG_DEAD)
    told.person("1-b", born=date(1950, 1, 1))
    told.deliver("care.visits", NR="v1", WHO="1-a")
    told.deliver("care.visits", NR="v2", WHO="1-b")
    told.deliver("care.diagnoses", NR="v1", PLACE=1)
    told.deliver("care.diagnoses", NR="v2", PLACE=1)
    found = told.due()
    assert named(found) == {"resident 1-a", "visit v1", "diagnosis v1|1"}
    assert {each.person for each in found.instances} == {"1-a"}
    assert {each.due for each in found.instances} == {date(2026, 3, 11)}
    assert found.held_back == {}


def test_nothing_is_due_the_day_before(told: Told) -> None:
    told.person("1-a", **LONG_DEAD)
    assert named(told.due(date(2026, 3, 10))) == set()
    assert named(told.due(date(2026, 3, 11))) == {"resident 1-a"}


def test_a_child_that_died_is_kept_by_birth_and_an_unknown_birth_keeps(told: Told) -> None:
    told.person("1-a", born=date(1905, 1, 1), died=date(1910, 1, 1))
    told.person("1-b", born=date(1990, 1, 1), died=date(1995, 1, 1))
    told.person("1-c", died=date(1995, 1, 1))
    assert named(told.due()) == {"resident 1-a"}


@pytest.mark.parametrize(
    ("task", "closed", "ended", "is_due"),
    [
        ("old", date(2016, 11, 25), None, True),
        ("old", date(2016, 11, 26), None, False),
        ("old", None, datetime(2016, 11, 25, 23, 59), True),
        ("old", date(2020, 1, 1), datetime(2000, 1, 1), False),  # the first that has a value counts
        ("child", date(2016, 11, 25), None, False),
        ("child", date(1996, 11, 25), None, True),
        ("other", date(1900, 1, 1), None, False),  # no rule is named for it
        (None, date(1900, 1, 1), None, False),
        ("old", None, None, False),
    ],
)
def test_a_closed_case_is_due_by_the_rule_of_its_task_while_the_client_stays(
    told: Told, task: str | None, closed: date | None, ended: datetime | None, is_due: bool
) -> None:
    told.person("1-a", born=date(1950, 1, 1))
    told.deliver("social.cases", ID="c1", WHO="1-a", TASK=task, CLOSED=closed, ENDED=ended)
    found = told.due()
    assert named(found) == ({"case c1"} if is_due else set())
    assert all(each.person == "1-a" for each in found.instances)


def test_what_something_not_due_refers_to_is_held_back(told: Told) -> None:
    told.person("1-a", **LONG_DEAD)
    told.deliver("social.cases", ID="c1", WHO="1-a", TASK="old", CLOSED=date(2024, 1, 1), ENDED=None)
    told.deliver("care.visits", NR="v1", WHO="1-a")
    found = told.due()
    assert named(found) == {"visit v1"}
    assert found.held_back == {"resident": 1}


def test_what_follows_no_rule_holds_back_too(told: Told) -> None:
    told.person("1-a", **LONG_DEAD)
    told.deliver("staff.shifts", ID="s1", WHO="1-a")
    assert told.due().held_back == {"resident": 1}


def test_a_chain_is_held_back_to_its_end(told: Told) -> None:
    told.person("1-a", **LONG_DEAD)
    told.deliver("care.visits", NR="v1", WHO="1-a")
    told.deliver("care.diagnoses", NR="v1", PLACE=1)
    whole = told.warehouse.model
    without = replace(
        whole,
        concepts=tuple(replace(c, retention=None) if c.name == "diagnosis" else c for c in whole.concepts),
    )
    told.warehouse.model = without
    found = told.due()
    assert named(found) == set()
    assert found.held_back == {"resident": 1, "visit": 1}


def test_looking_leaves_no_table_behind_and_gives_the_same_again(told: Told) -> None:
    told.person("1-a", **LONG_DEAD)
    first = told.due()
    before = told.warehouse.engine.tables()
    assert due(told.warehouse.engine, MODEL, RETENTION_RULES, TODAY) == first
    assert told.warehouse.engine.tables() == before
    assert told.warehouse.engine.columns("kept__resident") == []


def test_the_keys_are_those_of_the_warehouse(told: Told) -> None:
    told.person("1-a", **LONG_DEAD)
    [found] = told.due().instances
    [(key,)] = told.warehouse.rows("SELECT replace(CAST(resident_key AS VARCHAR), '-', '') FROM hub_resident")
    assert found.key == found.person_key == key


def test_a_pack_of_the_county_itself_decides_what_is_due_from_the_day_it_says(told: Told) -> None:
    told.person("1-a", **LONG_DEAD)
    assert named(told.due(date(2026, 3, 11))) == {"resident 1-a"}
    told.law = RetentionRules(
        tuple(
            each
            for rule in RETENTION_RULES.every
            for each in (
                replace(rule, valid_until=date(2026, 3, 31)),
                replace(rule, valid_from=date(2026, 4, 1), period=YearsAfter(years=15, facts=(Fact.DEATH,))),
            )
        )
    )
    assert named(told.due(date(2026, 3, 31))) == {"resident 1-a"}
    assert named(told.due(date(2026, 4, 1))) == set()
    assert named(told.due(date(2029, 3, 11))) == {"resident 1-a"}
