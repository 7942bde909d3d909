"""What came of a check: a row of a history that is appended to and never rewritten."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from virtaama.model.expectations import Expectation, Severity
from virtaama.model.model import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One expectation held against one delivery, or against a concept or feed as a whole.

    `measured` is a share, a count, an index or days, as the expectation's unit says; it passes between
    `least` and `most` (None is open). `rows` are those that do not fit, `of` those looked at. `measured` is
    None where there was nothing to hold it against: that passes. Never names a person.
    """

    moment: datetime
    run: int  # the run of a command it was checked in
    subject: str  # a concept, or the id of a feed
    expectation: str
    fingerprint: str  # of the rule it was held against: a changed rule begins a new series
    kind: str
    severity: Severity
    owner: str
    batch: int  # 0 where no one delivery was looked at
    describes: datetime | None  # the moment that delivery describes, in local time
    measured: float | None
    least: float | None
    most: float | None
    passed: bool
    rows: int
    of: int

    @property
    def id(self) -> str:
        return f"{self.subject}.{self.expectation}"

    @property
    def stops(self) -> bool:
        """Whether it keeps what it concerns from being published."""
        return not self.passed and self.severity is Severity.STOP


def fingerprint(expectation: Expectation) -> str:
    """The first 12 hex digits over what is checked: not over words, owner, severity or place."""
    told = asdict(expectation)
    for name in ("place", "message", "owner", "severity"):
        del told[name]
    return hashlib.sha256(repr((expectation.kind, told)).encode()).hexdigest()[:12]


def newest(results: Iterable[Result]) -> tuple[Result, ...]:
    """The state of each expectation: of deliveries the last in the order given, else the last checked.

    Results come in the order of history of their deliveries, and within one in the order of checking.
    """
    last: dict[str, Result] = {}
    for result in results:
        last[result.id] = result
    return tuple(last.values())


def began(result: Result) -> datetime:
    """When what a result tells of was so: the moment its delivery describes, else when it was checked."""
    return result.describes or result.moment


def state_of(model: Model, results: Iterable[Result]) -> tuple[Result, ...]:
    """The state of every expectation of a model that was ever checked, by subject and name."""
    known = {expectation.id for expectation in model.expectations}
    return tuple(sorted((r for r in newest(results) if r.id in known), key=lambda result: result.id))


def failing_since(results: Iterable[Result]) -> dict[str, Result]:
    """For each expectation that does not hold now, the first result of the row of failures it ends in."""
    since: dict[str, Result] = {}
    for result in results:
        if result.passed:
            since.pop(result.id, None)
        else:
            since.setdefault(result.id, result)
    return since
