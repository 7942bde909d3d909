"""R8, R10, R11, R17, R20: unreadable rows, repeats, any order, any past moment, any clock."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copytree, rmtree

import pyarrow.parquet as pq

from torture import clinic
from virtaama.engines.duckdb import DuckDB
from virtaama.engines.reading_through import read_through
from virtaama.lake.batches import Batch
from virtaama.lake.ledger import Ledger
from virtaama.loading.land import land_deliveries
from virtaama.loading.load import load
from virtaama.loading.table_hash import table_hashes
from virtaama.project.on_record import now
from virtaama.project.project import Project
from virtaama.sql.build import parsed

# What tells in which order deliveries came, or when.
_ORDER = ("batch", "applied_at", "ledger", "superseded_by", "parquet_sha256")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """Rows that were delivered, and what became of them."""

    good: int
    bad: int
    landed: int
    set_aside: int
    wrong: tuple[str, ...]


def unreadable_rows(folder: Path, good: int, bad: int, seed: int = 1) -> Unreadable:
    """A delivery with so many rows of each kind, the bad ones in every way a row can be bad."""
    project = clinic.make(folder)
    made = random.Random(seed)
    ways: dict[str, Callable[[int], bytes]] = {
        "wrong_type": lambda n: f"{n};;U1;31.02.2025 08:15;1,5".encode(),
        "wrong_column_count": lambda n: f"{n};;U1".encode(),
        "wrong_encoding": lambda n: f"{n};;U\xe4;01.02.2025 08:15;1,5".encode("latin-1"),
        "zero_byte": lambda n: f"{n};;U\0;01.02.2025 08:15;1,5".encode(),
        "bad_identity": lambda n: f"{n};010150-900X;U1;01.02.2025 08:15;1,5".encode(),
        "missing_value": lambda n: b";;U1;01.02.2025 08:15;1,5",
        "wrong_quoting": lambda n: f'{n};;"U1;01.02.2025 08:15;1,5'.encode(),
    }
    kinds = [*ways, *[""] * 7]
    lines, expected, whole = [b"VISIT;ID;UNIT;STARTED;COST"], {}, []
    left = {"bad": bad, "good": good}
    while left["good"] or left["bad"]:
        kind = made.choice(kinds)
        kind = kind if left["bad" if kind else "good"] else ("" if left["good"] else made.choice(list(ways)))
        number = len(lines)
        if kind:
            left["bad"] -= 1
            expected[number + 1] = (ways[kind](number), kind)
            lines.append(ways[kind](number))
        else:
            left["good"] -= 1
            whole.append(number)
            lines.append(f"{number};{clinic.identity(number % 50)};U1;01.02.2025 08:15;1,5".encode())
    clinic.deliver(folder, {"care/2025-02/visits.csv": b"\n".join(lines) + b"\n"})
    systems = folder / "systems" / "care.yaml"
    systems.write_text(systems.read_text().replace("reject_at_most: 0.5", "reject_at_most: 0.9"))
    report = Project.open(folder).land()
    assert not report.refused, report.refused[0].reason
    (batch,) = report.landed
    found = {
        row.line: (project.keyring.unseal(row.raw, batch.feed), row.reason)
        for row in project.ledger.rejected(batch.number)
    }
    kept = Counter(_column(project, batch, "VISIT"))
    wrong = []
    if kept != Counter(whole):
        wrong.append(
            f"{(Counter(whole) - kept).total()} good rows lost, {(kept - Counter(whole)).total()} too many"
        )
    for line, (raw, reason) in expected.items():
        if line not in found:
            wrong.append(f"line {line}, {reason}: neither landed nor set aside")
        elif found[line][0] != raw:
            wrong.append(f"line {line}, {reason}: other bytes were set aside")
        elif found[line][1] != reason:
            wrong.append(f"line {line}: set aside as {found[line][1]}, is {reason}")
    return Unreadable(good=good, bad=bad, landed=kept.total(), set_aside=len(found), wrong=tuple(wrong))


def _column(project: Project, batch: Batch, name: str) -> list[int]:
    values: list[int] = pq.read_table(project.lake.verified_path(batch), columns=[name])[name].to_pylist()
    return values


def all_orders(base: Path, times: int, seed: int = 1, sizes: tuple[int, ...] = (2, 5, 9)) -> tuple[int, int]:
    """How many different warehouses so many orders of the same deliveries give, and how many landings that took."""
    chance = random.Random(seed)
    deliveries = {name: content for wave in clinic.waves() for name, content in wave.items()}
    # Of two deliveries of one feed for one moment the later landed one counts: their order is content.
    deliveries = {
        name: content for name, content in deliveries.items() if name.endswith(("visits.csv", "people.csv"))
    }
    outcomes: set[str] = set()
    landings = 0
    for number in range(times):
        folder = base.with_name(f"order-{number}")
        copytree(base, folder)
        names = list(deliveries)
        chance.shuffle(names)
        while names:
            size = chance.choice(sizes)
            portion, names = names[:size], names[size:]
            clinic.deliver(folder, {name: deliveries[name] for name in portion})
            landings += 1
            _land_and_load(folder)
        outcomes.add(repr(_hashes(folder)))
        rmtree(folder)
    return len(outcomes), landings


def _land_and_load(folder: Path) -> None:
    project = Project.open(folder)
    project.land()
    project.load()


def _hashes(folder: Path) -> dict[str, str]:
    engine = DuckDB.open(Project.open(folder).settings.warehouse)
    try:
        hashes = table_hashes(engine, leaving_out=_ORDER)
        # What was taken out of history again depends on what was known before.
        return {name: value for name, value in hashes.items() if not name.endswith("__superseded")}
    finally:
        engine.let_go()


def past_moments(base: Path, times: int, seed: int = 1, steps: int = 3) -> tuple[int, int]:
    """Build the warehouse anew as of past batches; how many were tried, and how many were other than then."""
    chance = random.Random(seed)
    folder = base.with_name("past")
    copytree(base, folder)
    deliveries = [item for wave in clinic.waves() for item in wave.items()]
    then: dict[int, dict[str, str]] = {}
    while deliveries:
        for name, content in deliveries[:steps]:
            clinic.deliver(folder, {name: content})
            deliveries.pop(0)
        _land_and_load(folder)
        then[len(Project.open(folder).ledger.batches())] = _all(folder)
    project = Project.open(folder)
    wrong = 0
    for _ in range(times):
        moment = chance.choice(list(then))
        past = folder / "past.sqlite"
        past.unlink(missing_ok=True)
        project.ledger.copy_to(past)
        ledger = Ledger.open(past)
        for table, column in (
            ("finding", "batch"),
            ("rejected", "batch"),
            ("repeat", "batch"),
            ("batch", "number"),
        ):
            ledger._connection.execute(f"DELETE FROM {table} WHERE {column} > ?", (moment,))
        engine = DuckDB.open(folders=[project.settings.lake])
        load(project.model, ledger, project.lake, engine, now=now)
        wrong += table_hashes(engine, leaving_out=("applied_at",)) != {
            name: value for name, value in then[moment].items() if name != "about"
        }
        engine.close()
        ledger.close()
    rmtree(folder)
    return times, wrong


def _all(folder: Path) -> dict[str, str]:
    engine = DuckDB.open(Project.open(folder).settings.warehouse)
    try:
        return table_hashes(engine, leaving_out=("applied_at",))
    finally:
        engine.let_go()


def repeats(base: Path, times: int) -> tuple[int, int, int]:
    """Deliver every file again under other names; how many were, how many are on record, and rows added."""
    folder = base.with_name("repeats")
    copytree(base, folder)
    first = clinic.waves()[0]
    clinic.deliver(folder, first)
    _land_and_load(folder)
    before = _rows(folder)
    for number in range(times):
        renamed = {name.replace(".csv", f"_{number}.csv"): content for name, content in first.items()}
        clinic.deliver(folder, renamed)
    _land_and_load(folder)
    added = _rows(folder) - before
    recorded = len(Project.open(folder).ledger.repeats())
    rmtree(folder)
    return len(first) * times, recorded, added


def _rows(folder: Path) -> int:
    return read_through(Project.open(folder).settings.warehouse)


def clocks(base: Path, times: int, seed: int = 1) -> tuple[int, int]:
    """Land undated deliveries while the clock jumps; how many landed, and how many out of their sequence."""
    chance = random.Random(seed)
    folder = base.with_name("clocks")
    copytree(base, folder)
    systems = folder / "systems" / "care.yaml"
    systems.write_text(re.sub("(?m)^extracted:.*$", "", systems.read_text()), encoding="utf-8")
    project = Project.open(folder)
    feeds = tuple(feed for feed in project.model.feeds if feed.system == "care")
    moment = datetime(2026, 10, 25, 3, 30)  # the night in which summer time ends
    for number in range(times):
        line = f"7;;U{number};01.02.2025 08:15;1,5"
        clinic.deliver(
            folder, {f"care/inbox/visits_{number}.csv": f"VISIT;ID;UNIT;STARTED;COST\n{line}\n".encode()}
        )
        moment += timedelta(hours=chance.choice((-26, -1, -1, 0, 1, 2, 24)))
        land_deliveries(
            feeds,
            project.settings.deliveries,
            project.lake,
            project.ledger,
            project.keyring,
            project.identities,
            moment,
        )
    project.load()
    engine = DuckDB.open(project.settings.warehouse)
    units = engine.read(
        parsed("SELECT unit FROM sat_visit__care__visits__open ORDER BY extracted, batch")
    ).to_pydict()["unit"]
    engine.close()
    rmtree(folder)
    return times, sum(unit != f"U{number}" for number, unit in enumerate(units)) + abs(times - len(units))
