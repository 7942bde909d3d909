"""What a client gets to know of their log data, and from which day: a row for each day on which it changes."""

from __future__ import annotations

from datetime import date

import pytest

from tests.shipped_law import OF_LOGS
from virtaama.problems import ProblemsFound
from virtaama.statutes.log_data import LOG_DATA
from virtaama.statutes.pack_parse import parse_pack


@pytest.mark.parametrize(
    ("on", "years_back", "months_to_answer", "years_kept"),
    [
        (date(2023, 12, 31), 2, 2, 12),  # before the act: what is recorded first
        (date(2024, 1, 1), 2, 2, 12),
        (date(2026, 11, 26), 2, 2, 12),
    ],
)
def test_the_limits_of_a_day(on: date, years_back: int, months_to_answer: int, years_kept: int) -> None:
    found = OF_LOGS.limits(on)
    assert (found.years_back, found.months_to_answer, found.years_kept) == (
        years_back,
        months_to_answer,
        years_kept,
    )
    assert "703/2023, 10–11 §" in found.basis


def test_years_are_counted_back_to_the_day_of_the_same_number() -> None:
    assert OF_LOGS.given_without_reason_since(date(2026, 11, 26)) == date(2024, 11, 26)
    assert OF_LOGS.given_without_reason_since(date(2028, 2, 29)) == date(2026, 2, 28)
    assert OF_LOGS.kept_since(date(2028, 2, 29)) == date(2016, 2, 29)


HEAD = """pack: log_data
edition: 2027-01-01
title: {fi: a, sv: b, en: c}
sources: {act: {title: Laki, taken: 2027-01-01}}
every: {source: act}
limits:
"""
ROW = "  - {years_back: %d, months_to_answer: 2, years_kept: 12, from: %s}\n"


def test_a_county_can_take_a_newer_limit_into_use() -> None:
    rows = ROW % (2, "2024-01-01, until: 2027-06-30") + ROW % (5, "2027-07-01")
    own = parse_pack(LOG_DATA, "own.yaml", HEAD + rows).content
    assert own.given_without_reason_since(date(2027, 6, 30)) == date(2025, 6, 30)
    assert own.given_without_reason_since(date(2027, 7, 1)) == date(2022, 7, 1)


def test_there_is_no_day_without_a_limit() -> None:
    rows = ROW % (2, "2024-01-01, until: 2027-06-30") + ROW % (5, "2027-07-02")
    with pytest.raises(ProblemsFound, match="no limits hold after 2027-06-30"):
        parse_pack(LOG_DATA, "own.yaml", HEAD + rows)
    with pytest.raises(ProblemsFound, match="there are no limits"):
        parse_pack(LOG_DATA, "own.yaml", HEAD.replace("limits:", "limits: []"))
