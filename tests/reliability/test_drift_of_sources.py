"""Each way a source that is asked, or is no table, can change has a declared outcome; none is silent."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.fhir_server import FhirServer
from tests.http_server import served
from tests.postgresql_server import Server, started
from tests.unit.loading.collections import Collecting
from tests.unit.loading.deliveries import Landing, feed, fields
from virtaama.lake.ledger import Ledger
from virtaama.loading.land import LandReport
from virtaama.loading.prepare import HANDFUL
from virtaama.model.collect import FromDatabase, FromFhirBulk
from virtaama.model.feeds import Delivery, Drift, Feed, Format, Outcome

DECLARED = fields(NAME="text", N={"type": "integer", "also": ("NUMBER",)})
TABLES = {  # columns of the table, one row
    "added": ({"NAME": "text", "N": "integer", "NEW": "text"}, ("x", 1, "z")),
    "missing": ({"NAME": "text"}, ("x",)),
    "renamed": ({"NAME": "text", "NUMBER": "integer"}, ("x", 1)),
    "retyped": ({"NAME": "text", "N": "text"}, ("x", "many")),
}
Fill = Callable[[dict[str, str], Sequence[tuple[Any, ...]]], None]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with started() as server:
        yield server


def _fill_postgresql(server: Server) -> Fill:
    def fill(columns: dict[str, str], rows: Sequence[tuple[Any, ...]]) -> None:
        listed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        server.run("DROP TABLE IF EXISTS drifting", f"CREATE TABLE drifting ({listed})")
        with server.connect() as connection:
            for row in rows:
                marks = ", ".join(["%s"] * len(row))
                connection.execute(f"INSERT INTO drifting VALUES ({marks})".encode(), row)

    return fill


def _fill_sqlite(path: Path) -> Fill:
    def fill(columns: dict[str, str], rows: Sequence[tuple[Any, ...]]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        with sqlite3.connect(path) as database:
            database.execute(f"CREATE TABLE drifting ({', '.join(columns)})")
            for row in rows:
                database.execute(f"INSERT INTO drifting VALUES ({', '.join('?' * len(row))})", row)
        database.close()

    return fill


class Source:
    """A table somewhere, and a project that takes it in: as a delivered file, or by asking."""

    def __init__(self, folder: Path, fill: Fill, way: FromDatabase | None) -> None:
        self.folder = folder
        self.fill = fill
        self.way = way
        self.query = "SELECT * FROM drifting"

    def described(self, drift: Drift, delivery: Delivery = Delivery.CHANGES) -> Feed:
        there: dict[str, Any] = {"collect": self.way, "files": "", "extracted": ""} if self.way else {}
        return feed(
            *DECLARED,
            format=Format.SQL,
            query=self.query,
            drift=drift,
            delivery=delivery,
            **{"files": "register/*/rows.sqlite", **there},
        )

    def taken(self, drift: Drift, delivery: Delivery = Delivery.CHANGES) -> tuple[Landing, LandReport]:
        if self.way:
            project = Collecting(self.folder, (self.described(drift, delivery),))
            return project, project.collect()
        landing = Landing(self.folder, (self.described(drift, delivery),))
        return landing, landing.land()


@pytest.fixture(params=["delivered SQLite", "asked SQLite", "asked PostgreSQL"])
def source(
    request: pytest.FixtureRequest, tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> Source:
    delivered = tmp_path / "deliveries" / "register" / "2026-09" / "rows.sqlite"
    match request.param:
        case "delivered SQLite":
            return Source(tmp_path, _fill_sqlite(delivered), None)
        case "asked SQLite":
            monkeypatch.setenv("REGISTER", f"sqlite:///{tmp_path}/live.sqlite")
            fill = _fill_sqlite(tmp_path / "live.sqlite")
        case _:
            monkeypatch.setenv("REGISTER", server.address)
            fill = _fill_postgresql(server)
    return Source(tmp_path, fill, FromDatabase(url_from="env:REGISTER"))


def events_of(ledger: Ledger, report: LandReport) -> list[tuple[str, str]]:
    [sha256] = [one.sha256 for one in (*report.landed, *report.refused)]
    return [(event.kind, event.outcome) for event in ledger.drift("register.rows", sha256)]


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize("kind", TABLES)
def test_a_changed_column_of_a_table_has_its_declared_outcome(
    source: Source, kind: str, outcome: Outcome
) -> None:
    columns, row = TABLES[kind]
    source.fill(columns, [row])
    project, report = source.taken(Drift(**{kind: outcome}))
    if outcome is Outcome.STOP:
        assert (len(report.refused), report.landed) == (1, ())
    else:
        [batch] = report.landed
        assert (batch.rows, batch.rejected) == ((1, 0) if outcome is Outcome.ACCEPT else (0, 1))
        assert project.table(batch).schema.names == ["NAME", "N"]
    assert events_of(project.ledger, report) == [(kind, outcome)]


def test_columns_of_a_table_in_another_order_are_the_same(source: Source) -> None:
    source.fill({"N": "integer", "NAME": "text"}, [(1, "x")])
    project, report = source.taken(Drift())
    assert project.rows() == [{"NAME": "x", "N": 1}]
    assert events_of(project.ledger, report) == []


def test_a_column_the_query_names_and_the_table_lost_is_refused(source: Source) -> None:
    source.fill({"OTHER": "text"}, [])
    source.query = "SELECT NAME, N FROM drifting"
    project, report = source.taken(Drift())
    assert (len(report.refused), report.landed) == (1, ())
    assert "`query`" in report.refused[0].reason
    assert project.ledger.batches() == ()


@pytest.mark.parametrize("delivery", [Delivery.CHANGES, Delivery.FULL])
def test_a_table_without_rows_is_an_empty_batch_nothing_new_or_refused(
    source: Source, delivery: Delivery
) -> None:
    source.fill({"NAME": "text", "N": "integer"}, [])
    _, report = source.taken(Drift(), delivery)
    if source.way is None:  # somebody delivered it
        assert [(batch.rows, batch.rejected) for batch in report.landed] == [(0, 0)]
        return
    assert report.landed == ()
    assert (len(report.refused), report.unchanged) == ((1, 0) if delivery is Delivery.FULL else (0, 1))
    assert all("would say that everything is gone" in refused.reason for refused in report.refused)


def test_an_empty_sqlite_file_is_refused(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (Source(tmp_path, _fill_sqlite(tmp_path / "none"), None).described(Drift()),))
    landing.deliver(b"", "register/2026-09/rows.sqlite")
    report = landing.land()
    assert (len(report.refused), report.landed) == (1, ())


# Resources of FHIR leave out what they do not know: what is missing is seen in all of them together, or not at all.

PATIENT: dict[str, Any] = {"gender": "female", "birthDate": "1990-01-31"}
RESOURCES: dict[str, dict[str, Any]] = {
    "added": {**PATIENT, "maritalStatus": {"text": "x"}},
    "missing": {"birthDate": "1990-01-31"},
    "renamed": {"sex": "female", "birthDate": "1990-01-31"},
    "retyped": {**PATIENT, "birthDate": "last year"},
    "reordered": dict(reversed(PATIENT.items())),
}
SAID: dict[str, list[tuple[str, str, str]]] = {
    "added": [],  # declared: a resource may say more than is read
    "missing": [("missing", "gender", "accept")],
    "renamed": [("missing", "gender", "accept")],
    "retyped": [("retyped", "birthDate", "quarantine")],
    "reordered": [],
}


def patients(drift: Drift, **described: Any) -> Feed:
    return feed(
        *fields(id="text", gender="text", birthDate="date"),
        format=Format.FHIR,
        resource="Patient",
        drift=drift,
        reject_at_most=1.0,
        **described,
    )


@pytest.fixture
def fhir() -> Iterator[FhirServer]:
    server = FhirServer()
    with served(server.answer) as address:
        server.address = address
        yield server


def exported(
    folder: Path, server: FhirServer, resources: Sequence[dict[str, Any]], drift: Drift
) -> tuple[Landing, LandReport]:
    """The resources asked of a server in bulk."""
    for number, resource in enumerate(resources):
        server.put("Patient", str(number), **resource)
    described = patients(drift, files="", extracted="", collect=FromFhirBulk(url=server.address))
    project = Collecting(folder, (described,))
    return project, project.collect()


def delivered(folder: Path, resources: Sequence[dict[str, Any]], drift: Drift) -> tuple[Landing, LandReport]:
    """The resources as a file."""
    landing = Landing(folder, (patients(drift, files="register/*/*.ndjson"),))
    lines = [
        json.dumps({"resourceType": "Patient", "id": str(n), **resource}) + "\n"
        for n, resource in enumerate(resources)
    ]
    landing.deliver("".join(lines), "register/2026-09/patients.ndjson")
    return landing, landing.land()


@pytest.mark.parametrize("way", ["asked in bulk", "delivered"])
@pytest.mark.parametrize("kind", RESOURCES)
def test_a_changed_member_of_resources_has_its_declared_outcome(
    tmp_path: Path, fhir: FhirServer, kind: str, way: str
) -> None:
    resources = [RESOURCES[kind]] * (HANDFUL + 1)
    project, report = (
        delivered(tmp_path, resources, Drift())
        if way == "delivered"
        else exported(tmp_path, fhir, resources, Drift())
    )
    [batch] = report.landed
    read, aside = (0, len(resources)) if kind == "retyped" else (len(resources), 0)
    assert (batch.rows, batch.rejected) == (read, aside)
    events = project.ledger.drift("register.rows", batch.sha256)
    assert [(event.kind, event.column, event.outcome) for event in events] == SAID[kind]


@pytest.mark.parametrize(
    ("outcome", "landed"), [(Outcome.ACCEPT, (11, 0)), (Outcome.QUARANTINE, (0, 11)), (Outcome.STOP, None)]
)
def test_a_member_of_another_type_has_each_declared_outcome(
    tmp_path: Path, fhir: FhirServer, outcome: Outcome, landed: tuple[int, int] | None
) -> None:
    resources = [RESOURCES["retyped"]] * 11
    project, report = exported(tmp_path, fhir, resources, Drift(retyped=outcome))
    assert [(batch.rows, batch.rejected) for batch in report.landed] == ([landed] if landed else [])
    assert events_of(project.ledger, report) == [("retyped", outcome)]


def test_a_handful_of_resources_does_not_say_that_a_member_is_missing(tmp_path: Path) -> None:
    project, report = delivered(tmp_path, [RESOURCES["missing"]] * HANDFUL, Drift())
    assert events_of(project.ledger, report) == []


def test_an_export_without_resources_says_nothing_new_and_an_empty_file_is_refused(
    tmp_path: Path, fhir: FhirServer
) -> None:
    _, report = exported(tmp_path / "asked", fhir, [], Drift())
    assert (report.landed, report.refused) == ((), ())
    _, report = delivered(tmp_path / "delivered", [], Drift())
    assert (len(report.refused), report.landed) == (1, ())
