"""Property: every person whose rows are shown is on record by the access that showed them; so is who was refused."""

from __future__ import annotations

import resource
import signal
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from copy import copy
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.privacy.approvals import approved
from tests.spec.care import Care
from tests.spec.features import build_of, column, feature_table, hospital, table_text
from virtaama.access.audit import AuditLog
from virtaama.access.audit_entries import About, Persons
from virtaama.access.persons import person_key, persons_in, persons_named
from virtaama.access.rows import RowDoor
from virtaama.lake.marts import FeatureMart
from virtaama.loading.features import build_features
from virtaama.metrics.feature_tables import FeatureTable
from virtaama.model.model import Model
from virtaama.privacy.domains import Domain
from virtaama.privacy.policy import Asker, Purpose, Role, RowsAllowed
from virtaama.problems import NotAllowed, NotRecorded

MOMENT = datetime(2025, 6, 1, 12)
DOMAIN = Domain.under(b"k" * 32, 1, "use")
PEOPLE = {"ann": 1, "bob": 1, "cyd": 2}  # the month each is first known in
ROLES = {
    "analyst": frozenset({"use"}),
    "reader": frozenset[str](),
}


class Ward:
    """A hospital with three months of rows about three persons."""

    def __init__(self, folder: Path) -> None:
        self.model, self.catalogue = hospital()
        warehouse = Care(self.model, folder, in_memory=True)
        for month in (1, 2, 3):
            known = [name for name, first in PEOPLE.items() if first <= month]
            warehouse.people(*((name, "1950-5-1") for name in known), on=f"{month + 1}-2")
            warehouse.visits(*(f"v{month}{name} {name} {month}-5" for name in known), on=f"{month + 1}-2")
        warehouse.load()
        text = table_text(column("n", fact="visit", aggregate="count", last="1 month"))
        build = build_of(warehouse, self.catalogue, text)
        self.table = build.table
        self.marts = folder / "lake" / "marts"
        mart = FeatureMart(self.marts / "use")
        build_features(warehouse.engine, build, mart, MOMENT, lambda done, of, what: None)
        about = mart.about()
        assert about is not None
        self.days = about.days
        self.record_in(folder)

    def record_in(self, folder: Path) -> None:
        """A log and a door of its own."""
        self.folder = folder
        self.audit = AuditLog(folder / "audit.sqlite", b"k" * 32)
        self.door = RowDoor(
            marts=self.marts,
            roles=tuple(
                Role(
                    name=name,
                    purposes=frozenset(Purpose),
                    levels=frozenset({"county"}),
                    pages=frozenset(),
                    approvals=approved(*tables),
                )
                for name, tables in ROLES.items()
            ),
            audit=self.audit,
            model=self.model,
            catalogue=self.catalogue,
            clock=lambda: MOMENT,
            domains=lambda name: DOMAIN,
        )

    def open(self, role: str, purpose: Purpose, first: date | None = None, last: date | None = None) -> Any:
        allowed = self.door.decide(self.table, Asker(id=f"a {role}", role=role), purpose)
        return self.door.open(self.table, allowed, first, last)

    def on_record(self, person: str) -> list[int]:
        key = person_key(person)
        return [
            entry.number
            for entry in self.audit.entries()
            if entry.person == key or (entry.roster and self.audit.rosters.holds(entry.roster, key))
        ]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Ward:
    return Ward(tmp_path_factory.mktemp("ward"))


@pytest.fixture
def ward(whole: Ward, tmp_path: Path) -> Ward:
    own = copy(whole)
    own.record_in(tmp_path)
    return own


def test_whoever_is_shown_is_on_record_once_an_access_and_nobody_else(ward: Ward) -> None:
    """P1: every role, every purpose, every span of days there is."""
    expected: dict[str, list[int]] = {name: [] for name in PEOPLE}
    refused = 0
    days = [each.day for each in ward.days]
    for role in (*ROLES, "nobody"):
        for purpose in Purpose:
            for first, last in ((None, None), *((day, day) for day in days)):
                before = ward.audit.head()[0]
                try:
                    opened = ward.open(role, purpose, first, last)
                except NotAllowed:
                    refused += 1
                    (entry,) = ward.audit.select("number > ?", (before,))
                    assert not entry.allowed
                    assert entry.about is About.NOBODY
                else:
                    assert ward.audit.head()[0] == before + 1 == opened.record
                    keys = set(opened.rows.column("resident_key").to_pylist())
                    for name in PEOPLE:
                        if DOMAIN.pseudonym(person_key(name)) in keys:
                            expected[name].append(opened.record)
    assert {name: ward.on_record(name) for name in PEOPLE} == expected
    assert refused > 10
    assert len(expected["ann"]) > len(expected["cyd"]) > 0
    entry = ward.audit.select("number = ?", (expected["ann"][0],))[0]
    assert (entry.data, entry.providers) == (("use",), ("hospital",))


def test_the_same_persons_share_one_roster(ward: Ward) -> None:
    for _ in range(3):
        ward.open("analyst", Purpose.PLANNING)
    assert len({entry.roster for entry in ward.audit.entries()}) == 1
    assert len(list(ward.audit.rosters.names())) == 1


