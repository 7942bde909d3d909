"""What a person is told about who has seen them."""

from __future__ import annotations

import base64
import csv
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tests.privacy.tampering import person
from tests.shipped_law import OF_LOGS
from virtaama.access.audit import AuditLog
from virtaama.access.audit_entries import Act, Persons, asked_by
from virtaama.access.log_report import as_csv, as_fhir, as_pdf, worded
from virtaama.access.looked import LogReport
from virtaama.access.names import Names
from virtaama.access.oversight import Oversight
from virtaama.access.seen import seen
from virtaama.model.concepts import Text
from virtaama.privacy.policy import Asker, Role
from virtaama.problems import Damaged, NotAllowed

NOW = datetime(2026, 11, 26, 12, 30, tzinfo=UTC)
ANN, BOB, CYD = (person(n) for n in range(3))
OFFICER = Asker(id="tietosuoja", role="officer")
ROLES = tuple(
    Role(name=name, purposes=frozenset(), levels=frozenset(), pages=frozenset(pages))
    for name, pages in (("officer", ["audit"]), ("manager", ["steering"]))
)
NAMES = Names(
    county=Text("Esimerkkialue", "Exempelområdet", "Example county"),
    systems={"home_care": Text("Kotihoito", "Hemvård", "Home care")},
    roles={"analyst": Text("Analyytikko", "Analytiker", "Analyst")},
    data={"use": Text("Palvelujen käyttö", "Användning", "Use of services")},
)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[AuditLog]:
    with closing(AuditLog(tmp_path / "audit.sqlite", b"key")) as opened:
        yield opened


@pytest.fixture
def oversight(log: AuditLog) -> Oversight:
    return Oversight(audit=log, roles=ROLES, clock=lambda: NOW, law=OF_LOGS)


def shown(log: AuditLog, moment: datetime, *keys: bytes, **more: Any) -> int:
    given: dict[str, Any] = {
        "asker": "anna",
        "role": "analyst",
        "purpose": "planning",
        "question": '{"open feature table": "use"}',
        "decision": "allowed",
        "snapshot": None,
        "rows": len(keys),
        "act": Act.OPEN,
        "data": ("use",),
        "providers": ("home_care",),
        "about": Persons.of(keys),
    }
    return log.append(moment=moment, **(given | more))


def test_entries_that_name_a_person_and_rosters_that_hold_them_are_found(log: AuditLog) -> None:
    alone = shown(log, NOW, ANN)
    together = shown(log, NOW, ANN, BOB)
    shown(log, NOW, BOB)
    shown(log, NOW, BOB, CYD)
    shown(log, NOW, ANN, decision="refused: no right")  # nothing was shown
    again = shown(log, NOW, BOB, ANN)
    found = seen(log, ANN, NOW - timedelta(days=1), NOW + timedelta(days=1))
    assert [entry.number for entry in found.entries] == [alone, together, again]
    assert (found.untold, found.unknown) == (0, 0)


def test_a_clock_that_went_wrong_for_a_while_hides_nothing(log: AuditLog) -> None:
    ahead = [shown(log, NOW + timedelta(days=900), ANN), shown(log, NOW + timedelta(days=900), BOB)]
    inside = [shown(log, NOW, ANN), shown(log, NOW, ANN, BOB)]
    assert [entry.number for entry in seen(log, ANN, NOW, NOW + timedelta(days=1)).entries] == inside
    assert len(seen(log, ANN, NOW, NOW + timedelta(days=1_000)).entries) == 3
    assert ahead


def test_what_nobody_can_say_is_said(tmp_path: Path) -> None:
    path = tmp_path / "audit.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(Path(__file__).with_name("audit_of_0_1_0.sql").read_text(encoding="utf-8"))
    with closing(AuditLog(path, b"a key of 0.1.0")) as log:
        shown(log, NOW, about=Persons(unknown=3))
        found = seen(log, ANN, datetime(2020, 1, 1, tzinfo=UTC), NOW + timedelta(days=1))
    assert (found.entries, found.untold, found.unknown) == ((), 1, 1)


