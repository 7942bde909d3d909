"""What an incident obliges to, within which time, dated: breaches of personal data, and significant incidents (NIS2).

Hours run from the moment the county became aware of it, at weekends too. A month ends with the day of the same
number, or with the last of a month that lacks it, in Finnish time. What is not classified yet may be either, so its
clocks run. Not legal advice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from virtaama.model.concepts import Text
from virtaama.model.documents import Entry
from virtaama.model.schema import LABELS
from virtaama.model.shape import one_of, words
from virtaama.problems import Problem
from virtaama.statutes.lengths import months_later, read_whole, whole
from virtaama.statutes.packs import WHOLE_FILE, Kind, Table
from virtaama.statutes.provisions import Provision, Standing, in_force

FINLAND: Final = ZoneInfo("Europe/Helsinki")


class Step(StrEnum):
    """What is done about an incident towards others."""

    EARLY_WARNING = "early_warning"
    BREACH_NOTIFICATION = "breach_notification"
    INCIDENT_NOTIFICATION = "incident_notification"
    NOTICE_TO_PERSONS = "notice_to_persons"
    FINAL_REPORT = "final_report"


class Risk(StrEnum):
    """How a breach bears on the rights and freedoms of persons."""

    UNLIKELY = "unlikely"
    LIKELY = "likely"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    """What an incident is; None where nobody has decided yet."""

    significant: bool | None = None  # in the sense of NIS2
    breach: bool | None = None  # of personal data
    risk: Risk | None = None  # to persons, of a breach


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty(Provision):
    """A step that is owed.

    `hours` or `months` count from becoming aware, or from the step `after`; with neither it is owed without delay.
    """

    step: Step
    labels: Text
    to: Text
    hours: int | None = None
    months: int | None = None
    after: Step | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A duty of one incident. `due` is None where it is owed without delay; `certain` where it is classified."""

    duty: Duty
    due: datetime | None
    done: datetime | None
    certain: bool

    def late(self, now: datetime) -> bool:
        """Whether it was done, or is still not done, after it was due."""
        return self.due is not None and (self.done or now) > self.due

    @property
    def is_open(self) -> bool:
        return self.done is None and self.certain


_OF_SIGNIFICANT: Final = (Step.EARLY_WARNING, Step.INCIDENT_NOTIFICATION, Step.FINAL_REPORT)


@dataclass(frozen=True, slots=True)
class IncidentDuties:
    """The duties of every day; each step has one."""

    every: tuple[Duty, ...]

    def clocks(
        self, classified: Classified, aware: datetime, done: Mapping[Step, datetime]
    ) -> tuple[Clock, ...]:
        """What an incident obliges to, or may, by when it is due; what has no day last. Moments know their zone."""
        held = in_force(self.every, aware.astimezone(FINLAND).date())
        found = []
        for duty in held:
            owed = _owed(duty.step, classified)
            if owed is not False:
                due = _due(duty, held, aware, done)
                found.append(Clock(duty=duty, due=due, done=done.get(duty.step), certain=owed is True))
        return tuple(sorted(found, key=lambda clock: (clock.due is None, clock.due or aware)))

    def called(self, step: Step) -> Text:
        """What a step is called now."""
        return max(
            (duty for duty in self.every if duty.step is step), key=lambda duty: duty.valid_from
        ).labels


def next_due(found: tuple[Clock, ...]) -> Clock | None:
    """What has to be done next: what is owed without delay comes before what has days left."""
    waiting = [clock for clock in found if clock.done is None]
    at_once = [clock for clock in waiting if clock.due is None and clock.certain]
    return next(iter((*at_once, *waiting)), None)


def _owed(step: Step, classified: Classified) -> bool | None:
    """Whether a step is owed; None where that is not decided."""
    if step in _OF_SIGNIFICANT:
        return classified.significant
    if classified.breach is not True:
        # Nobody tells persons of what nobody has found to be a breach.
        return classified.breach if step is Step.BREACH_NOTIFICATION else False
    if step is Step.BREACH_NOTIFICATION:
        return classified.risk is not Risk.UNLIKELY
    return classified.risk is Risk.HIGH


def _due(
    duty: Duty, held: tuple[Duty, ...], aware: datetime, done: Mapping[Step, datetime]
) -> datetime | None:
    """Where it counts from a step that is not done, the latest moment it may come to be due."""
    begins: datetime | None = aware
    if duty.after is not None:
        before = next((each for each in held if each.step is duty.after), None)
        begins = done.get(duty.after) or (_due(before, held, aware, done) if before else None)
    if begins is None:
        return None
    if duty.hours is not None:
        return begins + timedelta(hours=duty.hours)
    if duty.months is not None:
        return _months_later(begins, duty.months)
    return None


def _months_later(moment: datetime, months: int) -> datetime:
    """The end of the day of the same number so many months later."""
    ends = months_later(moment.astimezone(FINLAND).date(), months)
    return datetime.combine(ends, time(23, 59, 59), FINLAND)


def _duty(entry: Entry, standing: Standing) -> Duty:
    hours, months, after = entry.text("hours"), entry.text("months"), entry.text("after")
    if hours and months:
        raise ValueError("it is counted in hours or in months, not in both")
    if after and not (hours or months):
        raise ValueError("it counts from a step, and says no hours and no months")
    return Duty(
        step=Step(entry.text("step")),
        labels=entry.words("labels"),
        to=entry.words("to"),
        hours=read_whole(hours) if hours else None,
        months=read_whole(months) if months else None,
        after=Step(after) if after else None,
        **standing,
    )


def _check(found: IncidentDuties) -> Iterator[Problem]:
    by_step = {step: [duty for duty in found.every if duty.step is step] for step in Step}
    for step, duties in by_step.items():
        if not duties:
            place = found.every[0].place if found.every else WHOLE_FILE
            advice = "End it with `until:` rather than leave it out."
            yield Problem(place, f"no row is about the step '{step}'.", advice)
    for duty in found.every:
        before = [each for each in by_step[duty.after] if each.meets(duty)] if duty.after else []
        if duty.after and (not before or any(each.after for each in before)):
            what = f"'{duty.step}' counts from '{duty.after}', which is not owed then or counts from a step itself."
            yield Problem(
                duty.place, what, "Name a step that holds on the same days and counts from becoming aware."
            )


_STEPS: Final = [each.value for each in Step]
INCIDENT_DUTIES: Final = Kind(
    name="incident_duties",
    about="What an incident obliges to towards others, and within which time.",
    tables=(
        Table(
            name="duties",
            about="A duty for each step.",
            members={
                "step": one_of(_STEPS, "What is done."),
                "labels": LABELS,
                "to": words("Whom it is owed to, in three languages."),
                "hours": whole("Hours within which it is done.", minimum=0, maximum=10_000),
                "months": whole("Months within which it is done.", minimum=0),
                "after": one_of(_STEPS, "The step these count from, rather than from becoming aware."),
            },
            required=("step", "labels", "to"),
            read=_duty,
            key=lambda duty: duty.step,
        ),
    ),
    make=lambda rows: IncidentDuties(rows["duties"]),
    check=_check,
)
