"""Clients of the old register who have no identity code, linked: held against who they are in truth."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from tests.journeys.conftest import SIZE
from tests.look_ups import unlimited
from virtaama.access.link_pairs import PairFilters
from virtaama.lake.link_record import Verdict
from virtaama.loading.link_records import hex_of
from virtaama.privacy.policy import Asker
from virtaama.project.linking import link_record
from virtaama.project.project import Project
from virtaama.synthetic.county import settle
from virtaama.synthetic.manifest import Manifest
from virtaama.synthetic.old_system import who_they_are

REVIEWER = Asker(id="yhdistaja", role="link_reviewer")


def truth(county: Project) -> dict[str, str | None]:
    """The key of each record without an identity code, and that of its resident."""
    found = {}
    for number, code in who_they_are(settle(SIZE, Manifest())).items():
        person = county.identities.find(code) if code else None
        found[hex_of(f"vanha:{number}")] = hex_of(person) if person else None
    return found


@contextmanager
def published(county: Project) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for concept in ("service_event", "client_record"):
            [path] = county.settings.published.glob(f"snapshot-*/star/{concept}.parquet")
            connection.execute(f"CREATE VIEW {concept} AS FROM '{path}'")
        yield connection


def test_nobody_is_linked_to_somebody_else(county: Project) -> None:
    wanted = truth(county)
    with link_record(county) as record:
        decided = record.newest("client_records")
    linked = {each.instance: each.same_as for each in decided if each.verdict is Verdict.LINKED}
    assert linked
    assert {key: wanted[key] for key in linked} == linked
    assert {each.instance for each in decided} <= wanted.keys()


def test_their_visits_are_those_of_the_resident(county: Project) -> None:
    with published(county) as connection:
        rows = connection.execute(
            "SELECT hex(client_record.client_record_key), hex(service_event.resident_key) FROM service_event "
            "JOIN client_record USING (client_record_key) WHERE client_number LIKE 'vanha:%'"
        ).fetchall()
    wanted = truth(county)
    seen = {record.lower(): resident and resident.lower() for record, resident in rows}
    with link_record(county) as record:
        linked = {d.instance for d in record.newest("client_records") if d.verdict is Verdict.LINKED}
    assert linked & seen.keys()
    for key in seen.keys() & wanted.keys():
        assert seen[key] == (wanted[key] if key in linked else None)


def test_a_reviewer_sees_both_sides_as_they_were_delivered(county: Project) -> None:
    [delivered, *_] = sorted(county.settings.deliveries.glob("old_system/*/*.sqlite"))
    with sqlite3.connect(delivered) as old:
        typed = {
            f"vanha:{number}": (surname, given)
            for number, surname, given in old.execute("SELECT asiakasnro, sukunimi, etunimi FROM asiakas")
        }
    before = len(county.audit.entries())
    door = county.link_review(unlimited)
    lines = door.pairs(PairFilters(state=""), REVIEWER).lines
    assert lines
    pair = door.pair(lines[0].number, REVIEWER)
    assert pair
    held = {each.labels.en: each for each in pair.held}
    assert (held["Family name"].of, held["Given names"].of) == typed[pair.name]
    assert held["Family name"].to
    assert held["Home municipality"].of == "Heinola"
    assert len(county.audit.entries()) == before + 2


def test_neither_names_nor_numbers_lie_in_the_record_of_pairs(county: Project) -> None:
    raw = county.settings.links.read_bytes()
    assert raw
    assert b"vanha:" not in raw
    [delivered, *_] = sorted(county.settings.deliveries.glob("old_system/*/*.sqlite"))
    with sqlite3.connect(delivered) as old:
        for surname, given in old.execute("SELECT sukunimi, etunimi FROM asiakas WHERE hetu IS NULL"):
            assert surname.encode() not in raw
            assert given.encode() not in raw
