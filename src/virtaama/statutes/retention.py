"""How long documents about clients are kept: the annex of 703/2023, dated.

A rule is looked up by its name and a day; what it says of one document follows from what is known of it: a
death, the closing of a case, the day a picture was taken. `kept` gives the last day, or says which fact is missing.
A period in years ends on the day of the same number, or on the last of a month that lacks it (150/1930 3 §);
destruction is due the day after. Their pack is `retention_rules`. Not legal advice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import assert_never

from virtaama.model.concepts import Text
from virtaama.statutes.provisions import Provision

ADULT = 18


class Fact(StrEnum):
    """What a period is counted from."""

    DEATH = "death"
    BIRTH = "birth"
    CASE_CLOSED = "case_closed"
    NEED_ENDED = "need_ended"  # the need of services, of a client with a disability
    CREATED = "created"
    MESSAGE = "message"  # the date of a message
    RECEIVED = "received"
    IMAGED = "imaged"
    DECISION_EXPIRED = "decision_expired"
    TREATMENT_ENDED = "treatment_ended"  # a prescription no longer valid, or an episode of care over
    LAST_VISIT = "last_visit"


@dataclass(frozen=True, slots=True, kw_only=True)
class YearsAfter:
    """So many years from one thing, or from the last of several that must all have happened."""

    years: int
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class YearsAfterDeathOrBirth:
    """From death; where no death is known, or who died was a child, from birth."""

    after_death: int
    after_birth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class YearsAfterImaging:
    """From the day a picture was taken, but no longer than so many years from death."""

    years: int
    at_most_after_death: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Permanent:
    """For good; whether that is needed is looked at anew every so many years."""

    review_every: int


Period = YearsAfter | YearsAfterDeathOrBirth | YearsAfterImaging | Permanent


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRule(Provision):
    """One row of the annex. `name` is `<domain>.<document type>`."""

    name: str
    labels: Text  # the type of document
    period: Period
    remark: str = ""  # what the annex says besides and no data tells


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptUntil:
    """The last day a document is kept, and what it was counted from."""

    last: date
    counted_from: Fact

    @property
    def due(self) -> date:
        """The day from which destruction is due."""
        return self.last + timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotYet:
    """Nothing is due: `missing` are the facts that are not known, empty where it is kept for good."""

    missing: tuple[Fact, ...]
    why: str


def kept(period: Period, known: Mapping[Fact, date]) -> KeptUntil | NotYet:
    """How long a document is kept of which these facts are known."""
    match period:
        case YearsAfter(years=years, facts=facts):
            if missing := tuple(fact for fact in facts if fact not in known):
                return NotYet(missing=missing, why=_not_known(missing))
            last = max(facts, key=lambda fact: known[fact])
            return _after(last, known[last], years)
        case YearsAfterDeathOrBirth():
            return _after_death_or_birth(period, known.get(Fact.DEATH), known.get(Fact.BIRTH))
        case YearsAfterImaging(years=years, at_most_after_death=at_most):
            ends = [
                _after(fact, known[fact], length)
                for fact, length in ((Fact.IMAGED, years), (Fact.DEATH, at_most))
                if fact in known
            ]
            if not ends:
                missing = (Fact.IMAGED,)
                return NotYet(missing=missing, why=_not_known(missing))
            return min(ends, key=lambda end: end.last)
        case Permanent(review_every=years):
            why = f"kept for good; whether that is needed is looked at every {years} years"
            return NotYet(missing=(), why=why)
        case _:
            assert_never(period)


def facts_of(period: Period) -> tuple[Fact, ...]:
    """What a period asks for."""
    match period:
        case YearsAfter(facts=facts):
            return facts
        case YearsAfterDeathOrBirth():
            return (Fact.DEATH, Fact.BIRTH)
        case YearsAfterImaging():
            return (Fact.IMAGED, Fact.DEATH)
        case Permanent():
            return ()
        case _:
            assert_never(period)


def latest_that_is_due(period: Period, on: date) -> dict[Fact, date]:
    """For each fact the latest day from which something may be due on a day, all other facts left out of account.

    So much of what is kept cannot be due, and needs no look: a fact that is later, or not known, does not make it.
    """
    match period:
        case YearsAfter(years=years, facts=facts):
            lengths: Iterable[tuple[Fact, int]] = ((fact, years) for fact in facts)
        case YearsAfterDeathOrBirth(after_death=death, after_birth=birth):
            lengths = ((Fact.DEATH, death), (Fact.BIRTH, birth))
        case YearsAfterImaging(years=imaged, at_most_after_death=death):
            lengths = ((Fact.IMAGED, imaged), (Fact.DEATH, death))
        case Permanent():
            lengths = ()
        case _:
            assert_never(period)
    return {fact: _latest(years, on) for fact, years in lengths}


def in_words(period: Period) -> str:
    """The period as a person says it."""
    match period:
        case YearsAfter(years=years, facts=facts):
            return f"{_years(years)} from {' and '.join(WORDS[fact] for fact in facts)}"
        case YearsAfterDeathOrBirth(after_death=death, after_birth=birth):
            return f"{_years(death)} from death; {_years(birth)} from birth where no death is known or a child died"
        case YearsAfterImaging(years=years, at_most_after_death=at_most):
            return f"{_years(years)} from imaging, at most {_years(at_most)} from death"
        case Permanent(review_every=years):
            return f"for good, looked at anew every {_years(years)}"
        case _:
            assert_never(period)


WORDS = {
    Fact.DEATH: "death",
    Fact.BIRTH: "birth",
    Fact.CASE_CLOSED: "the closing of the case",
    Fact.NEED_ENDED: "the end of the need of services",
    Fact.CREATED: "creation",
    Fact.MESSAGE: "the date of the message",
    Fact.RECEIVED: "receipt",
    Fact.IMAGED: "imaging",
    Fact.DECISION_EXPIRED: "the day the decision expired",
    Fact.TREATMENT_ENDED: "the end of the prescription or of the episode of care",
    Fact.LAST_VISIT: "the last visit",
}


def years_later(day: date, years: int) -> date:
    """The day of the same number so many years later; 28 February where there is no 29th."""
    is_leap_day = (day.month, day.day) == (2, 29)
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        assert is_leap_day
        return date(day.year + years, 2, 28)


def _after(fact: Fact, day: date, years: int) -> KeptUntil:
    return KeptUntil(last=years_later(day, years), counted_from=fact)


def _after_death_or_birth(
    period: YearsAfterDeathOrBirth, death: date | None, birth: date | None
) -> KeptUntil | NotYet:
    if death is not None and birth is not None and death >= years_later(birth, ADULT):
        return _after(Fact.DEATH, death, period.after_death)
    if birth is not None:
        return _after(Fact.BIRTH, birth, period.after_birth)
    if death is not None:
        why = "the day of birth is not known, so nobody can say whether a child died"
        return NotYet(missing=(Fact.BIRTH,), why=why)
    return NotYet(missing=(Fact.DEATH, Fact.BIRTH), why="neither death nor birth is known")


def _not_known(missing: tuple[Fact, ...]) -> str:
    return f"{' and '.join(WORDS[fact] for fact in missing)} {'is' if len(missing) == 1 else 'are'} not known"


def _latest(years: int, on: date) -> date:
    """The latest day from which so many years have passed before a day."""
    around: Iterator[date] = (years_later(on, -years) + timedelta(days=days) for days in (1, 0, -1, -2))
    return next(day for day in around if years_later(day, years) < on)


def _years(count: int) -> str:
    return f"{count} year{'' if count == 1 else 's'}"
