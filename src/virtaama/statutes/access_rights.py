"""Who may use which client data: work roles and services of STM decree 457/2024, dated.

A work role is held in services (health care) or service tasks (social welfare), and opens kinds of data as far as
it reaches. Rights are looked up by work role and day; none exists as a constant. A county may give less, never more.

Source: decree 457/2024 of the Ministry of Social Affairs and Health on the right to use client data, sections 3–15,
under 703/2023. The work roles, services and tasks, and what the five work roles of health care open, are those of the
decree, summarised. Two things are our own reading, and marked as such in the data: how far the work roles of social
welfare reach, and the first day, which the summary does not give (the decree is of June 2024). Not legal advice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final


class Domain(StrEnum):
    """Patient data and client data of social welfare are kept, and opened, apart."""

    HEALTH = "health"
    SOCIAL = "social"


class Content(StrEnum):
    """Kinds of data a work role opens."""

    BASICS = "basics"  # who somebody is, and where they live
    BOOKINGS = "bookings"
    REQUESTS = "requests"  # requests, referrals, orders
    VISITS = "visits"
    RECORDS = "records"  # what care or service was given, and why
    PLANS = "plans"
    SUMMARY = "summary"
    MEDICATION = "medication"
    WILLS = "wills"
    BILLING = "billing"
    CASES = "cases"  # that somebody is a client of a service task, since when
    DECISIONS = "decisions"
    ASSESSMENTS = "assessments"  # of the need of service, of functional ability


class Reach(StrEnum):
    """Whose data of a kind is opened."""

    ALL = "all"  # whatever is necessary, of every service of the domain
    SERVICES = "services"  # of the services, or service tasks, the work role is held in
    UNITS = "units"  # of one's own task: of these services, and of one's own units


class Service(StrEnum):
    """The services of health care and the service tasks of social welfare, each in the order of the decree."""

    RECEPTION = "reception"
    HOSPITAL = "hospital"
    OCCUPATIONAL = "occupational"
    ORAL = "oral"
    HOME_NURSING = "home_nursing"
    MENTAL_AND_SUBSTANCE = "mental_and_substance"
    EMERGENCY = "emergency"
    CLINICS = "clinics"
    STUDENTS = "students"
    REHABILITATION = "rehabilitation"
    WITH_SOCIAL_SERVICE = "with_social_service"
    EXAMINATIONS = "examinations"
    SCREENING = "screening"
    PHARMACY = "pharmacy"

    FAMILIES = "families"
    WORKING_AGE = "working_age"
    OLDER_PEOPLE = "older_people"
    SUBSTANCE_ABUSERS = "substance_abusers"
    DISABILITY = "disability"
    CHILD_PROTECTION = "child_protection"
    FAMILY_LAW = "family_law"

    @property
    def domain(self) -> Domain:
        return Domain.SOCIAL if self in SERVICE_TASKS else Domain.HEALTH


HEALTH_SERVICES: Final = tuple(Service)[:14]
SERVICE_TASKS: Final = tuple(Service)[14:]


class WorkRole(StrEnum):
    """The work roles of the decree: five of health care, five of public and three of private social welfare."""

    HEALTH_BROAD = "health_broad"
    HEALTH_LIMITED = "health_limited"
    HEALTH_SUPPORT = "health_support"
    MEDICINES = "medicines"
    PATIENT_ADMINISTRATION = "patient_administration"
    SOCIAL_BROAD = "social_broad"
    SOCIAL_ARRANGING = "social_arranging"
    CHILD_SUPERVISOR = "child_supervisor"
    SOCIAL_GIVING = "social_giving"
    SOCIAL_ADMINISTRATION = "social_administration"
    PRIVATE_ARRANGING = "private_arranging"
    PRIVATE_GIVING = "private_giving"
    PRIVATE_ADMINISTRATION = "private_administration"

    @property
    def domain(self) -> Domain:
        return Domain.HEALTH if self in _HEALTH_ROLES else Domain.SOCIAL


_HEALTH_ROLES: Final = frozenset(tuple(WorkRole)[:5])


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """What a work role opens, in which services it may be held, and the days this holds; both included."""

    work_role: WorkRole
    held_in: frozenset[Service]
    opens: tuple[tuple[Content, Reach], ...]
    only_in: tuple[tuple[Content, Service], ...] = ()  # kinds opened to those who hold it in one service
    valid_from: date
    valid_until: date | None = None
    source: str
    our_reading: bool = False  # whether how far it reaches is our reading rather than the text

    def holds(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)


def _numbered(*numbers: int) -> frozenset[Service]:
    """Services of health care by their numbers in the decree, which begin at 1."""
    return frozenset(HEALTH_SERVICES[number - 1] for number in numbers)


_FIRST_DAY: Final = date(2024, 7, 1)
_DECREE: Final = "Asetus asiakastietojen käyttöoikeuksista 457/2024"
_OF_HEALTH: Final = (
    Content.BASICS,
    Content.BOOKINGS,
    Content.REQUESTS,
    Content.VISITS,
    Content.RECORDS,
    Content.PLANS,
    Content.SUMMARY,
    Content.MEDICATION,
    Content.WILLS,
)
_OF_SOCIAL: Final = (
    Content.BASICS,
    Content.BOOKINGS,
    Content.REQUESTS,
    Content.VISITS,
    Content.RECORDS,
    Content.PLANS,
    Content.CASES,
    Content.DECISIONS,
    Content.ASSESSMENTS,
)


def _health(
    role: WorkRole,
    held_in: frozenset[Service],
    *opens: tuple[Content, Reach],
    only_in: tuple[tuple[Content, Service], ...] = (),
) -> Right:
    return Right(
        work_role=role,
        held_in=held_in,
        opens=opens,
        only_in=only_in,
        valid_from=_FIRST_DAY,
        source=f"{_DECREE}, terveydenhuollon työtehtävät",
    )


def _social(role: WorkRole, held_in: frozenset[Service], *opens: tuple[Content, Reach]) -> Right:
    return Right(
        work_role=role,
        held_in=held_in,
        opens=opens,
        valid_from=_FIRST_DAY,
        source=f"{_DECREE}, sosiaalihuollon työtehtävät",
        our_reading=True,
    )


def _reaching(reach: Reach, *contents: Content) -> tuple[tuple[Content, Reach], ...]:
    return tuple((content, reach) for content in contents)


_TASKS: Final = frozenset(SERVICE_TASKS)
_ARRANGING: Final = (
    (Content.BASICS, Reach.ALL),
    *_reaching(Reach.SERVICES, *(content for content in _OF_SOCIAL if content is not Content.BASICS)),
)
_GIVING: Final = (
    (Content.BASICS, Reach.ALL),
    *_reaching(Reach.SERVICES, Content.PLANS, Content.DECISIONS, Content.CASES),
    *_reaching(Reach.UNITS, Content.BOOKINGS, Content.REQUESTS, Content.VISITS, Content.ASSESSMENTS),
)
_ADMINISTRATION: Final = (
    (Content.BASICS, Reach.ALL),
    *_reaching(Reach.UNITS, Content.BOOKINGS, Content.REQUESTS, Content.CASES, Content.DECISIONS),
    (Content.BILLING, Reach.SERVICES),
)

RIGHTS: Final[tuple[Right, ...]] = (
    _health(WorkRole.HEALTH_BROAD, _numbered(*range(1, 13)), *_reaching(Reach.ALL, *_OF_HEALTH)),
    _health(
        WorkRole.HEALTH_LIMITED,
        _numbered(*range(1, 14)),
        *_reaching(Reach.ALL, Content.BASICS, Content.PLANS, Content.SUMMARY),
        *_reaching(Reach.UNITS, Content.REQUESTS),
        *_reaching(Reach.SERVICES, Content.BOOKINGS, Content.VISITS, Content.RECORDS),
    ),
    _health(
        WorkRole.HEALTH_SUPPORT,
        _numbered(*range(1, 15)),
        (Content.BASICS, Reach.ALL),
        *_reaching(Reach.UNITS, Content.BOOKINGS, Content.REQUESTS),
    ),
    _health(
        WorkRole.MEDICINES,
        _numbered(1, 2, 5, 6, 7, 14),
        *_reaching(Reach.ALL, Content.BASICS, Content.SUMMARY, Content.MEDICATION),
        only_in=((Content.MEDICATION, Service.PHARMACY),),
    ),
    _health(
        WorkRole.PATIENT_ADMINISTRATION,
        _numbered(*range(1, 15)),
        (Content.WILLS, Reach.ALL),
        *_reaching(Reach.UNITS, Content.BOOKINGS, Content.VISITS, Content.REQUESTS),
        (Content.BILLING, Reach.ALL),
    ),
    _social(WorkRole.SOCIAL_BROAD, _TASKS, *_reaching(Reach.ALL, *_OF_SOCIAL)),
    _social(WorkRole.SOCIAL_ARRANGING, _TASKS, *_ARRANGING),
    _social(WorkRole.CHILD_SUPERVISOR, frozenset({Service.FAMILY_LAW}), *_ARRANGING),
    _social(WorkRole.SOCIAL_GIVING, _TASKS, *_GIVING),
    _social(WorkRole.SOCIAL_ADMINISTRATION, _TASKS, *_ADMINISTRATION),
    _social(WorkRole.PRIVATE_ARRANGING, _TASKS, *_ARRANGING),
    _social(WorkRole.PRIVATE_GIVING, _TASKS, *_GIVING),
    _social(WorkRole.PRIVATE_ADMINISTRATION, _TASKS, *_ADMINISTRATION),
)


def right_of(work_role: WorkRole, on: date) -> Right | None:
    """What a work role opens on a day; None before there was such a rule, when it opens nothing."""
    return next((right for right in RIGHTS if right.work_role is work_role and right.holds(on)), None)


@dataclass(frozen=True, slots=True)
class Opening:
    """One kind of data of one domain that somebody may open, and how far: of all services, or of these."""

    domain: Domain
    content: Content
    reach: Reach
    services: frozenset[Service]  # not looked at where the reach is all


def opened_by(work_role: WorkRole, held_in: frozenset[Service], on: date) -> tuple[Opening, ...]:
    """What somebody opens who holds a work role in some services. Services it cannot be held in count for nothing."""
    right = right_of(work_role, on)
    held = held_in & right.held_in if right else frozenset()
    if right is None or not held:
        return ()
    limited = dict(right.only_in)
    return tuple(
        Opening(work_role.domain, content, reach, held)
        for content, reach in right.opens
        if content not in limited or limited[content] in held
    )
