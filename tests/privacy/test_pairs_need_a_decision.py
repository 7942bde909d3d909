"""Records that may be of one person: shown to who may, a pair at a time, on record; weighed where nothing leaks."""

from __future__ import annotations

import logging
import socket
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from tests.linked_clinic import Clinic
from tests.linked_model import linkage
from tests.portal.pairs_for_tests import PairsForTests
from virtaama.access.audit import AuditLog
from virtaama.access.link_pairs import PairFilters
from virtaama.keyring import Keyring
from virtaama.loading.link_weights import quiet_splink
from virtaama.privacy.policy import Asker, LinkingAllowed, Purpose, Refused, Role, decide_linking
from virtaama.problems import NotAllowed

REVIEWER = Role(
    name="reviewer",
    purposes=frozenset({Purpose.DATA_QUALITY}),
    levels=frozenset(),
    pages=frozenset({"linking"}),
)
OTHERS = (
    replace(REVIEWER, name="without_page", pages=frozenset({"quality"})),
    replace(REVIEWER, name="without_purpose", purposes=frozenset({Purpose.STEERING})),
    replace(REVIEWER, name="neighbour", own_municipality_only=True),
)


def test_only_the_decision_makes_the_leave() -> None:
    asker = Asker(id="rita", role="reviewer")
    with pytest.raises(TypeError, match="only decide_linking"):
        LinkingAllowed(linkage="clients", asker=asker, purpose=Purpose.DATA_QUALITY, seal=object())
    allowed = decide_linking("clients", Purpose.DATA_QUALITY, asker, REVIEWER)
    assert isinstance(allowed, LinkingAllowed)


@pytest.mark.parametrize("role", [*OTHERS, None], ids=lambda role: role.name if role else "nobody")
def test_who_may_not_sees_no_pair_and_is_on_record(tmp_path: Path, role: Role | None) -> None:
    asker = Asker(id="rita", role=role.name if role else "gone")
    assert isinstance(decide_linking("clients", Purpose.DATA_QUALITY, asker, role), Refused)
    audit = AuditLog(tmp_path / "audit.sqlite", b"a key of the tests")
    pairs = PairsForTests(tmp_path, Keyring.create(tmp_path / "keys"))
    door = pairs.door(audit, (REVIEWER, *OTHERS))
    for ask in (lambda: door.pair(1, asker), lambda: door.pairs(PairFilters(), asker)):
        with pytest.raises(NotAllowed):
            ask()
    assert [entry.allowed for entry in audit.entries()] == [False, False]


def test_names_are_weighed_where_nothing_can_be_written_or_sent(tmp_path: Path) -> None:
    with quiet_splink("500MB", 1) as api:
        for statement in (
            f"COPY (SELECT 1) TO '{tmp_path / 'x.csv'}'",
            f"ATTACH '{tmp_path / 'x.duckdb'}'",
            "SET enable_external_access = true",
            f"SET temp_directory = '{tmp_path}'",
            "INSTALL httpfs",
        ):
            with pytest.raises(duckdb.Error):
                api.duckdb_con.execute(statement)
    assert not list(tmp_path.iterdir())


def test_no_name_comes_into_a_log_and_nobody_is_spoken_to(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*given: object, **more: object) -> None:
        raise AssertionError("somebody was spoken to")

    monkeypatch.setattr(socket.socket, "connect", refuses)
    caplog.set_level(1, logger="splink")
    caplog.set_level(logging.DEBUG)
    clinic = Clinic(tmp_path)
    clinic.person(datetime(2025, 2, 1), "ann", "Xylofonqvist", "Quintilia")
    clinic.client(datetime(2025, 2, 1), "7", "Xylofonqvist", "Quintila")
    clinic.link(datetime(2025, 3, 1))
    assert clinic.verdicts() == {("7", "ann"): "linked"}
    for name in ("xylofonqvist", "quintil"):
        assert name not in caplog.text.lower()
    raw = (tmp_path / "links.sqlite").read_bytes().lower()
    assert b"xylofonqvist" not in raw
    assert linkage().name.encode() in raw
