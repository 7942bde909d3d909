"""From what was counted to whether an expectation holds. Pure: the same counts give the same verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from virtaama.model.expectations import Expectation, Fresh, Unit, Volume
from virtaama.quality.results import Result, fingerprint
from virtaama.quality.rhythm import days_overdue
from virtaama.quality.spread import Tally, drift


@dataclass(frozen=True, slots=True)
class Occasion:
    """When and in which run is checked, and which delivery; 0 where it is no single one."""

    moment: datetime
    run: int
    batch: int = 0
    describes: datetime | None = None


def judged_rows(expectation: Expectation, at: Occasion, *, rows: int, of: int) -> Result:
    """`rows` of the `of` rows looked at do not fit."""
    measured = float(rows) if expectation.unit is Unit.COUNT else (rows / of if of else None)
    return _result(expectation, at, measured=measured, most=expectation.at_most, rows=rows, of=of)


def judged_volume(expectation: Expectation, at: Occasion, *, rows: int, before: Sequence[int]) -> Result:
    """A delivery of so many rows, after deliveries of `before` rows, the oldest first."""
    volume = expectation.check
    assert isinstance(volume, Volume)
    least, most = volume.least, volume.most
    earlier = before[-volume.against :]
    if volume.of_median and earlier:
        middle = median(earlier)
        low, high = (times * middle for times in volume.of_median)
        least = low if least is None else max(least, low)
        most = high if most is None else min(most, high)
    measured = float(rows) if (least, most) != (None, None) else None
    return _result(
        expectation, at, measured=measured, least=least, most=most, rows=rows, of=rows, all_or_none=True
    )


def judged_drift(
    expectation: Expectation, at: Occasion, *, now: Tally, before: Sequence[Tally], numeric: bool
) -> Result:
    """The spread of a delivery's values after those of earlier ones, the oldest first.

    What is allowed is the larger of what is declared and what chance alone makes of so few values.
    """
    found = drift(now, before, numeric=numeric)
    if found is None:
        return _result(expectation, at, measured=None, most=expectation.at_most, rows=0, of=0)
    most = max(expectation.at_most, found.by_chance)
    return _result(
        expectation, at, measured=found.index, most=most, rows=found.values, of=found.values, all_or_none=True
    )


def judged_fresh(expectation: Expectation, at: Occasion, *, delivered: Sequence[datetime]) -> Result:
    """`delivered` are the moments a feed's deliveries describe."""
    fresh = expectation.check
    assert isinstance(fresh, Fresh)
    overdue = days_overdue(fresh, delivered, at.moment)
    measured = None if overdue is None else float(overdue)
    return _result(expectation, at, measured=measured, most=0.0, rows=0, of=len(delivered))


def _result(
    expectation: Expectation,
    at: Occasion,
    *,
    measured: float | None,
    rows: int,
    of: int,
    least: float | None = None,
    most: float | None = None,
    all_or_none: bool = False,
) -> Result:
    # Kept as it is compared: what is read back from the ledger is judged the same.
    measured = None if measured is None else round(measured, 6)
    least = None if least is None else round(least, 6)
    most = None if most is None else round(most, 6)
    passed = measured is None or ((least is None or measured >= least) and (most is None or measured <= most))
    return Result(
        moment=at.moment,
        run=at.run,
        subject=expectation.subject,
        expectation=expectation.name,
        fingerprint=fingerprint(expectation),
        kind=expectation.kind,
        severity=expectation.severity,
        owner=expectation.owner,
        batch=at.batch,
        describes=at.describes,
        measured=measured,
        least=least,
        most=most,
        passed=passed,
        rows=0 if all_or_none and passed else rows,
        of=of,
    )
