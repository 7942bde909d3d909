"""Openings a data protection officer is shown: what waits for review, and what its person is told of it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.privacy.tampering import person
from tests.shipped_law import OF_LOGS
from virtaama.access.asked_about import asked_about
from virtaama.access.audit import AuditLog
from virtaama.access.audit_entries import Act, Persons
from virtaama.access.log_report import as_fhir
from virtaama.access.names import Names
from virtaama.access.oversight import Oversight
from virtaama.model.concepts import Text
from virtaama.privacy.closeness import Flag
from virtaama.privacy.policy import Asker, Role
from virtaama.problems import NotAllowed

NOW = datetime(2026, 11, 26, 12, 30, tzinfo=UTC)
OFFICER = Asker(id="tietosuoja", role="officer")
ROLES = tuple(
    Role(name=name, purposes=frozenset(), levels=frozenset(), pages=frozenset(pages))
    for name, pages in (("officer", ["audit"]), ("nurse", ["persons"]))
)
ANN = person(0)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[AuditLog]:
    with closing(AuditLog(tmp_path / "audit.sqlite", b"key")) as opened:
        yield opened


@pytest.fixture
def oversight(log: AuditLog) -> Oversight:
    return Oversight(audit=log, roles=ROLES, clock=lambda: NOW, law=OF_LOGS)


def opening(log: AuditLog, days_ago: int = 0, *, flags: tuple[str, ...] = (), **more: Any) -> int:
    told: dict[str, object] = {"open person": "by identity code", "reason": 'Sanoi "flags": [ja meni'}
    given: dict[str, Any] = {
        "moment": NOW - timedelta(days=days_ago),
        "asker": "hoitaja",
        "role": "nurse",
        "purpose": "client_care",
        "question": json.dumps(told | ({"flags": list(flags)} if flags else {}), ensure_ascii=False),
        "decision": "allowed",
        "snapshot": 1,
        "rows": 1,
        "act": Act.PERSON,
        "about": Persons.of([ANN]),
    }
    return log.append(**(given | more))


def test_glass_nobody_reviewed_stays_on_the_list_and_comes_first(log: AuditLog, oversight: Oversight) -> None:
    opening(log, 200, act=Act.BREAK_GLASS)  # longer ago than anything is compared with
    waits = opening(log, 100, act=Act.BREAK_GLASS)
    reviewed_long_ago = opening(log, 90, act=Act.BREAK_GLASS)
    reviewed = opening(log, 3, act=Act.BREAK_GLASS)
    opening(log, 2, act=Act.BREAK_GLASS, decision="refused: no")
    opening(log, 1)
    newest = opening(log, 1, act=Act.BREAK_GLASS)
    for number in (reviewed, reviewed_long_ago):
        oversight.mark(number, "in_order", "agreed", OFFICER)
    assert oversight.unreviewed(OFFICER) == 2
    found = oversight.stands_out(OFFICER)
    assert [each.entry.number for each in found.glass] == [newest, waits, reviewed]
    assert found.marks[reviewed].comment == "agreed"
    oversight.mark(waits, "misuse", "", OFFICER)
    assert oversight.unreviewed(OFFICER) == 1
    assert [each.entry.number for each in oversight.stands_out(OFFICER).glass] == [newest, reviewed]


def test_openings_of_people_close_by_are_told_with_why(log: AuditLog, oversight: Oversight) -> None:
    opening(log, 40, flags=("neighbour",))
    opening(log, 1)  # its reason speaks of flags, and it has none
    opening(log, 1, flags=("neighbour",), decision="refused: no")
    close = opening(log, 1, flags=("family_name", "colleague", "of_a_later_version"), act=Act.BREAK_GLASS)
    [found] = oversight.stands_out(OFFICER).flagged
    assert (found.entry.number, found.flags) == (close, (Flag.FAMILY_NAME, Flag.COLLEAGUE))
    assert found.broke_glass


def test_who_may_not_look_learns_nothing_of_it(log: AuditLog, oversight: Oversight) -> None:
    opening(log, act=Act.BREAK_GLASS)
    with pytest.raises(NotAllowed):
        oversight.unreviewed(Asker(id="hoitaja", role="nurse"))
    assert log.entries()[-1].decision.startswith("refused")


def test_entries_that_tell_otherwise_are_read_as_far_as_they_tell(log: AuditLog) -> None:
    for question in ("[]", '"text"', "{}", '{"flags": "neighbour", "reason": 5}'):
        opening(log, question=question)
        assert asked_about(log.entries()[-1]).flags == ()


def test_the_person_is_told_the_reason_and_not_what_is_asked_about(
    log: AuditLog, oversight: Oversight
) -> None:
    opening(log, 1, flags=("neighbour",), act=Act.BREAK_GLASS)
    report = oversight.report(ANN, OFFICER)
    names = Names(county=Text("A", "A", "A"), systems={}, roles={}, data={})
    told = json.dumps(as_fhir(report, names, "virtaama", "en"))
    [query] = [
        base64.b64decode(entity["query"]).decode()
        for entry in json.loads(told)["entry"]
        for entity in entry["resource"]["entity"]
        if "query" in entity
    ]
    assert "Sanoi" in query
    assert "neighbour" not in query
