"""A whole country once: 5.6 million residents and 60 million contacts into one vault. Run by `make bench-nation`.

What is measured is the load alone, a process of its own with the memory the settings give it. The batches are written
straight into the lake and the ledger, as landing would have left them: pseudonyms of the usual length, made up.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import duckdb

from benchmarks.vault import report
from benchmarks.vault.measure import python, told
from virtaama.lake.files import sha256_of
from virtaama.loading.contract import contract_of
from virtaama.project.create import create_empty
from virtaama.project.project import Project

MODEL = Path(__file__).parent / "nation_model"
RESIDENTS, CONTACTS, MONTHS = 5_600_000, 60_000_000, 36
LANDED = datetime.fromisoformat("2026-11-01T04:00:00+02:00")

_PERSON = "'p1:' || md5('person' || CAST({n} AS VARCHAR)) || substr(md5(CAST({n} AS VARCHAR)), 1, 11)"
_RESIDENTS = f"""
    SELECT {_PERSON.format(n="i")} AS person, DATE '1930-01-01' + CAST(hash(i) % 34000 AS INTEGER) AS born_on,
        ['1', '2'][1 + CAST(hash(i, 1) % 2 AS INTEGER)] AS sex,
        lpad(CAST(hash(i, 2) % 309 AS VARCHAR), 3, '0') AS municipality,
        ['fi', 'sv', 'en', 'ru', 'et'][1 + CAST(least(hash(i, 3) % 40, 4) AS INTEGER)] AS language
    FROM range({{first}}, {{last}}) r(i)"""
_CONTACTS = f"""
    SELECT 'k' || lpad(CAST(i AS VARCHAR), 12, '0') AS contact,
        {_PERSON.format(n="CAST(hash(i, 5) % {residents} AS BIGINT)")} AS person,
        'U' || CAST(hash(i, 6) % 9000 AS VARCHAR) AS unit, start AS started,
        start + INTERVAL (CAST(5 + hash(i, 7) % 55 AS INTEGER)) MINUTE AS ended,
        ['R10', 'R20', 'R30', 'R40', 'R52'][1 + CAST(hash(i, 8) % 5 AS INTEGER)] AS kind,
        ['E', 'K', 'P'][1 + CAST(hash(i, 9) % 3 AS INTEGER)] AS urgency,
        CAST(2000 + hash(i, 10) % 40 AS VARCHAR) AS profession,
        chr(CAST(65 + hash(i, 11) % 20 AS INTEGER)) || CAST(10 + hash(i, 12) % 90 AS VARCHAR) AS diagnosis
    FROM (SELECT i, TIMESTAMP '{{month}}' + INTERVAL (CAST(hash(i, 4) % 2419200 AS INTEGER)) SECOND AS start
          FROM range({{first}}, {{last}}) r(i))"""


@dataclass(frozen=True, slots=True)
class Delivery:
    feed: str
    name: str
    extracted: datetime
    rows: int
    query: str


def deliveries(share: float) -> Iterator[Delivery]:
    """Residents whole in the first month; contacts month by month."""
    residents, contacts = round(RESIDENTS * share), round(CONTACTS * share)
    months = [datetime(2023 + (10 + month) // 12, (10 + month) % 12 + 1, 1) for month in range(MONTHS + 1)]
    query = _RESIDENTS.format(first=0, last=residents)
    yield Delivery("national.residents", "residents.parquet", months[1], residents, query)
    for place, (month, extracted) in enumerate(pairwise(months)):
        first, last = contacts * place // MONTHS, contacts * (place + 1) // MONTHS
        query = _CONTACTS.format(first=first, last=last, month=f"{month:%Y-%m-%d}", residents=residents)
        yield Delivery("national.contacts", f"contacts_{place:02d}.parquet", extracted, last - first, query)


def prepare(folder: Path, share: float) -> None:
    """A project whose lake and ledger hold everything, and whose warehouse is empty."""
    shutil.rmtree(folder, ignore_errors=True)
    create_empty(folder)
    shutil.copytree(MODEL, folder, dirs_exist_ok=True)
    project = Project.open(folder)
    feeds = {feed.id: feed for feed in project.model.feeds}
    with duckdb.connect() as connection:
        for setting in ("threads = 2", "memory_limit = '2GB'", "preserve_insertion_order = false"):
            connection.execute(f"SET {setting}")
        for delivery in deliveries(share):
            sha256 = hashlib.sha256(f"{delivery.feed} {delivery.name}".encode()).hexdigest()
            relative = project.lake.path_of(delivery.feed, sha256)
            target = project.settings.lake / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            connection.execute(
                f"COPY ({delivery.query}) TO '{target}'"
                " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 32768)"
            )
            project.ledger.record_batch(
                feed=delivery.feed,
                file=f"national/{delivery.extracted:%Y-%m}/{delivery.name}",
                sha256=sha256,
                parquet=relative,
                parquet_sha256=sha256_of(target),
                extracted=delivery.extracted,
                landed=LANDED,
                rows=delivery.rows,
                contract=contract_of(feeds[delivery.feed]),
                rejected=(),
                drift=(),
            )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--share", type=float, default=1.0, help="of the country")
    arguments.add_argument("--folder", type=Path, default=Path("bench"))
    arguments.add_argument("--keep", action="store_true", help="load what an earlier run has prepared")
    arguments.add_argument("--document", action="store_true", help="write the result to docs/benchmarks.md")
    chosen = arguments.parse_args()
    folder = (chosen.folder / "nation").resolve()
    if not chosen.keep:
        prepare(folder, chosen.share)
    warehouse = Project.open(folder).settings.warehouse
    shutil.rmtree(warehouse.parent, ignore_errors=True)
    cost = python("benchmarks.vault.ours", "load", folder)
    done = told(cost)
    size = warehouse.stat().st_size / 1024**3
    command = f"make bench-nation{f' SHARE={chosen.share:g}' if chosen.share != 1 else ''}"
    text = (
        f"### A whole country\n\n{report.machine()}; `{command}`.\n\n"
        "| Residents | Contacts | Rows written | Wall s | CPU s | Peak MB | Warehouse GB |\n"
        "|--:|--:|--:|--:|--:|--:|--:|\n"
        f"| {RESIDENTS * chosen.share:,.0f} | {CONTACTS * chosen.share:,.0f} | {done['rows']:,} | {cost.wall:,.0f}"
        f" | {cost.cpu:,.0f} | {cost.peak_megabytes:,.0f} | {size:.1f} |"
    )
    print(text)
    if chosen.document:
        report.replace_section("bench-nation", text)


if __name__ == "__main__":
    main()
