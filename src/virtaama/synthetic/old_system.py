"""The old client system of Heinola: an SQLite database with client numbers and codes of its own.

Delivered whole in the first month, and once more, corrected, in the second.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from virtaama.synthetic.calendar import FAR, Integers, day_number
from virtaama.synthetic.county import County, Deliveries, WrittenFile
from virtaama.synthetic.facts import HEINOLA, MUNICIPALITIES
from virtaama.synthetic.manifest import Flaw
from virtaama.synthetic.mistyped import CARELESS, Habits, Written, written_down
from virtaama.synthetic.rows import COMPACT, day_texts, pick

_SCHEMA = """
CREATE TABLE asiakas (
    asiakasnro INTEGER PRIMARY KEY, hetu TEXT, sukunimi TEXT, etunimi TEXT, syntynyt TEXT, sukupuoli TEXT,
    kunta TEXT, sama_kuin INTEGER
);
CREATE TABLE kaynti (
    kayntinro INTEGER PRIMARY KEY, asiakasnro INTEGER, pvm TEXT, klo TEXT, tyyppi TEXT, toimipiste TEXT,
    tekija TEXT
);
CREATE TABLE asiakkuus (
    asiakkuusnro INTEGER PRIMARY KEY, asiakasnro INTEGER, palvelutehtava TEXT, alku TEXT, loppu TEXT
);
CREATE TABLE paatos (
    paatosnro INTEGER PRIMARY KEY, asiakkuusnro INTEGER, asiakasnro INTEGER, pvm TEXT, laji TEXT, tulos TEXT
);
"""

VISIT_KINDS = ("K", "P", "KK", "E")  # visit, telephone, home visit, electronic
PLACES = ("SOS1", "SOS2", "PAIHDE")
TASKS = (
    "10",
    "20",
    "30",
    "40",
)  # families with children, working age, old people, substance
UNKNOWN_KIND = "X"
ENDED_KIND = "R50"  # typed straight in from the national list, where it ended in 2018

FIRST_NUMBER = 7001
NO_CODE = 12  # one in so many clients has no identity code
STRANGERS = 40  # and one more for so many is a passer-by whom no register knows
_YEARS = 8
_Row = tuple[object, ...]


def old_system(county: County) -> Deliveries:
    first, second = _contents(county)
    deliveries = {0: first, 1: second}
    for month in county.months:
        tables = deliveries.get(month.number)
        if tables is None:
            yield ()
            continue
        path = f"old_system/{month.code}/vanha_asiakasrekisteri.sqlite"
        _count(county, path, tables, first if month.number else None)
        yield (WrittenFile(path, _database(tables)),)


def _contents(county: County) -> tuple[dict[str, list[_Row]], dict[str, list[_Row]]]:
    rng, (start, end), who, doubles = _chosen(county)
    registered = _registered(county, who, doubles)
    clients = _clients(county, registered)
    visits = _visits(county, rng, len(registered), start, end)
    relationships, decisions = _relationships(rng, len(registered), start, end)

    # The corrected delivery: some visits were of another kind, some should not have been there.
    corrected: list[_Row] = []
    removed = set(range(19, len(visits), 400))
    other_kind = set(range(7, len(visits), 300)) - removed
    for number, row in enumerate(visits):
        if number in removed:
            continue
        if number in other_kind and row[4] in VISIT_KINDS:
            row = (
                *row[:4],
                VISIT_KINDS[(VISIT_KINDS.index(str(row[4])) + 1) % 4],
                *row[5:],
            )
        corrected.append(row)
    tables = {
        "asiakas": clients,
        "kaynti": visits,
        "asiakkuus": relationships,
        "paatos": decisions,
    }
    return tables, {**tables, "kaynti": corrected}


def _chosen(county: County) -> tuple[np.random.Generator, tuple[int, int], Integers, int]:
    """Chance for what follows, the first and the last day of the register, who is in it, and how many twice."""
    people = county.people
    rng = county.chance("old_system")
    end = county.months[0].first_day
    start = day_number(date(county.months[0].year - _YEARS, 1, 1))
    heinola = np.flatnonzero(people.present(end) & (people.home == HEINOLA) & (people.enters < start))
    chosen = np.sort(rng.choice(heinola, min(len(heinola), max(12, len(heinola) // 8)), replace=False))
    doubles = chosen[:: max(1, min(25, len(chosen) // 4))]
    return rng, (start, end), np.r_[chosen, doubles], len(doubles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A record of the register. `person` is a position among the people, None for one nobody has registered."""

    number: int
    person: int | None
    has_code: bool
    same_as: int | None = (
        None  # another number of the register, where somebody noted that it is the same client
    )


def _registered(county: County, who: Integers, doubles: int) -> tuple[Client, ...]:
    """Everybody under their numbers; the last `doubles` are there once before.

    One in NO_CODE has no identity code. Every other one with two numbers has none under the first, where the
    second is noted. At the end passers-by follow whom no register knows.
    """
    first = len(who) - doubles
    again = {int(person): FIRST_NUMBER + first + n for n, person in enumerate(who[first:].tolist())}
    noted = {person for n, person in enumerate(again) if n % 2}
    clients = []
    for n, person in enumerate(who.tolist()):
        is_noted = n < first and person in noted
        clients.append(
            Client(
                number=FIRST_NUMBER + n,
                person=person,
                has_code=not is_noted and (person in again or n % NO_CODE != NO_CODE - 1),
                same_as=again[person] if is_noted else None,
            )
        )
    strangers = 1 + len(who) // STRANGERS
    return (
        *clients,
        *(Client(number=FIRST_NUMBER + len(who) + n, person=None, has_code=False) for n in range(strangers)),
    )


