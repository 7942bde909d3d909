"""The old client system of Heinola: an SQLite database with client numbers and codes of its own.

Delivered whole in the first month, and once more, corrected, in the second.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import date

import numpy as np

from virtaama.synthetic.calendar import FAR, Flags, Integers, day_number
from virtaama.synthetic.county import County, Deliveries, WrittenFile
from virtaama.synthetic.facts import HEINOLA, MUNICIPALITIES
from virtaama.synthetic.manifest import Flaw
from virtaama.synthetic.rows import COMPACT, day_texts, pick

_SCHEMA = """
CREATE TABLE asiakas (
    asiakasnro INTEGER PRIMARY KEY, hetu TEXT, sukunimi TEXT, etunimi TEXT, syntynyt TEXT, kunta TEXT
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
    people = county.people
    rng = county.chance("old_system")
    end = county.months[0].first_day
    start = day_number(date(county.months[0].year - _YEARS, 1, 1))
    heinola = np.flatnonzero(people.present(end) & (people.home == HEINOLA) & (people.enters < start))
    chosen = np.sort(rng.choice(heinola, min(len(heinola), max(12, len(heinola) // 8)), replace=False))
    doubles = chosen[:: max(1, min(25, len(chosen) // 4))]
    who = np.r_[chosen, doubles]
    nameless = (np.arange(len(who)) % 40 == 7) & ~np.isin(who, doubles)
    clients = _clients(county, who, nameless)
    visits = _visits(county, rng, len(who), start, end)
    relationships, decisions = _relationships(rng, len(who), start, end)

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


def _clients(county: County, who: Integers, nameless: Flags) -> list[_Row]:
    people = county.people
    columns = (
        range(7001, 7001 + len(who)),
        [
            None if missing else code
            for missing, code in zip(nameless, pick(people.identity, who).to_pylist(), strict=True)
        ],
        pick(people.surname, who).to_pylist(),
        pick(people.given_names, who).to_pylist(),
        day_texts(people.born[who], COMPACT).to_pylist(),
        [MUNICIPALITIES[HEINOLA].code] * len(who),
    )
    return list(zip(*columns, strict=True))


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
        (client + 7001).tolist(),
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
            number + 7001,
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
            number + 7001,
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
        database.executemany(f"INSERT INTO {table} VALUES ({places})", rows)
