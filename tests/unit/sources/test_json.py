"""JSON lines and FHIR resources become typed columns."""

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.unit.loading.deliveries import Landing, feed, fields
from virtaama.model.feeds import Drift, Format, Outcome

LINES = {"format": Format.JSON_LINES, "files": "register/*/*.jsonl"}
FILE = "register/2026-09/rows.jsonl"
CONTACTS = feed(*fields(id="text", at="timestamp", n="integer", called_back="boolean"), **LINES)


def test_members_become_columns_of_their_types(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (CONTACTS,))
    landing.deliver(
        '{"id": "a", "at": "2026-09-01T08:15:00", "n": 3, "called_back": true}\n'
        '{"n": null, "at": "", "id": "b", "called_back": false}\n',
        FILE,
    )
    landing.land()
    assert landing.rows() == [
        {"id": "a", "at": datetime(2026, 9, 1, 8, 15), "n": 3, "called_back": True},
        {"id": "b", "at": None, "n": None, "called_back": False},
    ]


def test_lines_that_are_not_objects_are_set_aside(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (feed(*fields(id="text", n="integer"), **LINES),))
    landing.deliver(
        b'{"id":"a","n":1}\n{bad\n\n[1]\n{"id":"\xff"}\r\n{"id":"b","n":"q"}\n{"id":"c","n":2.5}', FILE
    )
    landing.land()
    assert [row["id"] for row in landing.rows()] == ["a"]
    assert [(line, reason) for line, reason, _ in landing.set_aside()] == [
        (2, "unreadable"),
        (4, "unreadable"),
        (5, "unreadable"),
        (6, "wrong_type"),
        (7, "wrong_type"),
    ]
    assert landing.set_aside()[0][2] == b"{bad"


def test_a_path_reaches_into_an_object(tmp_path: Path) -> None:
    described = feed(
        *fields(
            id="text",
            first={"type": "decimal", "path": "resource ->> '$.values[0].amount'"},
            many={"type": "integer", "path": "json_array_length(resource -> '$.values')"},
        ),
        **LINES,
    )
    landing = Landing(tmp_path, (described,))
    landing.deliver('{"id": "a", "values": [{"amount": 1.25}, {"amount": 2}]}\n', FILE)
    landing.land()
    assert landing.rows() == [{"id": "a", "first": Decimal("1.25"), "many": 2}]


def test_members_that_are_new_or_never_there_are_drift(tmp_path: Path) -> None:
    described = feed(*fields(id="text", n="integer"), **LINES, drift=Drift(missing=Outcome.ACCEPT))
    landing = Landing(tmp_path, (described,))
    landing.deliver('{"id": "a"}\n{"id": "b", "m": 1}\n', FILE)
    (batch,) = landing.land().landed
    assert landing.rows() == [{"id": "a", "n": None}, {"id": "b", "n": None}]
    events = landing.ledger.drift("register.rows", batch.sha256)
    assert [(event.kind, event.column) for event in events] == [("missing", "n"), ("added", "m")]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2026-07-01T08:15:00+03:00", datetime(2026, 7, 1, 8, 15)),
        ("2026-01-01T08:15:00+02:00", datetime(2026, 1, 1, 8, 15)),
        ("2026-07-01T08:15:00Z", datetime(2026, 7, 1, 11, 15)),
        ("2026-01-01T08:15:00.250Z", datetime(2026, 1, 1, 10, 15, 0, 250_000)),
        ("2026-01-01T08:15:00-05:00", datetime(2026, 1, 1, 15, 15)),
        ("2026-01-01 08:15", datetime(2026, 1, 1, 8, 15)),
        ("2026-01-01", datetime(2026, 1, 1)),
    ],
)
def test_a_moment_is_kept_as_finnish_clocks_showed_it(tmp_path: Path, written: str, kept: datetime) -> None:
    landing = Landing(tmp_path, (feed(*fields(at="timestamp"), **LINES),))
    landing.deliver(json.dumps({"at": written}), FILE)
    landing.land()
    assert landing.rows() == [{"at": kept}]


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (CONTACTS,))
    landing.deliver("", FILE)
    (refused,) = landing.land().refused
    assert "the file is empty" in refused.reason


PATIENTS = feed(
    *fields(
        id="text",
        person={
            "type": "text",
            "path": "resource ->> '$.identifier[0].value'",
            "required": True,
        },
        birthDate="date",
    ),
    format=Format.FHIR,
    files="register/*/*",
    resource="Patient",
)


def patient(id: str, person: str | None = "p", birth: str = "1990-01-01") -> dict[str, object]:
    resource: dict[str, object] = {"resourceType": "Patient", "id": id, "birthDate": birth}
    return {**resource, "identifier": [{"value": person}]} if person else resource


def test_resources_of_the_feeds_type_are_kept_and_others_skipped(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (PATIENTS,))
    lines = [
        json.dumps(resource)
        for resource in (
            patient("a"),
            {"resourceType": "Encounter", "id": "e", "birthDate": "none"},
            patient("b", None),
            patient("c", birth="1990-13-01"),
            {"id": "nothing"},
        )
    ]
    landing.deliver("\n".join(lines), "register/2026-09/all.ndjson")
    (batch,) = landing.land().landed
    assert landing.rows() == [{"id": "a", "person": "p", "birthDate": date(1990, 1, 1)}]
    assert landing.set_aside(batch) == [
        (3, "missing_value", lines[2].encode()),
        (4, "wrong_type", lines[3].encode()),
        (5, "unreadable", lines[4].encode()),
    ]


def test_a_folder_of_single_resources_is_read(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (PATIENTS,))
    landing.deliver(json.dumps(patient("a"), indent=2), "register/2026-09/Patient-a.json")
    landing.deliver(json.dumps({"resourceType": "Encounter"}, indent=2), "register/2026-09/Encounter-e.json")
    landing.deliver("{ not json", "register/2026-09/broken.json")
    report = landing.land()
    assert [row["id"] for row in landing.rows()] == ["a"]
    assert sorted((batch.file[17:], batch.rows, batch.rejected) for batch in report.landed) == [
        ("Encounter-e.json", 0, 0),
        ("Patient-a.json", 1, 0),
    ]
    assert [refused.file[17:] for refused in report.refused] == ["broken.json"]
