"""What an incident obliges to, within which time, dated: breaches of personal data, and significant incidents (NIS2).

Hours run from the moment the county became aware of it, at weekends too. A month ends with the day of the same
number, or with the last of a month that lacks it, in Finnish time. What is not classified yet may be either, so its
clocks run. Not legal advice.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from virtaama.model.concepts import Text

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
class Duty:
    """A step that is owed, with the days it is in force, both included.

    `hours` or `months` count from becoming aware, or from the step `after`; with neither it is owed without delay.
    """

    step: Step
    labels: Text
    to: Text
    basis: str
    valid_from: date
    hours: int | None = None
    months: int | None = None
    after: Step | None = None
    valid_until: date | None = None

    def holds(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)


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


_GDPR: Final = date(2018, 5, 25)
_NIS2: Final = date(2025, 4, 8)
_NIS2_BASIS: Final = (
    "Kyberturvallisuuslaki 124/2025; laki julkisen hallinnon tiedonhallinnasta 906/2019 4 a luku"
)
_OMBUDSMAN: Final = Text("Tietosuojavaltuutettu", "Dataombudsmannen", "Data Protection Ombudsman")
_SUPERVISOR: Final = Text("Valvova viranomainen", "Tillsynsmyndigheten", "Supervising authority")
_PERSONS: Final = Text("Rekisteröidyt", "De registrerade", "The persons concerned")

DUTIES: Final[tuple[Duty, ...]] = (
    Duty(
        step=Step.EARLY_WARNING,
        labels=Text("Ensi-ilmoitus", "Första underrättelse", "Early warning"),
        to=_SUPERVISOR,
        basis=_NIS2_BASIS,
        hours=24,
        valid_from=_NIS2,
    ),
    Duty(
        step=Step.BREACH_NOTIFICATION,
        labels=Text(
            "Ilmoitus henkilötietojen tietoturvaloukkauksesta",
            "Anmälan om personuppgiftsincident",
            "Notification of a personal data breach",
        ),
        to=_OMBUDSMAN,
        basis="GDPR 33",
        hours=72,
        valid_from=_GDPR,
    ),
    Duty(
        step=Step.INCIDENT_NOTIFICATION,
        labels=Text("Jatkoilmoitus", "Uppföljande anmälan", "Incident notification"),
        to=_SUPERVISOR,
        basis=_NIS2_BASIS,
        hours=72,
        valid_from=_NIS2,
    ),
    Duty(
        step=Step.NOTICE_TO_PERSONS,
        labels=Text("Ilmoitus rekisteröidyille", "Underrättelse till de registrerade", "Notice to persons"),
        to=_PERSONS,
        basis="GDPR 34",
        valid_from=_GDPR,
    ),
    Duty(
        step=Step.FINAL_REPORT,
        labels=Text("Loppuraportti", "Slutrapport", "Final report"),
        to=_SUPERVISOR,
        basis=_NIS2_BASIS,
        months=1,
        after=Step.INCIDENT_NOTIFICATION,
        valid_from=_NIS2,
    ),
)
_OF_SIGNIFICANT: Final = (Step.EARLY_WARNING, Step.INCIDENT_NOTIFICATION, Step.FINAL_REPORT)
SOURCE: Final = (
    "Regulation (EU) 2016/679, articles 33 and 34; 124/2025 and 125/2025, in force from 8 April 2025; "
    "summarised 23 November 2026"
)


def clocks(classified: Classified, aware: datetime, done: Mapping[Step, datetime]) -> tuple[Clock, ...]:
    """What an incident obliges to, or may, by when it is due; what has no day last. Moments must know their zone."""
    found = []
    for duty in DUTIES:
        owed = _owed(duty.step, classified)
        if owed is False or not duty.holds(aware.astimezone(FINLAND).date()):
            continue
        found.append(
            Clock(duty=duty, due=_due(duty, aware, done), done=done.get(duty.step), certain=owed is True)
        )
    return tuple(sorted(found, key=lambda clock: (clock.due is None, clock.due or aware)))


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


def _due(duty: Duty, aware: datetime, done: Mapping[Step, datetime]) -> datetime | None:
    """Where it counts from a step that is not done, the latest moment it may come to be due."""
    begins: datetime | None = aware
    if duty.after is not None:
        before = next(each for each in DUTIES if each.step is duty.after)
        begins = done.get(duty.after) or _due(before, aware, done)
    if begins is None:
        return None
    if duty.hours is not None:
        return begins + timedelta(hours=duty.hours)
    if duty.months is not None:
        return _months_later(begins, duty.months)
    return None


def _months_later(moment: datetime, months: int) -> datetime:
    """The end of the day of the same number so many months later."""
    day = moment.astimezone(FINLAND).date()
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    ends = date(year, month + 1, min(day.day, last))
    return datetime.combine(ends, time(23, 59, 59), FINLAND)
