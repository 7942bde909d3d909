"""Everything the pages of expectations read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from virtaama.access.door import Door
from virtaama.access.expectations import ExpectationState
from virtaama.model.expectations import Severity, Unit
from virtaama.portal.ui.charts import TrendChart
from virtaama.privacy.policy import Asker
from virtaama.quality.results import Result, began

STATES = ("failed", "held", "never")
_RANK = {Severity.STOP: 0, Severity.WARN: 1, Severity.NOTE: 2}
POINTS = 60


def state_name(state: ExpectationState) -> str:
    """failed, held (it holds) or never (it was never checked)."""
    if state.last is None:
        return "never"
    return "held" if state.last.passed else "failed"


def chosen(
    states: tuple[ExpectationState, ...], *, owner: str, subject: str, state: str
) -> tuple[ExpectationState, ...]:
    """Those the filters name, what fails first, the gravest of it first."""
    kept = [
        each
        for each in states
        if owner in ("", each.expectation.owner)
        and subject in ("", each.expectation.subject)
        and state in ("", state_name(each))
    ]
    return tuple(
        sorted(
            kept,
            key=lambda each: (
                STATES.index(state_name(each)),
                _RANK[each.expectation.severity],
                each.expectation.id,
            ),
        )
    )


def state_of(door: Door, asker: Asker, id: str) -> ExpectationState | None:
    return next((each for each in door.expectations(asker) if each.expectation.id == id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The checks of an expectation, the newest first, each delivery once: its last check counts."""

    results: tuple[Result, ...]

    @property
    def failed(self) -> int:
        return sum(not result.passed for result in self.results)


def course(results: tuple[Result, ...]) -> Course:
    last: dict[tuple[int, date], Result] = {}
    for result in results:
        # What looks at no one delivery is checked at every run: the last of a day tells of the day.
        key = (result.batch, date.min if result.batch else result.moment.date())
        last[key] = result
    ordered = sorted(last.values(), key=lambda result: (began(result).replace(tzinfo=None), result.batch))
    return Course(results=tuple(reversed(ordered)))


def chart(state: ExpectationState, course: Course, words: str, language: str) -> TrendChart | None:
    """What was measured over time; None where there is nothing to draw."""
    scale = 100 if state.expectation.unit is Unit.SHARE else 1
    points = tuple(
        (began(result).date(), None if result.measured is None else result.measured * scale)
        for result in reversed(course.results[:POINTS])
    )
    if not any(value is not None for _, value in points):
        return None
    limit = state.last.most if state.last and state.last.most is not None else None
    return TrendChart(
        points=points,
        unit="",
        decimals=decimals(state.expectation.unit),
        language=language,
        target=None if limit is None else limit * scale,
        target_name=words,
    )


def decimals(unit: Unit) -> int:
    return {Unit.SHARE: 2, Unit.INDEX: 3, Unit.COUNT: 0, Unit.DAYS: 0}[unit]
