"""What the door shows of a person equals what a slow and obvious reading of the rules shows, row for row."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from tests.privacy.persons_county import (
    DAYS_AFTER,
    DAYS_BEFORE,
    NOW,
    SERVICES,
    TASKS,
    TOLD,
    WRITTEN,
    County,
    ask,
    asker,
)
from virtaama.access.opened import NotOpened, OpenedPerson

CASES = int(os.environ.get("PERSON_CASES", "150"))
UNITS = tuple(f"U{number}" for number in range(6))
PERSONS = tuple(f"p{number}" for number in range(60))


@dataclass(frozen=True)
class Event:
    id: str
    person: str
    unit: str | None
    day: date | None
    service: str | None


# What each role of the county sees, written out by hand: content → (reach, services), by section.
HEALTH, SOCIAL = frozenset(SERVICES), frozenset(TASKS)
RULES = {
    "nurse": {"visits": ("services", {"reception"}), "requests": ("units", {"reception"})},
    "doctor": {"visits": ("all", HEALTH), "requests": ("all", HEALTH)},
    "secretary": {"requests": ("units", {"reception", "hospital"})},
    "social_worker": {"decisions": ("services", {"families"})},
}


def in_care(events: list[Event], person: str, units: frozenset[str]) -> bool:
    today = NOW.date()
    for event in events:
        if event.person == person and event.unit in units and event.day is not None:
            first = event.day - timedelta(days=DAYS_BEFORE)
            last = event.day + timedelta(days=DAYS_AFTER)
            if first <= today <= last:
                return True
    return False


def shown(events: list[Event], person: str, role: str, section: str, units: frozenset[str]) -> set[str]:
    if section not in RULES[role]:
        return set()
    reach, services = RULES[role][section]
    found = set()
    for event in events:
        if event.person != person:
            continue
        if (
            reach == "all"
            or (reach == "services" and event.service in services)
            or (reach == "units" and event.service in services and event.unit in units)
        ):
            found.add(event.id)
    return found


def invented(random: Random, prefix: str, services: tuple[str, ...], count: int) -> list[Event]:
    """Events of all kinds: without a day, unit or service; on the days a relation begins and ends, and others."""
    edges = [-DAYS_BEFORE - 1, -DAYS_BEFORE, 0, DAYS_AFTER, DAYS_AFTER + 1]
    found = []
    for number in range(count):
        ago = random.choice([*edges, random.randint(-60, 400)])
        found.append(
            Event(
                id=f"{prefix}{number}",
                person=random.choice(PERSONS[:-3]),
                unit=random.choice([*UNITS, None]),
                day=random.choice([NOW.date() - timedelta(days=ago)] * 9 + [None]),
                service=random.choice([*services, *services, "unheard_of", None]),
            )
        )
    return found


@pytest.fixture(scope="module")
def invented_county(tmp_path_factory: pytest.TempPathFactory) -> tuple[County, list[Event], list[Event]]:
    random = Random(457)
    county = County(Path(tmp_path_factory.mktemp("naive")))
    county.people(*({"ID": p, "FAMILY": f"Name {p}", "STREET": "Katu 1", "POST": "15100"} for p in PERSONS))
    visits, decisions = invented(random, "v", SERVICES, 300), invented(random, "d", TASKS, 150)
    for feed, events, service in (("visits", visits, "SERVICE"), ("decisions", decisions, "TASK")):
        rows = [
            {"ID": e.id, "WHO": e.person, "DAY": e.day, "UNIT": e.unit, service: e.service} for e in events
        ]
        county.deliver(f"care.{feed}", TOLD, *rows)
    county.publish_all()
    return county, visits, decisions


def test_the_door_and_the_naive_filter_agree(
    invented_county: tuple[County, list[Event], list[Event]],
) -> None:
    county, visits, decisions = invented_county
    random, door = Random(2024), county.door()
    opened_in_care = broken = refused = 0
    for case in range(CASES):
        person, role = random.choice(PERSONS), random.choice(tuple(RULES))
        units = frozenset(random.sample(UNITS, random.choice([0, 1, 1, 2, 6])))
        break_glass = random.random() < 0.3
        found = ask(door, asker(role, *units), person, reason=WRITTEN, break_glass=break_glass)
        cared_for = in_care(visits, person, units)
        may_break = break_glass and role in ("nurse", "doctor")
        if not (cared_for or may_break):
            assert isinstance(found, NotOpened), case
            refused += 1
            continue
        assert isinstance(found, OpenedPerson), case
        assert found.broke_glass == (not cared_for)
        opened_in_care += cared_for
        broken += not cared_for
        rows = {section.name: {row.values[0] for row in section.rows} for section in found.sections}
        assert rows.pop("basics")
        expected = {
            section: shown(events, person, role, section, units)
            for section, events in (("visits", visits), ("requests", visits), ("decisions", decisions))
        }
        assert {name: values for name, values in rows.items() if values} == {
            name: values for name, values in expected.items() if values
        }, (case, role, units)
    assert min(opened_in_care, broken, refused) > CASES / 12  # each kind was tried often