def who_they_are(county: County) -> dict[str, str | None]:
    """The truth about clients without an identity code: number → code, None for whom no register knows.

    For tests and measurements: no delivery holds it.
    """
    people = county.people
    _, _, who, doubles = _chosen(county)
    return {
        str(client.number): None if client.person is None else people.identity[client.person].as_py()
        for client in _registered(county, who, doubles)
        if not client.has_code
    }


def _clients(county: County, clients: tuple[Client, ...]) -> list[_Row]:
    """Names and birth dates as they were typed, with an error here and there."""
    people, rng = county.people, county.chance("old_system", "typing")
    rows: list[_Row] = []
    for n, client in enumerate(clients):
        stranger = client.person is None
        # A stranger has the names of two persons and the birth date of a third.
        at = client.person if client.person is not None else (n * 37) % len(people)
        other = (at * 7 + 11) % len(people) if stranger else at
        third = (at * 13 + 5) % len(people) if stranger else at
        person = Written(
            surname=people.surname[at].as_py(),
            given_names=people.given_names[other].as_py(),
            born=day_texts(people.born[third : third + 1], COMPACT)[0].as_py(),
        )
        habits = Habits() if client.has_code else CARELESS
        typed = written_down(rng, person, people.surname[(at * 31 + 3) % len(people)].as_py(), habits)
        rows.append(
            (
                client.number,
                people.identity[client.person].as_py() if client.has_code else None,
                typed.surname,
                typed.given_names,
                typed.born,
                "M" if people.male[other] else "N",
                MUNICIPALITIES[HEINOLA].code,
                client.same_as,
            )
        )
    return rows


def _visits(county: County, rng: np.random.Generator, clients: int, start: int, end: int) -> list[_Row]:
    counts = 2 + rng.poisson(rng.gamma(0.8, 14.0, clients))
    client = np.repeat(np.arange(clients), counts)
    size = len(client)
    day = start + (rng.random(size) * (end - start)).astype(np.int64)
    order = np.argsort(day, kind="stable")
    client, day = client[order], day[order]
    minute = rng.integers(8 * 12, 16 * 12, size) * 5
    kinds = pick(VISIT_KINDS, np.searchsorted([0.55, 0.8, 0.92], rng.random(size))).to_pylist()
    recent = np.flatnonzero(day >= day_number(date(2019, 1, 1)))
    for number in recent[5::250]:
        kinds[number] = UNKNOWN_KIND
    for number in recent[11::200]:
        kinds[number] = ENDED_KIND
    columns = (
        range(1, size + 1),
        (client + FIRST_NUMBER).tolist(),
        day_texts(day, COMPACT).to_pylist(),
        [f"{m // 60:02}{m % 60:02}" for m in minute.tolist()],
        kinds,
        pick(PLACES, client % len(PLACES)).to_pylist(),
        pick([f"T{n:03}" for n in range(1, 13)], rng.integers(0, 12, size)).to_pylist(),
    )
    return list(zip(*columns, strict=True))


def _relationships(
    rng: np.random.Generator, clients: int, start: int, end: int
) -> tuple[list[_Row], list[_Row]]:
    begins = start + rng.integers(0, end - start - 100, clients)
    lasts = rng.integers(60, 1500, clients)
    ends = np.where(begins + lasts < end, begins + lasts, FAR)
    closed = ends < end
    begin_texts = day_texts(begins, COMPACT).to_pylist()
    end_texts = day_texts(np.minimum(ends, end), COMPACT, closed).to_pylist()
    tasks = pick(TASKS, rng.integers(0, len(TASKS), clients)).to_pylist()
    relationships: list[_Row] = [
        (
            number + 1,
            number + FIRST_NUMBER,
            tasks[number],
            begin_texts[number],
            end_texts[number],
        )
        for number in range(clients)
    ]
    results = np.searchsorted([0.8, 0.92], rng.random(clients)).tolist()
    decisions: list[_Row] = [
        (
            number + 1,
            number + 1,
            number + FIRST_NUMBER,
            begin_texts[number],
            "U",
            ("M", "O", "H")[results[number]],
        )
        for number in range(clients)
    ]
    return relationships, decisions


def _count(
    county: County,
    path: str,
    tables: dict[str, list[_Row]],
    earlier: dict[str, list[_Row]] | None,
) -> None:
    manifest = county.manifest
    kinds = [row[4] for row in tables["kaynti"]]
    manifest.record(Flaw.UNKNOWN_CODE, "old_system.visits", path, kinds.count(UNKNOWN_KIND))
    manifest.record(Flaw.ENDED_CODE, "old_system.visits", path, kinds.count(ENDED_KIND))
    identities = [row[1] for row in tables["asiakas"] if row[1] is not None]
    several = len(identities) - len(set(identities))  # nobody has more than two
    manifest.record(Flaw.SEVERAL_CLIENT_NUMBERS, "old_system.clients", path, several)
    if earlier is not None:
        now = {row[0]: row for row in tables["kaynti"]}
        changed = sum(row[0] in now and now[row[0]] != row for row in earlier["kaynti"])
        gone = sum(row[0] not in now for row in earlier["kaynti"])
        manifest.record(Flaw.CORRECTION, "old_system.visits", path, changed)
        manifest.record(Flaw.DELETION, "old_system.visits", path, gone)


def _database(tables: dict[str, list[_Row]]) -> bytes:
    with sqlite3.connect(":memory:") as database:
        database.executescript(_SCHEMA)
        for name, rows in tables.items():
            _insert(database, name, rows)
        database.commit()
        return database.serialize()


def _insert(database: sqlite3.Connection, table: str, rows: Iterable[_Row]) -> None:
    rows = list(rows)
    if rows:
        places = ", ".join("?" * len(rows[0]))
        database.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # nosec B608 # invented tables; values are bound