def test_a_roster_that_is_gone_is_no_quiet_no(log: AuditLog) -> None:
    shown(log, NOW, ANN, BOB)
    (name,) = log.rosters.names()
    log.rosters.path_of(name).unlink()
    with pytest.raises(Damaged, match="roster of the audit log is missing"):
        seen(log, ANN, NOW - timedelta(days=1), NOW + timedelta(days=1))


def test_the_last_two_years_are_told_of_and_that_is_on_record(log: AuditLog, oversight: Oversight) -> None:
    shown(log, datetime(2024, 11, 25, 23, 59, tzinfo=UTC), ANN)
    inside = shown(log, datetime(2024, 11, 26, tzinfo=UTC), ANN)
    report = oversight.report(ANN, OFFICER)
    assert [entry.number for entry in report.seen.entries] == [inside]
    assert (report.first, report.last) == (date(2024, 11, 26), date(2026, 11, 26))
    entry = log.entries()[-1]
    assert (entry.number, entry.act, entry.person, entry.rows) == (report.record, "report", ANN, 1)
    assert (entry.asker, entry.purpose) == ("tietosuoja", "oversight")
    again = oversight.report(ANN, OFFICER)
    assert [entry.number for entry in again.seen.entries] == [inside, report.record]


def test_what_is_older_needs_a_reason_which_is_on_record(log: AuditLog, oversight: Oversight) -> None:
    old = shown(log, datetime(2016, 1, 1, 12, tzinfo=UTC), ANN)
    with pytest.raises(ValueError, match="special reason only"):
        oversight.report(ANN, OFFICER, first=date(2015, 1, 1), reason=" ")
    report = oversight.report(ANN, OFFICER, first=date(2015, 1, 1), reason="epäily väärinkäytöstä")
    assert [entry.number for entry in report.seen.entries] == [old]
    assert json.loads(log.entries()[-1].question)["reason"] == "epäily väärinkäytöstä"


def test_who_may_not_is_refused_and_that_is_on_record(log: AuditLog, oversight: Oversight) -> None:
    with pytest.raises(NotAllowed):
        oversight.report(ANN, Asker(id="x", role="manager"))
    (entry,) = log.entries()
    assert entry.decision.startswith("refused: ")
    assert entry.person is None


# Files -----------------------------------------------------------------------------------------------


@pytest.fixture
def report(log: AuditLog, oversight: Oversight) -> LogReport:
    shown(log, NOW - timedelta(days=3), ANN, BOB, asker='=HYPERLINK("x")')
    shown(log, NOW - timedelta(days=2), ANN, role="", asker="@anna", data=("-1+1",))
    shown(log, NOW - timedelta(days=1), ANN, about=Persons.of([ANN, CYD], unknown=2), asker="*#[$öljy$]")
    return oversight.report(ANN, OFFICER)


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_a_csv_says_who_when_why_what_and_whose(report: LogReport, language: str) -> None:
    text = as_csv(worded(report, NAMES, language)).decode("utf-8-sig")
    rows = list(csv.reader(StringIO(text), delimiter=";"))
    assert len(rows) == 4
    assert {len(row) for row in rows} == {9}
    home_care, use = (text.in_language(language) for text in (NAMES.systems["home_care"], NAMES.data["use"]))
    assert rows[1][5:7] == [use, home_care]
    assert rows[1][7] == "2"


