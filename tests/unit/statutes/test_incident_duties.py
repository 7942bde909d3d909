"""The clocks of an incident: 24 hours, 72 hours, a month."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from virtaama.statutes.incident_duties import FINLAND, Classified, Risk, Step, clocks, next_due

AWARE = datetime(2026, 11, 26, 14, 30, tzinfo=FINLAND)
HOUR = timedelta(hours=1)


def due(
    classified: Classified, done: dict[Step, datetime] | None = None, aware: datetime = AWARE
) -> dict[Step, object]:
    return {clock.duty.step: clock.due for clock in clocks(classified, aware, done or {})}


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
    found = clocks(Classified(), AWARE, {})
    assert {clock.duty.step for clock in found} == {
        Step.EARLY_WARNING,
        Step.BREACH_NOTIFICATION,
        Step.INCIDENT_NOTIFICATION,
        Step.FINAL_REPORT,
    }
    assert not any(clock.certain or clock.is_open for clock in found)


def test_what_is_neither_obliges_to_nothing() -> None:
    assert clocks(Classified(significant=False, breach=False), AWARE, {}) == ()


def test_hours_run_through_a_change_of_summer_time() -> None:
    aware = datetime(2026, 10, 24, 12, 0, tzinfo=FINLAND)
    found = due(Classified(significant=True, breach=False), aware=aware.astimezone(UTC))
    moment = found[Step.EARLY_WARNING]
    assert isinstance(moment, datetime)
    assert moment.astimezone(FINLAND).hour == 11  # 24 hours, not a day


def test_what_was_done_too_late_stays_late() -> None:
    made = {Step.EARLY_WARNING: AWARE + 25 * HOUR}
    warning = next(
        c for c in clocks(Classified(significant=True), AWARE, made) if c.duty.step is Step.EARLY_WARNING
    )
    assert warning.late(AWARE + 100 * HOUR)
    assert not warning.is_open


def test_what_is_owed_at_once_comes_before_what_has_days_left() -> None:
    found = clocks(Classified(significant=True, breach=True, risk=Risk.HIGH), AWARE, {})
    following = next_due(found)
    assert following is not None
    assert following.duty.step is Step.NOTICE_TO_PERSONS
    assert next_due(()) is None


def test_an_incident_before_the_act_knows_its_own_law_only() -> None:
    aware = datetime(2025, 4, 7, 23, 30, tzinfo=FINLAND)
    found = clocks(Classified(significant=True, breach=True), aware, {})
    assert [clock.duty.step for clock in found] == [Step.BREACH_NOTIFICATION]
