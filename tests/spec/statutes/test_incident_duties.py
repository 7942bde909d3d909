"""The clocks of an incident: 24 hours, 72 hours, a month."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from importlib.resources import files

import pytest

from tests.shipped_law import DUTIES
from virtaama.problems import ProblemsFound
from virtaama.statutes.incident_duties import FINLAND, INCIDENT_DUTIES, Classified, Risk, Step, next_due
from virtaama.statutes.pack_parse import parse_pack
from virtaama.statutes.provisions import days_of_change

AWARE = datetime(2026, 11, 26, 14, 30, tzinfo=FINLAND)
HOUR = timedelta(hours=1)


def due(
    classified: Classified, done: dict[Step, datetime] | None = None, aware: datetime = AWARE
) -> dict[Step, object]:
    return {clock.duty.step: clock.due for clock in DUTIES.clocks(classified, aware, done or {})}


def test_a_significant_incident_has_three_clocks() -> None:
    found = due(Classified(significant=True, breach=False))
    assert found == {
        Step.EARLY_WARNING: AWARE + 24 * HOUR,
        Step.INCIDENT_NOTIFICATION: AWARE + 72 * HOUR,
        # Not made yet: a month from the last moment it may be.
        Step.FINAL_REPORT: datetime(2026, 12, 29, 23, 59, 59, tzinfo=FINLAND),
    }


def test_the_month_of_the_report_counts_from_the_notification() -> None:
    made = {Step.INCIDENT_NOTIFICATION: datetime(2027, 1, 31, 9, 0, tzinfo=FINLAND)}
    found = due(Classified(significant=True, breach=False), made)
    assert found[Step.FINAL_REPORT] == datetime(2027, 2, 28, 23, 59, 59, tzinfo=FINLAND)


@pytest.mark.parametrize(
    ("risk", "steps"),
    [
        (None, {Step.BREACH_NOTIFICATION}),
        (Risk.UNLIKELY, set()),
        (Risk.LIKELY, {Step.BREACH_NOTIFICATION}),
        (Risk.HIGH, {Step.BREACH_NOTIFICATION, Step.NOTICE_TO_PERSONS}),
    ],
)
def test_a_breach_obliges_by_its_risk(risk: Risk | None, steps: set[Step]) -> None:
    assert set(due(Classified(significant=False, breach=True, risk=risk))) == steps


def test_what_nobody_has_classified_runs_on_every_clock_and_obliges_to_none() -> None:
    found = DUTIES.clocks(Classified(), AWARE, {})
    assert {clock.duty.step for clock in found} == {
        Step.EARLY_WARNING,
        Step.BREACH_NOTIFICATION,
        Step.INCIDENT_NOTIFICATION,
        Step.FINAL_REPORT,
    }
    assert not any(clock.certain or clock.is_open for clock in found)


def test_what_is_neither_obliges_to_nothing() -> None:
    assert DUTIES.clocks(Classified(significant=False, breach=False), AWARE, {}) == ()


def test_hours_run_through_a_change_of_summer_time() -> None:
    aware = datetime(2026, 10, 24, 12, 0, tzinfo=FINLAND)
    found = due(Classified(significant=True, breach=False), aware=aware.astimezone(UTC))
    moment = found[Step.EARLY_WARNING]
    assert isinstance(moment, datetime)
    assert moment.astimezone(FINLAND).hour == 11  # 24 hours, not a day


def test_what_was_done_too_late_stays_late() -> None:
    made = {Step.EARLY_WARNING: AWARE + 25 * HOUR}
    warning = next(
        c
        for c in DUTIES.clocks(Classified(significant=True), AWARE, made)
        if c.duty.step is Step.EARLY_WARNING
    )
    assert warning.late(AWARE + 100 * HOUR)
    assert not warning.is_open


def test_what_is_owed_at_once_comes_before_what_has_days_left() -> None:
    found = DUTIES.clocks(Classified(significant=True, breach=True, risk=Risk.HIGH), AWARE, {})
    following = next_due(found)
    assert following is not None
    assert following.duty.step is Step.NOTICE_TO_PERSONS
    assert next_due(()) is None


def test_an_incident_before_the_act_knows_its_own_law_only() -> None:
    aware = datetime(2025, 4, 7, 23, 30, tzinfo=FINLAND)
    found = DUTIES.clocks(Classified(significant=True, breach=True), aware, {})
    assert [clock.duty.step for clock in found] == [Step.BREACH_NOTIFICATION]


@pytest.mark.parametrize(
    ("day", "steps"),
    [
        (date(2018, 5, 24), set()),
        (date(2018, 5, 25), {Step.BREACH_NOTIFICATION, Step.NOTICE_TO_PERSONS}),
        (date(2025, 4, 7), {Step.BREACH_NOTIFICATION, Step.NOTICE_TO_PERSONS}),
        (date(2025, 4, 8), set(Step)),
    ],
)
def test_the_duties_of_a_day(day: date, steps: set[Step]) -> None:
    aware = datetime(day.year, day.month, day.day, 12, 0, tzinfo=FINLAND)
    found = DUTIES.clocks(Classified(significant=True, breach=True, risk=Risk.HIGH), aware, {})
    assert {clock.duty.step for clock in found} == steps
    assert days_of_change(DUTIES.every) == (date(2018, 5, 25), date(2025, 4, 8))


SHIPPED = (files("virtaama") / "content" / "statutes" / "incident_duties.yaml").read_text(encoding="utf-8")


def test_a_pack_of_the_county_itself_changes_hours_from_a_day_on() -> None:
    row = SHIPPED[SHIPPED.index("  - step: early_warning") : SHIPPED.index("  - step: breach_notification")]
    later = (
        row.replace("hours: 24", "hours: 12").replace("2025-04-08", "2027-01-01").replace("&supervisor ", "")
    )
    text = SHIPPED.replace(row, row.replace("2025-04-08", "2025-04-08\n    until: 2026-12-31") + later)
    own = parse_pack(INCIDENT_DUTIES, "own.yaml", text).content
    for year, hours in ((2026, 24), (2027, 12)):
        aware = datetime(year, 6, 1, 12, 0, tzinfo=FINLAND)
        first, *_ = own.clocks(Classified(significant=True, breach=False), aware, {})
        assert first.due == aware + hours * HOUR


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("hours: 24", "hours: 24\n    months: 1", "in hours or in months, not in both"),
        ("    months: 1\n", "", "says no hours and no months"),
        ("    hours: 24\n", "    hours: 24\n    after: final_report\n", "counts from a step itself"),
        (
            "step: notice_to_persons",
            "step: breach_notification",
            "no row is about the step 'notice_to_persons'",
        ),
    ],
)
def test_duties_that_cannot_be_counted_are_refused(old: str, new: str, said: str) -> None:
    text = SHIPPED.replace(old, new, 1)
    if "breach_notification" in new:
        text = text.replace("from: 2018-05-25", "from: 2018-05-25\n    until: 2020-01-01", 1).replace(
            "from: 2018-05-25\n    source", "from: 2020-01-02\n    source"
        )
    with pytest.raises(ProblemsFound, match=said):
        parse_pack(INCIDENT_DUTIES, "own.yaml", text)
