"""S3: what the door to single persons opens, beside what a naive reader of the rules opens, person by person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from attack.outcome import Row, Should
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

CASES, COUNTIES = 10_000, 10
UNITS = tuple(f"U{number}" for number in range(6))
PERSONS = tuple(f"p{number}" for number in range(60))

# What each role of the county sees, written out by hand: of each section how far, and of which services.
HEALTH = frozenset(SERVICES)
RULES = {
    "nurse": {"visits": ("services", {"reception"}), "requests": ("units", {"reception"})},
    "doctor": {"visits": ("all", HEALTH), "requests": ("all", HEALTH)},
    "secretary": {"requests": ("units", {"reception", "hospital"})},
    "social_worker": {"decisions": ("services", {"families"})},
}
MAY_BREAK_GLASS = ("nurse", "doctor")


@dataclass(frozen=True)
class Event:
    """Something that happened with a person; what nobody recorded is None."""

    id: str
    person: str
    unit: str | None
    day: date | None
    service: str | None


@dataclass(frozen=True)
class Invented:
    """A published county and what was delivered to it."""

    county: County
    visits: list[Event]
    decisions: list[Event]


@dataclass(frozen=True)
class Tried:
    """One question for a person, what came of it, and in which way it was not what it should be."""

    outcome: str  # in care | glass | refused
    wrong: str


def invented(seed: int, folder: Path) -> Invented:
    random, county = Random(seed), County(folder)
    people = ({"ID": p, "FAMILY": f"Name {p}", "STREET": "Katu 1", "POST": "15100"} for p in PERSONS)
    county.people(*people)
    visits, decisions = events(random, "v", SERVICES, 300), events(random, "d", TASKS, 150)
    for feed, happened, service in (("visits", visits, "SERVICE"), ("decisions", decisions, "TASK")):
        rows = [
            {"ID": e.id, "WHO": e.person, "DAY": e.day, "UNIT": e.unit, service: e.service} for e in happened
        ]
        county.deliver(f"care.{feed}", TOLD, *rows)
    county.publish_all()
    return Invented(county, visits, decisions)


def events(random: Random, prefix: str, services: tuple[str, ...], count: int) -> list[Event]:
    """Events of all kinds: without a day, unit or service; on the days a relation begins and ends, and others."""
    edges = [-DAYS_BEFORE - 1, -DAYS_BEFORE, 0, DAYS_AFTER, DAYS_AFTER + 1]
    found = []
    for number in range(count):
        ago = random.choice([*edges, random.randint(-60, 400)])
        day = NOW.date() - timedelta(days=ago)
        found.append(
            Event(
                id=f"{prefix}{number}",
                person=random.choice(PERSONS[:-3]),
                unit=random.choice([*UNITS, None]),
                day=day if random.random() < 0.9 else None,
                service=random.choice([*services, *services, "unheard_of", None]),
            )
        )
    return found


def tried(county: Invented, cases: int, seed: int) -> Iterator[Tried]:
    """Roles at some units ask for persons, in their care or not, with and without breaking the glass."""
    random, door = Random(seed), county.county.door()
    for _ in range(cases):
        person, role = random.choice(PERSONS), random.choice(tuple(RULES))
        units = frozenset(random.sample(UNITS, random.choice([0, 1, 1, 2, 6])))
        glass = random.random() < 0.5
        found = ask(door, asker(role, *units), person, reason=WRITTEN, break_glass=glass)
        cared_for = in_care(county.visits, person, units)
        outcome = "in care" if cared_for else "glass" if glass and role in MAY_BREAK_GLASS else "refused"
        yield Tried(outcome, wrong(found, outcome, expected(county, person, role, units)))


def wrong(found: OpenedPerson | NotOpened, outcome: str, expected: dict[str, set[str]]) -> str:
    match found:
        case NotOpened():
            return "" if outcome == "refused" else f"not opened, though {outcome}"
        case OpenedPerson(broke_glass=broke):
            if outcome == "refused" or broke != (outcome == "glass"):
                return f"opened, {'through glass' if broke else 'in care'}, though {outcome}"
            rows = {
                s.name: {str(row.values[0]) for row in s.rows} for s in found.sections if s.name != "basics"
            }
            told = {name: values for name, values in rows.items() if values}
            return "" if told == expected else f"other rows: {sorted(told)}, and not {sorted(expected)}"


def in_care(visits: list[Event], person: str, units: frozenset[str]) -> bool:
    today = NOW.date()
    for visit in visits:
        if visit.person == person and visit.unit in units and visit.day is not None:
            first = visit.day - timedelta(days=DAYS_BEFORE)
            last = visit.day + timedelta(days=DAYS_AFTER)
            if first <= today <= last:
                return True
    return False


def expected(county: Invented, person: str, role: str, units: frozenset[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for section, (reach, services) in RULES[role].items():
        happened = county.decisions if section == "decisions" else county.visits
        for event in happened:
            if event.person == person and (
                reach == "all"
                or (reach == "services" and event.service in services)
                or (reach == "units" and event.service in services and event.unit in units)
            ):
                found.setdefault(section, set()).add(event.id)
    return found


def rows(cases: int) -> Iterator[Row]:
    """Row and service scope of single persons, at length; and one entry for each question."""
    asked = differing = entries = 0
    for seed in range(COUNTIES):
        with TemporaryDirectory() as folder:
            county = invented(seed, Path(folder))
            outcomes = list(tried(county, max(1, cases // COUNTIES), seed))
            asked += len(outcomes)
            differing += sum(bool(each.wrong) for each in outcomes)
            entries += len(county.county.audit.entries())
    yield Row(
        id="S3",
        what="single persons asked for by professionals: opened, or left out, otherwise than the rules say",
        tried=asked,
        got=differing,
        should=Should.NONE,
    )
    yield Row(
        id="P1",
        what="the same questions, refused ones too: on record",
        tried=asked,
        got=entries,
        should=Should.ALL,
    )