def test_no_cell_of_a_csv_is_a_formula(report: LogReport) -> None:
    text = as_csv(worded(report, NAMES, "fi")).decode("utf-8-sig")
    cells = [cell for row in csv.reader(StringIO(text), delimiter=";") for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert '\'=HYPERLINK("x")' in cells


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_a_pdf_is_tagged_and_has_its_language(report: LogReport, language: str) -> None:
    pdf = as_pdf(worded(report, NAMES, language), report.asked)
    assert pdf.startswith(b"%PDF-")
    for part in (
        b"/StructTreeRoot",
        b"/MarkInfo",
        b"<pdfuaid:part>1</pdfuaid:part>",
        b"/DisplayDocTitle true",
    ):
        assert part in pdf
    assert re.search(rb"/Lang ?\(" + language.encode(), pdf)


def test_the_same_report_gives_the_same_pdf(report: LogReport) -> None:
    words = worded(report, NAMES, "fi")
    assert as_pdf(words, report.asked) == as_pdf(words, report.asked)


def test_a_report_of_nothing_is_a_report(oversight: Oversight) -> None:
    nothing = oversight.report(BOB, OFFICER)
    assert as_pdf(worded(nothing, NAMES, "sv"), nothing.asked).startswith(b"%PDF-")
    assert len(as_csv(worded(nothing, NAMES, "sv")).splitlines()) == 1


def test_fhir_has_the_shape_of_a_patient_query(report: LogReport) -> None:
    """IHE BALP, profile PatientQuery: what it fixes, and how often what may be there."""
    bundle = json.loads(json.dumps(as_fhir(report, NAMES, "Esimerkki", "fi")))
    assert (bundle["resourceType"], bundle["type"], len(bundle["entry"])) == ("Bundle", "collection", 3)
    for event in (entry["resource"] for entry in bundle["entry"]):
        assert event["resourceType"] == "AuditEvent"
        assert event["type"]["code"] == "rest"
        assert [each["code"] for each in event["subtype"]] == ["search"]
        assert (event["action"], event["outcome"]) == ("E", "0")
        assert datetime.fromisoformat(event["recorded"]).tzinfo
        assert event["source"]["observer"]
        agents = {agent["type"]["coding"][0]["code"]: agent for agent in event["agent"]}
        assert sorted(agents) == ["110152", "110153", "IRCP"]
        assert [agents[code]["requestor"] for code in sorted(agents)] == [False, False, True]
        assert all(agents[code]["who"] and agents[code]["network"] for code in ("110152", "110153"))
        assert "network" not in agents["IRCP"]
        assert agents["IRCP"]["purposeOfUse"][0]["text"] == "suunnittelu"
        kinds = [entity["type"]["code"] for entity in event["entity"]]
        assert (kinds.count("1"), kinds.count("2")) == (1, 1)
        patient, query, *providers = event["entity"]
        assert patient["what"]["type"] == "Patient"
        assert patient["role"]["code"] == "1"
        assert query["role"]["code"] == "24"
        assert not query.keys() & {"what", "lifecycle", "detail"}
        assert json.loads(base64.b64decode(query["query"])) == {"open feature table": "use"}
        assert [each["what"]["display"] for each in providers] == ["Kotihoito"]
        assert not empty_in(event)


def empty_in(value: object) -> list[object]:
    """FHIR's JSON has no nulls, no empty lists and no empty objects."""
    match value:
        case dict():
            return [found for each in value.values() for found in empty_in(each)] if value else [value]
        case list():
            return [found for each in value for found in empty_in(each)] if value else [value]
        case _:
            return [value] if value in (None, "") else []


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_no_report_tells_a_key_of_anybody(report: LogReport, language: str) -> None:
    words = worded(report, NAMES, language)
    for content in (
        as_csv(words),
        as_pdf(words, report.asked),
        json.dumps(as_fhir(report, NAMES, "x", language)).encode(),
    ):
        for key in (ANN, BOB, CYD):
            assert key not in content
            assert key.hex().encode() not in content


def test_who_opened_is_told_by_name_and_identifier(log: AuditLog, oversight: Oversight) -> None:
    nurse = Asker(id="e-1234", role="analyst", name="Maija Esimerkki")
    shown(log, NOW, ANN, asker=nurse.id, question=asked_by(nurse, {"open person": "by identity code"}))
    shown(log, NOW, ANN)  # as before names were kept
    found = oversight.report(ANN, OFFICER)
    told = list(csv.reader(StringIO(as_csv(worded(found, NAMES, "en")).decode("utf-8-sig")), delimiter=";"))
    assert [row[1] for row in told if row[1:2] and "e-1234" in row[1]] == ["Maija Esimerkki (e-1234)"]
    assert any("anna" in row for row in told)
    agents = [
        agent
        for each in as_fhir(found, NAMES, "x", "en")["entry"]
        for agent in each["resource"]["agent"]
        if agent["requestor"]
    ]
    assert ("Maija Esimerkki", "e-1234") in [
        (agent["name"], agent["who"]["identifier"]["value"]) for agent in agents
    ]
