"""Property: nobody sees a figure whose question is not on record, on disk."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pytest

from tests.unit.published_county import MANAGER, published_county
from virtaama.metrics.question import Grain, Question
from virtaama.privacy.policy import Purpose
from virtaama.problems import NotRecorded

QUESTION = Question(metrics=("cost",), grain=Grain.MONTH, first=date(2024, 1, 1), last=date(2024, 3, 1))


def test_answer_carries_the_number_of_a_record_another_process_can_read(tmp_path: Path) -> None:
    answer = published_county(tmp_path).door().ask(QUESTION, MANAGER, Purpose.STEERING)
    with sqlite3.connect(tmp_path / "audit.sqlite") as other:
        assert other.execute("SELECT number, asker FROM record").fetchall() == [(answer.record, MANAGER.id)]


def test_nothing_is_shown_when_the_record_cannot_be_written(tmp_path: Path) -> None:
    county = published_county(tmp_path)
    door = county.door()
    door.ask(QUESTION, MANAGER, Purpose.STEERING)
    with sqlite3.connect(tmp_path / "audit.sqlite") as other:
        other.execute(
            "CREATE TRIGGER full BEFORE INSERT ON record BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )
    with pytest.raises(NotRecorded, match="disk full"):
        door.ask(QUESTION, MANAGER, Purpose.STEERING)


def test_every_commit_of_the_log_is_synced(tmp_path: Path) -> None:
    county = published_county(tmp_path)
    county.door().ask(QUESTION, MANAGER, Purpose.STEERING)
    connection = county.audit._open()
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("persist",)


def test_record_does_not_hold_the_figures(tmp_path: Path) -> None:
    county = published_county(tmp_path)
    county.door().ask(QUESTION, MANAGER, Purpose.STEERING)
    assert b"12.5" not in (tmp_path / "audit.sqlite").read_bytes()
