"""Rows about single persons: opened by who may, for a purpose they may serve, on record before they are seen."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from pathlib import Path

import pytest

from tests.privacy.approvals import approved
from tests.spec.care import Care
from tests.spec.features import build_of, column, hospital, table_text
from virtaama.access.audit import AuditLog, Entry
from virtaama.access.rows import RowDoor
from virtaama.lake.marts import FeatureMart
from virtaama.loading.features import build_features
from virtaama.metrics.feature_tables import FeatureTable
from virtaama.privacy.domains import Domain
from virtaama.privacy.policy import (
    Asker,
    Purpose,
    QuarantineAllowed,
    Refused,
    Role,
    RowsAllowed,
    decide_quarantine,
)
from virtaama.problems import NotAllowed

MOMENT = datetime(2025, 6, 1, 12)


def role(name: str, **more: object) -> Role:
    given: dict[str, object] = {
        "purposes": frozenset(Purpose),
        "levels": frozenset({"county"}),
        "pages": frozenset(),
        "approvals": approved("use"),
    }
    return Role(name=name, **(given | more))  # type: ignore[arg-type]


ROLES = (
    role("analyst"),
    role("reader", approvals=()),
    role("other", approvals=approved("another")),
    role("planner", approvals=approved("use", purposes=frozenset({Purpose.PLANNING}))),
    role("late", approvals=approved("use", valid_until=date(2025, 5, 31))),
    role("early", approvals=approved("use", valid_from=date(2025, 6, 2))),
    role(
        "renewed",
        approvals=approved("use", valid_until=date(2025, 5, 31)) + approved("use", record="HVA/2/2025"),
    ),
    role("steerer", purposes=frozenset({Purpose.STEERING})),
    role("neighbour", own_municipality_only=True),
)


@pytest.fixture
def table(tmp_path: Path) -> FeatureTable:
    """Built from three months of visits."""
    model, catalogue = hospital()
    warehouse = Care(model, tmp_path, in_memory=True)
    warehouse.people(("ann", "1950-5-1"), on="1-2")
    for month in (2, 3, 4):
        warehouse.visits(f"v{month} ann {month - 1}-5", on=f"{month}-1")
    warehouse.load()
    text = table_text(column("n", fact="visit", aggregate="count", last="1 month"))
    build = build_of(warehouse, catalogue, text)
    mart = FeatureMart(tmp_path / "lake" / "marts" / "use")
    build_features(warehouse.engine, build, mart, MOMENT, lambda done, of, what: None)
    return build.table


@pytest.fixture
def audit(tmp_path: Path) -> AuditLog:
    return AuditLog(tmp_path / "audit.sqlite", b"k" * 32)


@pytest.fixture
def door(tmp_path: Path, audit: AuditLog) -> RowDoor:
    model, catalogue = hospital()
    return RowDoor(
        marts=tmp_path / "lake" / "marts",
        roles=ROLES,
        audit=audit,
        model=model,
        catalogue=catalogue,
        clock=lambda: MOMENT,
        domains=partial(Domain.under, b"k" * 32, 1),
    )


def last(audit: AuditLog) -> Entry:
    return audit.entries()[-1]


@pytest.mark.parametrize(
    ("of", "purpose", "reason"),
    [
        ("reader", Purpose.PLANNING, "does not open the feature table 'use'"),
        ("other", Purpose.PLANNING, "does not open the feature table 'use'"),
        ("steerer", Purpose.PLANNING, "has no purpose 'planning'"),
        ("analyst", Purpose.STEERING, "feature table 'use' is not for the purpose 'steering'"),
        ("analyst", Purpose.EVALUATION, "feature table 'use' is not for the purpose 'evaluation'"),
        ("planner", Purpose.EVALUATION, "feature table 'use' is not for the purpose 'evaluation'"),
        ("late", Purpose.PLANNING, "no approval of role 'late' to open 'use' is in force on 2025-06-01"),
        ("early", Purpose.PLANNING, "no approval of role 'early' to open 'use' is in force on 2025-06-01"),
        ("neighbour", Purpose.PLANNING, "sees its own municipality only"),
        ("nobody", Purpose.PLANNING, "there is no role 'nobody'"),
    ],
)
def test_who_may_not_is_refused_and_that_is_on_record(
    of: str, purpose: Purpose, reason: str, table: FeatureTable, door: RowDoor, audit: AuditLog
) -> None:
    with pytest.raises(NotAllowed, match=reason):
        door.decide(table, Asker(id="somebody", role=of), purpose)
    entry = last(audit)
    assert entry.decision.startswith("refused: ")
    assert entry.decision.endswith(reason)
    assert (entry.asker, entry.role, entry.purpose, entry.rows) == ("somebody", of, purpose.value, 0)


def test_nobody_gives_leave_but_the_policy() -> None:
    with pytest.raises(TypeError, match="only decide_rows"):
        RowsAllowed(
            table="use",
            approval=approved("use")[0],
            asker=Asker(id="x", role="analyst"),
            purpose=Purpose.PLANNING,
            seal=object(),
        )


def test_what_is_opened_is_on_record_with_its_rows(
    table: FeatureTable, door: RowDoor, audit: AuditLog
) -> None:
    asker = Asker(id="somebody", role="analyst")
    opened = door.open(table, door.decide(table, asker, Purpose.PLANNING))
    entry = last(audit)
    assert (entry.number, entry.decision, entry.rows) == (opened.record, "allowed", len(opened.rows))
    assert json.loads(entry.question) == {
        "open feature table": "use",
        "domain": "use",
        "days": 3,
        "approved by": "the board, HVA/1/2020",
    }


def test_a_renewed_approval_is_the_one_on_record(table: FeatureTable, door: RowDoor, audit: AuditLog) -> None:
    allowed = door.decide(table, Asker(id="somebody", role="renewed"), Purpose.PLANNING)
    assert allowed.approval.record == "HVA/2/2025"
    door.open(table, allowed)
    assert "HVA/2/2025" in last(audit).question


def test_nothing_is_given_where_it_cannot_be_recorded(
    table: FeatureTable, door: RowDoor, audit: AuditLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed = door.decide(table, Asker(id="somebody", role="analyst"), Purpose.PLANNING)

    def full(**entry: object) -> int:
        raise OSError("no space left on device")

    monkeypatch.setattr(audit, "append", full)
    with pytest.raises(OSError, match="no space left"):
        door.open(table, allowed)


def test_leave_for_one_table_opens_no_other(table: FeatureTable, door: RowDoor) -> None:
    allowed = door.decide(table, Asker(id="somebody", role="analyst"), Purpose.PLANNING)
    with pytest.raises(TypeError, match="another table"):
        door.open(replace(table, name="another"), allowed)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({}, "does not open rows that were set aside"),
        ({"quarantine": True, "purposes": frozenset({Purpose.STEERING})}, "has no purpose"),
        ({"quarantine": True, "own_municipality_only": True}, "sees its own municipality only"),
    ],
)
def test_rows_that_were_set_aside_need_a_right_and_the_purpose(more: dict[str, object], why: str) -> None:
    decision = decide_quarantine(Asker(id="x", role="r"), role("r", **more))
    assert isinstance(decision, Refused)
    assert why in decision.reason


def test_nobody_allows_themselves_to_open_what_was_set_aside() -> None:
    asker = Asker(id="x", role="r")
    assert isinstance(decide_quarantine(asker, role("r", quarantine=True)), QuarantineAllowed)
    with pytest.raises(TypeError):
        QuarantineAllowed(asker=asker, purpose=Purpose.DATA_QUALITY, seal=object())