def test_rows_that_show_a_person_tell_whose_they_are() -> None:
    model, catalogue = hospital()
    assert {a.name for a in model.concept("resident").attributes if a.type == "identity"} == {"person"}
    table = feature_table(
        table_text(column("n", fact="visit", aggregate="count", last="1 month")), model, catalogue
    )
    rows = pa.table({"resident_key": [person_key("ann").hex(), person_key("ann").hex(), None]})
    assert persons_in(table, model, rows) == Persons.of([person_key("ann")])


def test_rows_about_what_is_no_person_are_said_to_be_about_unknown(whole: Ward) -> None:
    model: Model = whole.model
    stay = FeatureTable(**{**_members(whole.table), "of": "stay"})
    assert persons_in(stay, model, pa.table({"stay_key": ["a", "b"]})) == Persons(unknown=2)


def test_a_row_set_aside_tells_of_whom_its_codes_name_and_else_of_unknown() -> None:
    def made(codes: Sequence[str]) -> list[str]:
        return [f"person of {code}" for code in codes]

    right, wrong = b"010190-900P", b"010190-9001"
    found = persons_named(
        [
            b"1;" + right + b";x",
            b"2;" + right.lower(),
            b"3;" + wrong,
            b"\xff\xfe",
            right.decode().encode("utf-16"),
        ],
        made,
    )
    assert found == Persons.of([person_key("person of 010190-900P")], unknown=2)


# If the record cannot be written, nothing is shown -----------------------------------------------------


def breaks_roster_folder(ward: Ward) -> None:
    ward.audit.rosters.folder.write_text("in the way")


def breaks_by_lock(ward: Ward) -> None:
    ward.audit._open().execute("PRAGMA busy_timeout = 10")
    ward.other = sqlite3.connect(ward.audit.path, isolation_level=None)  # type: ignore[attr-defined]
    ward.other.execute("BEGIN IMMEDIATE")  # type: ignore[attr-defined]


def breaks_by_loss(ward: Ward) -> None:
    ward.audit.close()
    ward.audit.path.unlink()


def breaks_by_folder_gone(ward: Ward) -> None:
    ward.audit = AuditLog(ward.folder / "unmounted" / "audit.sqlite", b"k" * 32)
    ward.door._audit = ward.audit


def breaks_by_trigger(ward: Ward) -> None:
    ward.audit._open().execute(
        "CREATE TRIGGER broken BEFORE INSERT ON record BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END"
    )


def breaks_by_read_only(ward: Ward) -> None:
    ward.audit._open().execute("PRAGMA query_only = ON")


@pytest.mark.parametrize(
    "broken",
    [
        breaks_roster_folder,
        breaks_by_lock,
        breaks_by_loss,
        breaks_by_folder_gone,
        breaks_by_trigger,
        breaks_by_read_only,
    ],
)
def test_nothing_is_shown_that_cannot_be_recorded(ward: Ward, broken: Any) -> None:
    asker = Asker(id="x", role="analyst")
    allowed = ward.door.decide(ward.table, asker, Purpose.PLANNING)
    refused = Asker(id="x", role="reader")
    with pytest.raises(NotAllowed):
        ward.door.decide(ward.table, refused, Purpose.PLANNING)
    broken(ward)
    with pytest.raises(NotRecorded):
        ward.door.open(ward.table, allowed)
    if broken is not breaks_roster_folder:
        with pytest.raises(NotRecorded):
            ward.door.decide(ward.table, refused, Purpose.PLANNING)


def test_a_full_disk_shows_nothing_and_the_log_goes_on_when_there_is_room(ward: Ward) -> None:
    """A file may not grow beyond what it is: what a full disk says, without filling one."""
    allowed = ward.door.decide(ward.table, Asker(id="x", role="analyst"), Purpose.PLANNING)
    ward.door.open(ward.table, allowed)
    shown = ward.audit.head()[0]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    heard = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (ward.audit.path.stat().st_size, hard))
        while opens(ward, allowed) and shown < 200:
            shown += 1
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, heard)
    assert ward.audit.head()[0] == shown < 200
    assert ward.door.open(ward.table, allowed).record == shown + 1
    assert ward.audit.verify_chain() == shown + 1


def opens(ward: Ward, allowed: RowsAllowed) -> bool:
    try:
        ward.door.open(ward.table, allowed)
    except NotRecorded:
        return False
    return True


def test_nothing_about_persons_is_in_the_log_but_their_keys(ward: Ward) -> None:
    ward.open("analyst", Purpose.PLANNING)
    ward.audit.close()
    held = b"".join(path.read_bytes() for path in ward.folder.glob("audit*") if path.is_file())
    assert not any(name.encode() in held for name in ("bob", "cyd"))
    with closing(sqlite3.connect(ward.audit.path)) as connection:
        assert connection.execute("SELECT max(persons) FROM record").fetchone() == (3,)


def _members(table: FeatureTable) -> dict[str, Any]:
    return {name: getattr(table, name) for name in FeatureTable.__slots__}
