"""Deadlines of social welfare by day, in working days and in months."""

from __future__ import annotations

from datetime import date

import pytest

from virtaama.problems import ProblemsFound
from virtaama.project.statutes import shipped_statutes
from virtaama.statutes.holidays import HOLIDAYS
from virtaama.statutes.pack_parse import parse_pack
from virtaama.statutes.social_deadlines import SOCIAL_DEADLINES

LAW = shipped_statutes().content(SOCIAL_DEADLINES)
DAYS_OFF = shipped_statutes().content(HOLIDAYS)


@pytest.mark.parametrize(
    ("name", "start", "last"),
    [
        ("assessment_begun", date(2015, 3, 31), None),
        ("assessment_begun", date(2015, 4, 1), date(2015, 4, 14)),  # over Easter
        ("assessment_begun", date(2025, 9, 2), date(2025, 9, 11)),  # Tuesday to Thursday of the week after
        ("child_protection_decided", date(2015, 3, 31), None),
        ("child_protection_decided", date(2025, 12, 19), date(2026, 1, 5)),  # over Christmas and New Year
        ("child_protection_decided", date(2026, 6, 13), date(2026, 6, 24)),  # from a Saturday, over Midsummer
        ("assessment_of_child_ready", date(2015, 4, 1), date(2015, 7, 1)),
        ("assessment_of_child_ready", date(2025, 11, 30), date(2026, 3, 2)),  # 28 February was a Saturday
        ("decision_carried_out", date(2026, 3, 24), date(2026, 6, 24)),
        ("decision_carried_out", date(2026, 9, 24), date(2026, 12, 28)),  # Christmas Eve
        ("child_protection_inquired", date(2026, 1, 15), date(2026, 4, 15)),
        ("child_protection_inquired", date(2015, 3, 31), None),
    ],
)
def test_the_last_day_in_time(name: str, start: date, last: date | None) -> None:
    found = LAW.deadline(name, start)
    assert (found.last_day(start, DAYS_OFF) if found else None) == last


def test_every_deadline_names_its_section() -> None:
    assert all(each.section.endswith("§") for each in LAW.every)


@pytest.mark.parametrize("within", ["", ", within: 1 month, working_days: 7"])
def test_a_deadline_is_in_months_or_in_working_days(within: str) -> None:
    labels = "{fi: a, sv: b, en: c}"
    text = f"""pack: social_deadlines
edition: 2027-01-01
title: {labels}
sources: {{act: {{title: Laki, taken: 2027-01-01}}}}
every: {{from: 2027-01-01, source: act}}
deadlines: [{{deadline: a, labels: {labels}, counts_from: {labels}{within}}}]
"""
    with pytest.raises(ProblemsFound, match="one of within and working_days"):
        parse_pack(SOCIAL_DEADLINES, "own.yaml", text)
