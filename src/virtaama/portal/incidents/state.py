"""What an incident has come to: all that was written about it, one after the other, made into what holds now."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from virtaama.statutes.incident_duties import Classified, Clock, IncidentDuties, Risk, Step, next_due


class Kind(StrEnum):
    """What was written."""

    REPORTED = "reported"
    CLASSIFIED = "classified"
    ASSESSED = "assessed"
    STEP_TAKEN = "step_taken"
    NOTED = "noted"
    CLOSED = "closed"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One thing that was written; never changed. `said` holds texts, truths, numbers and nothing else."""

    kind: Kind
    at: datetime
    by: str
    said: Mapping[str, Any]

    def digest(self, incident: int) -> str:
        """What the audit log keeps of it."""
        told = [incident, self.kind.value, self.at.isoformat(), self.by, dict(self.said)]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A step that was taken: when, by whom it was written down, under which number."""

    at: datetime
    by: str
    reference: str


UNDECIDED = Classified()


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What holds of an incident after all that was written, by the law of the day it was found."""

    number: int
    duties: IncidentDuties
    reported_at: datetime
    reported_by: str
    what: str
    where: str
    aware: datetime
    seems_personal: str  # what the reporter thought: yes | no | unknown
    classified: Classified = UNDECIDED
    persons: int | None = None  # about how many are concerned
    taken: Mapping[Step, Taken] = field(default_factory=dict)
    closed_at: datetime | None = None
    lessons: str = ""
    history: tuple[Written, ...] = ()

    @property
    def clocks(self) -> tuple[Clock, ...]:
        done = {step: taken.at for step, taken in self.taken.items()}
        return self.duties.clocks(self.classified, self.aware, done)

    @property
    def next(self) -> Clock | None:
        return None if self.closed_at else next_due(self.clocks)

    @property
    def is_classified(self) -> bool:
        return self.classified.significant is not None and self.classified.breach is not None

    @property
    def lacks(self) -> tuple[str, ...]:
        """What has to be done before it can be closed."""
        found = [] if self.is_classified else ["classification"]
        if self.classified.breach and self.classified.risk is None:
            found.append("assessment")
        return (*found, *(clock.duty.step.value for clock in self.clocks if clock.is_open))

    def is_overdue(self, now: datetime) -> bool:
        """Whether something that is owed, or may be, should have been done by now."""
        return self.closed_at is None and any(clock.done is None and clock.late(now) for clock in self.clocks)


def state_of(number: int, history: Iterable[Written], duties: IncidentDuties) -> State:
    """What an incident has come to. The first thing written is its report."""
    report, *others = history
    state = State(
        number=number,
        duties=duties,
        reported_at=report.at,
        reported_by=report.by,
        what=report.said["what"],
        where=report.said["where"],
        aware=datetime.fromisoformat(report.said["aware"]),
        seems_personal=report.said["personal"],
        history=(report, *others),
    )
    for written in others:
        state = _after(state, written)
    return state


def _after(state: State, written: Written) -> State:
    said = written.said
    match written.kind:
        case Kind.CLASSIFIED:
            classified = replace(state.classified, significant=said["significant"], breach=said["breach"])
            return replace(state, classified=classified, aware=datetime.fromisoformat(said["aware"]))
        case Kind.ASSESSED:
            classified = replace(state.classified, risk=Risk(said["risk"]))
            return replace(state, classified=classified, persons=said["persons"])
        case Kind.STEP_TAKEN:
            taken = Taken(at=datetime.fromisoformat(said["when"]), by=written.by, reference=said["reference"])
            return replace(state, taken={**state.taken, Step(said["step"]): taken})
        case Kind.CLOSED:
            return replace(state, closed_at=written.at, lessons=said["lessons"])
        case Kind.REOPENED:
            return replace(state, closed_at=None)
        case Kind.NOTED | Kind.REPORTED:
            return state
