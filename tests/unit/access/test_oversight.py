"""The log is looked through in small pieces, so that no writer waits; what is found does not depend on them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.shipped_law import OF_LOGS
from tests.unit.access.test_log_report import ANN, BOB, NOW, OFFICER, ROLES, shown
from virtaama.access import audit as audit_module
from virtaama.access import oversight as oversight_module
from virtaama.access.audit import AuditLog
from virtaama.access.looked import Filters
from virtaama.access.oversight import Oversight

DAYS = Filters(first=NOW.date() - timedelta(days=20), last=NOW.date())


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AuditLog]:
    monkeypatch.setattr(audit_module, "_RANGE", 3)
    monkeypatch.setattr(audit_module, "_AT_ONCE", 2)
    with closing(AuditLog(tmp_path / "audit.sqlite", b"key")) as opened:
        for day in range(14, 0, -1):
            shown(opened, NOW - timedelta(days=day), ANN, asker=f"asker {day % 3}")
        yield opened


@pytest.fixture
def oversight(log: AuditLog) -> Oversight:
    return Oversight(audit=log, roles=ROLES, clock=lambda: NOW, law=OF_LOGS)


def test_ranges_cover_every_number_once(log: AuditLog) -> None:
    assert list(log.pieces(2, 9)) == [(7, 9), (4, 6), (2, 3)]
    assert list(log.pieces(5, 4)) == []


def test_entries_come_the_newest_first_through_all_pieces(oversight: Oversight) -> None:
    assert [entry.number for entry in oversight.entries(DAYS, OFFICER).entries] == list(range(14, 0, -1))
    assert oversight.choices(DAYS, OFFICER).askers == ("asker 0", "asker 1", "asker 2", "tietosuoja")


def test_no_more_than_the_most_are_shown_and_that_there_are_more_is_said(
    oversight: Oversight, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oversight_module, "MOST", 4)
    looked = oversight.entries(DAYS, OFFICER)
    assert ([entry.number for entry in looked.entries], looked.more) == ([14, 13, 12, 11], True)


def test_what_one_did_on_a_day_is_counted_through_all_pieces(log: AuditLog, oversight: Oversight) -> None:
    for _ in range(30):
        shown(log, NOW, ANN, BOB, asker="asker 1")
    (found,) = [volume for volume in oversight.stands_out(OFFICER).volumes if volume.of_persons]
    assert (found.day.asker, found.count, found.own) == ("asker 1", 60, False)


def test_nights_are_told_of_whatever_came_after(log: AuditLog, oversight: Oversight) -> None:
    night = shown(log, datetime(2026, 11, 25, 1, tzinfo=UTC), ANN)  # three in the morning in Finland
    for _ in range(9):
        shown(log, NOW, ANN)
    weekend = [entry.number for entry in log.entries() if entry.moment.weekday() >= 5]
    told = [entry.number for entry in oversight.stands_out(OFFICER).out_of_hours]
    assert told == sorted([night, *weekend], reverse=True)


def test_marks_are_told_with_what_they_mark(oversight: Oversight) -> None:
    oversight.mark(3, "to_look_into", "why?", OFFICER)
    oversight.mark(3, "in_order", "asked", OFFICER)
    oversight.mark(9, "misuse", "", OFFICER)
    marks = oversight.entries(DAYS, OFFICER).marks
    assert {number: mark.mark for number, mark in marks.items()} == {3: "in_order", 9: "misuse"}
    one = oversight.entry(3, OFFICER)
    assert one is not None
    assert [mark.comment for mark in one.marks] == ["asked", "why?"]
    assert oversight.entry(99, OFFICER) is None
